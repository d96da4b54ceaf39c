/** `pcapflow query`: SQL over the flows of captures, by DuckDB. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultOf } from '../../options/option.ts';
import { optionsAt } from '../../options/table.ts';
import type { ValuesAt } from '../../options/table.ts';
import { MissingArguments } from '../command.ts';
import { EXIT_PART } from '../exit.ts';
import { workingOn } from '../exit_guard.ts';
import { Interruption } from '../interrupt.ts';
import { withPackages } from '../optional_package.ts';
import { Output } from '../output.ts';
import { say } from '../standard_streams.ts';
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
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // SIGHUP ends the process in `read`.
  process.once('exit', remove);
  const interruption = new Interruption({ stop: () => undefined, unwritten: () => undefined, atHangup: 'stop' });
  try {
    const flows = join(folder, 'flows.parquet');
    const status = await read(
      { ...readDefaults(), ...values, format: 'parquet', output: flows, noProgress: true },
      files,
      [],
    );
    workingOn('running the query');
    const result = await runQuery(sql, flows, { ...values, signal: interruption.signal });
    const format = values.format ?? (process.stdout.isTTY === true ? 'table' : 'jsonl');
    const output = new Output(undefined, format !== 'table');
    await output.addBytes(Buffer.from(resultText(format, result)));
    await output.close();
    return status;
  } catch (error) {
    if (!interruption.happened) throw error;
    say('pcapflow: interrupted before the query was done\n');
    return EXIT_PART;
  } finally {
    interruption.end();
    process.off('exit', remove);
    remove();
  }
}

/** What `read` does without options. */
function readDefaults(): ValuesAt<'read'> {
  return Object.fromEntries(
    optionsAt('read').map((option) => [option.name, defaultOf(option, 'read')]),
  ) as unknown as ValuesAt<'read'>;
}
