/** Traffic over time in at most so many bins. Their width doubles when flows lie outside of them. */
import { MEASURES, SERIES } from '../protocol.ts';
import type { Measure, Timeline } from '../protocol.ts';

const BINS = 1024;
const NARROWEST_MS = 1;

export class TimeBins {
  #binMs = NARROWEST_MS;
  /** A multiple of the width. */
  #startMs = 0;
  /** Bins that something lies in: [first, last]. */
  #first = BINS;
  #last = -1;
  #values = emptyValues();

  /** A flow's packets and bytes count evenly between its times, the flow itself where it begins. */
  add(series: number, fromMs: number, toMs: number, packets: number, bytes: number): void {
    if (this.#last < 0 || fromMs < this.#startMs || toMs >= this.#startMs + BINS * this.#binMs) this.#fit(fromMs, toMs);
    const from = Math.floor((fromMs - this.#startMs) / this.#binMs);
    const to = Math.floor((toMs - this.#startMs) / this.#binMs);
    const { bytes: byBytes, packets: byPackets, flows: byFlows } = this.#values;
    byFlows[series]![from]!++;
    if (from === to) {
      byBytes[series]![from]! += bytes;
      byPackets[series]![from]! += packets;
    } else {
      const duration = toMs - fromMs;
      for (let bin = from; bin <= to; bin++) {
        const begin = this.#startMs + bin * this.#binMs;
        const part = (Math.min(toMs, begin + this.#binMs) - Math.max(fromMs, begin)) / duration;
        byBytes[series]![bin]! += bytes * part;
        byPackets[series]![bin]! += packets * part;
      }
    }
    if (from < this.#first) this.#first = from;
    if (to > this.#last) this.#last = to;
  }

  timeline(): Timeline {
    const bins = Math.max(0, this.#last - this.#first + 1);
    const first = bins === 0 ? 0 : this.#first;
    const values = Object.fromEntries(
      MEASURES.map((measure) => [measure, this.#values[measure].map((one) => one.slice(first, first + bins))]),
    ) as unknown as Timeline['values'];
    return { startMs: this.#startMs + first * this.#binMs, binMs: this.#binMs, bins, values };
  }

  /** Makes the bins wide enough for all times so far and these. */
  #fit(fromMs: number, toMs: number): void {
    const isEmpty = this.#last < 0;
    const earliest = isEmpty ? fromMs : Math.min(fromMs, this.#startMs + this.#first * this.#binMs);
    const latest = isEmpty ? toMs : Math.max(toMs, this.#startMs + this.#last * this.#binMs);
    let binMs = this.#binMs;
    while (Math.floor(latest / binMs) - Math.floor(earliest / binMs) >= BINS) binMs *= 2;
    const startMs = Math.floor(earliest / binMs) * binMs;
    const moved = (bin: number): number => Math.floor((this.#startMs + bin * this.#binMs - startMs) / binMs);
    const values = emptyValues();
    for (const measure of MEASURES) {
      this.#values[measure].forEach((series, n) => {
        for (let bin = this.#first; bin <= this.#last; bin++) values[measure][n]![moved(bin)]! += series[bin]!;
      });
    }
    if (!isEmpty) [this.#first, this.#last] = [moved(this.#first), moved(this.#last)];
    this.#values = values;
    this.#binMs = binMs;
    this.#startMs = startMs;
  }
}

function emptyValues(): Record<Measure, Float64Array[]> {
  const make = (): Float64Array[] => SERIES.map(() => new Float64Array(BINS));
  return { bytes: make(), packets: make(), flows: make() };
}
