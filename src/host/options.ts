/** What every function that reads the system takes, so that a test can point it at a recorded tree and stop the clock. */
export interface HostOptions {
  /** Where the proc file system is. Default `/proc`. */
  readonly procRoot?: string;
  /** Ends waiting and reading; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The present time in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}
