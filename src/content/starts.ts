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
/** After the tables of the bytes: number of bytes, high and low byte of a port. */
const LENGTH = LOOK_BYTES;
const PORT_HIGH = LOOK_BYTES + 1;
const PORT_LOW = LOOK_BYTES + 2;
const TABLES = LOOK_BYTES + 3;
/** Behind the tables: the weak starts, bit by bit. Words of 64 bits. */
const WEAK = TABLES * VALUES;

/** Text stands for its characters, a pair for a range, null for any byte. */
export type ByteSpec =
  | string
  | number
  | readonly [from: number, to: number]
  | { readonly oneOf: readonly number[] }
  | ((byte: number) => boolean)
  | null;

export interface Start {
  readonly bytes: readonly ByteSpec[];
  /** One of them is a port of the flow; without it any port will do. */
  readonly ports?: readonly number[];
  /** UDP: a datagram has so many bytes at least, at most 255. Default 1. */
  readonly least?: number;
  /** UDP: and so many at most, below 255. Default: any number. */
  readonly most?: number;
  /** UDP: one datagram says little, unless the next one of its side fits a start as well, or one of the other side. */
  readonly weak?: true;
}

export class Starts {
  readonly #count: number;
  /** TABLES tables of 256 words of 64 bits; bit n of a word: start n does not have the value there. Then the weak ones. */
  readonly tables = new Uint32Array(((WEAK + 1) * WORD_BYTES) / Uint32Array.BYTES_PER_ELEMENT);

  constructor(starts: readonly Start[]) {
    if (starts.length > STARTS_MAX) throw new RangeError(`${starts.length} starts; the most is ${STARTS_MAX}`);
    this.#count = starts.length;
    const rules = starts.flatMap(rulesOf);
    const narrow = rules.filter((rule) => !isWide(rule));
    this.#excludeAll(narrow);
    for (const rule of narrow) this.#letIn(rule);
    for (const rule of rules) if (isWide(rule)) this.#excludeOutside(rule);
    new BigUint64Array(this.tables.buffer)[WEAK] = starts.reduce(
      (sum, { weak }, n) => (weak === true ? sum | (1n << BigInt(n)) : sum),
      0n,
    );
  }

  /** All values of each table that a start has a rule for. Bits without a start fit no number of bytes. */
  #excludeAll(rules: readonly Rule[]): void {
    const all = new Uint32Array(2 * TABLES);
    const exclude = (table: number, start: number): void => {
      const at = 2 * table + (start >> 5);
      all[at] = (all[at] ?? 0) | (1 << (start & 31));
    };
    for (let start = this.#count; start < STARTS_MAX; start++) exclude(LENGTH, start);
    for (const { table, start } of rules) exclude(table, start);
    const words = new BigUint64Array(this.tables.buffer);
    new BigUint64Array(all.buffer).forEach((bits, table) => words.fill(bits, table * VALUES, (table + 1) * VALUES));
  }

  #letIn({ table, start, values }: Rule): void {
    const { tables } = this;
    const fits = ~(1 << (start & 31));
    const first = wordAt(table, 0, start >> 5);
    if ('oneOf' in values) {
      for (const value of values.oneOf) tables[first + 2 * value] = (tables[first + 2 * value] ?? 0) & fits;
    } else {
      const last = first + 2 * values[1];
      for (let at = first + 2 * values[0]; at <= last; at += 2) tables[at] = (tables[at] ?? 0) & fits;
    }
  }

  #excludeOutside({ table, start, values: [from, to] }: WideRule): void {
    const { tables } = this;
    const bit = 1 << (start & 31);
    const first = wordAt(table, 0, start >> 5);
    const exclude = (begin: number, end: number): void => {
      for (let at = first + 2 * begin; at < first + 2 * end; at += 2) tables[at] = (tables[at] ?? 0) | bit;
    };
    exclude(0, from);
    exclude(to + 1, VALUES);
  }

  /** The starts that fit the first bytes of a side, bit by bit. */
  fitting([one, other]: readonly [Uint8Array, Uint8Array], [portA, portB]: readonly [number, number]): bigint {
    let bits = 0n;
    for (let half = 0; half < 2; half++) {
      const byPort = this.#notByPort(portA, half) & this.#notByPort(portB, half);
      const fits = ~(byPort | this.#notByBytes(one, half)) | ~(byPort | this.#notByBytes(other, half));
      bits |= BigInt(fits >>> 0) << BigInt(32 * half);
    }
    return bits;
  }

  #notByBytes(bytes: Uint8Array, half: number): number {
    let not = this.#excluded(LENGTH, Math.min(bytes.length, VALUES - 1), half);
    for (let at = 0; at < LOOK_BYTES && at < bytes.length && not !== -1; at++)
      not |= this.#excluded(at, bytes[at] ?? 0, half);
    return not;
  }

  #notByPort(port: number, half: number): number {
    return this.#excluded(PORT_HIGH, port >> 8, half) | this.#excluded(PORT_LOW, port & 0xff, half);
  }

  #excluded(table: number, value: number, half: number): number {
    return this.tables[wordAt(table, value, half)] ?? 0;
  }
}

/** Place of a word of 32 bits: those of starts 0 to 31, or of the others. */
const wordAt = (table: number, value: number, half: number): number => (table * VALUES + value) * 2 + half;

type Range = readonly [from: number, to: number];
type Values = Range | { readonly oneOf: readonly number[] };

/** A start has only these values in a table. */
interface Rule {
  readonly table: number;
  readonly start: number;
  readonly values: Values;
}

interface WideRule extends Rule {
  readonly values: Range;
}

/** It excludes fewer values than it lets in. */
const isWide = (rule: Rule): rule is WideRule =>
  !('oneOf' in rule.values) && rule.values[1] - rule.values[0] >= VALUES / 2;

function rulesOf({ bytes, ports, least = 1, most = VALUES - 1 }: Start, start: number): Rule[] {
  const rules: Rule[] = [{ table: LENGTH, start, values: [least, most] }];
  const add = (table: number, values: Values): void => void rules.push({ table, start, values });
  let at = 0;
  for (const spec of bytes) {
    if (typeof spec === 'string') for (const letter of spec) add(at++, only(letter.charCodeAt(0)));
    else {
      if (spec !== null) add(at, valuesOf(spec));
      at++;
    }
  }
  if (at > LOOK_BYTES) throw new RangeError(`start ${start} has more than ${LOOK_BYTES} bytes`);
  if (ports === undefined) return rules;
  add(PORT_HIGH, { oneOf: ports.map((port) => port >> 8) });
  add(PORT_LOW, { oneOf: ports.map((port) => port & 0xff) });
  return rules;
}

const ALL: readonly number[] = Array.from({ length: VALUES }, (_, value) => value);
/** Bytes for which a function is true. */
const known = new Map<(byte: number) => boolean, Values>();

function valuesOf(spec: Exclude<ByteSpec, string | null>): Values {
  if (typeof spec === 'number') return only(spec);
  if (typeof spec !== 'function') return spec;
  let values = known.get(spec);
  if (values === undefined) known.set(spec, (values = { oneOf: ALL.filter(spec) }));
  return values;
}

const only = (value: number): Values => [value, value];
