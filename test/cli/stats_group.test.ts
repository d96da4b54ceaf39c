/**
 * `--with stats`: text against records, and against values that another program computed from tshark's header fields
 * (../shared/captures/oracle-analytics.json, if it is there).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readFlows } from '../../src/index.ts';
import type { Flow } from '../../src/flow/flow.ts';
import {
  conversationName,
  oracleCaptures,
  oraclePath,
  type OracleScope,
  type OracleSummary,
} from './analytics_oracle.ts';
import { execute } from './execute.ts';

const TOUR = fileURLToPath(new URL('../../pcaps/tour.pcap', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function textOf(command: 'read' | 'replay', path: string, ...options: readonly string[]): Promise<string[]> {
  const output = join(folder, 'flows');
  await execute(command, ['--with', 'stats', '--no-progress', ...options, '-o', output, path]);
  return readFileSync(output, 'utf8').split('\n').slice(0, -1);
}

async function recordsOf(path: string): Promise<Flow[]> {
  const flows: Flow[] = [];
  for await (const flow of readFlows(path, { with: ['stats'] })) flows.push(flow);
  return flows;
}

describe('the group stats in text', () => {
  test('is the record in JSON Lines', async () => {
    const lines = await textOf('read', TOUR, '-f', 'jsonl');
    const records = await recordsOf(TOUR);
    expect(lines.map((line) => (JSON.parse(line) as Flow).stats)).toEqual(records.map(({ stats }) => stats));
  });

  test('is the same in a replay', async () => {
    const lines = await textOf('read', TOUR, '-f', 'jsonl');
    expect((await textOf('replay', TOUR, '-f', 'jsonl', '--speed', 'max')).sort()).toEqual(lines.sort());
  });

  test('has columns with its name in CSV, empty for nothing', async () => {
    const [header = '', ...rows] = await textOf('read', TOUR, '-f', 'csv');
    const records = await recordsOf(TOUR);
    const names = header.split(',');
    const column = (name: string) =>
      rows.map((row) => row.split(',')[names.indexOf(name)]).map((text) => (text === '' ? null : Number(text)));
    expect(column('stats_both_gap_sd')).toEqual(records.map(({ stats }) => stats?.both.gap.sd));
    expect(column('stats_reverse_payload_max')).toEqual(records.map(({ stats }) => stats?.reverse.payload.max));
    expect(column('stats_clockBack')).toEqual(records.map(() => 0));
  });

  test('has columns in tables', async () => {
    const fields = ['stats.forward.ipBytes.mean', 'stats.packetsPerSecond'];
    const [title = '', first = ''] = await textOf('read', TOUR, '-f', 'table', '--fields', fields.join(','));
    expect(title.trim().split(/ {2,}/)).toEqual(fields);
    expect(first.trim().split(/ +/).map(Number)).toEqual(
      (await recordsOf(TOUR)).slice(0, 1).flatMap(({ stats }) => {
        const values = [stats?.forward.ipBytes.mean, stats?.packetsPerSecond];
        return values.map((value) => Number((value ?? 0).toFixed(6)));
      }),
    );
  });
});

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

type Figures = { min: number | null; mean: number | null; sd: number | null; max: number | null };

/** @param digits to which means and deviations are rounded there */
function expectFigures(ours: Figures, theirs: OracleSummary | null, digits: number, what: string): void {
  expect({ min: ours.min, max: ours.max }, what).toEqual({ min: theirs?.min ?? null, max: theirs?.max ?? null });
  for (const name of ['mean', 'sd'] as const) {
    const wanted = theirs?.[name] ?? null;
    expect(ours[name] === null, `${what} ${name}`).toBe(wanted === null);
    const most = 0.5001 * 10 ** -digits + Math.abs(wanted ?? 0) * 1e-9;
    expect(Math.abs((ours[name] ?? 0) - (wanted ?? 0)), `${what} ${name}`).toBeLessThanOrEqual(most);
  }
}

function expectScope(ours: NonNullable<Flow['stats']>['forward'], theirs: OracleScope, what: string): void {
  expectFigures(ours.ipBytes, theirs.size, 6, `${what} size`);
  expectFigures(ours.payload, theirs.payload, 6, `${what} payload`);
  expectFigures(ours.gap, theirs.gap_ns, 3, `${what} gap`);
}

const NOTHING: OracleScope = { size: null, payload: null, gap_ns: null };

describe.skipIf(oracleCaptures === undefined)('pcapflow read --with stats', () => {
  let compared = 0;
  const captures = oracleCaptures ?? [];
  test.each(captures)('agrees with the oracle on %s', async (file, flows) => {
    const timeouts = ['--flow-timeout', '31536000', '--fin-timeout', '31536000'];
    const ours = new Map<string, Flow[]>();
    for (const line of await textOf('read', oraclePath(file), '-f', 'jsonl', ...timeouts)) {
      const flow = JSON.parse(line) as Flow;
      const name = conversationName(flow.protocol, flow.srcAddress, flow.srcPort, flow.dstAddress, flow.dstPort);
      ours.set(name, [...(ours.get(name) ?? []), flow]);
    }
    for (const wanted of flows) {
      const { proto, a, a_port, b, b_port, ab, ba } = wanted;
      const [flow, second] = ours.get(conversationName(PROTOCOLS[proto] ?? 0, a, a_port, b, b_port)) ?? [];
      // Several flows of one conversation, or fragments, which are left out there.
      if (second !== undefined || flow?.stats === undefined) continue;
      if (flow.packetsForward + flow.packetsReverse !== ab.packets + (ba?.packets ?? 0)) continue;
      compared++;
      const { stats } = flow;
      const reverse = stats.reverse as typeof stats.forward;
      const turned = flow.srcAddress !== a || flow.srcPort !== a_port;
      const what = `${file} ${a}:${a_port} ${b}:${b_port}`;
      expectScope(turned ? reverse : stats.forward, ab, `${what} ab`);
      expectScope(turned ? stats.forward : reverse, ba ?? NOTHING, `${what} ba`);
      expectScope(stats.both as typeof stats.forward, wanted, what);
    }
  });
  test('most conversations are compared', () => {
    const all = captures.reduce((sum, [, flows]) => sum + flows.length, 0);
    expect(compared).toBeGreaterThan(0.95 * all);
  });
});
