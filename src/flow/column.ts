/** Values of a field of many flows, one array: what column formats are made of. */
import type { FieldDefinition } from './field.ts';

export type ColumnNumbers = Uint8Array | Uint16Array | Uint32Array | BigInt64Array | Float64Array;

/** What a flow does not have is 0 or an empty text. */
export interface Column {
  readonly field: FieldDefinition;
  /** Numbers, at most 2^63 - 1; times and durations in nanoseconds; codes of words, 0 or 1. Of a text where it ends. */
  readonly values: ColumnNumbers;
  /** Characters of all texts behind each other, UTF-8; undefined: the column has numbers. */
  readonly text: Uint8Array | undefined;
  /** The texts are no characters but so many bytes each, where there is one; undefined: they are characters. */
  readonly byteCount?: number | undefined;
  /** A byte for each flow: 1, or 0 where the flow does not have the value; undefined: each has it. */
  readonly present: Uint8Array | undefined;
  /** Words by code; empty: the numbers are no codes. */
  readonly words: readonly string[];
}
