/** Reads a flow copied out of the engine's memory. Each field is decoded only when it is read. */
import {
  CHUNK_CAPACITY,
  CHUNK_SIZE,
  DIRECTION_BITS,
  DIRECTION_BIT_SEEN,
  DIRECTION_BIT_SEQ,
  DIRECTION_BIT_SEQ_LOST,
  DIRECTION_FIRST,
  DIRECTION_LAST,
  DIRECTION_SEQ_SPAN,
  DIRECTION_SIDE_SIZE,
  END_NONE,
  FLOW_BIT_ORIGINATOR_HIGH,
  HEADER_ACK,
  HEADER_BITS,
  HEADER_BIT_HIGH,
  HEADER_BIT_PARTIAL,
  HEADER_ICMP_CODE,
  HEADER_ICMP_TYPE,
  HEADER_ID,
  HEADER_LENGTH,
  HEADER_SEQ,
  HEADER_SIZE,
  HEADER_TCP_FLAGS,
  HEADER_TIME,
  HEADER_TTL,
  HEADER_WINDOW,
  LOG_DROPPED,
  LOG_STORED,
  ROW_BITS,
  ROW_END_REASON,
  ROW_PROTOCOL,
} from '../../assembly/layout.ts';
import type { Flow } from '../flow/flow.ts';
import type { GroupKey } from '../flow/group_fields.ts';
import { COPY_DIRECTIONS, COPY_FLOW_BYTES, COPY_LOG } from './copies.ts';
import type { CopyShape } from './copies.ts';
import { readFlow } from './rows.ts';

/** The whole flow, or one of its directions. */
export type Part = 'both' | 'forward' | 'reverse';

/** What was counted of a flow or of one direction. Times are undefined when the direction has no packet. */
export interface PartFigures {
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
  readonly packets: number;
  readonly ipBytes: number;
  readonly wireBytes: number;
  readonly payloadBytes: number;
  /** Volume by TCP sequence numbers, bytes; undefined when it is unknown. */
  readonly seqBytes: number | undefined;
}

/** One stored packet header, as it was on the wire. */
export interface StoredHeader {
  readonly timeNs: bigint;
  readonly ttl: number;
  /** Bytes of the IP packet. */
  readonly length: number;
  readonly id: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  /** 12 bits. */
  readonly tcpFlags: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  /** Some of the fields were not captured and are 0. */
  readonly partial: boolean;
}

export class FlowCopy {
  readonly #bytes: Uint8Array;
  readonly #data: DataView;
  readonly #shape: CopyShape;
  #flow: Flow | undefined;
  #groups: Pick<Flow, GroupKey> | undefined;

  constructor(words: Uint32Array, shape: CopyShape) {
    this.#shape = shape;
    this.#bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    this.#data = new DataView(words.buffer, words.byteOffset, words.byteLength);
  }

  /** IANA protocol number. */
  get protocol(): number {
    return this.#data.getUint8(ROW_PROTOCOL);
  }

  /** Whether the flow had ended when it was copied. */
  get ended(): boolean {
    return this.#data.getUint8(ROW_END_REASON) !== END_NONE;
  }

  /** The flow's record; its endReason means nothing while the flow is active. */
  get flow(): Flow {
    this.#flow ??= readFlow({ u8: this.#bytes, data: this.#data }, 0);
    return this.#flow;
  }

  /** Its groups of fields beyond the core, those that the engine keeps. */
  get groups(): Pick<Flow, GroupKey> {
    this.#groups ??= this.#shape.readGroups({ u8: this.#bytes, data: this.#data }, 0) as Pick<Flow, GroupKey>;
    return this.#groups;
  }

  /** Headers stored of all packets. */
  get stored(): number {
    return this.#data.getUint32(COPY_LOG + LOG_STORED, true);
  }

  /** Packets whose headers did not fit into the store. */
  get dropped(): number {
    return this.#data.getUint32(COPY_LOG + LOG_DROPPED, true);
  }

  /** Bytes that the flow took in the engine, its stored headers included. */
  get memoryBytes(): number {
    const flowBytes = this.#data.getUint32(COPY_FLOW_BYTES, true);
    return flowBytes + Math.ceil(this.stored / CHUNK_CAPACITY) * CHUNK_SIZE;
  }

  figures(part: Part): PartFigures {
    const { flow } = this;
    switch (part) {
      case 'both':
        return {
          firstNs: flow.firstSeenNs,
          lastNs: flow.lastSeenNs,
          packets: flow.packetsForward + flow.packetsReverse,
          ipBytes: flow.bytesForward + flow.bytesReverse,
          wireBytes: flow.wireBytesForward + flow.wireBytesReverse,
          payloadBytes: flow.payloadBytesForward + flow.payloadBytesReverse,
          seqBytes: this.#seqBytesOfBoth(),
        };
      case 'forward':
        return {
          ...this.#times(part),
          packets: flow.packetsForward,
          ipBytes: flow.bytesForward,
          wireBytes: flow.wireBytesForward,
          payloadBytes: flow.payloadBytesForward,
          seqBytes: this.#seqBytes(part),
        };
      case 'reverse':
        return {
          ...this.#times(part),
          packets: flow.packetsReverse,
          ipBytes: flow.bytesReverse,
          wireBytes: flow.wireBytesReverse,
          payloadBytes: flow.payloadBytesReverse,
          seqBytes: this.#seqBytes(part),
        };
    }
  }

  /** Stored headers, oldest first. */
  *headers(part: Part): Generator<StoredHeader, void, undefined> {
    const { headers } = this.#shape;
    const end = headers + this.stored * HEADER_SIZE;
    for (let at = headers; at < end; at += HEADER_SIZE) {
      if (this.#isOf(part, at)) yield this.#header(at);
    }
  }

  /** How many of the stored headers belong to the part. */
  storedOf(part: Part): number {
    if (part === 'both') return this.stored;
    let count = 0;
    for (let n = 0; n < this.stored; n++) if (this.#isOf(part, this.#shape.headers + n * HEADER_SIZE)) count++;
    return count;
  }

  #isOf(part: Part, header: number): boolean {
    if (part === 'both') return true;
    const high = (this.#data.getUint8(header + HEADER_BITS) & HEADER_BIT_HIGH) !== 0;
    return high === this.#isHigh(part);
  }

  /** Whether the sender of this direction is the high side of the flow's key. */
  #isHigh(part: 'forward' | 'reverse'): boolean {
    const originatorHigh = (this.#data.getUint8(ROW_BITS) & FLOW_BIT_ORIGINATOR_HIGH) !== 0;
    return originatorHigh === (part === 'forward');
  }

  #side(part: 'forward' | 'reverse'): { readonly at: number; readonly bits: number } {
    const at = COPY_DIRECTIONS + (part === 'forward' ? 0 : DIRECTION_SIDE_SIZE);
    return { at, bits: this.#data.getUint32(at + DIRECTION_BITS, true) };
  }

  #times(part: 'forward' | 'reverse'): Pick<PartFigures, 'firstNs' | 'lastNs'> {
    const { at, bits } = this.#side(part);
    if ((bits & DIRECTION_BIT_SEEN) === 0) return { firstNs: undefined, lastNs: undefined };
    return {
      firstNs: this.#data.getBigUint64(at + DIRECTION_FIRST, true),
      lastNs: this.#data.getBigUint64(at + DIRECTION_LAST, true),
    };
  }

  #seqBytes(part: 'forward' | 'reverse'): number | undefined {
    const { at, bits } = this.#side(part);
    if ((bits & (DIRECTION_BIT_SEQ | DIRECTION_BIT_SEQ_LOST)) !== DIRECTION_BIT_SEQ) return undefined;
    return Number(this.#data.getBigUint64(at + DIRECTION_SEQ_SPAN, true));
  }

  /** Of the directions that have packets. */
  #seqBytesOfBoth(): number | undefined {
    let sum = 0;
    for (const part of ['forward', 'reverse'] as const) {
      if ((this.#side(part).bits & DIRECTION_BIT_SEEN) === 0) continue;
      const bytes = this.#seqBytes(part);
      if (bytes === undefined) return undefined;
      sum += bytes;
    }
    return sum;
  }

  #header(at: number): StoredHeader {
    const data = this.#data;
    return {
      timeNs: data.getBigUint64(at + HEADER_TIME, true),
      ttl: data.getUint8(at + HEADER_TTL),
      length: data.getUint32(at + HEADER_LENGTH, true),
      id: data.getUint32(at + HEADER_ID, true),
      seq: data.getUint32(at + HEADER_SEQ, true),
      ack: data.getUint32(at + HEADER_ACK, true),
      window: data.getUint16(at + HEADER_WINDOW, true),
      tcpFlags: data.getUint16(at + HEADER_TCP_FLAGS, true),
      icmpType: data.getUint8(at + HEADER_ICMP_TYPE),
      icmpCode: data.getUint8(at + HEADER_ICMP_CODE),
      partial: (data.getUint8(at + HEADER_BITS) & HEADER_BIT_PARTIAL) !== 0,
    };
  }
}
