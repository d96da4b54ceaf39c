/** Where a writer of flows puts what it writes. */

/** What a message must know of its way to the reader. */
export interface Carrier {
  /** Bytes of a message at most. */
  readonly messageMax: number;
  /** Rises when the reader begins again, and knows nothing of what came before. */
  readonly session: number;
  /** Messages may be lost on the way. */
  readonly isLossy: boolean;
}

/** An IPFIX message is no longer (RFC 7011 §3.1). */
export const MESSAGE_MAX = 65_535;

/** A file or a pipe. */
export const FILE_CARRIER: Carrier = { messageMax: MESSAGE_MAX, session: 0, isLossy: false };

export interface FlowOutput {
  /** The reader has closed its end: nothing more needs to be written. */
  readonly gone: boolean;
  /** There is content already, which has a header. */
  readonly continues: boolean;
  readonly carrier: Carrier;
  /** Adds text of ASCII; resolves when the reader keeps up. */
  add(text: string): Promise<void>;
  /** Adds bytes, which may be overwritten as soon as this has resolved. */
  addBytes(bytes: Uint8Array): Promise<void>;
  /** Adds text of ASCII, or bytes as addBytes. */
  put(piece: string | Uint8Array): Promise<void>;
  /** Writes what was collected. */
  flush(): Promise<void>;
}
