import { describe, expect, it } from 'vitest';
import { RowView } from '../../../src/engine/rows.ts';
import { FlowRates } from '../../../src/cli/top/flow_rates.ts';
import type { FlowSnapshot } from '../../../src/cli/top/flow_rates.ts';
import { FakeSource, manyFlows } from './fake_source.ts';

function read(rates: FlowRates, source: FakeSource, nowMs: number): FlowSnapshot {
  rates.begin(nowMs, source.latest.clockSeconds, 1);
  for (let from: number | undefined = 0; from !== undefined; ) from = source.readRows(from, rates.add);
  rates.finish(true);
  return rates.snapshot;
}

describe('rates', () => {
  it('are what was carried in the last two seconds, in both directions', () => {
    const source = new FakeSource();
    source.setFlows([
      { flow: 5, generation: 1, bytesForward: 300, bytesReverse: 700 },
      { flow: 9, generation: 2, bytesForward: 50 },
    ]);
    const rates = new FlowRates(0);
    read(rates, source, 1000);
    source.addPacket(0, 250);
    const snapshot = read(rates, source, 3000);
    expect([snapshot.rate(0, 0), snapshot.rate(1, 0)]).toEqual([1000, 0]);
  });

  it('of the first snapshot count from the start of the capture', () => {
    const source = new FakeSource();
    source.setFlows([{ flow: 0, generation: 0, bytesForward: 1000 }]);
    expect(read(new FlowRates(500), source, 2500).rate(0, 0)).toBe(4000);
  });

  it('of a flow in the place of another count all it has carried', () => {
    const source = new FakeSource();
    const rates = new FlowRates(0);
    source.setFlows([{ flow: 3, generation: 7, bytesForward: 5000 }]);
    read(rates, source, 1000);
    source.setFlows([{ flow: 3, generation: 8, bytesForward: 100 }]);
    expect(read(rates, source, 2000).rate(0, 0)).toBe(400);
  });

  it('stay finite when no time has passed', () => {
    const source = new FakeSource();
    source.setFlows([{ flow: 0, generation: 0, bytesForward: 10 }]);
    expect(read(new FlowRates(0), source, 0).rate(0, 0)).toBe(80_000);
  });

  it('are the same whatever the pieces in which rows come', () => {
    const flows = manyFlows(5000);
    const [whole, pieces] = [new FakeSource(5000), new FakeSource(7)].map((source) => {
      source.setFlows(flows);
      const rates = new FlowRates(0);
      read(rates, source, 1000);
      for (let n = 0; n < 5000; n += 3) source.addPacket(n, n);
      return read(rates, source, 2000);
    }) as [FlowSnapshot, FlowSnapshot];
    const rates = (snapshot: FlowSnapshot): number[] => Array.from({ length: 5000 }, (_, n) => snapshot.rate(n, 0));
    expect(rates(pieces)).toEqual(rates(whole));
    expect(rates(whole).slice(0, 5)).toEqual([0, 400, 800, 1212, 1600]);
  });
});

describe('snapshots', () => {
  it('stay what they are while the next one is made', () => {
    const source = new FakeSource(1);
    source.setFlows([{ flow: 0, generation: 0, bytesForward: 1 }]);
    const rates = new FlowRates(0);
    const shown = read(rates, source, 1000);
    source.setFlows([
      { flow: 0, generation: 0, bytesForward: 2 },
      { flow: 1, generation: 1 },
    ]);
    rates.begin(2000, 0, 1);
    source.readRows(0, rates.add);
    expect([rates.snapshot, shown.count, shown.wireBytes(0)]).toEqual([shown, 1, 1]);
    rates.finish(true);
    expect(rates.snapshot.wireBytes(0)).toBe(2);
  });

  it('that are not shown still count', () => {
    const source = new FakeSource();
    source.setFlows([{ flow: 0, generation: 0, bytesForward: 1000 }]);
    const rates = new FlowRates(0);
    rates.begin(1000, 0, 1);
    source.readRows(0, rates.add);
    rates.finish(false);
    expect(rates.snapshot.count).toBe(0);
    source.addPacket(0, 125);
    expect(read(rates, source, 2000).rate(0, 0)).toBe(4500);
  });

  it('give every figure of a flow and its row', () => {
    const source = new FakeSource();
    source.latest = { ...source.latest, clockSeconds: 1_700_000_100.5 };
    source.setFlows([
      { flow: 0, generation: 10 },
      {
        flow: 4,
        generation: 11,
        first: 1_700_000_000.25,
        bytesForward: 3,
        bytesReverse: 4,
        packetsForward: 5,
        packetsReverse: 6,
        source: [192, 0, 2, 7],
      },
    ]);
    const snapshot = read(new FlowRates(0), source, 1000);
    expect([snapshot.count, snapshot.flow(1), snapshot.generation(1)]).toEqual([2, 4, 11]);
    expect([snapshot.wireBytes(1), snapshot.packets(1), snapshot.age(1)]).toEqual([7, 11, 100.25]);
    const view = new RowView(snapshot.rows);
    view.row = snapshot.rowAt(1);
    expect([view.srcAddress, view.dstPort]).toEqual(['192.0.2.7', 443]);
  });

  it('sort by any figure', () => {
    const source = new FakeSource();
    source.latest = { ...source.latest, clockSeconds: 1_700_000_010 };
    source.setFlows([
      { flow: 0, generation: 0, bytesForward: 125, bytesReverse: 125, packetsForward: 9 },
      { flow: 1, generation: 1, first: 1_700_000_002, packetsReverse: 3 },
    ]);
    const snapshot = read(new FlowRates(0), source, 1000);
    const keys = new Float64Array(2);
    const sorted = (['rate', 'bytes', 'packets', 'age'] as const).map((column) => {
      snapshot.sortKeys(column, 0, keys);
      return [...keys];
    });
    expect(sorted).toEqual([
      [2000, 0],
      [250, 0],
      [9, 4],
      [10, 8],
    ]);
  });

  it('are empty without flows', () => {
    const source = new FakeSource();
    const rates = new FlowRates(0);
    source.setFlows(manyFlows(10));
    read(rates, source, 1000);
    source.setFlows([]);
    expect(read(rates, source, 2000).count).toBe(0);
  });
});
