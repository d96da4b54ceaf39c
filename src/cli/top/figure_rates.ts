/** Packets and bits per second of the whole capture, from its counters. */
import type { TopFigures } from './top_source.ts';

export class FigureRates {
  #latest: TopFigures;
  #latestMs: number;
  #packetsPerSecond: number | undefined;
  #bitsPerSecond: number | undefined;

  constructor(figures: TopFigures, nowMs: number) {
    this.#latest = figures;
    this.#latestMs = nowMs;
  }

  get latest(): TopFigures {
    return this.#latest;
  }

  /** Between the last two readings; undefined after only one. */
  get packetsPerSecond(): number | undefined {
    return this.#packetsPerSecond;
  }

  get bitsPerSecond(): number | undefined {
    return this.#bitsPerSecond;
  }

  /** @param nowMs on the clock of the constructor, later than before */
  read(figures: TopFigures, nowMs: number): void {
    const seconds = (nowMs - this.#latestMs) / 1000;
    if (seconds > 0) {
      this.#packetsPerSecond = (figures.packetsSeen - this.#latest.packetsSeen) / seconds;
      this.#bitsPerSecond = (8 * (figures.wireBytes - this.#latest.wireBytes)) / seconds;
    }
    this.#latest = figures;
    this.#latestMs = nowMs;
  }
}
