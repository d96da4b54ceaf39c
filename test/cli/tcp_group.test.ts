/**
 * `--with tcp` against values that another program computed from tshark's header fields
 * (../shared/captures/oracle-analytics.json). Skipped without that folder.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Flow } from '../../src/flow/flow.ts';
import { conversationName, oracleCaptures, oraclePath, type OracleDirection } from './analytics_oracle.ts';
import { execute } from './execute.ts';

type Direction = NonNullable<Flow['tcp']>['forward'];

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

describe.skipIf(oracleCaptures === undefined)('pcapflow read --with tcp', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let compared = 0;
  const captures = (oracleCaptures ?? []).filter(([, flows]) => flows.some(({ handshake }) => handshake !== undefined));
  test.each(captures)('agrees with the oracle on %s', async (file, flows) => {
    const path = oraclePath(file);
    const timeouts = ['--flow-timeout', '31536000', '--fin-timeout', '31536000'];
    const output = join(folder, `${file}.jsonl`);
    await execute('read', ['-f', 'jsonl', '--with', 'tcp', '--no-progress', ...timeouts, '-o', output, path]);
    const ours = new Map<string, Flow[]>();
    for (const line of readFileSync(output, 'utf8').split('\n').slice(0, -1)) {
      const flow = JSON.parse(line) as Flow;
      if (flow.tcp === null) continue;
      const name = conversationName(6, flow.srcAddress, flow.srcPort, flow.dstAddress, flow.dstPort);
      ours.set(name, [...(ours.get(name) ?? []), flow]);
    }
    for (const { a, a_port, b, b_port, ab, ba, handshake } of flows) {
      if (handshake === undefined) continue;
      const [flow, second] = ours.get(conversationName(6, a, a_port, b, b_port)) ?? [];
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
    const all = captures.flatMap(([, flows]) => flows.filter(({ handshake }) => handshake !== undefined)).length;
    expect(compared).toBeGreaterThan(0.98 * all);
  });
});
