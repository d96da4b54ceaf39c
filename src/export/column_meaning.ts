/** What a file of a column format says of itself. */
import type { FieldDefinition } from '../flow/field.ts';
import { SCHEMA_VERSION } from '../flow/schema.ts';

/** The version of the schema, under its key. */
export const SCHEMA_ENTRY = ['pcapflow.schema', String(SCHEMA_VERSION)] as const;

/** What a column means, and in which unit it is. */
export function columnMeaning({ doc, type, unit }: FieldDefinition): string {
  const shown = type === 'time' ? 'ns since 1970-01-01T00:00:00 UTC' : type === 'duration' ? 'ns' : unit;
  return shown === null ? doc : `${doc} Unit: ${shown}.`;
}
