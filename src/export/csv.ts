/** CSV (RFC 4180) with a header line. No field needs quotes: addresses, numbers and fixed words. Null is empty. */
import { FIELDS } from './template.ts';
import type { LineTemplate } from './template.ts';

export const csv: LineTemplate = {
  header: `${FIELDS.join(',')}\n`,
  before: FIELDS.map((_, n) => (n === 0 ? '' : ',')),
  lineEnd: '\n',
  none: '',
};
