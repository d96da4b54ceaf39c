/** What stands on one side of an operator: a field, a literal, or what was computed of them. */
import type { RowBytes, RowTest } from '../engine/row_bytes.ts';
import type { Network, Quantity } from './literals.ts';
import type { RowNumber, RowText } from './row.ts';

interface Common {
  /** Where it begins in the expression. */
  readonly column: number;
  /** As messages call it. */
  readonly shown: string;
}

/** Of a field. */
interface Absent {
  /** Whether the flow lacks it; undefined: it never does, or it is not a field. */
  readonly absent?: RowTest | undefined;
}

export interface NumberOperand extends Common, Absent {
  readonly kind: 'number';
  /** Two for `port`, which is either port. A number that the flow does not have is NaN. */
  readonly sides: readonly [RowNumber, ...RowNumber[]];
  readonly quantity: Quantity | string;
  /** Its value, of a literal. */
  readonly constant?: number;
  /** The number that a word stands for, and all words. */
  readonly words?: { readonly numberOf: (word: string) => number | undefined; readonly known: readonly string[] };
}

export interface MomentOperand extends Common, Absent {
  readonly kind: 'moment';
  /** Upper and lower half of the nanoseconds since the epoch. */
  readonly high: RowNumber;
  readonly low: RowNumber;
}

export interface AddressOperand extends Common {
  readonly kind: 'address';
  /** Offsets in the row. Two for `address`, which is either address. */
  readonly places: readonly number[];
}

export interface NetworkOperand extends Common {
  readonly kind: 'network';
  readonly network: Network;
  /** Whether the flow is on the interface that is named behind the address; undefined: none is. */
  readonly onInterface?: RowTest;
}

export interface TextOperand extends Common, Absent {
  readonly kind: 'text';
  readonly of: RowText;
  /** Of a list of texts: whether it has this one. Undefined: it is one text. */
  readonly has?: (bytes: RowBytes, row: number, member: string) => boolean;
  /** All that it can be; undefined: anything. */
  readonly words?: readonly string[];
  /** Its value, of a literal. */
  readonly constant?: string;
}

/** A bare word that is not a field: what it means depends on the other side. */
export interface WordOperand extends Common {
  readonly kind: 'word';
  /** What is wrong with it where a field was expected. */
  readonly unknown: string;
}

export interface ConditionOperand extends Common, Absent {
  readonly kind: 'condition';
  readonly test: RowTest;
}

export type Operand =
  | NumberOperand
  | MomentOperand
  | AddressOperand
  | NetworkOperand
  | TextOperand
  | WordOperand
  | ConditionOperand;

/** `a number`, for messages. */
export function kindText({ kind }: Operand): string {
  switch (kind) {
    case 'number':
      return 'a number';
    case 'moment':
      return 'a time';
    case 'address':
    case 'network':
      return 'an address';
    case 'text':
    case 'word':
      return 'a text';
    case 'condition':
      return 'a condition';
  }
}
