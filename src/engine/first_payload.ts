/**
 * Reads the first bytes of flows from the engine's memory (assembly/side/first_payload.ts), as copies. Imports nothing
 * from Node.
 */
import {
  CONFIG_FIRST_CHUNKS,
  CONFIG_FIRST_STARTS,
  CONFIG_FLOWS,
  CONFIG_SIDE_GROUPS,
  CONTROL,
  FIRST_BASE,
  FIRST_BITS,
  FIRST_BIT_CONFLICT,
  FIRST_BIT_FULL,
  FIRST_BIT_GAP,
  FIRST_BIT_MIDSTREAM,
  FIRST_BIT_POOL_EMPTY,
  FIRST_BIT_TRUNCATED,
  FIRST_CHUNK_DATA,
  FIRST_CHUNK_DATA_BYTES,
  FIRST_CHUNK_NEXT,
  FIRST_CHUNK_RUNS,
  FIRST_CHUNK_SIZE,
  FIRST_CHUNK_USED,
  FIRST_DATAGRAM_BYTES,
  FIRST_DATAGRAM_SIZE,
  FIRST_DATAGRAM_TIME,
  FIRST_HEAD,
  FIRST_SIDES,
  FIRST_SIDE_KEPT_SHIFT,
  FIRST_SIDE_TEXT,
  FIRST_SIDE_UNLIKE,
  FIRST_SIZE,
  FIRST_STATE,
  FIRST_STATE_DONE,
  FIRST_STATE_NONE,
  FLOW_BITS,
  FLOW_BIT_ORIGINATOR_HIGH,
  FLOW_SIZE,
  NIL,
  ROW_DESTINATION_PORT,
  ROW_FLOW,
  ROW_PROTOCOL,
  ROW_SOURCE_PORT,
  SIDE_CONFIG_RECORDS,
  SIDE_CONFIG_SIZE,
  SIDE_FIRST_PAYLOAD,
} from '../../assembly/layout.ts';
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import type { FirstBytes, FirstPayload, FirstPayloadBit, UnlikeSides } from '../flow/first_payload.ts';
import type { MemoryViews } from './wasm.ts';

/** In the order of the alphabet. */
const BITS: readonly (readonly [bit: number, name: FirstPayloadBit])[] = [
  [FIRST_BIT_MIDSTREAM, 'midstream'],
  [FIRST_BIT_POOL_EMPTY, 'poolEmpty'],
  [FIRST_BIT_CONFLICT, 'prefixConflict'],
  [FIRST_BIT_FULL, 'prefixFull'],
  [FIRST_BIT_GAP, 'prefixGap'],
  [FIRST_BIT_TRUNCATED, 'truncated'],
];
const NAMED_BITS = BITS.reduce((all, [bit]) => all | bit, 0);
const NO_BYTES = new Uint8Array(0);
/** Kinds of sides in a number of `unlike`; the bits of the record are above them. */
const TEXT = 1;
const BINARY = 2;
const KIND_BITS = 2;
const NOTHING_SEEN: UnlikeSides = { hasText: false, hasBinary: false, bits: [] };

export class FirstPayloads {
  readonly #views: MemoryViews;
  readonly #records: number;
  readonly #chunks: number;
  readonly #flows: number;
  /** By the bits of a record. */
  readonly #names: readonly (readonly FirstPayloadBit[])[];
  /** By number of `unlike`. */
  readonly #unlike: readonly UnlikeSides[];

  constructor(views: MemoryViews) {
    this.#views = views;
    const word = (offset: number): number => views.data.getUint32(CONTROL + offset, true);
    this.#records = word(CONFIG_SIDE_GROUPS + Math.log2(SIDE_FIRST_PAYLOAD) * SIDE_CONFIG_SIZE + SIDE_CONFIG_RECORDS);
    this.#chunks = word(CONFIG_FIRST_CHUNKS);
    this.#flows = word(CONFIG_FLOWS);
    this.#names = Array.from({ length: NAMED_BITS + 1 }, (_, bits) =>
      BITS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name),
    );
    this.#unlike = this.#names.flatMap((names) =>
      [0, TEXT, BINARY, TEXT | BINARY].map((kinds) => ({
        hasText: (kinds & TEXT) !== 0,
        hasBinary: (kinds & BINARY) !== 0,
        bits: names,
      })),
    );
  }

  /** Writes what the host can read (FIRST_START of TCP, then of UDP), before the first packet. */
  writeStarts(tables: readonly Uint32Array[]): void {
    const { u8, data } = this.#views;
    let at = data.getUint32(CONTROL + CONFIG_FIRST_STARTS, true);
    for (const table of tables) {
      u8.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength), at);
      at += table.byteLength;
    }
  }

  /** What is kept of the flow in a row; undefined when that was read before, or when it had no payload. */
  of(row: number): FirstPayload | undefined {
    const { u8, data } = this.#views;
    const flow = data.getUint32(row + ROW_FLOW, true);
    const record = this.#records + flow * FIRST_SIZE;
    const state = u8[record + FIRST_STATE];
    const bits = u8[record + FIRST_BITS] ?? 0;
    if (state === FIRST_STATE_NONE || (state === FIRST_STATE_DONE && (bits & FIRST_BIT_POOL_EMPTY) === 0))
      return undefined;
    const originator = this.#originatorOf(flow);
    const transport = u8[row + ROW_PROTOCOL] === PROTOCOL_TCP ? 'tcp' : 'udp';
    const sideOf = transport === 'tcp' ? this.#stream : this.#datagrams;
    return {
      transport,
      originator: sideOf.call(this, record, originator, data.getUint16(row + ROW_SOURCE_PORT, true)),
      responder: sideOf.call(this, record, originator ^ 1, data.getUint16(row + ROW_DESTINATION_PORT, true)),
      bits: this.#names[bits & NAMED_BITS] ?? [],
    };
  }

  /**
   * Number of what is known of a flow in a row of which nothing is kept, since no side starts like a protocol: `unlikeSides`
   * reads it. -1 when there is something to read, or was.
   */
  unlike(row: number): number {
    const { u8, data } = this.#views;
    const record = this.#records + data.getUint32(row + ROW_FLOW, true) * FIRST_SIZE;
    const state = u8[record + FIRST_STATE];
    if (state === FIRST_STATE_NONE) return 0;
    const isKept = (data.getUint32(record + FIRST_HEAD, true) & data.getUint32(record + FIRST_HEAD + 4, true)) !== -1;
    if (state === FIRST_STATE_DONE || isKept) return -1;
    const kinds = kindOf(u8[record + FIRST_SIDES] ?? 0) | kindOf(u8[record + FIRST_SIDES + 1] ?? 0);
    return kinds | (((u8[record + FIRST_BITS] ?? 0) & NAMED_BITS) << KIND_BITS);
  }

  /** What a number of `unlike` means. */
  unlikeSides(code: number): UnlikeSides {
    return this.#unlike[code] ?? NOTHING_SEEN;
  }

  /** 1: the high side of the flow's key is the originator. */
  #originatorOf(flow: number): 0 | 1 {
    const bits = this.#views.u8[this.#flows + flow * FLOW_SIZE + FLOW_BITS] ?? 0;
    return (bits & FLOW_BIT_ORIGINATOR_HIGH) !== 0 ? 1 : 0;
  }

  #stream(record: number, side: number, port: number): FirstBytes {
    const { data } = this.#views;
    const head = data.getUint32(record + FIRST_HEAD + 4 * side, true);
    if (head === NIL)
      return { port, stream: this.#unlikeBytes(record, side), datagrams: [], timesNs: [], ...this.#kind(record, side) };
    const first = this.#chunks + head * FIRST_CHUNK_SIZE;
    const used = data.getUint32(first + FIRST_CHUNK_USED, true);
    const whole = used > 0 && data.getUint16(first + FIRST_CHUNK_RUNS, true) === 0;
    const size = whole ? data.getUint16(first + FIRST_CHUNK_RUNS + 2, true) : 0;
    return { port, stream: this.#chainBytes(size, head), datagrams: [], timesNs: [] };
  }

  #datagrams(record: number, side: number, port: number): FirstBytes {
    const { data } = this.#views;
    const head = data.getUint32(record + FIRST_HEAD + 4 * side, true);
    if (head === NIL) {
      const bytes = this.#unlikeBytes(record, side);
      // When it came does not matter: it is not read any further.
      const datagrams = bytes.length === 0 ? [] : [bytes];
      return { port, stream: NO_BYTES, datagrams, timesNs: [], ...this.#kind(record, side) };
    }
    const used = data.getUint32(this.#chunks + head * FIRST_CHUNK_SIZE + FIRST_CHUNK_USED, true);
    return { port, stream: NO_BYTES, ...datagramsIn(this.#chainBytes(used, head)) };
  }

  /** The bytes that are kept of a side that starts like no protocol. */
  #unlikeBytes(record: number, side: number): Uint8Array {
    const { u8 } = this.#views;
    const bits = u8[record + FIRST_SIDES + side] ?? 0;
    if ((bits & FIRST_SIDE_UNLIKE) === 0) return NO_BYTES;
    const at = record + FIRST_BASE + 4 * side;
    return u8.slice(at, at + (bits >> FIRST_SIDE_KEPT_SHIFT));
  }

  #kind(record: number, side: number): Pick<FirstBytes, 'unlike'> {
    const kind = kindOf(this.#views.u8[record + FIRST_SIDES + side] ?? 0);
    return kind === 0 ? {} : { unlike: kind === TEXT ? 'text' : 'binary' };
  }

  #chainBytes(size: number, head: number): Uint8Array {
    const { u8, data } = this.#views;
    const bytes = new Uint8Array(size);
    let chunk = head;
    for (let at = 0; at < size && chunk !== NIL; at += FIRST_CHUNK_DATA_BYTES) {
      const from = this.#chunks + chunk * FIRST_CHUNK_SIZE;
      const part = Math.min(FIRST_CHUNK_DATA_BYTES, size - at);
      bytes.set(u8.subarray(from + FIRST_CHUNK_DATA, from + FIRST_CHUNK_DATA + part), at);
      chunk = data.getUint32(from + FIRST_CHUNK_NEXT, true);
    }
    return bytes;
  }
}

function kindOf(side: number): number {
  if ((side & FIRST_SIDE_UNLIKE) === 0 || side >> FIRST_SIDE_KEPT_SHIFT === 0) return 0;
  return (side & FIRST_SIDE_TEXT) !== 0 ? TEXT : BINARY;
}

/** Each has a head with its time and its size, aligned to the head's size. */
function datagramsIn(bytes: Uint8Array): Pick<FirstBytes, 'datagrams' | 'timesNs'> {
  const data = new DataView(bytes.buffer);
  const datagrams: Uint8Array[] = [];
  const timesNs: bigint[] = [];
  for (let at = 0; at + FIRST_DATAGRAM_SIZE <= bytes.length; ) {
    const size = data.getUint32(at + FIRST_DATAGRAM_BYTES, true);
    timesNs.push(data.getBigUint64(at + FIRST_DATAGRAM_TIME, true));
    datagrams.push(bytes.subarray(at + FIRST_DATAGRAM_SIZE, at + FIRST_DATAGRAM_SIZE + size));
    at += Math.ceil((FIRST_DATAGRAM_SIZE + size) / FIRST_DATAGRAM_SIZE) * FIRST_DATAGRAM_SIZE;
  }
  return { datagrams, timesNs };
}
