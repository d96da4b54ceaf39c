/**
 * Successive snapshots of all active flows, and the mean rates of each flow.
 *
 * The previous snapshot is kept in arrays by flow index, with the generation, so a flow that reuses an index is never
 * mistaken for the old one. Nothing is allocated per flow.
 */
import {
  COUNT_PACKETS,
  COUNT_WIRE_BYTES,
  ROW_FIRST_NANOS,
  ROW_FIRST_SECONDS,
  ROW_FLOW,
  ROW_FORWARD,
  ROW_GENERATION,
  ROW_REVERSE,
  ROW_SIZE,
  ROW_TCP_FLAGS_FORWARD,
  ROW_TCP_FLAGS_REVERSE,
  U32_SIZE,
} from '../../../assembly/layout.ts';
import type { RowBytes } from '../../engine/row_bytes.ts';
import { RateHistory, WINDOWS_S } from './rate_history.ts';
import type { WindowPlace } from './rate_history.ts';
import type { RowVisitor } from './top_source.ts';

/** What the table can be sorted by. */
export type SortColumn = 'rate' | 'bytes' | 'packets' | 'age';

const DOUBLE = 8;
const ROW_WORDS = ROW_SIZE / U32_SIZE;
const ROW_DOUBLES = ROW_SIZE / DOUBLE;
const FIN = 1;
const RST = 4;

/** The flows of one moment. A flow is named by its place, 0..count-1. */
export class FlowSnapshot {
  /** Now at that moment, seconds since the epoch. */
  clockSeconds = 0;
  count = 0;
  /** Mean rates of each direction, bits per second: for each window by place. */
  readonly forwardRates = WINDOWS_S.map(() => new Float64Array(0));
  readonly reverseRates = WINDOWS_S.map(() => new Float64Array(0));
  /** Places that there is room for. */
  #room = 0;
  #flows = new Uint32Array(0);
  #buffer = new ArrayBuffer(0);
  #u8 = new Uint8Array(0);
  #u32 = new Uint32Array(0);
  #f64 = new Float64Array(0);
  #data = new DataView(this.#buffer);

  /** Grows to that many flows and keeps the present ones. */
  reserve(count: number): void {
    if (count <= this.#room) return;
    const size = roundUp(count);
    this.#room = size;
    const old = this.#u8;
    this.#buffer = new ArrayBuffer(size * ROW_SIZE);
    this.#u8 = new Uint8Array(this.#buffer);
    this.#u8.set(old);
    this.#u32 = new Uint32Array(this.#buffer);
    this.#f64 = new Float64Array(this.#buffer);
    this.#data = new DataView(this.#buffer);
    this.#flows = new Uint32Array(size);
    for (const rates of [this.forwardRates, this.reverseRates])
      WINDOWS_S.forEach((_, window) => {
        rates[window] = new Float64Array(size);
      });
  }

  /** Places that there is room for; at least `count`. */
  get room(): number {
    return this.#room;
  }

  /** Takes the mean rates of all its flows. */
  takeRates(history: RateHistory): void {
    const flows = this.#flows.subarray(0, this.count);
    for (let place = 0; place < this.count; place++) flows[place] = this.flow(place);
    WINDOWS_S.forEach((_, window) => {
      const [forward, reverse] = [this.forwardRates[window], this.reverseRates[window]];
      if (forward !== undefined && reverse !== undefined) history.means(window as WindowPlace, flows, forward, reverse);
    });
  }

  /** Both directions, bits per second. */
  rate(place: number, window: WindowPlace): number {
    return (this.forwardRates[window]?.[place] ?? 0) + (this.reverseRates[window]?.[place] ?? 0);
  }

  /** Both sides have sent FIN, or one has sent RST: it only waits for its timeout. */
  isClosed(place: number): boolean {
    const row = this.rowAt(place);
    const forward = this.#data.getUint16(row + ROW_TCP_FLAGS_FORWARD, true);
    const reverse = this.#data.getUint16(row + ROW_TCP_FLAGS_REVERSE, true);
    return ((forward | reverse) & RST) !== 0 || (forward & reverse & FIN) !== 0;
  }

  /** Adds copies of rows. */
  append(memory: Uint8Array, base: number, count: number): void {
    this.reserve(this.count + count);
    this.#u8.set(memory.subarray(base, base + count * ROW_SIZE), this.count * ROW_SIZE);
    this.count += count;
  }

  /** For a RowView, valid until the snapshot changes. */
  get rows(): RowBytes {
    return { u8: this.#u8, data: this.#data };
  }

  /** Address of a flow's row in `rows`. */
  rowAt(place: number): number {
    return place * ROW_SIZE;
  }

  flow(place: number): number {
    return this.#u32[place * ROW_WORDS + ROW_FLOW / U32_SIZE] as number;
  }

  generation(place: number): number {
    return this.#u32[place * ROW_WORDS + ROW_GENERATION / U32_SIZE] as number;
  }

  /** Wire bytes from the originator, or from the responder. */
  bytesOf(place: number, direction: 'forward' | 'reverse'): number {
    const from = direction === 'forward' ? ROW_FORWARD : ROW_REVERSE;
    return this.#f64[place * ROW_DOUBLES + (from + COUNT_WIRE_BYTES) / DOUBLE] as number;
  }

  /** Both directions. */
  wireBytes(place: number): number {
    return this.#both(place, COUNT_WIRE_BYTES);
  }

  /** Both directions. */
  packets(place: number): number {
    return this.#both(place, COUNT_PACKETS);
  }

  /** Seconds since the first packet. */
  age(place: number): number {
    const row = place * ROW_DOUBLES;
    const nanos = this.#u32[place * ROW_WORDS + ROW_FIRST_NANOS / U32_SIZE] as number;
    return this.clockSeconds - (this.#f64[row + ROW_FIRST_SECONDS / DOUBLE] as number) - nanos / 1e9;
  }

  /** By place, the figure that flows are sorted by. `to` has room for all. */
  sortKeys(column: SortColumn, window: WindowPlace, to: Float64Array): void {
    switch (column) {
      case 'rate':
        for (let place = 0; place < this.count; place++) to[place] = this.rate(place, window);
        break;
      case 'bytes':
        for (let place = 0; place < this.count; place++) to[place] = this.wireBytes(place);
        break;
      case 'packets':
        for (let place = 0; place < this.count; place++) to[place] = this.packets(place);
        break;
      case 'age':
        for (let place = 0; place < this.count; place++) to[place] = this.age(place);
        break;
    }
  }

  #both(place: number, count: number): number {
    const row = place * ROW_DOUBLES;
    const forward = this.#f64[row + (ROW_FORWARD + count) / DOUBLE] as number;
    return forward + (this.#f64[row + (ROW_REVERSE + count) / DOUBLE] as number);
  }
}

export class FlowRates {
  #shown = new FlowSnapshot();
  #filling = new FlowSnapshot();
  /** By flow index: the flow that was there, and its bytes. */
  #generations = new Uint32Array(0);
  #forward = new Float64Array(0);
  #reverse = new Float64Array(0);
  readonly #history: RateHistory;

  /** @param startMs when the capture started; milliseconds of a monotonic clock */
  constructor(startMs: number) {
    this.#history = new RateHistory(startMs);
  }

  /** The last finished snapshot. It stays valid until the one after the next is begun. */
  get snapshot(): FlowSnapshot {
    return this.#shown;
  }

  /** Begins a snapshot. @param nowMs on the clock of the constructor @param flows about how many there will be */
  begin(nowMs: number, clockSeconds: number, flows: number): void {
    this.#filling.reserve(flows);
    this.#history.advance(nowMs, flows);
    this.#filling.count = 0;
    this.#filling.clockSeconds = clockSeconds;
  }

  /** Adds flows to the snapshot. */
  readonly add: RowVisitor = (memory, base, count) => {
    const filling = this.#filling;
    const first = filling.count;
    filling.append(memory, base, count);
    for (let place = first; place < filling.count; place++) {
      const flow = filling.flow(place);
      if (flow >= this.#generations.length) this.#growTo(flow + 1);
      const generation = filling.generation(place);
      const isKnown = this.#generations[flow] === generation;
      if (!isKnown) this.#history.forget(flow);
      const forward = filling.bytesOf(place, 'forward');
      const reverse = filling.bytesOf(place, 'reverse');
      this.#history.add(
        flow,
        isKnown ? forward - (this.#forward[flow] as number) : forward,
        isKnown ? reverse - (this.#reverse[flow] as number) : reverse,
      );
      this.#generations[flow] = generation;
      this.#forward[flow] = forward;
      this.#reverse[flow] = reverse;
    }
  };

  /** Completes the snapshot: it becomes the current one, or only serves for the rates of the next. */
  finish(show: boolean): void {
    if (!show) return;
    const shown = this.#filling;
    this.#filling = this.#shown;
    this.#shown = shown;
    shown.takeRates(this.#history);
  }

  #growTo(flows: number): void {
    const size = roundUp(flows);
    this.#generations = grown(this.#generations, new Uint32Array(size));
    this.#forward = grown(this.#forward, new Float64Array(size));
    this.#reverse = grown(this.#reverse, new Float64Array(size));
  }
}

/** Half as much again as is needed, so that growing is seldom. */
function roundUp(count: number): number {
  return Math.ceil((count * 3) / 2 / 1024) * 1024;
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
