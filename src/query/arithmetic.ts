/** Sums, products and bits of numbers, and the time between two moments. */
import { momentDifference } from './compare.ts';
import { WhereError } from './error.ts';
import { kindText } from './operand.ts';
import type { NumberOperand, Operand } from './operand.ts';
import type { RowNumber } from './row.ts';

export type ArithmeticSign = '+' | '-' | '*' | '/' | '&';

const NS_PER_SECOND = 1e9;
const WORD = 2 ** 32;

/** @throws {WhereError} when they are not numbers, or count different things. @param column of the sign */
export function computed(a: Operand, sign: ArithmeticSign, b: Operand, column: number): NumberOperand {
  if (a.kind === 'moment' && b.kind === 'moment' && sign === '-') {
    const ns = momentDifference(b, a);
    return result(a, sign, b, (bytes, row) => ns(bytes, row) / NS_PER_SECOND, 'seconds');
  }
  const x = oneNumber(a);
  const y = oneNumber(b);
  const quantity = quantityOf(a as NumberOperand, sign, b as NumberOperand, column);
  const value = applied(x, sign, y);
  const isConstant = (a as NumberOperand).constant !== undefined && (b as NumberOperand).constant !== undefined;
  const made = result(a, sign, b, value, quantity);
  // No literal looks at the row.
  return isConstant ? { ...made, constant: value(undefined as never, 0) } : made;
}

/** @throws {WhereError} */
export function negated(operand: Operand): NumberOperand {
  const value = oneNumber(operand);
  const { quantity, constant } = operand as NumberOperand;
  return {
    column: operand.column,
    shown: `-${operand.shown}`,
    kind: 'number',
    sides: [(bytes, row) => -value(bytes, row)],
    quantity,
    ...(constant === undefined ? {} : { constant: -constant }),
  };
}

function result(
  a: Operand,
  sign: string,
  b: Operand,
  value: RowNumber,
  quantity: NumberOperand['quantity'],
): NumberOperand {
  return { column: a.column, shown: `${a.shown} ${sign} ${b.shown}`, kind: 'number', sides: [value], quantity };
}

function oneNumber(operand: Operand): RowNumber {
  const { column, shown } = operand;
  if (operand.kind === 'word') throw new WhereError(operand.unknown, column);
  if (operand.kind !== 'number') {
    throw new WhereError(`${shown} is ${kindText(operand)}; only numbers can be computed with`, column);
  }
  const [value, second] = operand.sides;
  if (second !== undefined) {
    throw new WhereError(`${shown} is either of two values; name one of them to compute with it`, column);
  }
  return value;
}

function quantityOf(
  a: NumberOperand,
  sign: ArithmeticSign,
  b: NumberOperand,
  column: number,
): NumberOperand['quantity'] {
  if (sign === '&') return null;
  if (sign === '*') return a.quantity === null ? b.quantity : b.quantity === null ? a.quantity : null;
  if (sign === '/') return b.quantity === null ? a.quantity : null;
  if (a.quantity !== b.quantity && a.quantity !== null && b.quantity !== null) {
    throw new WhereError(`${a.shown} counts ${a.quantity}, ${b.shown} counts ${b.quantity}`, column);
  }
  return a.quantity ?? b.quantity;
}

function applied(x: RowNumber, sign: ArithmeticSign, y: RowNumber): RowNumber {
  switch (sign) {
    case '+':
      return (bytes, row) => x(bytes, row) + y(bytes, row);
    case '-':
      return (bytes, row) => x(bytes, row) - y(bytes, row);
    case '*':
      return (bytes, row) => x(bytes, row) * y(bytes, row);
    case '/':
      return (bytes, row) => x(bytes, row) / y(bytes, row);
    case '&':
      return (bytes, row) => commonBits(x(bytes, row), y(bytes, row));
  }
}

/** Of whole numbers up to 2^53. What the flow does not have has none. */
function commonBits(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const high = Math.floor(x / WORD) & Math.floor(y / WORD);
  return high * WORD + ((x & y) >>> 0);
}
