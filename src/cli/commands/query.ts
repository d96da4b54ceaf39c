/** `pcapflow query`: SQL over the flows of captures, by DuckDB. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultOf } from '../../options/option.ts';
import { optionsAt } from '../../options/table.ts';
import type { ValuesAt } from '../../options/table.ts';
import { MissingArguments } from '../command.ts';
import { withPackages } from '../optional_package.ts';
import { Output } from '../output.ts';
import { resultText } from '../query_result.ts';
import { read } from './read.ts';

/** @throws {RangeError} for SQL that DuckDB does not take, or a package that is missing */
export async function query(values: ValuesAt<'query'>, operands: readonly string[]): Promise<number> {
  const [sql, ...files] = operands;
  if (sql === undefined || files.length === 0) throw new MissingArguments('SQL and a capture are needed');
  const { checkSql, runQuery } = await withPackages(
    'pcapflow query',
    ['@duckdb/node-api', '@bokuweb/zstd-wasm'],
    async () => {
      await import('../../export/parquet/parquet.ts');
      return import('../../export/duckdb.ts');
    },
  );
  await checkSql(sql);
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-query-'));
  try {
    const flows = join(folder, 'flows.parquet');
    const status = await read(
      { ...readDefaults(), ...values, format: 'parquet', output: flows, noProgress: true },
      files,
      [],
    );
    const result = await runQuery(sql, flows, values);
    const format = values.format ?? (process.stdout.isTTY === true ? 'table' : 'jsonl');
    const output = new Output(undefined, format !== 'table');
    await output.addBytes(Buffer.from(resultText(format, result)));
    await output.close();
    return status;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `read` does without options. */
function readDefaults(): ValuesAt<'read'> {
  return Object.fromEntries(
    optionsAt('read').map((option) => [option.name, defaultOf(option, 'read')]),
  ) as unknown as ValuesAt<'read'>;
}
