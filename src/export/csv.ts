/** CSV (RFC 4180) with a header line. No field needs quotes: addresses, numbers and fixed words. Null is empty. */
import type { FieldDefinition } from '../flow/field.ts';
import type { LineFormat } from '../flow/line_format.ts';

export const csv: LineFormat = {
  header: (fields) => `${fields.map(csvColumn).join(',')}\n`,
  before: (_fields, n) => (n === 0 ? '' : ','),
  end: () => '\n',
  quote: '',
  none: '',
};

/** A field of a group has the group's name in front: `tcp_isn`. */
function csvColumn({ group, name }: FieldDefinition): string {
  return group === 'core' ? name : `${group}_${name}`;
}
