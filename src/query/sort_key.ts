/** Values of a flow's row by which flows are sorted and grouped. */
import { ROW_VERSION } from '../../assembly/layout.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import { fieldOperand, unknownField } from './fields.ts';
import type { FieldScope } from './fields.ts';
import type { Operand } from './operand.ts';
import type { RankKey } from './ranking.ts';

export type RowKey = (bytes: RowBytes, row: number) => RankKey;

/**
 * The value of a field as a key.
 * @param option that names the field, for messages
 * @throws {RangeError} when it is not a field, or one of either end
 */
export function sortKey(option: string, name: string, scope: FieldScope): RowKey {
  const operand = fieldOperand(name, 0, scope);
  if (operand === undefined) throw new RangeError(`${option}: ${unknownField(name, scope)}`);
  const isEither =
    (operand.kind === 'address' ? operand.places : operand.kind === 'number' ? operand.sides : []).length > 1;
  if (isEither) throw new RangeError(`${option}: '${name}' is either of two fields; name one of them`);
  return keyOf(operand);
}

function keyOf(operand: Operand): RowKey {
  switch (operand.kind) {
    case 'number': {
      const [value] = operand.sides;
      return (bytes, row) => {
        const number = value(bytes, row);
        return Number.isNaN(number) ? null : number;
      };
    }
    case 'moment': {
      const { high, low } = operand;
      return (bytes, row) => (BigInt(high(bytes, row)) << 32n) | BigInt(low(bytes, row));
    }
    case 'text':
      return operand.of;
    case 'address': {
      const [place = 0] = operand.places;
      return ({ u8 }, row) => addressKey(u8, row, row + place);
    }
    case 'condition': {
      const { test, absent } = operand;
      return (bytes, row) => (absent?.(bytes, row) === true ? null : Number(test(bytes, row)));
    }
    default:
      throw new TypeError(`${operand.kind} is not a field`);
  }
}

/** IPv4 before IPv6, then by number. */
function addressKey(u8: Uint8Array, row: number, at: number): string {
  const length = u8[row + ROW_VERSION] === 4 ? 4 : 16;
  return String.fromCharCode(length, ...u8.subarray(at, at + length));
}
