/** What a file of a column format says of itself. */
import type { Column } from '../flow/column.ts';
import { SCHEMA_VERSION } from '../flow/schema.ts';

const SCHEMA_ENTRY = ['pcapflow.schema', String(SCHEMA_VERSION)] as const;
const BINARY_ADDRESSES = '16 bytes, IPv4 as ::ffff:a.b.c.d';

/** What a file says of itself under keys: the version of the schema, and what addresses are if they are not text. */
export function fileEntries(columns: readonly Column[]): (readonly [string, string])[] {
  const areBinary = columns.some(({ byteCount }) => byteCount !== undefined);
  return areBinary ? [SCHEMA_ENTRY, ['pcapflow.addresses', BINARY_ADDRESSES]] : [SCHEMA_ENTRY];
}

/** What a column means, and in which unit it is. */
export function columnMeaning({ field: { doc, type, unit }, byteCount }: Column): string {
  if (byteCount !== undefined) return `${doc} ${BINARY_ADDRESSES}.`;
  const shown = type === 'time' ? 'ns since 1970-01-01T00:00:00 UTC' : type === 'duration' ? 'ns' : unit;
  return shown === null ? doc : `${doc} Unit: ${shown}.`;
}
