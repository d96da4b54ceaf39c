/** Messages by syslog severity (RFC 5424 §6.2.1): the smaller the number the graver. */

export const LOG_LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];
export type Log = (message: string, level: LogLevel) => void;

/** Passes on messages at least as severe as `threshold` (0..7). Errors of the log function are ignored. */
export function logUpTo(threshold: number, log: Log): Log {
  return (message, level) => {
    if (LOG_LEVELS.indexOf(level) > threshold) return;
    try {
      log(message, level);
    } catch {
      // There is nowhere left to report it.
    }
  };
}

/** One line on standard error. */
export const standardError: Log = (message, level) => {
  process.stderr.write(`pcapflow: ${level}: ${message}\n`);
};
