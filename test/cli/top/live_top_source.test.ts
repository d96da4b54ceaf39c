/** Rows of a live capture, in pieces while the tracker works: every flow once. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ROW_FLOW, ROW_FORWARD, ROW_GENERATION, ROW_SIZE } from '../../../assembly/layout.ts';
import { LiveTopSource } from '../../../src/cli/top/live_top_source.ts';
import { ThreadedEngine } from '../../../src/engine/threaded.ts';
import { LiveReader } from '../../../src/reader/live_reader.ts';
import { ethernet, ipv4, udp } from '../../builders/index.ts';
import { optionsOf } from '../../engine/harness.ts';
import { MemorySource } from '../../engine/memory_source.ts';
import type { CapturedFrame } from '../../models/index.ts';

/** Packets dealt out to flows in turn. */
function packets(count: number, flows: number): CapturedFrame[] {
  return Array.from({ length: count }, (_, n) => {
    const layers = udp({ srcPort: 1 + (n % flows), dstPort: 53 }).over(ipv4());
    const bytes = Uint8Array.from(layers.over(ethernet()));
    return { linkType: 1, timestampNs: 1_700_000_000_000_000_000n + BigInt(n) * 1000n, bytes, wireLen: bytes.length };
  });
}

async function capture(frames: readonly CapturedFrame[]): Promise<LiveReader> {
  const source = new MemorySource(frames, { endless: true, burst: 50 });
  const engine = await ThreadedEngine.create({
    ...optionsOf({ maxFlows: 20_000 }),
    blockSize: 0,
    ringSize: 1 << 16,
    waits: true,
  });
  return new LiveReader(engine, source, {}, () => setImmediate());
}

/** All rows: flow index, generation and packets. */
async function readAll(
  source: LiveTopSource,
): Promise<{ readonly flow: number; readonly generation: number; readonly packets: number }[]> {
  const rows: { flow: number; generation: number; packets: number }[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    from = source.readRows(from, (memory, base, count) => {
      const data = new DataView(memory.buffer);
      for (let row = base; row < base + count * ROW_SIZE; row += ROW_SIZE) {
        rows.push({
          flow: data.getUint32(row + ROW_FLOW, true),
          generation: data.getUint32(row + ROW_GENERATION, true),
          packets: data.getFloat64(row + ROW_FORWARD, true),
        });
      }
    });
    await setImmediate();
  }
  return rows;
}

it('gives every active flow once, and figures that are those of the capture', async () => {
  const [flows, count] = [10_000, 60_000];
  const frames = packets(count, flows);
  const reader = await capture(frames);
  const source = new LiveTopSource(reader, ['lo']);
  expect([await readAll(source), source.figures().flowsActive]).toEqual([[], 0]);
  await reader.start();
  let rounds = 0;
  while (reader.engine.packetsSeen < count || reader.engine.packetsInRing > 0) {
    const rows = await readAll(source);
    expect(new Set(rows.map(({ flow }) => flow)).size).toBe(rows.length);
    rounds++;
  }
  expect(rounds).toBeGreaterThan(1);
  const rows = await readAll(source);
  expect(rows.map(({ generation }) => generation).sort((a, b) => a - b)).toEqual(
    Array.from({ length: flows }, (_, n) => n),
  );
  expect(rows.every((row) => row.packets === count / flows)).toBe(true);
  expect(source.figures()).toMatchObject({
    packetsSeen: count,
    ringDrops: 0,
    kernelDrops: null,
    flowsActive: flows,
    wireBytes: frames.reduce((sum, { wireLen }) => sum + wireLen, 0),
  });
  await reader.close();
});

it('gives nothing, and throws nothing, when the tracker is gone', async () => {
  const reader = await capture(packets(100, 100));
  const source = new LiveTopSource(reader, ['lo']);
  await reader.start();
  while (source.figures().flowsActive < 100) await setImmediate();
  const { wireBytes } = source.figures();
  await reader.engine.terminate();
  expect(await readAll(source)).toEqual([]);
  expect(source.figures().wireBytes).toBe(wireBytes);
  await reader.close();
});

it('sums up the flows that have ended', async () => {
  const reader = await capture(packets(600, 100));
  const source = new LiveTopSource(reader, ['lo']);
  await reader.start();
  while (reader.engine.packetsSeen < 600 || reader.engine.packetsInRing > 0) await setImmediate();
  expect(source.ended('ports').size).toBe(0);
  reader.stop();
  while (await reader.advance()) source.takeEnded();
  const [[label, sum] = []] = source.ended('ports');
  expect([label, sum?.flows, sum?.packets]).toEqual(['UDP 53', 100, 600]);
  expect(source.ended('hosts').size).toBe(2);
  expect([...source.ended('processes').keys()]).toEqual(['-']);
  await reader.close();
});
