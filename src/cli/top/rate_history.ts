/**
 * What things have carried lately, for mean rates over the last 2, 10 and 40 seconds (as iftop has them). Things are
 * named by small numbers, such as flow indexes. Nothing is allocated for each of them.
 */

/** Windows of the mean rates, seconds. */
export const WINDOWS_S = [2, 10, 40] as const;
/** Place in WINDOWS_S. */
export type WindowPlace = 0 | 1 | 2;

/** A slot is closed when it is as long, or would become longer than this and a quarter. */
const SLOT_MS = 2000;
const SLOT_MS_MAX = 2500;
/** Slots of what is older than the longest window are used again. */
const REACH_MS = 1000 * Math.max(...WINDOWS_S);
/** The shortest ones reach over the longest window. */
const SLOTS_MAX = 34;
const BITS_PER_BYTE_AND_SECOND = 8000;

/** Bytes of a slot by number of the thing. */
interface Slot {
  fromMs: number;
  toMs: number;
  forward: Float32Array;
  reverse: Float32Array;
}

/** How much of a slot belongs to a window, 0 to 1. */
interface Part {
  readonly slot: Slot;
  readonly weight: number;
}

export class RateHistory {
  readonly #slots: Slot[] = [];
  #size = 0;

  /** @param startMs when things began to carry; milliseconds of a monotonic clock */
  constructor(startMs: number) {
    this.#slots.push(newSlot(startMs, 0));
  }

  /** What is added from now on was carried since the last call. @param things about how many there are */
  advance(nowMs: number, things: number): void {
    if (things > this.#size) this.#growTo(things);
    const [latest] = this.#slots as [Slot];
    const ms = latest.toMs - latest.fromMs;
    if (ms >= SLOT_MS || (ms > 0 && nowMs - latest.fromMs > SLOT_MS_MAX)) this.#beginSlot(latest.toMs);
    const [current] = this.#slots as [Slot];
    current.toMs = Math.max(nowMs, current.toMs);
  }

  #beginSlot(fromMs: number): void {
    const oldest = this.#slots.at(-1);
    const isOver = this.#slots.length >= SLOTS_MAX || (oldest !== undefined && oldest.toMs <= fromMs - REACH_MS);
    const used = isOver ? this.#slots.pop() : undefined;
    const slot = used ?? newSlot(fromMs, this.#size);
    slot.fromMs = fromMs;
    slot.toMs = fromMs;
    slot.forward.fill(0);
    slot.reverse.fill(0);
    this.#slots.unshift(slot);
  }

  /** @param thing below the number given to `advance`, or a little above */
  add(thing: number, forward: number, reverse: number): void {
    if (thing >= this.#size) this.#growTo(thing + 1);
    const [current] = this.#slots as [Slot];
    current.forward[thing] = (current.forward[thing] as number) + forward;
    current.reverse[thing] = (current.reverse[thing] as number) + reverse;
  }

  /** The number is that of another thing now. */
  forget(thing: number): void {
    if (thing >= this.#size) return;
    for (const { forward, reverse } of this.#slots) {
      forward[thing] = 0;
      reverse[thing] = 0;
    }
  }

  /**
   * Mean rates of things, bits per second.
   * @param things their numbers; the results are in the same order
   */
  means(window: WindowPlace, things: Uint32Array, forward: Float64Array, reverse: Float64Array): void {
    const { parts, ms } = this.#window(WINDOWS_S[window] * 1000);
    forward.fill(0, 0, things.length);
    reverse.fill(0, 0, things.length);
    for (const { slot, weight } of parts) {
      const factor = (weight * BITS_PER_BYTE_AND_SECOND) / ms;
      const { forward: sent, reverse: received } = slot;
      for (let n = 0; n < things.length; n++) {
        const thing = things[n] as number;
        forward[n] = (forward[n] as number) + factor * (sent[thing] ?? 0);
        reverse[n] = (reverse[n] as number) + factor * (received[thing] ?? 0);
      }
    }
  }

  /** The slots of the last so many milliseconds, or of the time since the start. */
  #window(lengthMs: number): { readonly parts: readonly Part[]; readonly ms: number } {
    const parts: Part[] = [];
    let left = lengthMs;
    for (const slot of this.#slots) {
      const ms = slot.toMs - slot.fromMs;
      if (left <= 0) break;
      parts.push({ slot, weight: ms <= left ? 1 : left / ms });
      left -= Math.min(left, ms);
    }
    // Rates over less than a millisecond say nothing.
    return { parts, ms: Math.max(1, lengthMs - left) };
  }

  #growTo(things: number): void {
    // Half as much again as is needed, so that growing is seldom.
    this.#size = Math.ceil((things * 3) / 2 / 64) * 64;
    for (const slot of this.#slots) {
      slot.forward = grown(slot.forward, this.#size);
      slot.reverse = grown(slot.reverse, this.#size);
    }
  }
}

function newSlot(fromMs: number, size: number): Slot {
  return { fromMs, toMs: fromMs, forward: new Float32Array(size), reverse: new Float32Array(size) };
}

function grown(from: Float32Array, size: number): Float32Array {
  const to = new Float32Array(size);
  to.set(from);
  return to;
}
