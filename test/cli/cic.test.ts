/**
 * `--format cic` and `--preset cic`: every column of every flow of all captures (pcaps/, and ../shared/captures if it
 * is there) against the slow model; and the cases that CICFlowMeter is known for.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { EXIT_CANNOT_START } from '../../src/cli/exit.ts';
import { readFlows } from '../../src/index.ts';
import { ethernet, ipv4, pcap, tcp } from '../builders/index.ts';
import { cicRow, type CicRow } from '../models/groups/cic.ts';
import { flowsOf, readCapture, type FlowOptions } from '../models/index.ts';
import { CIC_PRESET } from '../engine/harness.ts';
import { execute } from './execute.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsOf(path: string, ...options: readonly string[]): Promise<Record<string, string>[]> {
  const output = join(folder, 'flows.csv');
  await execute('read', [...options, '--no-progress', '-o', output, path]);
  const [header = '', ...lines] = readFileSync(output, 'utf8').split('\n').slice(0, -1);
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, n) => [names[n], value])));
}

const SECOND_NS = 1_000_000_000n;

function modelRows(bytes: Uint8Array, options: FlowOptions): CicRow[] {
  const rows: CicRow[] = [];
  const onEnd: FlowOptions['onEnd'] = (flow, record) => rows.push(cicRow(flow.packets, flow.originator, record));
  flowsOf(readCapture(bytes).records, { ...options, onEnd });
  return rows;
}

/** Means, deviations and rates are doubles. */
function isDecimal(name: string): boolean {
  return /Mean|Std|Variance|\/s|Avg|Ratio|Size$|^Subflow/.test(name);
}

function expectRows(ours: readonly Record<string, string>[], model: readonly CicRow[], what: string): void {
  expect(ours.length, what).toBe(model.length);
  const names = Object.keys(model[0] ?? {});
  const differences: string[] = [];
  ours.forEach((row, n) => {
    const wanted = model[n] as CicRow;
    if (n === 0) expect(Object.keys(row)).toEqual(names);
    for (const name of names) {
      const [got, value] = [row[name] ?? '', wanted[name] ?? ''];
      if (!isSame(name, got, value)) differences.push(`${what}, row ${n}, ${name}: ${got}, model ${value}`);
    }
  });
  expect(differences).toEqual([]);
}

function isSame(name: string, got: string, value: string | number): boolean {
  if (!isDecimal(name)) return got === String(value);
  // Gaps differ by what adding up in doubles does, up to a picosecond.
  const most = Math.abs(Number(value)) * 1e-9 + (name.endsWith('Std') ? 1e-6 : 0);
  return Math.abs(Number(got) - Number(value)) <= most;
}

/** Captures whose link layers the model has as well, and that can be read to their end. */
function captures(path: string): string[] {
  const url = new URL(path, import.meta.url);
  if (!existsSync(url)) return [];
  return readdirSync(url)
    .filter((name) => /\.p?cap(ng)?$/.test(name))
    .map((name) => join(fileURLToPath(url), name));
}

const ALL = [...captures('../../pcaps/'), ...captures('../../../shared/captures/')];

describe('the columns of CICFlowMeter', () => {
  test('are the 94 of its corrected fork', async () => {
    const [row = {}] = await rowsOf(ALL.find((path) => path.endsWith('tour.pcap')) as string, '-f', 'cic');
    expect(Object.keys(row)).toHaveLength(94);
  });

  test.each(ALL)('are those of the model for %s', async (path) => {
    const bytes = readFileSync(path);
    if (readCapture(bytes).error !== undefined) return;
    expectRows(await rowsOf(path, '-f', 'cic'), modelRows(bytes, {}), 'the format');
    expectRows(await rowsOf(path, '--preset', 'cic'), modelRows(bytes, CIC_PRESET), 'the preset');
  });
});

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** Segments of one connection, a second apart, in a file: from the client unless the flags are negative. */
function connection(...flags: readonly number[]): string {
  const path = join(folder, 'connection.pcap');
  const records = flags.map((signed, n) => {
    const back = signed < 0;
    const ends = back ? { src: '10.0.0.2', dst: '10.0.0.1' } : { src: '10.0.0.1', dst: '10.0.0.2' };
    const ports = back ? { srcPort: 80, dstPort: 4000 } : { srcPort: 4000, dstPort: 80 };
    const segment = tcp({ ...ports, flags: Math.abs(signed), seq: 100 + n, win: n });
    return {
      timestampNs: 1_700_000_000n * SECOND_NS + BigInt(n) * SECOND_NS,
      frame: segment.over(ipv4(ends)).over(ethernet()),
    };
  });
  writeFileSync(path, pcap(records));
  return path;
}

describe('the preset cic', () => {
  const packets = async (...flags: number[]): Promise<string[]> =>
    (await rowsOf(connection(...flags), '--preset', 'cic')).map(
      (row) => `${row['Total Fwd Packet']}+${row['Total Bwd packets']}`,
    );

  test('begins a new flow with a SYN after FIN from both sides and an ACK', async () => {
    expect(await packets(SYN, ACK, FIN | ACK, -FIN, ACK, SYN, ACK)).toEqual(['4+1', '2+0']);
    expect(await packets(SYN, ACK, FIN | ACK, -FIN, SYN, ACK)).toEqual(['5+1']);
    expect(await packets(SYN, FIN, SYN, ACK)).toEqual(['4+0']);
  });

  test('begins a new flow with a SYN after RST, and with no other packet', async () => {
    expect(await packets(SYN, -RST, ACK, ACK, SYN, ACK)).toEqual(['3+1', '2+0']);
    expect(await packets(SYN, RST, -(SYN | ACK), ACK)).toEqual(['2+0', '1+1']);
  });

  test('leaves out other sequence numbers in an open connection', async () => {
    expect(await packets(SYN, -(SYN | ACK), SYN, -(SYN | ACK), ACK)).toEqual(['3+2']);
  });

  test('cuts at 120 s, and has groups and timeouts of its own that options replace', async () => {
    const path = connection(...Array.from({ length: 123 }, () => ACK));
    const counts = async (...options: string[]): Promise<(string | undefined)[]> =>
      (await rowsOf(path, '--preset', 'cic', ...options)).map((row) => row['Total Fwd Packet']);
    expect(await counts()).toEqual(['121', '2']);
    expect(await counts('--active-timeout', '60')).toEqual(['61', '61', '1']);
    const flows = [];
    for await (const flow of readFlows(path, { preset: 'cic', with: ['community-id'] })) flows.push(flow);
    expect(flows.map(({ packetsForward, endReason }) => [packetsForward, endReason])).toEqual([
      [121, 'active'],
      [2, 'end'],
    ]);
    expect(Object.keys(flows[0] ?? {}).slice(-4)).toEqual(['tcp', 'communityId', 'stats', 'activity']);
  });

  test('refuses what its columns have no room for', async () => {
    const path = connection(SYN);
    for (const options of [
      ['--fields', 'srcPort'],
      ['--with', 'identify'],
      ['--by', 'dstPort'],
    ]) {
      const status = await execute('read', ['-f', 'cic', ...options, '-o', join(folder, 'refused'), path]);
      expect(status, options.join(' ')).toBe(EXIT_CANNOT_START);
    }
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});
