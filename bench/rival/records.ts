/**
 * Flow records of the rival engine: 128 bytes each in one buffer, read as 32-bit words and as doubles.
 * Pages that no record uses are never touched, so the size reserved costs nothing.
 *
 * words 0..9 key | doubles 5.. first, last, bytes ×2, wire ×2, payload ×2 | words 26.. packets ×2, state, initial
 * sequence number, next, previous. Counters come in pairs: those of the key's low side, then those of its high side.
 */
export const RECORD_WORDS = 32;
/** Low address (4 words; IPv4 in the first), high address, ports or ICMP class and identifier, protocol and version. */
export const KEY_WORDS = 10;
export const KEY_HIGH = 4;
export const KEY_PORTS = 8;
/** Protocol | IP version << 8. */
export const KEY_PROTOCOL = 9;
/** Doubles, as distances from a record's first double. Times are microseconds since the epoch, exact below 2^53. */
export const FIRST = 5;
export const LAST = 6;
export const BYTES = 7;
export const WIRE = 9;
export const PAYLOAD = 11;
export const PACKETS = 26;
/** TCP flags of the low side (12 bits), of the high side (12 bits), then the bits below. */
export const STATE = 28;
export const INITIAL_SEQUENCE = 29;
export const NEXT = 30;
export const PREVIOUS = 31;

export const HIGH_ORIGINATES = 1 << 24;
/** The originator is known from a SYN. */
export const FIRM = 1 << 25;
export const CLOSED = 1 << 26;
export const CLOSED_BY_RST = 1 << 27;
export const SEQUENCE_KNOWN = 1 << 28;

export const NONE = -1;

export class FlowRecords {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Records in use. */
  count = 0;
  readonly #capacity: number;
  #freeHead = NONE;
  #touched = 0;

  /** @param capacity most flows at a time, 1..4,194,304 */
  constructor(capacity: number) {
    const buffer = new ArrayBuffer(capacity * RECORD_WORDS * 4);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.#capacity = capacity;
  }

  /** A record with its counters at 0. @throws {RangeError} when all are in use */
  take(): number {
    this.count++;
    if (this.#freeHead === NONE) {
      if (this.#touched === this.#capacity) throw new RangeError(`more than ${this.#capacity} flows at a time`);
      return this.#touched++;
    }
    const record = this.#freeHead;
    const base = record * RECORD_WORDS;
    this.#freeHead = this.words[base + NEXT]!;
    this.words.fill(0, base, base + RECORD_WORDS);
    return record;
  }

  release(record: number): void {
    this.count--;
    this.words[record * RECORD_WORDS + NEXT] = this.#freeHead;
    this.#freeHead = record;
  }
}

/** TCP flags one side has sent. @param side 0 low, 1 high */
export function flagsOf(state: number, side: number): number {
  return (side === 0 ? state : state >>> 12) & 0xfff;
}
