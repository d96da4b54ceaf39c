/**
 * `--with tcp` against values that another program computed from tshark's header fields
 * (../shared/captures/oracle-analytics.json). Skipped without that folder.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Flow } from '../../src/flow/flow.ts';
import { ORACLE_EXCEPTIONS } from '../models/groups/oracle_exceptions.ts';
import { execute } from './execute.ts';

const FOLDER = new URL('../../../shared/captures/', import.meta.url);
const ORACLE = new URL('oracle-analytics.json', FOLDER);

/** Captures of link types that are not supported. */
const OTHER_LINKS = new Set(['td-arcnet-rfc1201-arp-icmp-http.pcap', 'td-ipoib.pcap']);

type Direction = NonNullable<Flow['tcp']>['forward'];

interface Summary {
  readonly n: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly sd: number;
}
interface OracleDirection {
  readonly [name: string]: unknown;
  readonly packets: number;
  readonly rtt_ns?: Summary | null;
  readonly flag_counts?: Readonly<Record<string, number>>;
}
interface OracleFlow {
  readonly proto: string;
  readonly a: string;
  readonly a_port: number;
  readonly b: string;
  readonly b_port: number;
  readonly ab: OracleDirection;
  readonly ba: OracleDirection | null;
  readonly handshake?: { rtt_synack_ns: number | null; rtt_ack_ns: number | null; syn_repeated: boolean };
}

const oracle = existsSync(ORACLE)
  ? (JSON.parse(readFileSync(ORACLE, 'utf8')) as { captures: Record<string, { flows: OracleFlow[] }> })
  : undefined;

const NAMES = {
  flags_first: 'flagsFirst',
  window_first: 'windowFirst',
  window_min: 'windowMin',
  window_max: 'windowMax',
  mss: 'mss',
  window_scale: 'windowScale',
  isn: 'isn',
  retransmitted_packets: 'retransmittedPackets',
  retransmitted_bytes: 'retransmittedBytes',
  out_of_order_packets: 'outOfOrderPackets',
  gaps: 'gaps',
  missing_bytes: 'missingBytes',
  keep_alives: 'keepAlives',
  zero_windows: 'zeroWindows',
  duplicate_acks: 'duplicateAcks',
} as const;

function expectDirection(ours: Direction, theirs: OracleDirection, what: string): void {
  for (const [flag, count] of Object.entries(theirs.flag_counts ?? {}))
    expect(ours[`${flag}Count` as 'finCount'], `${what} ${flag}`).toBe(count);
  for (const [name, key] of Object.entries(NAMES))
    expect(ours[key as 'gaps'], `${what} ${name}`).toBe(theirs[name] ?? null);
  expect(ours.sackPermitted ?? false, what).toBe(theirs.sack_permitted ?? false);
  expect(ours.timestamps ?? false, what).toBe(theirs.timestamps ?? false);
  const { rtt } = ours;
  const { n = 0, min = null, max = null, mean = null, sd = null } = theirs.rtt_ns ?? {};
  expect({ n: rtt.n, min: rtt.min, max: rtt.max }, `${what} rtt`).toEqual({ n, min, max });
  // Rounded there to 3 digits.
  for (const [value, wanted] of [
    [rtt.mean, mean],
    [rtt.sd, sd],
  ] as const)
    expect(Math.abs((value ?? 0) - (wanted ?? 0)), `${what} rtt`).toBeLessThanOrEqual(5.1e-4 + (wanted ?? 0) * 1e-9);
}

const nameOf = (...ends: (string | number)[]): string =>
  [`${ends[0]} ${ends[1]}`, `${ends[2]} ${ends[3]}`].sort().join(' ');

describe.skipIf(oracle === undefined)('pcapflow read --with tcp', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let compared = 0;
  const captures = Object.entries(oracle?.captures ?? {}).filter(
    ([file, { flows }]) =>
      !(file in ORACLE_EXCEPTIONS) && !OTHER_LINKS.has(file) && flows.some(({ handshake }) => handshake !== undefined),
  );
  test.each(captures)('agrees with the oracle on %s', async (file, { flows }) => {
    const path = fileURLToPath(new URL(file, FOLDER));
    const timeouts = ['--flow-timeout', '31536000', '--fin-timeout', '31536000'];
    const output = join(folder, `${file}.jsonl`);
    await execute('read', ['-f', 'jsonl', '--with', 'tcp', '--no-progress', ...timeouts, '-o', output, path]);
    const ours = new Map<string, Flow[]>();
    for (const line of readFileSync(output, 'utf8').split('\n').slice(0, -1)) {
      const flow = JSON.parse(line) as Flow;
      if (flow.tcp === null) continue;
      const name = nameOf(flow.srcAddress, flow.srcPort, flow.dstAddress, flow.dstPort);
      ours.set(name, [...(ours.get(name) ?? []), flow]);
    }
    for (const { a, a_port, b, b_port, ab, ba, handshake } of flows) {
      if (handshake === undefined || `${file} ${a}:${a_port}` in ORACLE_EXCEPTIONS) continue;
      const [flow, second] = ours.get(nameOf(a, a_port, b, b_port)) ?? [];
      // Several flows of one conversation, or fragments, which are left out there.
      if (second !== undefined) continue;
      if (flow === undefined || flow.packetsForward + flow.packetsReverse !== ab.packets + (ba?.packets ?? 0)) continue;
      const { tcp } = flow;
      if (tcp === undefined || tcp === null) throw new Error(`${file}: no group tcp`);
      const turned = flow.srcAddress !== a || flow.srcPort !== a_port;
      compared++;
      const what = `${file} ${a}:${a_port} ${b}:${b_port}`;
      // Null in a flow of one direction only.
      const reverse = tcp.reverse as typeof tcp.forward;
      expectDirection(turned ? reverse : tcp.forward, ab, `${what} ab`);
      if (ba !== null) expectDirection(turned ? tcp.forward : reverse, ba, `${what} ba`);
      expect({ synAck: tcp.rttSynAck, ack: tcp.rttAck, repeated: tcp.handshakeRepeated }, what).toEqual({
        synAck: handshake.rtt_synack_ns,
        ack: handshake.rtt_ack_ns,
        repeated: handshake.syn_repeated,
      });
    }
  });
  test('most TCP conversations are compared', () => {
    const all = captures.flatMap(([, { flows }]) => flows.filter(({ handshake }) => handshake !== undefined)).length;
    expect(compared).toBeGreaterThan(0.98 * all);
  });
});
