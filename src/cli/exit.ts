/** Exit codes of the commands. */

/** All was done. */
export const EXIT_OK = 0;
/** A wrong option, no such file, not a capture. */
export const EXIT_CANNOT_START = 1;
/** With --strict: the owners of some addresses could not be looked up. */
export const EXIT_STRICT = 2;
/** A capture was read in part: truncated, corrupt, or interrupted. */
export const EXIT_PART = 3;
/** The output could not be written: it does not exist, or is unchanged. */
export const EXIT_OUTPUT = 4;
/** Not found: no such process, or it has no connections. */
export const EXIT_NOT_FOUND = 4;
/** No right to capture (EX_NOPERM of sysexits.h). */
export const EXIT_NO_PERMISSION = 77;
/** Internal error (EX_SOFTWARE): the status until a command has finished. */
export const EXIT_UNFINISHED = 70;
