/** Says of a row whether its flow lacks a value. */
import { COUNT_PACKETS, ROW_FORWARD, ROW_PROTOCOL, ROW_REVERSE, U32_SIZE } from '../../assembly/layout.ts';
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import { STORE_WIDTH } from '../flow/field.ts';
import type { FieldDefinition, NullRule } from '../flow/field.ts';
import type { RowTest } from './row_bytes.ts';

const ALL_ONES = 0xffff_ffff;

/** Does the flow lack the value? Undefined: it never does. */
export function absence(rule: NullRule, { store, at }: Pick<FieldDefinition, 'store' | 'at'>): RowTest | undefined {
  switch (rule) {
    case 'never':
      return undefined;
    case 'notTcp':
      return ({ u8 }, row) => u8[row + ROW_PROTOCOL] !== PROTOCOL_TCP;
    case 'noForward':
      return ({ data }, row) => data.getFloat64(row + ROW_FORWARD + COUNT_PACKETS, true) === 0;
    case 'noReverse':
      return ({ data }, row) => data.getFloat64(row + ROW_REVERSE + COUNT_PACKETS, true) === 0;
    case 'noPackets':
      return ({ data }, row) =>
        data.getFloat64(row + ROW_FORWARD + COUNT_PACKETS, true) +
          data.getFloat64(row + ROW_REVERSE + COUNT_PACKETS, true) ===
        0;
    case 'always':
      return () => true;
    case 'sentinel':
      return allOnes(STORE_WIDTH[store], at);
  }
}

function allOnes(width: number, at: number): RowTest {
  switch (width) {
    case 1:
      return ({ u8 }, row) => u8[row + at] === 0xff;
    case 2:
      return ({ data }, row) => data.getUint16(row + at, true) === 0xffff;
    default:
      return ({ data }, row) => {
        for (let byte = 0; byte < width; byte += U32_SIZE) {
          if (data.getUint32(row + at + byte, true) !== ALL_ONES) return false;
        }
        return true;
      };
  }
}
