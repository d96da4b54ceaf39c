/** What the child processes that capture have in common. */

/** Time in which a child may end in order before it is killed: a busy machine may need it. Milliseconds. */
export const LINGER_MS = 1_000;
/** Characters kept of what a child writes to standard error: the last ones. */
export const STDERR_TAIL_MAX = 4096;
