/** A capture that is made up: rows of flows in memory, changed by the test. */
import {
  COUNT_PACKETS,
  COUNT_WIRE_BYTES,
  ROW_DESTINATION,
  ROW_DESTINATION_PORT,
  ROW_FIRST_NANOS,
  ROW_FIRST_SECONDS,
  ROW_FLOW,
  ROW_FORWARD,
  ROW_GENERATION,
  ROW_PROTOCOL,
  ROW_REVERSE,
  ROW_SIZE,
  ROW_SOURCE,
  ROW_SOURCE_PORT,
  ROW_TCP_FLAGS_FORWARD,
  ROW_TCP_FLAGS_REVERSE,
  ROW_VERSION,
} from '../../../assembly/layout.ts';
import type { FlowIdentity, RowVisitor, TopFigures, TopSource } from '../../../src/cli/top/top_source.ts';

export interface FakeFlow {
  /** Index in the pool and number in the order of starting. */
  readonly flow: number;
  readonly generation: number;
  readonly protocol?: number;
  /** 4 or 16 bytes. */
  readonly source?: readonly number[];
  readonly sourcePort?: number;
  readonly destination?: readonly number[];
  readonly destinationPort?: number;
  /** Seconds since the epoch. */
  readonly first?: number;
  readonly bytesForward?: number;
  readonly bytesReverse?: number;
  readonly packetsForward?: number;
  readonly packetsReverse?: number;
  readonly flags?: number;
  readonly flagsReverse?: number;
}

/** Where fake rows begin in their memory: not at 0, as in the engine. */
const BASE = 64;

export class FakeSource implements TopSource {
  name = 'fake0';
  identityOf?: (flow: number, generation: number) => FlowIdentity | undefined;
  nameOf?: (address: string) => string | undefined;
  latest: TopFigures = {
    packetsSeen: 0,
    wireBytes: 0,
    ringDrops: 0,
    kernelDrops: null,
    flowsActive: 0,
    clockSeconds: 1_700_000_000,
  };
  #memory = new Uint8Array(BASE);
  #data = new DataView(this.#memory.buffer);
  #count = 0;
  readonly #pieceSize: number;

  /** @param pieceSize rows given by one call */
  constructor(pieceSize = 512) {
    this.#pieceSize = pieceSize;
  }

  figures(): TopFigures {
    return { ...this.latest, flowsActive: this.#count };
  }

  readRows(from: number, visit: RowVisitor): number | undefined {
    const to = Math.min(this.#count, from + this.#pieceSize);
    visit(this.#memory, BASE + from * ROW_SIZE, to - from);
    return to < this.#count ? to : undefined;
  }

  /** From now on these are the active flows. */
  setFlows(flows: readonly FakeFlow[]): void {
    this.#count = flows.length;
    this.#memory = new Uint8Array(BASE + flows.length * ROW_SIZE);
    this.#data = new DataView(this.#memory.buffer);
    flows.forEach((flow, place) => this.#write(BASE + place * ROW_SIZE, flow));
  }

  /** One more packet of a flow. */
  addPacket(place: number, bytes: number): void {
    const row = BASE + place * ROW_SIZE + ROW_FORWARD;
    this.#data.setFloat64(row + COUNT_PACKETS, this.#data.getFloat64(row + COUNT_PACKETS, true) + 1, true);
    this.#data.setFloat64(row + COUNT_WIRE_BYTES, this.#data.getFloat64(row + COUNT_WIRE_BYTES, true) + bytes, true);
  }

  #write(row: number, flow: FakeFlow): void {
    const data = this.#data;
    const source = flow.source ?? [10, 0, 0, 1];
    const first = flow.first ?? 1_700_000_000;
    this.#memory.set(source, row + ROW_SOURCE);
    this.#memory.set(flow.destination ?? [10, 0, 0, 2], row + ROW_DESTINATION);
    data.setUint16(row + ROW_SOURCE_PORT, flow.sourcePort ?? 1024, true);
    data.setUint16(row + ROW_DESTINATION_PORT, flow.destinationPort ?? 443, true);
    data.setUint8(row + ROW_PROTOCOL, flow.protocol ?? 6);
    data.setUint8(row + ROW_VERSION, source.length === 4 ? 4 : 6);
    data.setFloat64(row + ROW_FIRST_SECONDS, Math.floor(first), true);
    data.setUint32(row + ROW_FIRST_NANOS, Math.round((first % 1) * 1e9), true);
    data.setUint16(row + ROW_TCP_FLAGS_FORWARD, flow.flags ?? 0x12, true);
    data.setUint16(row + ROW_TCP_FLAGS_REVERSE, flow.flagsReverse ?? 0x10, true);
    data.setUint32(row + ROW_FLOW, flow.flow, true);
    data.setUint32(row + ROW_GENERATION, flow.generation, true);
    data.setFloat64(row + ROW_FORWARD + COUNT_WIRE_BYTES, flow.bytesForward ?? 0, true);
    data.setFloat64(row + ROW_REVERSE + COUNT_WIRE_BYTES, flow.bytesReverse ?? 0, true);
    data.setFloat64(row + ROW_FORWARD + COUNT_PACKETS, flow.packetsForward ?? 1, true);
    data.setFloat64(row + ROW_REVERSE + COUNT_PACKETS, flow.packetsReverse ?? 0, true);
  }
}

/** Many flows, all different: 10.x.y.z:port -> 192.0.2.n:443, every third one UDP, every seventh one IPv6. */
export function manyFlows(count: number): FakeFlow[] {
  return Array.from({ length: count }, (_, n) => {
    const low = [(n >>> 16) & 255, (n >>> 8) & 255, n & 255];
    return {
      flow: n,
      generation: n,
      protocol: n % 3 === 0 ? 17 : 6,
      source: n % 7 === 0 ? [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...low] : [10, ...low],
      sourcePort: 1024 + (n % 60_000),
      destination: n % 7 === 0 ? [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, n % 100] : [192, 0, 2, n % 200],
      destinationPort: n % 3 === 0 ? 53 : 443,
      first: 1_700_000_000 - n / 10,
      bytesForward: 100 * (n % 1009),
      packetsForward: 1 + (n % 1009),
    };
  });
}
