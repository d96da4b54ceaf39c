/** SQL over a Parquet file. Loaded for `query` only, as the package `@duckdb/node-api` is optional. */
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api';
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

export interface QueryLimits {
  /** Else SQL can read and write no other file, load no extension, and change no setting. */
  readonly allowFiles: boolean;
  /** As `4GiB`; undefined: half of the memory that this process may use. */
  readonly memoryLimit: string | undefined;
  /** Undefined: as many as there are cores. */
  readonly threads: number | undefined;
}

/**
 * What does not fit into memory goes to the folder of the file.
 * @param file of the view `flows`
 * @throws {RangeError} with DuckDB's message
 */
export async function runQuery(
  sql: string,
  file: string,
  { allowFiles, memoryLimit, threads = availableParallelism() }: QueryLimits,
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
    const reader = await connection.runAndReadAll(sql);
    const types = reader.columnTypes();
    return {
      columns: reader.columnNames().map((name, n) => ({
        name,
        isInteger: INTEGERS.has(types[n]?.typeId ?? DuckDBTypeId.INVALID),
      })),
      rows: reader.getRowsJson(),
    };
  } catch (error) {
    throw new RangeError(`the query failed: ${messageOf(error).split('\n')[0]}`, { cause: error });
  } finally {
    instance.closeSync();
  }
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
