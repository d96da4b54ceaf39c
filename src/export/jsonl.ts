/**
 * JSON Lines: one flow, one line. Times are numbers with nine decimals, seconds since the epoch. Fields of a group are an
 * object of their own.
 * {"srcAddress":"10.0.0.1","srcPort":40000,...,"firstSeen":1700000000.000000000,...,"endReason":"fin"}
 */
import type { FieldDefinition } from '../flow/field.ts';
import type { LineFormat } from '../flow/line_format.ts';

export const jsonLines: LineFormat = {
  header: () => '',
  before(fields, n) {
    const { group, name } = fields[n] as FieldDefinition;
    const last = fields[n - 1]?.group ?? 'core';
    const key = `"${name}":`;
    if (group === last) return `${n === 0 ? '{' : ','}${key}`;
    const open = group === 'core' ? '' : `"${group}":{`;
    return `${closing(last)}${n === 0 ? '{' : ','}${open}${key}`;
  },
  end: (fields) => `${closing(fields.at(-1)?.group ?? 'core')}}\n`,
  quote: '"',
  none: 'null',
};

function closing(group: string): string {
  return group === 'core' ? '' : '}';
}
