/** Reads values of a flow from its row, without making objects. A number that the flow does not have is NaN. */
import { absence } from '../engine/absence.ts';
import type { RowBytes, RowTest } from '../engine/row_bytes.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { groupNull } from '../flow/groups.ts';

export type RowNumber = (bytes: RowBytes, row: number) => number;
export type RowText = (bytes: RowBytes, row: number) => string | null;

const WORD = 2 ** 32;

/** The stored number; a u64 is exact up to 2^53. */
export function storedNumber(store: 'u8' | 'u16' | 'u32' | 'u64' | 'f64', at: number): RowNumber {
  switch (store) {
    case 'u8':
      return ({ u8 }, row) => u8[row + at] as number;
    case 'u16':
      return ({ data }, row) => data.getUint16(row + at, true);
    case 'u32':
      return ({ data }, row) => data.getUint32(row + at, true);
    case 'u64':
      return ({ data }, row) => data.getUint32(row + at + 4, true) * WORD + data.getUint32(row + at, true);
    case 'f64':
      return ({ data }, row) => data.getFloat64(row + at, true);
  }
}

/** Whether the flow lacks the field; undefined: it never does. */
export function absenceOf(field: FieldDefinition): RowTest | undefined {
  const own = absence(field.null, field);
  const group = absence(groupNull(field.group), field);
  if (own === undefined || group === undefined) return own ?? group;
  return (bytes, row) => group(bytes, row) || own(bytes, row);
}
