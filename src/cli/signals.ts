/** Signals that end a run normally: everything read so far is written. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** The same for a program on a terminal, which may be closed. */
export const TERMINAL_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
