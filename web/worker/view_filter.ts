/** Expressions over the fields of flows: the language of `--where`. */
import { placedFields } from '../../src/engine/side_records.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import type { RowTest } from '../../src/engine/row_bytes.ts';
import type { FieldScope } from '../../src/query/fields.ts';

/** A test for all of the expressions; undefined: there are none. @throws {WhereError} */
export async function viewFilter(
  expressions: readonly string[],
  options: Omit<EngineOptions, 'filter'>,
): Promise<RowTest | undefined> {
  const texts = expressions.filter((text) => text.trim() !== '');
  if (texts.length === 0) return undefined;
  const { compileWhere } = await import('../../src/query/where.ts');
  const scope: FieldScope = {
    groups: options.with ?? [],
    placed: (fields) => placedFields(fields, options),
    remedy: (group) => `the group '${group}' under Options`,
  };
  const tests = texts.map((text) => compileWhere(text, scope));
  const [only] = tests;
  return tests.length === 1 ? only : (bytes, row) => tests.every((test) => test(bytes, row));
}
