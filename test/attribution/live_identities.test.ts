/** Flows of a live capture are asked about once each, when they start. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ROW_FLOW, ROW_GENERATION, ROWS_MAX } from '../../assembly/layout.ts';
import { RowView } from '../../src/engine/rows.ts';
import { rowAt } from '../../src/engine/table.ts';
import { ThreadedEngine } from '../../src/engine/threaded.ts';
import type { Attribution, FlowStart } from '../../src/attribution/attribution.ts';
import { LiveIdentities, STARTS } from '../../src/attribution/live_identities.ts';
import { LiveReader } from '../../src/reader/live_reader.ts';
import { ethernet, ipv4, udp } from '../builders/index.ts';
import { optionsOf } from '../engine/harness.ts';
import { MemorySource } from '../engine/memory_source.ts';
import type { CapturedFrame } from '../models/index.ts';

const FLOWS = 5_000;

/** Two packets of each flow. */
function packets(): CapturedFrame[] {
  return Array.from({ length: 2 * FLOWS }, (_, n) => {
    const layers = udp({ srcPort: 1 + (n % FLOWS), dstPort: 53 }).over(ipv4());
    const bytes = Uint8Array.from(layers.over(ethernet()));
    return { linkType: 1, timestampNs: 1_700_000_000_000_000_000n + BigInt(n) * 1000n, bytes, wireLen: bytes.length };
  });
}

/** The pid is the flow's source port. */
class PortAttribution {
  readonly asked: number[] = [];

  async attribute(flows: readonly FlowStart[]): Promise<readonly Attribution[]> {
    this.asked.push(...flows.map(({ srcPort }) => srcPort));
    await setImmediate();
    return flows.map(({ srcPort }) => ({
      process: { pid: srcPort, name: 'p', uid: 0 },
      inbound: false,
      turned: false,
      evidence: 'socket',
      holders: [],
      forwarded: false,
      namespace: null,
      scope: null,
    }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function capture(): Promise<LiveReader> {
  const engine = await ThreadedEngine.create({
    ...optionsOf({ maxFlows: 20_000 }),
    blockSize: 0,
    ringSize: 1 << 16,
    starts: STARTS,
    waits: true,
  });
  return new LiveReader(engine, new MemorySource(packets(), { burst: 50 }), {}, () => setImmediate());
}

it('each flow is asked about once, and has its own answer when it is handed over', async () => {
  const reader = await capture();
  const attribution = new PortAttribution();
  const identities = new LiveIdentities(reader, attribution);
  await reader.start();
  const { engine } = reader;
  let count = 0;
  while (await reader.advance()) {
    while (engine.closedCount > 0) {
      const taken = engine.locked(() => {
        identities.note();
        return engine.takeClosed(ROWS_MAX, (rows) =>
          Array.from({ length: rows.count }, (_, n) => {
            const { data } = engine.views;
            const row = rowAt(rows, n);
            return identities.take(data.getUint32(row + ROW_FLOW, true), data.getUint32(row + ROW_GENERATION, true));
          }),
        );
      });
      identities.ask();
      for (const identity of taken) {
        await identity?.answered;
        expect(identity?.answer?.process?.pid).toBe(identity?.start.srcPort);
        expect(identity?.answered).toBeUndefined();
        count++;
      }
    }
  }
  await reader.close();
  expect(count).toBe(FLOWS);
  expect(identities.missed).toBe(0);
  expect(attribution.asked.sort((a, b) => a - b)).toEqual(Array.from({ length: FLOWS }, (_, n) => n + 1));
});

it('what was taken is not known any more, nor is an earlier flow of the same index', async () => {
  const reader = await capture();
  const identities = new LiveIdentities(reader, new PortAttribution());
  await reader.start();
  while (reader.engine.activeCount < FLOWS) await setImmediate();
  identities.note();
  const generation = identities.of(0, 0)?.generation ?? -1;
  expect(generation).toBe(0);
  expect(identities.of(0, 1)).toBeUndefined();
  expect(identities.take(0, 1)).toBeUndefined();
  expect(identities.take(0, 0)).toBeDefined();
  expect(identities.take(0, 0)).toBeUndefined();
  await reader.close();
});

it('an answer that turns a flow round turns its record as well', async () => {
  const reader = await capture();
  const attribution = {
    attribute: async (flows: readonly FlowStart[]): Promise<readonly Attribution[]> => {
      await setImmediate();
      return flows.map(({ srcPort }) => ({
        process: null,
        inbound: false,
        turned: srcPort % 2 === 0,
        evidence: null,
        holders: [],
        forwarded: false,
        namespace: null,
        scope: null,
      }));
    },
    close: () => Promise.resolve(),
  };
  const identities = new LiveIdentities(reader, attribution);
  await reader.start();
  const { engine } = reader;
  while (engine.activeCount < FLOWS) await setImmediate();
  identities.note();
  identities.ask();
  // The generation is the number of the flow in the order of starting, as its index is here.
  const isAnswered = (_: unknown, flow: number): boolean => identities.of(flow, flow)?.answer !== undefined;
  while (!Array.from({ length: FLOWS }).every(isAnswered)) await setImmediate();
  const ports = engine.locked(() => {
    const { count, base, rowBytes } = engine.activeRows(0);
    const view = new RowView(engine.views);
    return Array.from({ length: count }, (_, n) => {
      view.row = base + n * rowBytes;
      return [view.srcPort, view.dstPort];
    });
  });
  expect(ports.length).toBeGreaterThan(100);
  for (const [src = 0, dst = 0] of ports) if (src !== dst) expect(src === 53 ? dst % 2 : 1 - (src % 2)).toBe(0);
  await reader.close();
});
