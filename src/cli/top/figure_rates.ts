/** Packets and bits per second of the whole capture, from its counters. */
import { RateHistory, WINDOWS_S } from './rate_history.ts';
import type { WindowPlace } from './rate_history.ts';
import type { TopFigures } from './top_source.ts';

/** Things in the history: the capture, and the interfaces themselves. */
const CAPTURE = 0;
const LINK = 1;
const THINGS = Uint32Array.of(CAPTURE, LINK);

/** Of one direction: means of the last 2, 10 and 40 seconds and the largest of the shortest, bits per second. */
export interface DirectionRates {
  readonly means: readonly number[];
  readonly peak: number;
}

export class FigureRates {
  #latest: TopFigures;
  #latestMs: number;
  #packetsPerSecond: number | undefined;
  readonly #history: RateHistory;
  /** Bits per second in each window; undefined after only one reading. */
  #means: readonly number[] | undefined;
  #peak = 0;
  #sent: DirectionRates | undefined;
  #received: DirectionRates | undefined;

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

  /** What the interfaces send, whatever the filter; undefined: not known. */
  get sent(): DirectionRates | undefined {
    return this.#sent;
  }

  get received(): DirectionRates | undefined {
    return this.#received;
  }

  /** @param nowMs on the clock of the constructor, later than before */
  read(figures: TopFigures, nowMs: number): void {
    const seconds = (nowMs - this.#latestMs) / 1000;
    if (seconds > 0) {
      this.#packetsPerSecond = (figures.packetsSeen - this.#latest.packetsSeen) / seconds;
      this.#history.advance(nowMs, THINGS.length);
      this.#history.add(CAPTURE, figures.wireBytes - this.#latest.wireBytes, 0);
      const [link, before] = [figures.link, this.#latest.link];
      if (link !== undefined && before !== undefined)
        this.#history.add(LINK, link.sent - before.sent, link.received - before.received);
      const means = WINDOWS_S.map((_, window) => {
        const [forward, reverse] = [new Float64Array(THINGS.length), new Float64Array(THINGS.length)];
        this.#history.means(window as WindowPlace, THINGS, forward, reverse);
        return { forward, reverse };
      });
      this.#means = means.map(({ forward }) => forward[CAPTURE] ?? 0);
      this.#peak = Math.max(this.#peak, this.#means[0] ?? 0);
      if (link !== undefined) {
        this.#sent = withPeak(
          means.map(({ forward }) => forward[LINK] ?? 0),
          this.#sent,
        );
        this.#received = withPeak(
          means.map(({ reverse }) => reverse[LINK] ?? 0),
          this.#received,
        );
      }
    }
    this.#latest = figures;
    this.#latestMs = nowMs;
  }
}

function withPeak(means: readonly number[], before: DirectionRates | undefined): DirectionRates {
  return { means, peak: Math.max(before?.peak ?? 0, means[0] ?? 0) };
}
