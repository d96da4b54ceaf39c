/** The first bytes that the two sides of a flow have sent, as they were collected. */

/** What limited the collecting; see IdBit in src/content. */
export type FirstPayloadBit = 'midstream' | 'prefixGap' | 'prefixFull' | 'truncated' | 'poolEmpty' | 'prefixConflict';

/** What one side of a flow sent first. */
export interface FirstBytes {
  readonly port: number;
  /** TCP: the stream. UDP: the first datagram. Empty without any. */
  readonly first: Uint8Array;
  /** TCP: the contiguous bytes from the start. UDP: empty. */
  readonly stream: Uint8Array;
  /** UDP: the first datagrams in the order of capture. TCP: none. */
  readonly datagrams: readonly Uint8Array[];
  /** When each datagram was captured, nanoseconds since the epoch. */
  readonly timesNs: readonly bigint[];
  /** The side starts like no protocol, with text or not: only its first bytes were kept. */
  readonly unlike?: 'text' | 'binary';
}

export interface FirstPayload {
  readonly transport: 'tcp' | 'udp';
  readonly originator: FirstBytes;
  readonly responder: FirstBytes;
  readonly bits: readonly FirstPayloadBit[];
}

/** What is known of a flow of which no side starts like a protocol: whether sides have sent text, or something else. */
export interface UnlikeSides {
  readonly hasText: boolean;
  readonly hasBinary: boolean;
  readonly bits: readonly FirstPayloadBit[];
}
