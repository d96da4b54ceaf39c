/** Packets and bits per second of the whole capture, from its counters. */
import { RateHistory, WINDOWS_S } from './rate_history.ts';
import type { WindowPlace } from './rate_history.ts';
import type { TopFigures } from './top_source.ts';

/** The capture is the only thing in its history. */
const CAPTURE = Uint32Array.of(0);

export class FigureRates {
  #latest: TopFigures;
  #latestMs: number;
  #packetsPerSecond: number | undefined;
  readonly #history: RateHistory;
  /** Bits per second in each window; undefined after only one reading. */
  #means: readonly number[] | undefined;
  #peak = 0;

  constructor(figures: TopFigures, nowMs: number) {
    this.#latest = figures;
    this.#latestMs = nowMs;
    this.#history = new RateHistory(nowMs);
  }

  get latest(): TopFigures {
    return this.#latest;
  }

  /** Between the last two readings; undefined after only one. */
  get packetsPerSecond(): number | undefined {
    return this.#packetsPerSecond;
  }

  /** Mean of the last seconds; undefined after only one reading. */
  bitsPerSecond(window: WindowPlace): number | undefined {
    return this.#means?.[window];
  }

  /** The largest mean of the shortest window so far, bits per second. */
  get peak(): number {
    return this.#peak;
  }

  /** @param nowMs on the clock of the constructor, later than before */
  read(figures: TopFigures, nowMs: number): void {
    const seconds = (nowMs - this.#latestMs) / 1000;
    if (seconds > 0) {
      this.#packetsPerSecond = (figures.packetsSeen - this.#latest.packetsSeen) / seconds;
      this.#history.advance(nowMs, CAPTURE.length);
      this.#history.add(0, figures.wireBytes - this.#latest.wireBytes, 0);
      const [mean, none] = [new Float64Array(1), new Float64Array(1)];
      this.#means = WINDOWS_S.map((_, window) => {
        this.#history.means(window as WindowPlace, CAPTURE, mean, none);
        return mean[0] ?? 0;
      });
      this.#peak = Math.max(this.#peak, this.#means[0] ?? 0);
    }
    this.#latest = figures;
    this.#latestMs = nowMs;
  }
}
