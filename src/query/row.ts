/** Reads values of a flow from its row, without making objects. A number that the flow does not have is NaN. */
import { COUNT_PACKETS, ROW_FORWARD, ROW_PROTOCOL, ROW_REVERSE, TEXT_VALUE_LENGTH } from '../../assembly/layout.ts';
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import type { RowBytes } from '../engine/rows.ts';
import type { FieldDefinition, FieldStore, NullRule } from '../flow/field.ts';
import { groupNull } from '../flow/groups.ts';

export type RowNumber = (bytes: RowBytes, row: number) => number;
export type RowText = (bytes: RowBytes, row: number) => string | null;
export type RowTest = (bytes: RowBytes, row: number) => boolean;

const WORD = 2 ** 32;
const ALL_ONES = 0xffff_ffff;

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
  const own = ruleTest(field.null, field);
  const group = ruleTest(groupNull(field.group), field);
  if (own === undefined || group === undefined) return own ?? group;
  return (bytes, row) => group(bytes, row) || own(bytes, row);
}

function ruleTest(rule: NullRule, { store, at }: FieldDefinition): RowTest | undefined {
  switch (rule) {
    case 'never':
      return undefined;
    case 'notTcp':
      return ({ u8 }, row) => u8[row + ROW_PROTOCOL] !== PROTOCOL_TCP;
    case 'noForward':
      return ({ data }, row) => data.getFloat64(row + ROW_FORWARD + COUNT_PACKETS, true) === 0;
    case 'noReverse':
      return ({ data }, row) => data.getFloat64(row + ROW_REVERSE + COUNT_PACKETS, true) === 0;
    case 'always':
      return () => true;
    case 'sentinel':
      return allOnes(store, at);
  }
}

function allOnes(store: FieldStore, at: number): RowTest {
  switch (store) {
    case 'u8':
    case 'ip':
      return ({ u8 }, row) => u8[row + at] === 0xff;
    case 'text':
      return ({ u8 }, row) => u8[row + at + TEXT_VALUE_LENGTH] === 0xff;
    case 'u16':
      return ({ data }, row) => data.getUint16(row + at, true) === 0xffff;
    case 'u32':
    case 'list':
      return ({ data }, row) => data.getUint32(row + at, true) === ALL_ONES;
    default:
      return ({ data }, row) =>
        data.getUint32(row + at, true) === ALL_ONES && data.getUint32(row + at + 4, true) === ALL_ONES;
  }
}
