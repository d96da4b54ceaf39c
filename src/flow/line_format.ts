/**
 * A text format that only puts fixed text between the fields of a flow: the engine writes the lines itself. Addresses,
 * numbers and words are written as they are, times as seconds since the epoch with nine decimals. All text is ASCII.
 */
import type { FieldDefinition, NullRule } from './field.ts';

/** Text, and what follows it. */
export interface LineStep {
  readonly text: string;
  /** A value. */
  readonly field?: FieldDefinition;
  /** Text that the row refers to, with the offset of the reference in the row. */
  readonly reference?: number;
  /** An object that a flow may lack: by this rule, and so many of the next steps belong to it. */
  readonly object?: { readonly null: NullRule; readonly steps: number };
}

export interface LineFormat {
  /** Written once, before the first line. */
  header(fields: readonly FieldDefinition[]): string;
  /** A line, from its first character to its line feed. */
  steps(fields: readonly FieldDefinition[]): readonly LineStep[];
  /** What goes around text that is no number: one character or none. */
  readonly quote: string;
  /** Lists are in brackets with commas; else their members have spaces between them. */
  readonly brackets?: true;
  /** Stands for a field that the flow does not have; undefined: nothing does, and the text before it is left out. */
  readonly none: string | undefined;
  /** Decimals of times; default 9. */
  readonly timeDigits?: 6;
  /** The steps are all columns of conn.log: the engine has a faster way to write them. */
  readonly isConnLog?: boolean;
}
