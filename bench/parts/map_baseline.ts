import type { PacketCounter } from '../rival/packet_reader.ts';
import { KEY_WORDS } from '../rival/records.ts';

/** A flow as a plain object. Counters come in pairs: the key's low side, its high side. */
export interface MapFlow {
  readonly key: string;
  firstUs: number;
  lastUs: number;
  tcpFlags: number;
  readonly packets: [number, number];
  readonly bytes: [number, number];
  readonly wireBytes: [number, number];
  readonly payloadBytes: [number, number];
}

/**
 * The flow table one writes first: a `Map` from a text key to objects. The baseline of the parts; it has no timeouts.
 */
export class MapFlowTable implements PacketCounter {
  readonly key = new Int32Array(KEY_WORDS);
  readonly flows = new Map<string, MapFlow>();
  timeUs = 0;

  count(side: 0 | 1, bytes: number, wireLen: number, payloadSize: number, flags: number): void {
    const key = keyText(this.key, 0);
    let flow = this.flows.get(key);
    if (flow === undefined) {
      flow = newFlow(key, this.timeUs);
      this.flows.set(key, flow);
    }
    flow.lastUs = Math.max(flow.lastUs, this.timeUs);
    flow.tcpFlags |= flags;
    flow.packets[side]++;
    flow.bytes[side] += bytes;
    flow.wireBytes[side] += wireLen;
    flow.payloadBytes[side] += payloadSize;
  }
}

/** The key's words as text. @param base index of its first word */
export function keyText(words: Int32Array, base: number): string {
  return words.subarray(base, base + KEY_WORDS).join();
}

export function newFlow(key: string, timeUs: number): MapFlow {
  return {
    key,
    firstUs: timeUs,
    lastUs: timeUs,
    tcpFlags: 0,
    packets: [0, 0],
    bytes: [0, 0],
    wireBytes: [0, 0],
    payloadBytes: [0, 0],
  };
}

/** Records by tick in a `Map`: what the wheel replaces. */
export class MapWheel {
  readonly #ticks = new Map<number, Set<number>>();

  file(record: number, tick: number): void {
    const set = this.#ticks.get(tick);
    if (set === undefined) this.#ticks.set(tick, new Set([record]));
    else set.add(record);
  }

  unfile(record: number, tick: number): void {
    this.#ticks.get(tick)?.delete(record);
  }

  take(tick: number): number {
    const size = this.#ticks.get(tick)?.size ?? 0;
    this.#ticks.delete(tick);
    return size;
  }
}

/** What a log stores of a packet. */
export type LoggedPacket = Readonly<
  Record<'side' | 'bytes' | 'wireLen' | 'payloadSize' | 'flags' | 'sequence', number>
>;

/** Packet headers by flow: a `Map` from the flow to a list of objects. */
export class MapLog {
  stored = 0;
  readonly #logs = new Map<number, LoggedPacket[]>();

  /** Stores a copy. */
  add(flow: number, packet: LoggedPacket): void {
    const log = this.#logs.get(flow);
    if (log === undefined) this.#logs.set(flow, [{ ...packet }]);
    else log.push({ ...packet });
    this.stored++;
  }
}
