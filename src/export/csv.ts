/**
 * CSV (RFC 4180) with a header line. Only text may need quotes. Null is empty; members of a list have spaces between
 * them, so an empty list looks like null.
 */
import { fieldPath } from '../flow/field.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { LineFormat } from '../flow/line_format.ts';

export const csv: LineFormat = {
  header: (fields) => `${fields.map(csvColumn).join(',')}\n`,
  steps: (fields) => [...fields.map((field, n) => ({ text: n === 0 ? '' : ',', field })), { text: '\n' }],
  quote: '',
  none: '',
};

/** A field of a group has the group's name in front: `tcp_forward_isn`. */
function csvColumn(field: FieldDefinition): string {
  return fieldPath(field).replaceAll('.', '_');
}
