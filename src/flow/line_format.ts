/**
 * A text format that only puts fixed text between the fields of a flow: the engine writes the lines itself. Addresses,
 * numbers and words are written as they are, times as seconds since the epoch with nine decimals. All text is ASCII.
 */
import type { FieldDefinition } from './field.ts';

export interface LineFormat {
  /** Written once, before the first line. */
  header(fields: readonly FieldDefinition[]): string;
  /** What goes before field `n`. */
  before(fields: readonly FieldDefinition[], n: number): string;
  /** What goes behind the last field. */
  end(fields: readonly FieldDefinition[]): string;
  /** What goes around text that is no number: one character or none. */
  readonly quote: string;
  /** Stands for a field that the flow does not have. */
  readonly none: string;
}
