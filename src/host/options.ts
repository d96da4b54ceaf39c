/** Options of every function that reads the system. They let a test use a recorded tree and a fixed clock. */
export interface HostOptions {
  /** Where the proc file system is. Default `/proc`. */
  readonly procRoot?: string;
  /** Ends waiting and reading; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The present time in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}
