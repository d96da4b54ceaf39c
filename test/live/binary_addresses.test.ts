/**
 * `live --binary-addresses`: addresses of 16 bytes in columns, the same as the text that `read` has for the same packets,
 * read back by Arrow and DuckDB. In a network namespace made for it; without the right to make one it is skipped.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capLoads } from '../source/cap/cap_loads.ts';
import { COMMAND, LiveCommand } from './live_command.ts';
import { NEAR, NamespacePair, canUseNamespaces } from './netns.ts';
import { trafficFile } from './traffic.ts';

const PACKETS = 2_000;
const ENDS = ['srcAddress', 'dstAddress'] as const;
/** Begins the 16 bytes of an IPv4 address. */
const MAPPED = '00000000000000000000ffff';

/** An address in text as 32 hexadecimal digits. */
function digits(address: string): string {
  if (!address.includes(':'))
    return MAPPED + Buffer.from(address.split('.').map(Number)).toString('hex').padStart(8, '0');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before = '', after = ''] = address.split('::');
  const [head, tail] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('');
}

describe.skipIf(!canUseNamespaces || !capLoads)('live --binary-addresses (needs namespaces)', () => {
  let pair: NamespacePair;
  let file: string;
  beforeAll(() => {
    pair = new NamespacePair();
    file = pair.file('traffic.pcap', trafficFile({ packets: PACKETS, connections: 100 }));
  });
  afterAll(() => pair?.dispose());

  it('writes the addresses of IPv4 and IPv6 that read writes as text, to arrow and parquet', async () => {
    const [arrow, parquet] = [pair.file('live.arrow'), pair.file('live.parquet')];
    const live = await LiveCommand.start(
      pair,
      pair.near,
      NEAR,
      ...['--count', String(PACKETS)],
      ...['-f', 'arrow', '--binary-addresses', '-o', arrow],
      ...['-f', 'parquet', '--binary-addresses', '-o', parquet],
    );
    await pair.replay(file, { rate: 20_000 });
    const { code, errors } = await live.end();
    expect(code, errors).toBe(0);

    const { stdout } = spawnSync(process.execPath, [COMMAND, 'read', '-f', 'jsonl', file], { encoding: 'utf8' });
    const flows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<(typeof ENDS)[number], string>>);
    const wanted = flows.map((flow) => ENDS.map((end) => digits(flow[end])).join(' ')).toSorted();
    expect(wanted.length).toBe(100);
    expect(new Set(wanted.map((line) => line.startsWith(MAPPED)))).toEqual(new Set([true, false]));

    const table = tableFromIPC(readFileSync(arrow));
    const inArrow = Array.from({ length: table.numRows }, (_, n) =>
      ENDS.map((end) => Buffer.from(table.getChild(end)?.get(n) as Uint8Array).toString('hex')).join(' '),
    );
    expect(inArrow.toSorted()).toEqual(wanted);

    const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
    const columns = ENDS.map((end) => `lower(hex(${end}))`).join(', ');
    const rows = (await duckdb.runAndReadAll(`select ${columns} from read_parquet('${parquet}')`)).getRowsJson();
    expect(rows.map((row) => row.join(' ')).toSorted()).toEqual(wanted);
  });

  it('is refused where addresses have one form', () => {
    const command = ['netns', 'exec', pair.near.name, process.execPath, COMMAND, 'live', NEAR];
    const { status, stderr } = spawnSync('ip', [...command, '-f', 'jsonl', '--binary-addresses'], { encoding: 'utf8' });
    expect(status, stderr).toBe(1);
    expect(stderr).toContain('--binary-addresses needs --format arrow or parquet');
  });
});
