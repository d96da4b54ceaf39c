/**
 * The slow model of the prefix collector: the first bytes of each side of a flow in sequence order. Plain arrays with
 * one entry a byte; the engine's collector is compared with it, so it shares no code with it.
 */

import type { FirstPayload, FirstPayloadBit } from '../../src/flow/first_payload.ts';

export interface PrefixLimits {
  /** Most bytes of a side. */
  readonly sideBytes: number;
  /** Most separate runs of bytes of a TCP side. */
  readonly intervals: number;
  /** Most datagrams of a UDP flow, both sides together. */
  readonly datagrams: number;
  /** A TCP flow with so many payload packets, and so many bytes from the starts of both sides, has enough. */
  readonly enoughPackets: number;
  readonly enoughBytes: number;
  /** Time after the first payload at which collecting ends. Nanoseconds. */
  readonly patienceNs: bigint;
}

export const PREFIX_LIMITS: PrefixLimits = {
  sideBytes: 4096,
  intervals: 4,
  datagrams: 8,
  enoughPackets: 8,
  enoughBytes: 3072,
  patienceNs: 10_000_000_000n,
};

/** One packet of a flow, as the collector sees it. */
export interface PrefixPacket {
  readonly side: 0 | 1;
  readonly timeNs: bigint;
  /** The latest time of all packets so far. */
  readonly clockNs: bigint;
  /** TCP only. */
  readonly seq: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Payload that was captured, and its size on the wire. */
  readonly payload: Uint8Array;
  readonly payloadBytes: number;
}

interface TcpSide {
  base: number | undefined;
  readonly bytes: (number | undefined)[];
}

export class Prefix {
  readonly #transport: 'tcp' | 'udp';
  readonly #limits: PrefixLimits;
  readonly #streams: readonly [TcpSide, TcpSide] = [
    { base: undefined, bytes: [] },
    { base: undefined, bytes: [] },
  ];
  readonly #datagrams: readonly [Uint8Array[], Uint8Array[]] = [[], []];
  readonly #timesNs: readonly [bigint[], bigint[]] = [[], []];
  readonly #bits = new Set<FirstPayloadBit>();
  #sinceNs: bigint | undefined;
  #segments = 0;
  #done = false;

  constructor(transport: 'tcp' | 'udp', limits: PrefixLimits = PREFIX_LIMITS) {
    this.#transport = transport;
    this.#limits = limits;
  }

  add(packet: PrefixPacket): void {
    if (this.#done) return;
    const stream = this.#streams[packet.side];
    if (packet.syn && packet.seq !== undefined) stream.base ??= (packet.seq + 1) >>> 0;
    if (packet.payloadBytes === 0 || packet.rst) return;
    this.#sinceNs ??= packet.clockNs;
    if (packet.clockNs - this.#sinceNs > this.#limits.patienceNs) {
      this.#done = true;
      return;
    }
    if (packet.payload.length < packet.payloadBytes) this.#bits.add('truncated');
    if (this.#transport === 'udp') this.#addDatagram(packet);
    else if (packet.seq !== undefined) this.#addSegment(packet, packet.seq, stream);
  }

  #end(bit: FirstPayloadBit): void {
    this.#bits.add(bit);
    this.#done = true;
  }

  #addDatagram({ side, payload, timeNs }: PrefixPacket): void {
    const datagrams = this.#datagrams[side];
    const held = datagrams.reduce((sum, datagram) => sum + datagram.length, 0);
    if (held + payload.length > this.#limits.sideBytes) {
      this.#bits.add('prefixFull');
      return;
    }
    datagrams.push(payload.slice());
    this.#timesNs[side].push(timeNs);
    if (this.#datagrams[0].length + this.#datagrams[1].length === this.#limits.datagrams) this.#done = true;
  }

  #addSegment(packet: PrefixPacket, seq: number, stream: TcpSide): void {
    const start = packet.syn ? (seq + 1) >>> 0 : seq;
    if (stream.base === undefined) {
      stream.base = start;
      this.#bits.add('midstream');
    }
    const offset = (start - stream.base) | 0;
    const merged = stream.bytes.slice();
    packet.payload.forEach((byte, n) => {
      const at = offset + n;
      if (at < 0 || at >= this.#limits.sideBytes) return;
      if (merged[at] !== undefined && merged[at] !== byte) this.#bits.add('prefixConflict');
      merged[at] ??= byte;
    });
    if (runsOf(merged) > this.#limits.intervals) return this.#end('prefixGap');
    stream.bytes.splice(0, stream.bytes.length, ...merged);
    if (offset + packet.payload.length > this.#limits.sideBytes) this.#bits.add('prefixFull');
    this.#segments++;
    const bytes = this.#contiguous(0).length + this.#contiguous(1).length;
    const enough = this.#segments >= this.#limits.enoughPackets && bytes >= this.#limits.enoughBytes;
    this.#done = enough || bytes === 2 * this.#limits.sideBytes;
  }

  /** What was collected; the originator is the sender of side `originator`. */
  payload(originator: 0 | 1, ports: readonly [number, number]): FirstPayload {
    const side = (n: 0 | 1) => ({
      port: ports[n],
      first: this.#transport === 'tcp' ? this.#contiguous(n) : (this.#datagrams[n][0] ?? new Uint8Array(0)),
      stream: this.#contiguous(n),
      datagrams: this.#datagrams[n],
      timesNs: this.#timesNs[n],
    });
    const responder = originator === 0 ? 1 : 0;
    return {
      transport: this.#transport,
      originator: side(originator),
      responder: side(responder),
      bits: [...this.#bits].sort(),
    };
  }

  #contiguous(side: 0 | 1): Uint8Array {
    const { bytes } = this.#streams[side];
    const contiguous: number[] = [];
    for (const byte of bytes) {
      if (byte === undefined) break;
      contiguous.push(byte);
    }
    return Uint8Array.from(contiguous);
  }
}

/** Runs of bytes that are there; holes are `undefined` or missing. */
function runsOf(bytes: readonly (number | undefined)[]): number {
  let runs = 0;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== undefined && bytes[at - 1] === undefined) runs++;
  return runs;
}
