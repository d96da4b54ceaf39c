/** Signals on which a run ends in order: what was read is written. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** The same for a program on a terminal, which may go away. */
export const TERMINAL_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
