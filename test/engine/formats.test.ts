/** The same packets are the same flows, byte for byte, however they are stored and however their bytes arrive. */
import { spawnSync } from 'node:child_process';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  concat,
  enhancedPacket,
  interfaceBlock,
  obsoletePacket,
  pcap,
  pcapng,
  pcapngOf,
  random,
  tcp,
  udp,
  ipv4,
  ipv6,
  ethernet,
  type CaptureRecord,
} from '../builders/index.ts';
import { flowLine } from '../models/index.ts';
import { readFlows } from '../../src/api/read_flows.ts';
import { difference, run } from './harness.ts';

const START_NS = 1_700_000_000_000_000_000n;

/** Times are whole microseconds, so that every format can hold them. */
function packets(count: number): CaptureRecord[] {
  const r = random(7);
  let timestampNs = START_NS;
  return Array.from({ length: count }, () => {
    timestampNs += BigInt(r.pick([0, 1, 20, 1000, 90_000, 700_000, 4_000_000])) * 1000n;
    const ports = { srcPort: r.between(1, 3), dstPort: r.between(1, 3), payload: r.below(400) };
    const upper = r.oneIn(3) ? udp(ports) : tcp({ ...ports, flags: r.pick([2, 18, 16, 24, 17, 4]) });
    const ip = r.oneIn(3)
      ? ipv6({ src: '2001:db8::1', dst: '2001:db8::2' })
      : ipv4({ src: r.pick(['10.0.0.1', '10.0.0.2']), dst: '10.0.0.3' });
    return { timestampNs, frame: Uint8Array.from(upper.over(ip).over(ethernet())) };
  });
}

const OPTIONS = { flowTimeout: 5, finTimeout: 1 };
const records = packets(3000);
const microseconds = pcap(records);

async function streamed(chunks: readonly Uint8Array[], blockSize = 65_536): Promise<string[]> {
  const lines: string[] = [];
  for await (const flow of readFlows(Readable.from(chunks), { ...OPTIONS, maxFlows: 4096, blockSize }))
    lines.push(flowLine(flow));
  return lines;
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.slice(n * size, (n + 1) * size));
}

describe('the same flows', async () => {
  const { lines, counters } = await run(microseconds, OPTIONS);

  it('are there to compare', () => {
    expect(lines.length).toBeGreaterThan(200);
    expect(counters.packetsDelivered).toBe(records.length);
  });

  for (const blockSize of [64, 512, 65_536, 4 * 1024 * 1024]) {
    it(`with blocks of ${blockSize} bytes`, async () => {
      expect(difference(lines, (await run(microseconds, { ...OPTIONS, blockSize })).lines)).toBeUndefined();
      expect(difference(lines, (await run(pcapngOf(records), { ...OPTIONS, blockSize })).lines)).toBeUndefined();
    });
  }

  it('with bytes that arrive one, three or 1021 at a time', async () => {
    for (const chunkSize of [1, 3, 1021])
      expect(difference(lines, (await run(microseconds, { ...OPTIONS, chunkSize })).lines)).toBeUndefined();
  });

  it('of a capture in seven files, of different formats too', async () => {
    const part = Math.ceil(records.length / 7);
    const parts = Array.from({ length: 7 }, (_, n) => records.slice(n * part, (n + 1) * part));
    expect(
      difference(
        lines,
        (
          await run(
            parts.map((one) => pcap(one)),
            OPTIONS,
          )
        ).lines,
      ),
    ).toBeUndefined();
    const mixed = parts.map((one, n) =>
      n % 2 === 0 ? pcapngOf(one, { bigEndian: n === 2 }) : pcap(one, { format: 'ns', bigEndian: n === 3 }),
    );
    expect(difference(lines, (await run(mixed, OPTIONS)).lines)).toBeUndefined();
  });

  it('in classic pcap of either byte order and every magic', async () => {
    for (const bigEndian of [false, true]) {
      for (const format of ['us', 'ns', 'modified'] as const) {
        expect(
          difference(lines, (await run(pcap(records, { bigEndian, format }), OPTIONS)).lines),
          `${format} ${bigEndian}`,
        ).toBeUndefined();
      }
    }
  });

  it('in classic pcap before version 2.3, whose lengths change places', async () => {
    expect(difference(lines, (await run(pcap(records, { version: [2, 2] }), OPTIONS)).lines)).toBeUndefined();
  });

  it('in pcapng of either byte order and several resolutions', async () => {
    for (const bigEndian of [false, true]) {
      for (const tsresol of [6, 7, 9]) {
        expect(
          difference(lines, (await run(pcapngOf(records, { bigEndian, tsresol }), OPTIONS)).lines),
          `${tsresol} ${bigEndian}`,
        ).toBeUndefined();
      }
      expect(
        difference(lines, (await run(pcapngOf(records, { bigEndian, tsoffset: -86_400n }), OPTIONS)).lines),
      ).toBeUndefined();
    }
  });

  it('in pcapng with two interfaces, obsolete packet blocks and two sections', async () => {
    const blocks = (from: number, to: number, build: typeof enhancedPacket) => [
      interfaceBlock(),
      interfaceBlock({ tsresol: 9 }),
      ...records.slice(from, to).map((record, n) => build({ ...record, interfaceId: n % 2 })),
    ];
    const half = records.length / 2;
    const file = concat(
      pcapng(blocks(0, half, enhancedPacket)),
      pcapng(blocks(half, records.length, obsoletePacket), { bigEndian: true }),
    );
    expect(difference(lines, (await run(file, OPTIONS)).lines)).toBeUndefined();
  });

  it('from a stream with chunks of odd sizes', async () => {
    for (const size of [7, 4099])
      expect(difference(lines, await streamed(pieces(microseconds, size))), `${size}`).toBeUndefined();
  });

  it('from a pipe that stays open: what has ended is handed over before more is waited for', async () => {
    const pipe = new PassThrough();
    const second = 1_000_000_000n;
    const records = [0n, 1n, 700n].map((seconds, n) => ({
      timestampNs: seconds * second,
      frame: udp({ srcPort: 1000 + n, dstPort: 53 })
        .over(ipv4())
        .over(ethernet()),
    }));
    pipe.write(pcap(records));
    const ports: number[] = [];
    for await (const flow of readFlows(pipe)) {
      ports.push(flow.srcPort);
      // Two flows have ended by the clock; the third ends with the pipe, which is closed only now.
      if (ports.length === 2) pipe.end();
    }
    expect(ports).toEqual([1000, 1001, 1002]);
  });

  it('in gzip, of one member or two', async () => {
    expect(difference(lines, await streamed(pieces(gzipSync(microseconds), 1013)))).toBeUndefined();
    const half = microseconds.length >> 1;
    expect(
      difference(lines, await streamed([gzipSync(microseconds.slice(0, half)), gzipSync(microseconds.slice(half))])),
    ).toBeUndefined();
  });

  it.skipIf(spawnSync('zstd', ['--version']).error !== undefined)(
    'in zstd (skipped where the zstd program is absent)',
    async () => {
      const compressed = spawnSync('zstd', ['-c'], { input: microseconds, maxBuffer: 1 << 26 }).stdout;
      expect(difference(lines, await streamed(pieces(compressed, 997)))).toBeUndefined();
    },
  );

  it('keep nanoseconds where the format has them', async () => {
    const fine = records.map((record, n) => ({ ...record, timestampNs: record.timestampNs + BigInt(n % 1000) }));
    const { lines: exact } = await run(pcap(fine, { format: 'ns' }), OPTIONS);
    expect(exact.some((line) => !line.includes('000,"lastSeen"'))).toBe(true);
    expect(difference(exact, (await run(pcapngOf(fine, { tsresol: 9 }), OPTIONS)).lines)).toBeUndefined();
  });
});

describe('what is compressed and cut', () => {
  it('is read up to the cut, then it is an error', async () => {
    const compressed = gzipSync(microseconds);
    const flows = readFlows(Readable.from([compressed.subarray(0, compressed.length >> 1)]), {
      ...OPTIONS,
      maxFlows: 4096,
    });
    let count = 0;
    await expect(
      (async () => {
        for await (const flow of flows) count += flow.packetsForward;
      })(),
    ).rejects.toThrow(/stream/);
    expect(count).toBeGreaterThan(100);
  });
});

describe('the captures of pcaps/', () => {
  it('are the same flows in blocks of 64 bytes', async () => {
    const file = readFileSync(new URL('../../pcaps/tour.pcap', import.meta.url));
    expect((await run(file, { blockSize: 64 })).lines).toEqual((await run(file)).lines);
  });
});
