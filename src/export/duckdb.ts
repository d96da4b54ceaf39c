/** SQL over a Parquet file. Loaded for `query` only, as the package `@duckdb/node-api` is optional. */
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { DuckDBInstance, DuckDBTypeId, StatementType } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { messageOf } from '../errors.ts';

/** Rows of a result. Values are as in JSON; whole numbers are texts of digits. */
export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly isInteger: boolean }[];
  readonly rows: readonly (readonly unknown[])[];
}

const INTEGERS: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
]);

/** What the binding puts in front of a message of DuckDB's parser. */
const NO_GRAMMAR = 'Failed to extract statements: ';

export interface QueryLimits {
  /** Else SQL can read and write no other file, load no extension, and change no setting. */
  readonly allowFiles: boolean;
  /** As `4GiB`; undefined: half of the memory that this process may use. */
  readonly memoryLimit: string | undefined;
  /** Undefined: as many as there are cores. */
  readonly threads: number | undefined;
  /** Stops the query, which then fails. The process cannot end while it runs. */
  readonly signal?: AbortSignal;
}

/**
 * Looks at the grammar only, before captures are read for it.
 * @throws {RangeError} with DuckDB's message
 */
export async function checkSql(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    await (await instance.connect()).extractStatements(sql);
  } catch (error) {
    const message = messageOf(error);
    // Without a statement the binding has no message of DuckDB to show, and fails itself.
    throw queryFailed(
      message.startsWith(NO_GRAMMAR) ? message.slice(NO_GRAMMAR.length) : 'there is no statement',
      error,
    );
  } finally {
    instance.closeSync();
  }
}

/**
 * What does not fit into memory goes to the folder of the file.
 * @param file of the view `flows`
 * @throws {RangeError} with DuckDB's message
 */
export async function runQuery(
  sql: string,
  file: string,
  { allowFiles, memoryLimit, threads = availableParallelism(), signal }: QueryLimits,
): Promise<QueryResult> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    const path = literal(file);
    await connection.run(`SET memory_limit = ${literal(memoryLimit ?? `${halfOfMemory()}B`)}`);
    await connection.run(`SET threads = ${threads}`);
    await connection.run(`SET temp_directory = ${literal(dirname(file))}`);
    await connection.run(`CREATE VIEW flows AS SELECT * FROM read_parquet(${path})`);
    if (!allowFiles) {
      await connection.run(`SET allowed_paths = [${path}]`);
      await connection.run('SET enable_external_access = false');
      await connection.run('SET lock_configuration = true');
    }
    signal?.addEventListener('abort', () => connection.interrupt(), { once: true });
    signal?.throwIfAborted();
    const reader = await lastResult(connection, sql);
    const types = reader.columnTypes();
    return {
      columns: reader.columnNames().map((name, n) => ({
        name,
        isInteger: INTEGERS.has(types[n]?.typeId ?? DuckDBTypeId.INVALID),
      })),
      rows: reader.getRowsJson(),
    };
  } catch (error) {
    throw queryFailed(messageOf(error), error);
  } finally {
    instance.closeSync();
  }
}

/** Runs the statements one after the other. @throws {RangeError} for rows that would be lost */
async function lastResult(connection: DuckDBConnection, sql: string): Promise<DuckDBResultReader> {
  const statements = await connection.extractStatements(sql);
  const last = statements.count - 1;
  for (let n = 0; n < last; n++) {
    const statement = await statements.prepare(n);
    if (statement.statementType === StatementType.SELECT)
      throw new RangeError(`statement ${n + 1} of ${last + 1} is a SELECT; only the last one is written`);
    await statement.run();
  }
  return (await statements.prepare(last)).runAndReadAll();
}

function queryFailed(message: string, cause: unknown): RangeError {
  return new RangeError(`the query failed: ${message.split('\n')[0]}`, { cause });
}

/** Bytes. A container may have less than its machine. */
function halfOfMemory(): number {
  const constrained = process.constrainedMemory();
  const all = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.floor(all / 2);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
