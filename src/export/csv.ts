/**
 * CSV (RFC 4180) with a header line. Only text may need quotes. Null is empty; members of a list have spaces between
 * them, so an empty list looks like null.
 */
import { columnName } from '../flow/field.ts';
import type { LineFormat } from '../flow/line_format.ts';

export const csv: LineFormat = {
  header: (fields) => `${fields.map(columnName).join(',')}\n`,
  steps: (fields) => [...fields.map((field, n) => ({ text: n === 0 ? '' : ',', field })), { text: '\n' }],
  quote: '',
  none: '',
};
