/** CSV (RFC 4180) with a header line. No field needs quotes: addresses, numbers and fixed words. Null is empty. */
import { FLOW_FIELDS } from '../flow/flow.ts';
import type { LineTemplate } from '../flow/flow.ts';

export const csv: LineTemplate = {
  header: `${FLOW_FIELDS.join(',')}\n`,
  before: FLOW_FIELDS.map((_, n) => (n === 0 ? '' : ',')),
  lineEnd: '\n',
  none: '',
};
