/**
 * JSON Lines: one flow, one line. Times are numbers with nine decimals, seconds since the epoch.
 * {"srcAddress":"10.0.0.1","srcPort":40000,...,"firstSeen":1700000000.000000000,...,"endReason":"fin"}
 */
import { FIELDS } from './template.ts';
import type { Field, LineTemplate } from './template.ts';

const TEXT_FIELDS: ReadonlySet<Field> = new Set(['srcAddress', 'dstAddress', 'endReason']);

function quote(field: Field | undefined): string {
  return field !== undefined && TEXT_FIELDS.has(field) ? '"' : '';
}

export const jsonLines: LineTemplate = {
  header: '',
  before: FIELDS.map((field, n) => `${n === 0 ? '{' : `${quote(FIELDS[n - 1])},`}"${field}":${quote(field)}`),
  lineEnd: `${quote(FIELDS.at(-1))}}\n`,
  none: 'null',
};
