/** Types of fields in PostgreSQL, for what `--format csv` writes, and a table of them. */
import { columnName } from '../../src/flow/field.ts';
import type { FieldDefinition, FieldType } from '../../src/flow/field.ts';

/** PostgreSQL's whole numbers have signs, and its times end at microseconds. */
export const POSTGRESQL_TYPES: Readonly<Record<FieldType, string>> = {
  address: 'inet',
  u8: 'smallint',
  u16: 'integer',
  u32: 'bigint',
  u64: 'bigint',
  time: 'numeric(20,9)',
  duration: 'numeric(20,9)',
  enum: 'text',
  boolean: 'boolean',
  decimal: 'double precision',
  text: 'text',
  mac: 'macaddr',
  list: 'text',
  packets: 'text',
  octets: 'text',
};

/** A table for CSV with these fields. */
export function createTable(fields: readonly FieldDefinition[]): string {
  const columns = fields.map((field) => {
    const isThere = field.null === 'never' && field.group === 'core' ? ' NOT NULL' : '';
    return `  ${columnName(field)} ${POSTGRESQL_TYPES[field.type]}${isThere}`;
  });
  return `\`\`\`sql\nCREATE TABLE flows (\n${columns.join(',\n')}\n);\n\`\`\`\n`;
}
