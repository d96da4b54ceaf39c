/** Expressions over the fields of flows: the language of `--where`. */
import { placedFields } from '../../src/engine/side_records.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import type { RowBytes, RowTest } from '../../src/engine/row_bytes.ts';
import type { FieldScope } from '../../src/query/fields.ts';
import type { KnownHost } from '../../src/query/host_fields.ts';
import type { IdentityReader } from '../../src/query/identity_fields.ts';

/** What is kept beside rows; undefined: nothing. */
export interface KnownBeside {
  readonly identities: IdentityReader | undefined;
  readonly hosts: { peek(row: number, bytes: RowBytes): KnownHost } | undefined;
}

/** A test for all of the expressions; undefined: there are none. @throws {WhereError} */
export async function viewFilter(
  expressions: readonly string[],
  options: Omit<EngineOptions, 'filter'>,
  { identities, hosts }: KnownBeside,
): Promise<RowTest | undefined> {
  const texts = expressions.filter((text) => text.trim() !== '');
  if (texts.length === 0) return undefined;
  const [{ compileWhere }, { IdentitySource }, { HostSource }] = await Promise.all([
    import('../../src/query/where.ts'),
    import('../../src/query/identity_fields.ts'),
    import('../../src/query/host_fields.ts'),
  ]);
  const identity = identities === undefined ? undefined : new IdentitySource();
  if (identity !== undefined) identity.reader = identities;
  const host = hosts === undefined ? undefined : new HostSource(true, false);
  const scope: FieldScope = {
    identity,
    host,
    groups: options.with ?? [],
    placed: (fields) => placedFields(fields, options),
    remedy: (group) => `the group '${group}', a button beside the filters`,
  };
  const tests = texts.map((text) => compileWhere(text, scope));
  const [only] = tests;
  const all: RowTest = tests.length === 1 ? only! : (bytes, row) => tests.every((test) => test(bytes, row));
  if (host === undefined || hosts === undefined || !host.asked) return all;
  return (bytes, row) => {
    host.known = hosts.peek(row, bytes);
    return all(bytes, row);
  };
}
