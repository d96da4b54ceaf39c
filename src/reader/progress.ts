/** How far the reading of a capture is. */
export interface Progress {
  /** Bytes taken from the files so far, before decompression. */
  readonly bytesRead: number;
  readonly packets: number;
  /** Flows that have ended. */
  readonly flows: number;
}
