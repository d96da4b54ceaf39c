/**
 * Comparisons of two operands, and membership in lists. A comparison with a field that the flow does not have is false,
 * `!=` as well. A field of either end (`port`) matches when one of its values does; `!=` is the opposite of `=`.
 */
import { ROW_VERSION } from '../../assembly/layout.ts';
import type { RowBytes, RowTest } from '../engine/row_bytes.ts';
import { unknownName } from '../text/nearest.ts';
import { WhereError } from './error.ts';
import { networkLiteral } from './literals.ts';
import type { Network } from './literals.ts';
import { momentNs } from './moment.ts';
import { kindText } from './operand.ts';
import type {
  AddressOperand,
  MomentOperand,
  NetworkOperand,
  NumberOperand,
  Operand,
  TextOperand,
  WordOperand,
} from './operand.ts';
import type { RowNumber } from './row.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** The comparison with its sides exchanged. */
const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const NS_PER_SECOND = 1e9;
const WORD = 2 ** 32;

/** @throws {WhereError} when the two cannot be compared. @param column of the operator */
export function compared(left: Operand, sign: Comparison, right: Operand, column: number): RowTest {
  const [a, b] = [meant(left, right), meant(right, left)];
  if ('constant' in a && !('constant' in b)) return compared(b, MIRRORED[sign], a, column);
  if (a.kind === 'number' && b.kind === 'number') return comparedNumbers(a, sign, scaled(a, b));
  if (a.kind === 'moment' && b.kind === 'moment') return comparedMoments(a, sign, b);
  if (sign !== '=' && sign !== '!=') {
    if (kindText(a) !== kindText(b)) throw mismatch(a, b, column);
    throw new WhereError(`${a.shown} is ${kindText(a)}, which has no order; use =, != or in`, column);
  }
  const equal = equality(a, b);
  if (equal === undefined) throw mismatch(a, b, column);
  if (sign === '=') return equal;
  const absent = [a, b].flatMap((one) => ('absent' in one && one.absent !== undefined ? [one.absent] : []));
  return (bytes, row) => !equal(bytes, row) && !absent.some((test) => test(bytes, row));
}

function mismatch(a: Operand, b: Operand, column: number): WhereError {
  return new WhereError(`${a.shown} is ${kindText(a)}, ${b.shown} is ${kindText(b)}: they cannot be compared`, column);
}

function equality(a: Operand, b: Operand): RowTest | undefined {
  if (a.kind === 'text' && b.kind === 'text') return sameText(a, b);
  if (a.kind === 'address' && b.kind === 'address') return sameAddress(a, b);
  if (a.kind === 'address' && b.kind === 'network') return inNetwork(a, b);
  if (a.kind === 'network' && b.kind === 'address') return inNetwork(b, a);
  if (a.kind !== 'condition' || b.kind !== 'condition') return undefined;
  return (bytes, row) => a.test(bytes, row) === b.test(bytes, row);
}

/** A member of a list: one value, or all from one to another. */
export interface ListItem {
  readonly from: Operand;
  readonly to?: Operand | undefined;
}

/** @throws {WhereError} when something in the list cannot be a value of the operand */
export function membership(operand: Operand, items: readonly ListItem[], column: number): RowTest {
  const isPlain = ({ from, to }: ListItem): boolean =>
    from.kind === 'network' && from.onInterface === undefined && to === undefined;
  if (operand.kind === 'address' && items.every(isPlain)) {
    return inNetworks(
      operand,
      items.map(({ from }) => (from as { readonly network: Network }).network),
    );
  }
  const values = items.map(({ from, to }) => (to === undefined ? meant(from, operand) : undefined));
  if (operand.kind === 'number' && values.every((one) => one?.kind === 'number' && one.constant !== undefined)) {
    const known = new Set(values.map((one) => scaled(operand, one as NumberOperand).constant));
    return anySide(operand.sides, (side) => (bytes, row) => known.has(side(bytes, row)));
  }
  if (operand.kind === 'text' && values.every((one) => one?.kind === 'text' && one.constant !== undefined)) {
    const known = values.map((one) => (one as TextOperand).constant ?? '');
    const { has } = operand;
    if (has !== undefined) return (bytes, row) => known.some((member) => has(bytes, row, member));
    const texts = new Set<string | null>(known);
    return (bytes, row) => texts.has(operand.of(bytes, row));
  }
  const tests = items.map(({ from, to }) =>
    to === undefined ? compared(operand, '=', from, from.column) : between(operand, from, to, column),
  );
  return (bytes, row) => tests.some((test) => test(bytes, row));
}

function between(operand: Operand, from: Operand, to: Operand, column: number): RowTest {
  if (operand.kind !== 'number') {
    const [low, high] = [compared(operand, '>=', from, column), compared(operand, '<=', to, column)];
    return (bytes, row) => low(bytes, row) && high(bytes, row);
  }
  // One side at a time: of two ports one must be between both ends.
  const tests = operand.sides.map((side) => {
    const one: NumberOperand = { ...operand, sides: [side] };
    return [compared(one, '>=', from, column), compared(one, '<=', to, column)] as const;
  });
  return (bytes, row) => tests.some(([low, high]) => low(bytes, row) && high(bytes, row));
}

/** What a word or a literal means beside another operand. @throws {WhereError} when that is nothing */
function meant(operand: Operand, beside: Operand): Exclude<Operand, WordOperand> {
  const { column, shown } = operand;
  if (operand.kind === 'word') {
    if (beside.kind === 'number' && beside.words !== undefined) {
      const number = beside.words.numberOf(shown);
      if (number === undefined) throw new WhereError(unknownName(beside.shown, shown, beside.words.known), column);
      return numberConstant(number, operand);
    }
    if (beside.kind !== 'text' || beside.constant !== undefined) throw new WhereError(operand.unknown, column);
    return meant({ column, shown, kind: 'text', of: () => shown, constant: shown }, beside);
  }
  if (operand.kind === 'number' && operand.constant !== undefined && beside.kind === 'moment') {
    return momentLiteral(operand, shown);
  }
  if (operand.kind !== 'text' || operand.constant === undefined) return operand;
  if (beside.kind === 'moment') return momentLiteral(operand, operand.constant);
  if (beside.kind === 'address') {
    return { column, shown, kind: 'network', network: networkLiteral(operand.constant, column) };
  }
  const { words } = beside.kind === 'text' ? beside : {};
  if (words !== undefined && !words.includes(operand.constant)) {
    const remedy = `it is one of ${words.join(', ')}`;
    throw new WhereError(unknownName(beside.shown, operand.constant, words, remedy), column);
  }
  return operand;
}

function numberConstant(value: number, { column, shown }: Operand): NumberOperand {
  return { column, shown, kind: 'number', sides: [() => value], quantity: null, constant: value };
}

/** A moment that is written down. @throws {WhereError} when the text is none */
export function momentLiteral({ column, shown }: Pick<Operand, 'column' | 'shown'>, text: string): MomentOperand {
  const ns = momentNs(text);
  if (ns === undefined) {
    throw new WhereError(`'${text}' is not a time; write 2024-05-31T12:00:00Z or seconds since the epoch`, column);
  }
  const high = Number(ns >> 32n);
  const low = Number(ns & 0xffff_ffffn);
  return { column, shown, kind: 'moment', high: () => high, low: () => low };
}

/** A literal in the unit of the other number. @throws {WhereError} when it counts something else */
function scaled(field: NumberOperand, literal: NumberOperand): NumberOperand {
  const { constant, quantity, column, shown } = literal;
  if (constant === undefined || quantity === null || field.constant !== undefined) return literal;
  if (quantity === 'seconds' && field.quantity === 'ns') {
    const ns = constant * NS_PER_SECOND;
    return { ...literal, sides: [() => ns], constant: ns };
  }
  if (quantity === field.quantity) return literal;
  const counts = field.quantity === null ? 'is a plain number' : `counts ${field.quantity}`;
  throw new WhereError(`${shown} counts ${quantity}, but ${field.shown} ${counts}`, column);
}

function anySide(sides: readonly RowNumber[], of: (side: RowNumber) => RowTest): RowTest {
  const [first, second] = sides.map(of) as [RowTest, RowTest?];
  return second === undefined ? first : (bytes, row) => first(bytes, row) || second(bytes, row);
}

function comparedNumbers(a: NumberOperand, sign: Comparison, b: NumberOperand): RowTest {
  if (sign === '!=' && a.sides.length + b.sides.length > 2) {
    const equal = comparedNumbers(a, '=', b);
    return (bytes, row) => !equal(bytes, row);
  }
  return anySide(a.sides, (x) => anySide(b.sides, (y) => comparedSides(x, sign, y, b.constant)));
}

/** NaN, which is what the flow does not have, is neither equal nor unequal. */
function comparedSides(x: RowNumber, sign: Comparison, y: RowNumber, c: number | undefined): RowTest {
  if (c !== undefined) return comparedConstant(x, sign, c);
  switch (sign) {
    case '=':
      return (bytes, row) => x(bytes, row) === y(bytes, row);
    case '!=':
      return (bytes, row) => isOther(x(bytes, row), y(bytes, row));
    case '<':
      return (bytes, row) => x(bytes, row) < y(bytes, row);
    case '<=':
      return (bytes, row) => x(bytes, row) <= y(bytes, row);
    case '>':
      return (bytes, row) => x(bytes, row) > y(bytes, row);
    case '>=':
      return (bytes, row) => x(bytes, row) >= y(bytes, row);
  }
}

function comparedConstant(x: RowNumber, sign: Comparison, c: number): RowTest {
  switch (sign) {
    case '=':
      return (bytes, row) => x(bytes, row) === c;
    case '!=':
      return (bytes, row) => isOther(x(bytes, row), c);
    case '<':
      return (bytes, row) => x(bytes, row) < c;
    case '<=':
      return (bytes, row) => x(bytes, row) <= c;
    case '>':
      return (bytes, row) => x(bytes, row) > c;
    case '>=':
      return (bytes, row) => x(bytes, row) >= c;
  }
}

function isOther(x: number, y: number): boolean {
  return x < y || x > y;
}

/** Nanoseconds from one moment to another: its sign is always right, its value exact up to 104 days. */
export function momentDifference(from: MomentOperand, to: MomentOperand): RowNumber {
  return (bytes, row) =>
    (to.high(bytes, row) - from.high(bytes, row)) * WORD + (to.low(bytes, row) - from.low(bytes, row));
}

function comparedMoments(a: MomentOperand, sign: Comparison, b: MomentOperand): RowTest {
  return comparedConstant(momentDifference(b, a), sign, 0);
}

function sameText(a: TextOperand, b: TextOperand): RowTest {
  const { constant } = b;
  const { has } = a;
  if (constant !== undefined && has !== undefined) return (bytes, row) => has(bytes, row, constant);
  if (constant !== undefined) return (bytes, row) => a.of(bytes, row) === constant;
  return (bytes, row) => {
    const text = a.of(bytes, row);
    return text !== null && text === b.of(bytes, row);
  };
}

function inNetwork(address: AddressOperand, { network, onInterface }: NetworkOperand): RowTest {
  const test = inNetworks(address, [network]);
  return onInterface === undefined ? test : (bytes, row) => test(bytes, row) && onInterface(bytes, row);
}

function inNetworks({ places }: AddressOperand, networks: readonly Network[]): RowTest {
  return ({ u8 }, row) => {
    const version = u8[row + ROW_VERSION];
    for (const network of networks) {
      if (network.version !== version) continue;
      for (const place of places) if (isIn(u8, row + place, network)) return true;
    }
    return false;
  };
}

function isIn(u8: Uint8Array, at: number, { bytes, mask }: Network): boolean {
  for (let n = 0; n < bytes.length; n++) {
    if (((u8[at + n] as number) & (mask[n] as number)) !== bytes[n]) return false;
  }
  return true;
}

function sameAddress(a: AddressOperand, b: AddressOperand): RowTest {
  return ({ u8 }: RowBytes, row) => {
    const length = u8[row + ROW_VERSION] === 4 ? 4 : 16;
    return a.places.some((x) => b.places.some((y) => isSame(u8, row + x, row + y, length)));
  };
}

function isSame(u8: Uint8Array, a: number, b: number, length: number): boolean {
  for (let n = 0; n < length; n++) if (u8[a + n] !== u8[b + n]) return false;
  return true;
}
