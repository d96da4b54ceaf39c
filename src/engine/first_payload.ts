/**
 * Reads the first bytes of flows from the engine's memory (assembly/side/first_payload.ts), as copies. Imports nothing
 * from Node.
 */
import {
  CONFIG_FIRST_STARTS,
  CONFIG_FIRST_TEXTS,
  CONFIG_FLOWS,
  CONFIG_SIDE_BYTES,
  CONFIG_SIDE_GROUPS,
  CONTROL,
  FIRST_BASE,
  FIRST_BITS,
  FIRST_BITS_NAMED,
  FIRST_BIT_CONFLICT,
  FIRST_BIT_FULL,
  FIRST_BIT_GAP,
  FIRST_BIT_MIDSTREAM,
  FIRST_BIT_POOL_EMPTY,
  FIRST_BIT_TRUNCATED,
  FIRST_BLOCK_TEXT,
  FIRST_BLOCK_UNLIKE,
  FIRST_HEAD,
  FIRST_KIND_BINARY,
  FIRST_KIND_BITS,
  FIRST_KIND_TEXT,
  FIRST_KNOWN_CODE_SHIFT,
  FIRST_KNOWN_TCP,
  FIRST_SIDES,
  FIRST_SIDE_KEPT_SHIFT,
  FIRST_SIDE_TEXT,
  FIRST_SIDE_UNLIKE,
  FIRST_STATE,
  FIRST_STATE_DONE,
  FIRST_STATE_NONE,
  FIRST_TEXTS_PORTS,
  FLOW_BITS,
  FLOW_BIT_ORIGINATOR_HIGH,
  FLOW_SIZE,
  NIL,
  ROW_DESTINATION_PORT,
  ROW_FLOW,
  ROW_PROTOCOL,
  ROW_SOURCE_PORT,
  SIDE_CONFIG_RECORDS,
  SIDE_CONFIG_ROW,
  SIDE_CONFIG_SIZE,
  SIDE_FIRST_PAYLOAD,
} from '../../assembly/layout.ts';
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import type { FirstBytes, FirstPayload, FirstPayloadBit, UnlikeSides } from '../flow/first_payload.ts';
import { Datagrams, FirstChains, Stream } from './first_chains.ts';
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
const NO_BYTES = new Uint8Array(0);
const NOTHING_SEEN: UnlikeSides = { hasText: false, hasBinary: false, bits: [] };

export class FirstPayloads {
  readonly #views: MemoryViews;
  readonly #records: number;
  readonly #sideBytes: number;
  readonly #chains: FirstChains;
  /** Offset of the block in a row. */
  readonly #block: number;
  readonly #flows: number;
  readonly #ports: number;
  /** By the bits of a record. */
  readonly #names: readonly (readonly FirstPayloadBit[])[];
  /** By number of `unlike`. */
  readonly #unlike: readonly UnlikeSides[];

  constructor(views: MemoryViews) {
    this.#views = views;
    const word = (offset: number): number => views.data.getUint32(CONTROL + offset, true);
    const group = CONFIG_SIDE_GROUPS + Math.log2(SIDE_FIRST_PAYLOAD) * SIDE_CONFIG_SIZE;
    this.#records = word(group + SIDE_CONFIG_RECORDS);
    this.#sideBytes = word(CONFIG_SIDE_BYTES);
    this.#block = word(group + SIDE_CONFIG_ROW);
    this.#chains = new FirstChains(views);
    this.#flows = word(CONFIG_FLOWS);
    this.#ports = word(CONFIG_FIRST_TEXTS) + FIRST_TEXTS_PORTS;
    this.#names = Array.from({ length: FIRST_BITS_NAMED + 1 }, (_, bits) =>
      BITS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name),
    );
    this.#unlike = this.#names.flatMap((names) =>
      Array.from({ length: 1 << FIRST_KIND_BITS }, (_, kinds) => ({
        hasText: (kinds & FIRST_KIND_TEXT) !== 0,
        hasBinary: (kinds & FIRST_KIND_BINARY) !== 0,
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

  /** Writes which ports name a protocol (FIRST_TEXTS_PORTS), before the first packet. */
  writePorts(tcp: readonly number[], udp: readonly number[]): void {
    for (const port of tcp) this.#notePort(port);
    for (const port of udp) this.#notePort(port + FIRST_KNOWN_TCP);
  }

  #notePort(bit: number): void {
    const at = this.#ports + (bit >> 3);
    this.#views.u8[at] = (this.#views.u8[at] ?? 0) | (1 << (bit & 7));
  }

  /** Does the destination port of the flow in a row name a protocol? */
  #namesProtocol(row: number): boolean {
    const { u8, data } = this.#views;
    const udp = u8[row + ROW_PROTOCOL] === PROTOCOL_TCP ? 0 : FIRST_KNOWN_TCP;
    const bit = udp + data.getUint16(row + ROW_DESTINATION_PORT, true);
    return (((u8[this.#ports + (bit >> 3)] ?? 0) >> (bit & 7)) & 1) !== 0;
  }

  /**
   * Key of the text of a flow of which nothing is kept (FIRST_KNOWN); undefined: the flow in the row is not one.
   */
  unlikeKey(row: number): number | undefined {
    const code = this.unlike(row);
    if (code === NIL) return undefined;
    const { u8, data } = this.#views;
    const tcp = u8[row + ROW_PROTOCOL] === PROTOCOL_TCP ? FIRST_KNOWN_TCP : 0;
    const kinds = code & (FIRST_KIND_TEXT | FIRST_KIND_BINARY);
    // Without payload of one kind the port says nothing.
    const hasPort = kinds === FIRST_KIND_TEXT || kinds === FIRST_KIND_BINARY;
    const port = hasPort && this.#namesProtocol(row) ? data.getUint16(row + ROW_DESTINATION_PORT, true) : 0;
    return (code << FIRST_KNOWN_CODE_SHIFT) | tcp | port;
  }

  /**
   * What is kept of the flow in a row; undefined when that was read before, or when it had no payload. What is asked for
   * is copied then: it is good until the next call.
   */
  of(row: number): FirstPayload | undefined {
    const { u8, data } = this.#views;
    const flow = data.getUint32(row + ROW_FLOW, true);
    const record = this.#records + flow * this.#sideBytes;
    const state = u8[record + FIRST_STATE];
    const bits = u8[record + FIRST_BITS] ?? 0;
    if (state === FIRST_STATE_NONE || (state === FIRST_STATE_DONE && (bits & FIRST_BIT_POOL_EMPTY) === 0))
      return undefined;
    const tcp = u8[row + ROW_PROTOCOL] === PROTOCOL_TCP;
    const originator = this.#originatorOf(flow);
    this.#chains.reset();
    return {
      transport: tcp ? 'tcp' : 'udp',
      originator: this.#side(tcp, record, originator, data.getUint16(row + ROW_SOURCE_PORT, true)),
      responder: this.#side(tcp, record, originator ^ 1, data.getUint16(row + ROW_DESTINATION_PORT, true)),
      bits: this.#names[bits & FIRST_BITS_NAMED] ?? [],
    };
  }

  /**
   * Number of what is known of a flow in a row of which nothing is kept, since no side starts like a protocol:
   * `unlikeSides` reads it. NIL when there is something to read, or was.
   */
  unlike(row: number): number {
    return this.#views.data.getUint32(row + this.#block + FIRST_BLOCK_UNLIKE, true);
  }

  /** Offset in a row of a reference to text. */
  get textAt(): number {
    return this.#block + FIRST_BLOCK_TEXT;
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

  #side(tcp: boolean, record: number, side: number, port: number): FirstBytes {
    const head = this.#views.data.getUint32(record + FIRST_HEAD + 4 * side, true);
    if (head !== NIL) return tcp ? new Stream(this.#chains, head, port) : new Datagrams(this.#chains, head, port);
    const bytes = this.#unlikeBytes(record, side);
    // When it came does not matter: it is not read any further.
    const datagrams = tcp || bytes.length === 0 ? [] : [bytes];
    return { port, first: bytes, stream: tcp ? bytes : NO_BYTES, datagrams, timesNs: [], ...this.#kind(record, side) };
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
    const bits = this.#views.u8[record + FIRST_SIDES + side] ?? 0;
    if ((bits & FIRST_SIDE_UNLIKE) === 0 || bits >> FIRST_SIDE_KEPT_SHIFT === 0) return {};
    return { unlike: (bits & FIRST_SIDE_TEXT) !== 0 ? 'text' : 'binary' };
  }
}
