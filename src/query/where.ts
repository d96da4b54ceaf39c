/** Compiles an expression over the fields of a flow (docs/flows.md) to a test of its row. */
import { WhereError } from './error.ts';
import type { FieldScope } from './fields.ts';
import { Parser } from './parser.ts';
import type { RowTest } from '../engine/row_bytes.ts';

/** @throws {WhereError} with a caret under the place */
export function compileWhere(text: string, scope: FieldScope): RowTest {
  try {
    return new Parser(text, scope).parse();
  } catch (error) {
    throw error instanceof WhereError ? error.pointingAt(text) : error;
  }
}
