/** Times at the ends of their range, and ticks over long silences. */
import { describe, expect, it } from 'vitest';
import {
  binary,
  decimal,
  enhancedPacket,
  interfaceBlock,
  ipv4,
  pcap,
  pcapng,
  random,
  tcp,
  udp,
  ethernet,
  block,
  concat,
  type CaptureRecord,
} from '../builders/index.ts';
import { flowLine, flowsOf, readCapture } from '../models/index.ts';
import { difference, modelOptions, run, type RunOptions } from './harness.ts';

const U64_MAX = (1n << 64n) - 1n;
const START_NS = 1_700_000_000_000_000_000n;
const frame = Uint8Array.from(udp({ srcPort: 1, dstPort: 2 }).over(ipv4()).over(ethernet()));

/** A section with one interface and packets at these clock values, whatever they stand for. */
function ticksFile(ticks: readonly bigint[], tsresol: number, tsoffset = 0n): Uint8Array {
  return pcapng([
    interfaceBlock({ tsresol, tsoffset }),
    ...ticks.map((tick) =>
      block(6, (s) =>
        concat(
          s.u32(0),
          s.u32(Number(tick >> 32n)),
          s.u32(Number(tick & 0xffffffffn)),
          s.u32(frame.length),
          s.u32(frame.length),
          frame,
          new Uint8Array((4 - (frame.length % 4)) % 4),
        ),
      ),
    ),
  ]);
}

async function expectAgreement(file: Uint8Array, options: RunOptions = {}, told = ''): Promise<void> {
  const want = flowsOf(readCapture(file).records, modelOptions(options));
  const got = await run(file, options);
  expect(difference(want.flows.map(flowLine), got.lines), told).toBeUndefined();
}

describe('times', () => {
  it('of all resolutions and offsets are those of exact arithmetic', async () => {
    const r = random(11);
    for (const tsresol of [0, 1, 3, 6, 9, 10, 12, 18, 19]
      .map(decimal)
      .concat([0, 1, 10, 31, 32, 33, 34, 35, 48, 62, 63].map(binary))) {
      const ticks = Array.from(
        { length: 40 },
        () => (BigInt(r.uint32()) << BigInt(r.below(33))) | BigInt(r.uint32()),
      ).concat([0n, 1n, U64_MAX]);
      for (const tsoffset of [0n, 1n, -1n, 3600n, -(2n ** 40n), 2n ** 62n, -(2n ** 63n)]) {
        await expectAgreement(ticksFile(ticks, tsresol, tsoffset), {}, `if_tsresol ${tsresol}, offset ${tsoffset}`);
      }
    }
  });

  it('of 0 and 2^64-2 are kept, and nothing wraps', async () => {
    const file = ticksFile([0n, U64_MAX - 1n, U64_MAX - 2n, 0n, 5n], decimal(9));
    for (const options of [{}, { activeTimeout: 1 }, { flowTimeout: 0.1, finTimeout: 0 }])
      await expectAgreement(file, options);
    const { flows } = await run(file, { flowTimeout: 86_400 * 365 });
    expect(flows.map(({ firstSeenNs, lastSeenNs }) => [firstSeenNs, lastSeenNs])).toEqual([
      [0n, 0n],
      [U64_MAX - 2n, U64_MAX - 1n],
      [0n, 5n],
    ]);
  });
});

describe('the timeout wheel', () => {
  it("ends flows in the model's order over silences of milliseconds to centuries", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const r = random(seed);
      let timestampNs = BigInt(r.pick([0, 1, 99_999_999])) + (r.oneIn(2) ? START_NS : 0n);
      const records: CaptureRecord[] = Array.from({ length: 150 }, () => {
        timestampNs +=
          BigInt(r.pick([0, 1, 1e5, 1e8, 99_999_999, 1e9, 25.6e9])) +
          (r.oneIn(10) ? BigInt(r.pick([3600, 86_400, 31_536_000, 700_000_000])) * 1_000_000_000n : 0n);
        if (r.oneIn(20)) timestampNs -= BigInt(r.below(1e9));
        if (timestampNs < 0n) timestampNs = 0n;
        const packet = tcp({ srcPort: r.below(4), dstPort: r.below(4), flags: r.pick([2, 16, 16, 17, 4]) })
          .over(ipv4())
          .over(ethernet());
        return { timestampNs, frame: Uint8Array.from(packet) };
      });
      const file = pcapng([interfaceBlock({ tsresol: 9 }), ...records.map(enhancedPacket)]);
      const options: RunOptions = {
        flowTimeout: r.pick([0.1, 60, 86_400, 31_536_000]),
        finTimeout: r.pick([0, 0.1, 3600]),
        ...(r.oneIn(2) ? { activeTimeout: r.pick([0.1, 7200, 31_536_000]) } : {}),
      };
      await expectAgreement(file, options, `seed ${seed} ${JSON.stringify(options)}`);
    }
  });

  it('orders thousands of flows of one and the same moment by their keys', async () => {
    const r = random(3);
    const records = Array.from({ length: 3000 }, () => ({
      timestampNs: START_NS,
      frame: Uint8Array.from(
        udp({ srcPort: r.below(65_536), dstPort: r.below(65_536) })
          .over(ipv4({ src: `10.0.${r.below(256)}.${r.below(256)}`, dst: `10.1.${r.below(256)}.${r.below(256)}` }))
          .over(ethernet()),
      ),
    }));
    const late = { timestampNs: START_NS + 10_000_000_000n, frame };
    for (const direction of ['bi', 'uni'] as const)
      await expectAgreement(pcap([...records, late], { format: 'ns' }), { direction, flowTimeout: 1 });
  });
});
