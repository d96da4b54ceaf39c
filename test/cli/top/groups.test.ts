/** Totals by process, host and port: sums of the flows, each direction as the group sees it. */
import { describe, expect, it } from 'vitest';
import { RowView } from '../../../src/engine/rows.ts';
import { FlowRates } from '../../../src/cli/top/flow_rates.ts';
import type { FlowSnapshot } from '../../../src/cli/top/flow_rates.ts';
import { EndedTotals } from '../../../src/cli/top/ended_totals.ts';
import { groupsOf } from '../../../src/cli/top/groups.ts';
import type { FlowIdentity } from '../../../src/cli/top/top_source.ts';
import { FakeSource } from './fake_source.ts';

const source = new FakeSource();
source.setFlows([
  { flow: 0, generation: 0, source: [10, 0, 0, 1], destination: [192, 0, 2, 1], bytesForward: 100, bytesReverse: 1000 },
  {
    flow: 1,
    generation: 1,
    source: [192, 0, 2, 1],
    destination: [10, 0, 0, 1],
    bytesForward: 300,
    destinationPort: 22,
  },
  { flow: 2, generation: 2, source: [10, 0, 0, 1], destination: [10, 0, 0, 1], bytesForward: 50, protocol: 1 },
  { flow: 3, generation: 3, source: [10, 0, 0, 1], destination: [192, 0, 2, 9], bytesForward: 7, packetsForward: 3 },
]);
const identities: readonly (FlowIdentity | undefined)[] = [
  { process: 'curl/7', user: 'ann', direction: 'out', service: 'https', owner: 'AS64500 EXAMPLE' },
  { process: 'sshd/1', user: 'root', direction: 'in', service: 'ssh', owner: 'AS64500 EXAMPLE' },
  undefined,
  { process: 'curl/7', user: 'ann', direction: 'out', service: 'https' },
];
const named = { identityOf: (flow: number) => identities[flow] };

function snapshot(): FlowSnapshot {
  const rates = new FlowRates(0);
  rates.begin(1000, 1_700_000_010, 4);
  source.readRows(0, rates.add);
  rates.finish(true);
  return rates.snapshot;
}

const ALL = Uint32Array.of(0, 1, 2, 3);
const shown = (view: 'processes' | 'hosts' | 'ports', places = ALL): unknown[] =>
  groupsOf(view, snapshot(), places, named).map(({ label, detail, flows, wireBytes, forward, reverse }) => {
    return [label, detail, flows, wireBytes, forward[0], reverse[0]];
  });

describe('totals of flows', () => {
  it('by process: what it has sent and received, whoever began', () => {
    expect(shown('processes')).toEqual([
      ['curl/7', 'ann', 2, 1107, 107 * 8, 1000 * 8],
      ['sshd/1', 'root', 1, 300, 0, 300 * 8],
      ['-', '', 1, 50, 50 * 8, 0],
    ]);
  });

  it('by host: a flow counts for both of its ends, and once for one that speaks to itself', () => {
    expect(shown('hosts')).toEqual([
      ['10.0.0.1', '', 4, 1457, (100 + 50 + 7) * 8, (1000 + 300) * 8],
      ['192.0.2.1', 'AS64500 EXAMPLE', 2, 1400, (1000 + 300) * 8, 100 * 8],
      ['192.0.2.9', '', 1, 7, 0, 7 * 8],
    ]);
  });

  it('by port: that of the responder, of the protocol where there is none', () => {
    expect(shown('ports').map((group) => (group as unknown[]).slice(0, 4))).toEqual([
      ['TCP 443', 'https', 2, 1107],
      ['TCP 22', 'ssh', 1, 300],
      ['ICMP 443', '', 1, 50],
    ]);
  });

  it('are of the flows that match only', () => {
    expect(shown('processes', Uint32Array.of(1))).toEqual([['sshd/1', 'root', 1, 300, 0, 2400]]);
  });

  it('have the sums of flows that have ended, and no rates of them', () => {
    const ended = new EndedTotals();
    const row = new RowView(snapshot().rows);
    for (const place of [0, 1, 2]) {
      row.row = snapshot().rowAt(place);
      ended.add(row, place === 1 ? { process: 'nginx/9', user: 'www' } : identities[place]);
    }
    const sums = (view: 'processes' | 'hosts' | 'ports'): unknown[] =>
      groupsOf(view, snapshot(), Uint32Array.of(0), named, ended.of(view)).map(
        ({ label, detail, flows, wireBytes, packets, forward }) => [
          label,
          detail,
          flows,
          wireBytes,
          packets,
          forward[0],
        ],
      );
    expect(sums('processes')).toEqual([
      ['curl/7', 'ann', 2, 2200, 2, 800],
      ['nginx/9', 'www', 1, 300, 1, 0],
      ['-', '', 1, 50, 1, 0],
    ]);
    expect(sums('hosts').map((sum) => (sum as unknown[]).slice(0, 4))).toEqual([
      ['10.0.0.1', '', 4, 2550],
      ['192.0.2.1', 'AS64500 EXAMPLE', 3, 2500],
    ]);
    expect(sums('ports').map((sum) => (sum as unknown[]).slice(0, 4))).toEqual([
      ['TCP 443', 'https', 2, 2200],
      ['TCP 22', '', 1, 300],
      ['ICMP 443', '', 1, 50],
    ]);
  });

  it('have packets, the age of the oldest flow, and no details that are not known', () => {
    const [curl] = groupsOf('processes', snapshot(), ALL, named);
    expect([curl?.packets, curl?.age]).toEqual([4, 10]);
    expect(groupsOf('processes', snapshot(), ALL, {}).map(({ label, flows }) => [label, flows])).toEqual([['-', 4]]);
  });
});
