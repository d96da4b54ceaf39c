/** SQL over a Parquet file. Loaded for `query` only, as the package `@duckdb/node-api` is optional. */
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

/**
 * @param file of the view `flows`
 * @param mayReadFiles else SQL can read and write no other file, and load no extension
 * @throws {RangeError} with DuckDB's message
 */
export async function runQuery(sql: string, file: string, mayReadFiles: boolean): Promise<QueryResult> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    const path = file.replaceAll("'", "''");
    await connection.run(`CREATE VIEW flows AS SELECT * FROM read_parquet('${path}')`);
    if (!mayReadFiles) {
      await connection.run(`SET allowed_paths = ['${path}']`);
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
