/** Where capture bytes come from. */

/** A stream of bytes that is read into the caller's buffer. Not for concurrent use. */
export interface ByteSource {
  /** Path; `-` for standard input. */
  readonly name: string;
  /** Bytes in all, when known: of the file as it lies on disk, compressed or not. */
  readonly size: number | undefined;
  /** Reading may wait for a writer: a pipe or a stream. */
  readonly waits: boolean;
  /** Bytes taken from the file so far, before decompression. */
  readonly taken: number;
  /**
   * Fills `into` from its beginning. 0 is the end; a source that is closed, also while it is read, is at its end.
   * @throws {CaptureError} after everything readable was given.
   */
  read(into: Uint8Array): number | Promise<number>;
  close(): void;
}
