import { describe, expect, it } from 'vitest';
import { FlowFilter, flowText } from '../../../src/cli/top/flow_filter.ts';
import { FlowRates } from '../../../src/cli/top/flow_rates.ts';
import type { FlowSnapshot } from '../../../src/cli/top/flow_rates.ts';
import type { FlowIdentity } from '../../../src/cli/top/top_source.ts';
import { FakeSource } from './fake_source.ts';

function snapshotOf(source: FakeSource): FlowSnapshot {
  const rates = new FlowRates(0);
  rates.begin(1000, 0, 1);
  source.readRows(0, rates.add);
  rates.finish(true);
  return rates.snapshot;
}

function selected(filter: FlowFilter, source: FakeSource): number[] {
  const snapshot = snapshotOf(source);
  const places = new Uint32Array(snapshot.count);
  return [...places.subarray(0, filter.select(snapshot, source, places))];
}

const three = new FakeSource();
three.setFlows([
  { flow: 0, generation: 0, protocol: 6, source: [10, 0, 0, 1], sourcePort: 5000, destinationPort: 443 },
  { flow: 1, generation: 1, protocol: 17, source: [10, 9, 0, 1], sourcePort: 443, destinationPort: 53 },
  {
    flow: 2,
    generation: 2,
    protocol: 6,
    source: [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    destination: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    destinationPort: 22,
  },
]);

describe('a filter', () => {
  it.each([
    ['', [0, 1, 2]],
    ['   ', [0, 1, 2]],
    ['443', [0, 1]],
    ['443 tcp 10.0.', [0]],
    ['TCP', [0, 2]],
    [':443', [0, 1]],
    ['2001:db8 ::1', [2]],
    ['udp tcp', []],
    ['nothing', []],
  ])('%j keeps flows of which every word is a part', (text, places) => {
    expect(selected(new FlowFilter(text), three)).toEqual(places);
  });

  it('finds the names behind a flow, as soon as they are known, and forgets them when they change', () => {
    const source = new FakeSource();
    source.setFlows([
      { flow: 0, generation: 0 },
      { flow: 1, generation: 1 },
    ]);
    let identity: FlowIdentity | undefined;
    source.identityOf = (flow) => (flow === 1 ? identity : undefined);
    const filter = new FlowFilter('Firefox in');
    expect(selected(filter, source)).toEqual([]);
    identity = { process: 'firefox (12)', direction: 'in', owner: 'AS64496', service: 'https' };
    expect(selected(filter, source)).toEqual([1]);
    identity = { process: 'curl (13)', direction: 'in' };
    expect(selected(filter, source)).toEqual([]);
  });

  it('does not take a flow for the one that was in its place before', () => {
    const source = new FakeSource();
    const filter = new FlowFilter('udp');
    source.setFlows([{ flow: 0, generation: 0, protocol: 17 }]);
    expect(selected(filter, source)).toEqual([0]);
    source.setFlows([{ flow: 0, generation: 1, protocol: 6 }]);
    expect(selected(filter, source)).toEqual([]);
  });
});

describe('the text of a flow', () => {
  it('has the number of a protocol without a name, and no port where there is none', () => {
    expect(
      flowText({ protocol: 253, srcAddress: '10.0.0.1', srcPort: 0, dstAddress: '::1', dstPort: 0 }, undefined),
    ).toBe('253 10.0.0.1 ::1');
  });
});
