/** Parquet saved by the page: the rows, the columns and the words about them of the command's file. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, choose, counts, filterView, servePage } from './browser.ts';
import type { OpenPage, PageServer } from './browser.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TOUR = `${ROOT}pcaps/tour.pcap`;

describe.skipIf(CHROMIUM === undefined)('Parquet of the page (needs Chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-page-'));
  let server: PageServer;
  let opened: OpenPage;

  beforeAll(async () => {
    server = await servePage();
    opened = await server.open();
    await choose(opened.page, [TOUR]);
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  async function saved(name: string): Promise<string> {
    const [download] = await Promise.all([
      opened.page.waitForEvent('download'),
      opened.page.getByRole('button', { name: 'Parquet', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('flows.parquet');
    const path = join(folder, `${name}.page.parquet`);
    copyFileSync(await download.path(), path);
    return path;
  }

  function written(name: string, ...options: string[]): string {
    const path = join(folder, `${name}.parquet`);
    const args = [`${ROOT}dist/bin/pcapflow/main.cjs`, 'read', TOUR, '-f', 'parquet', '-o', path, ...options];
    execFileSync(process.execPath, args);
    return path;
  }

  /** All that DuckDB finds in a file, but how it is compressed and where its parts lie. */
  async function contentOf(path: string): Promise<object> {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    try {
      const ask = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRowsJson();
      return {
        rows: await ask(`SELECT * FROM '${path}'`),
        columns: await ask(`SELECT * EXCLUDE (file_name) FROM parquet_schema('${path}')`),
        words: await ask(`SELECT decode(key), decode(value) FROM parquet_kv_metadata('${path}')`),
        chunks: await ask(
          `SELECT row_group_id, row_group_num_rows, path_in_schema, type, stats_min_value, stats_max_value,
             stats_null_count, encodings, num_values FROM parquet_metadata('${path}')`,
        ),
      };
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  }

  const codecs = async (path: string): Promise<unknown> => {
    const connection = await (await DuckDBInstance.create()).connect();
    const sql = `SELECT DISTINCT compression FROM parquet_metadata('${path}')`;
    return (await connection.runAndReadAll(sql)).getRowsJson();
  };

  it('has the content of the command, in the compression that browsers have', async () => {
    const loaded = (): boolean => opened.requests.some((url) => url.endsWith('/flow_parquet.js'));
    expect(loaded()).toBe(false);
    const [page, command] = [await saved('plain'), written('plain')];
    expect(loaded()).toBe(true);
    const content = (await contentOf(command)) as { readonly rows: readonly unknown[] };
    expect(content.rows.length).toBe(29);
    expect(await contentOf(page)).toEqual(content);
    expect([await codecs(page), await codecs(command)]).toEqual([[['GZIP']], [['ZSTD']]]);
    expect(statSync(page).size).toBeLessThan(2 * statSync(command).size);
  });

  it('has the flows of the view only', async () => {
    const where = 'protocol = tcp and bytes > 1KB';
    await filterView(opened.page, where, /^Flows\d flows of 29/);
    expect(await contentOf(await saved('part'))).toEqual(await contentOf(written('part', '--where', where)));
    await filterView(opened.page, '', /29 flows/);
  });

  it('has what flows are, round trips and names of conversations, when they are read', async () => {
    for (const name of ['Applications', 'Round trips', 'Community ID']) {
      await opened.page.getByRole('button', { name }).click();
      await counts(opened.page);
    }
    const command = written('groups', '--with', 'identify,tcp,community-id');
    expect(await contentOf(await saved('groups'))).toEqual(await contentOf(command));
    expect(opened.faults).toEqual([]);
  });
});
