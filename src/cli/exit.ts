/** Exit codes of the commands. */

/** All was done. */
export const EXIT_OK = 0;
/** A wrong option, no such file, not a capture. */
export const EXIT_CANNOT_START = 1;
/** A capture was read in part: truncated, corrupt, or interrupted. */
export const EXIT_PART = 3;
