/** Values of a column as the content of its pages, in the encoding that suits them. */
import type { Column, ColumnNumbers } from '../../flow/column.ts';
import { ByteBuffer } from '../byte_buffer.ts';
import { writeDeltas } from './deltas.ts';
import { NumberDictionary, TextDictionary } from './dictionary.ts';
import { DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY, PLAIN, RLE_DICTIONARY } from './format.ts';
import { writeHybrid } from './hybrid.ts';

/** Differences are exact as a `number` while the numbers are less than this apart: for times 26 days. */
const SPAN_MAX = 2 ** 51;
const TWO_32 = 2 ** 32;
const UTF8 = new TextEncoder();

/** How the values of a chunk are written. */
export interface EncodedValues {
  readonly encoding: number;
  /** Values in the dictionary; 0: there is none. */
  readonly distinct: number;
  /** Least and greatest value, as PLAIN; undefined: they are not looked for. */
  readonly range?: readonly [Uint8Array, Uint8Array];
}

/** Its buffers hold one column after another. */
export class ValueEncoder {
  /** The data page: levels, then values. */
  readonly page = new ByteBuffer();
  /** The dictionary page. */
  readonly dictionary = new ByteBuffer();
  readonly #relative: Float64Array;
  readonly #numbers: NumberDictionary;
  readonly #texts: TextDictionary;

  /** @param capacity values of a chunk at most */
  constructor(capacity: number) {
    this.#relative = new Float64Array(capacity);
    this.#numbers = new NumberDictionary(capacity);
    this.#texts = new TextDictionary(capacity);
  }

  /** Fills the buffers with the first `size` flows of the column. */
  encode(column: Column, size: number): EncodedValues {
    this.page.clear();
    this.dictionary.clear();
    const { present, field, text, byteCount } = column;
    if (present !== undefined) this.#writeLevels(present, size);
    const values = presentValues(column, size);
    const count = values.length;
    if (text !== undefined) return this.#encodeTexts(text, values as Uint32Array, count, byteCount);
    switch (field.type) {
      case 'enum':
        return this.#encodeWords(values as Uint8Array, column.words);
      case 'boolean':
        return this.#encodeBooleans(values as Uint8Array);
      case 'decimal':
        return this.#encodePlain(values);
      case 'u32':
        return { ...this.#encodePlain(values), ...rangeOf(values) };
      case 'u8':
      case 'u16':
        return { ...this.#encodeSmall(values), ...rangeOf(values) };
      default:
        return this.#encodeLarge(values as BigInt64Array);
    }
  }

  /** Definition levels: 1 where there is a value. */
  #writeLevels(present: Uint8Array, size: number): void {
    this.page.u32(0);
    writeHybrid(this.page, present, size, 1);
    this.page.setU32(0, this.page.size - 4);
  }

  /** @param byteCount of each; undefined: their lengths differ, and are written */
  #encodeTexts(text: Uint8Array, ends: Uint32Array, count: number, byteCount: number | undefined): EncodedValues {
    const distinct = this.#texts.look(text, ends, count);
    if (distinct === undefined || count === 0) {
      if (byteCount === undefined) return this.#encodeLengths(text, ends, count);
      return this.#encodePlain(text.subarray(0, count * byteCount));
    }
    const [from, to] = distinct;
    for (let n = 0; n < from.length; n++) {
      const word = text.subarray(from[n], to[n]);
      if (byteCount === undefined) this.dictionary.u32(word.length);
      this.dictionary.append(word);
    }
    return this.#writePlaces(this.#texts.places, count, from.length);
  }

  /** All lengths, then all characters. */
  #encodeLengths(text: Uint8Array, ends: Uint32Array, count: number): EncodedValues {
    const first = ends[0] ?? 0;
    for (let n = 1; n < count; n++) this.#relative[n] = (ends[n] as number) - (ends[n - 1] as number) - first;
    this.#relative[0] = 0;
    writeDeltas(this.page, BigInt(first), this.#relative, count);
    this.page.append(text.subarray(0, ends[count - 1] ?? 0));
    return { encoding: DELTA_LENGTH_BYTE_ARRAY, distinct: 0 };
  }

  #encodeWords(codes: Uint8Array, words: readonly string[]): EncodedValues {
    for (const word of words) {
      this.dictionary.u32(word.length);
      this.dictionary.append(UTF8.encode(word));
    }
    return this.#writePlaces(codes, codes.length, words.length);
  }

  /** A bit for each, the first one the lowest of its byte. */
  #encodeBooleans(values: Uint8Array): EncodedValues {
    const { page } = this;
    const start = page.size;
    const bytes = Math.ceil(values.length / 8);
    page.reserve(bytes);
    page.bytes.fill(0, start, start + bytes);
    for (let n = 0; n < values.length; n++)
      if (values[n] !== 0) page.bytes[start + (n >> 3)] = (page.bytes[start + (n >> 3)] as number) | (1 << (n & 7));
    page.size += bytes;
    return { encoding: PLAIN, distinct: 0 };
  }

  #encodeSmall(values: ColumnNumbers): EncodedValues {
    const distinct = values.length === 0 ? undefined : this.#numbers.look(values, values.length);
    if (distinct === undefined) return this.#encodePlain(new Uint32Array(values as Uint16Array));
    for (const value of distinct) this.dictionary.u32(value);
    return this.#writePlaces(this.#numbers.places, values.length, distinct.length);
  }

  /** 64 bits. */
  #encodeLarge(values: BigInt64Array): EncodedValues {
    const first = values[0] ?? 0n;
    const span = relativeTo(values, this.#relative);
    if (span === undefined) return this.#encodePlain(values);
    writeDeltas(this.page, first, this.#relative, values.length);
    const range = span.map((distance) => new Uint8Array(BigInt64Array.of(first + BigInt(distance)).buffer));
    return {
      encoding: DELTA_BINARY_PACKED,
      distinct: 0,
      ...(values.length === 0 ? {} : { range: [range[0] as Uint8Array, range[1] as Uint8Array] }),
    };
  }

  #encodePlain(values: ColumnNumbers): EncodedValues {
    this.page.append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return { encoding: PLAIN, distinct: 0 };
  }

  #writePlaces(places: Uint8Array | Uint16Array, count: number, distinct: number): EncodedValues {
    const width = Math.max(1, 32 - Math.clz32(distinct - 1));
    this.page.byte(width);
    writeHybrid(this.page, places, count, width);
    return { encoding: RLE_DICTIONARY, distinct };
  }
}

/** The values of the flows that have one. */
function presentValues({ values, present }: Column, size: number): ColumnNumbers {
  const all = values.subarray(0, size);
  if (present === undefined || present.indexOf(0) === -1) return all;
  const kept = all.slice();
  let count = 0;
  for (let n = 0; n < size; n++) {
    if (present[n] === 0) continue;
    kept[count] = all[n] as never;
    count++;
  }
  return kept.subarray(0, count);
}

/** The least and the greatest of numbers of at most 32 bits. */
function rangeOf(values: ColumnNumbers): Pick<EncodedValues, 'range'> {
  if (values.length === 0) return {};
  let least = Infinity;
  let greatest = 0;
  for (const value of values as Uint32Array) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { range: [u32Bytes(least), u32Bytes(greatest)] };
}

function u32Bytes(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/**
 * All numbers less the first one.
 * @returns the least and the greatest of them; undefined: they are not all exact
 */
function relativeTo(values: BigInt64Array, relative: Float64Array): readonly [number, number] | undefined {
  const low = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const high = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const firstLow = low[0] ?? 0;
  const firstHigh = high[1] ?? 0;
  let least = 0;
  let greatest = 0;
  for (let n = 0; n < values.length; n++) {
    const distance = ((high[2 * n + 1] as number) - firstHigh) * TWO_32 + ((low[2 * n] as number) - firstLow);
    relative[n] = distance;
    if (distance < least) least = distance;
    if (distance > greatest) greatest = distance;
  }
  return least > -SPAN_MAX && greatest < SPAN_MAX ? [least, greatest] : undefined;
}
