/**
 * What the first bytes of a side look like, protocol by protocol. Tables answer for all protocols at once which of them
 * may be meant: the engine has the same tables (FIRST_START in the layout) and keeps nothing of what starts like none.
 */

/** Bytes that are looked at. */
const LOOK_BYTES = 16;
/** Starts that the tables of one transport can hold. */
const STARTS_MAX = 64;
const WORD_BYTES = 8;
const VALUES = 256;
const TABLE_BYTES = VALUES * WORD_BYTES;
/** After the tables of the bytes: number of bytes, high and low byte of a port. */
const LENGTH = LOOK_BYTES;
const PORT_HIGH = LOOK_BYTES + 1;
const PORT_LOW = LOOK_BYTES + 2;
const TABLES = LOOK_BYTES + 3;

/** Text stands for its characters, a pair for a range, null for any byte. */
export type ByteSpec = string | number | readonly [from: number, to: number] | ((byte: number) => boolean) | null;

type OneByte = Exclude<ByteSpec, null | string>;

export interface Start {
  readonly bytes: readonly ByteSpec[];
  /** One of them is a port of the flow; without it any port will do. */
  readonly ports?: readonly number[];
  /** UDP: a datagram has so many bytes at least, at most 255. Default 1. */
  readonly least?: number;
  /** UDP: and so many at most, below 255. Default: any number. */
  readonly most?: number;
}

/** Which starts fit, bit by bit. */
interface Fitting {
  low: number;
  high: number;
}

export class Starts {
  readonly #count: number;
  /** TABLES tables of 256 words of 64 bits; bit n of a word: start n does not have the value there. */
  readonly tables = new Uint32Array((TABLES * TABLE_BYTES) / Uint32Array.BYTES_PER_ELEMENT);
  readonly #fitting: Fitting = { low: 0, high: 0 };

  constructor(starts: readonly Start[]) {
    if (starts.length > STARTS_MAX) throw new RangeError(`${starts.length} starts; the most is ${STARTS_MAX}`);
    this.#count = starts.length;
    // Bits without a start fit no number of bytes.
    const unused = Array.from({ length: STARTS_MAX - starts.length }, (_, n) => rule(LENGTH, starts.length + n, []));
    const rules = starts.flatMap(rulesOf).concat(unused);
    const words = new BigUint64Array(this.tables.buffer);
    for (let table = 0; table < TABLES; table++) {
      const excluding = rules.filter((one) => one.table === table && one.values.length <= VALUES / 2);
      const all = excluding.reduce((sum, { start }) => sum | (1n << BigInt(start)), 0n);
      words.fill(all, table * VALUES, (table + 1) * VALUES);
    }
    for (const { table, start, values } of rules) {
      const bit = 1 << (start & 31);
      const first = table * VALUES * 2 + (start >> 5);
      // Most values are excluded: a few are let in. Or the other way round.
      const few = values.length <= VALUES / 2 ? values : ALL.filter((value) => !values.includes(value));
      for (const value of few) this.tables[first + 2 * value] = (this.tables[first + 2 * value] ?? 0) ^ bit;
    }
  }

  /** Calls `use` with the number of each start that fits the first bytes of a side, in order. */
  fitting(
    sides: readonly [Uint8Array, Uint8Array],
    ports: readonly [number, number],
    use: (start: number) => void,
  ): void {
    const fitting = this.#fitting;
    fitting.low = 0;
    fitting.high = 0;
    for (const bytes of sides) this.#add(bytes, ports);
    for (let n = 0; n < this.#count; n++) if ((((n < 32 ? fitting.low : fitting.high) >>> (n & 31)) & 1) !== 0) use(n);
  }

  #add(bytes: Uint8Array, [portA, portB]: readonly [number, number]): void {
    const { tables } = this;
    for (let half = 0; half < 2; half++) {
      const excluded = (table: number, value: number): number => tables[(table * VALUES + value) * 2 + half] ?? 0;
      let not = excluded(LENGTH, Math.min(bytes.length, VALUES - 1));
      for (let at = 0; at < LOOK_BYTES && at < bytes.length && not !== -1; at++) not |= excluded(at, bytes[at] ?? 0);
      const byPort = (port: number): number => excluded(PORT_HIGH, port >> 8) | excluded(PORT_LOW, port & 0xff);
      const fits = ~(not | (byPort(portA) & byPort(portB)));
      if (half === 0) this.#fitting.low |= fits;
      else this.#fitting.high |= fits;
    }
  }
}

/** A start has only these values in a table. */
interface Rule {
  readonly table: number;
  readonly start: number;
  readonly values: readonly number[];
}

const rule = (table: number, start: number, values: readonly number[]): Rule => ({ table, start, values });

const ALL: readonly number[] = Array.from({ length: VALUES }, (_, value) => value);

function rulesOf({ bytes, ports, least = 1, most = VALUES }: Start, start: number): Rule[] {
  const specs = bytes.flatMap((spec): (OneByte | null)[] =>
    typeof spec === 'string' ? Array.from(spec, (letter) => letter.charCodeAt(0)) : [spec],
  );
  if (specs.length > LOOK_BYTES) throw new RangeError(`start ${start} has more than ${LOOK_BYTES} bytes`);
  const rules = specs.flatMap((spec, at) => (spec === null ? [] : rule(at, start, valuesOf(spec))));
  rules.push(rule(LENGTH, start, ALL.slice(least, most + 1)));
  if (ports === undefined) return rules;
  return rules.concat(
    rule(PORT_HIGH, start, [...new Set(ports.map((port) => port >> 8))]),
    rule(PORT_LOW, start, [...new Set(ports.map((port) => port & 0xff))]),
  );
}

function valuesOf(spec: OneByte): readonly number[] {
  if (typeof spec === 'number') return [spec];
  return typeof spec === 'function' ? ALL.filter(spec) : ALL.slice(spec[0], spec[1] + 1);
}
