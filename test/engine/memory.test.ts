/** Memory: all of it is reserved at the beginning, given back after use, and a slow consumer never makes it grow. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { readFlows } from '../../src/api/read_flows.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { feed } from '../fuzz/fuzz.ts';
import { optionsOf, run, testedEngine } from './harness.ts';

const START_NS = 1_700_000_000_000_000_000n;

/** `count` flows of one packet each, a millisecond apart. */
function mice(count: number, from = 0): Uint8Array {
  return pcap(
    Array.from({ length: count }, (_, n) => ({
      timestampNs: START_NS + BigInt(from + n) * 1_000_000n,
      frame: Uint8Array.from(
        udp({ srcPort: (from + n) & 0xffff, dstPort: 1 + ((from + n) >>> 16) })
          .over(ipv4())
          .over(ethernet()),
      ),
    })),
  );
}

describe("the engine's memory", () => {
  it('does not grow, and records are used again', async () => {
    const engine = await InlineEngine.create(
      await testedEngine(),
      optionsOf({ flowTimeout: 0.1, maxFlows: 2000, closedLimit: 256 }),
    );
    const reserved = engine.memoryReserved;
    for (let round = 0; round < 5; round++) feed(engine, mice(5000, 5000 * round));
    const used = engine.memoryUsed();
    for (let round = 5; round <= 10; round++) feed(engine, mice(5000, 5000 * round));
    expect(engine.memoryReserved).toBe(reserved);
    expect(engine.memoryUsed()).toBeLessThanOrEqual(used * 1.1);
    expect(engine.counters().flowsStarted).toBe(55_000);
    expect(engine.activeCount).toBeLessThan(300);
  });

  it('holds no closed flow longer than its reader needs it', async () => {
    const engine = await InlineEngine.create(await testedEngine(), optionsOf({ maxFlows: 100, closedLimit: 10 }));
    feed(engine, mice(1000));
    engine.release(engine.closedCount);
    expect(engine.closedCount).toBe(0);
    expect(engine.activeCount).toBe(100);
    engine.release(5);
    expect([engine.closedCount, engine.activeCount]).toEqual([0, 100]);
  });

  it('is enough for a table that is full, with every flow ended by eviction', async () => {
    for (const maxFlows of [1, 2, 3, 1000]) {
      const { counters, flows } = await run(mice(3000), { maxFlows, closedLimit: 1, flowTimeout: 600 });
      expect([counters.flowsEvicted, flows.length], `${maxFlows}`).toEqual([3000 - maxFlows, 3000]);
    }
  });

  it('takes a bounded part of an endless stream when its consumer is slow', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield pcap([]);
      for (let n = 0; ; n++) {
        const records = mice(500, 500 * n).subarray(24);
        given += records.length;
        yield records;
      }
    }
    const source = Readable.from(endless(), { objectMode: true, highWaterMark: 1 });
    let read = 0;
    for await (const _flow of readFlows(source, { flowTimeout: 0.1, maxFlows: 4096, blockSize: 65_536 })) {
      if (++read === 1) expect(given).toBeLessThan(2_000_000);
      if (read === 50) break;
    }
    const atBreak = given;
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.destroyed).toBe(true);
    expect(given).toBe(atBreak);
  });
});
