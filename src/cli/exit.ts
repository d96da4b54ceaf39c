/** Exit codes of the commands. */

/** All was done. */
export const EXIT_OK = 0;
/** A wrong option, no such file, not a capture. */
export const EXIT_CANNOT_START = 1;
/** With --strict: the owners of some addresses could not be asked for. */
export const EXIT_STRICT = 2;
/** A capture was read in part: truncated, corrupt, or interrupted. */
export const EXIT_PART = 3;
/** The output could not be written: it is not there, or as it was before. */
export const EXIT_OUTPUT = 4;
/** What was asked for is not there: no such process, no connections of it. */
export const EXIT_NOT_FOUND = 4;
/** No right to capture (EX_NOPERM of sysexits.h). */
export const EXIT_NO_PERMISSION = 77;
/** Work was left undone (EX_SOFTWARE): the status of a command that has not said otherwise. */
export const EXIT_UNFINISHED = 70;
