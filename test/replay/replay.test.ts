/** The frames of a replay are those of the file: every format, every way in which the bytes arrive. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FilterError } from '../../src/filter/language/error.ts';
import { ReplaySource } from '../../src/replay/replay_source.ts';
import {
  binary,
  concat,
  decimal,
  enhancedPacket,
  interfaceBlock,
  obsoletePacket,
  pcap,
  pcapng,
  pcapngOf,
  random,
  simplePacket,
} from '../builders/index.ts';
import type { CaptureRecord, PcapFields } from '../builders/index.ts';
import { readCapture } from '../models/index.ts';
import { CollectingSink } from '../source/live/collecting_sink.ts';
import { expectRecords, file, recordsOf, replay } from './replaying.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const START_NS = 1_700_000_000_000_000_000n;

/** Frames of all lengths, a few of the longest there can be, with times to the nanosecond that also go back. */
function frames(count: number, seed = 1, longest = 3000): CaptureRecord[] {
  const r = random(seed);
  return Array.from({ length: count }, (_, n) => {
    const length = n % 997 === 5 ? longest : r.pick([0, 1, 3, 60, 61, 66, 90, r.below(1600)]);
    const frame = Uint8Array.from({ length }, () => r.below(256));
    return {
      timestampNs: START_NS + BigInt(n * 1_234_567 - r.below(5_000_000)),
      frame,
      ...(r.oneIn(5) ? { wireLen: length + r.below(3000) } : {}),
    };
  });
}

/** What is in the folder, or nothing where there is no such folder. */
function captures(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.pcap(ng)?$/.test(name))
        .map((name) => join(folder, name))
    : [];
}

const shared = captures(join(root, '../shared/captures'));

describe('the frames of', () => {
  for (const path of captures(join(root, 'pcaps'))) {
    it(path.slice(root.length), async () => expectWhole(path));
  }

  it.skipIf(shared.length === 0)('the shared captures (skipped where there are none)', async () => {
    for (const path of shared) await expectWhole(path);
  });

  async function expectWhole(path: string): Promise<void> {
    const { records, error } = readCapture(readFileSync(path));
    const { sink, error: failure } = await replay(path);
    expectRecords(sink, records);
    if (error === undefined) expect(failure, path).toBeUndefined();
    else expect(failure, path).toMatchObject({ file: path, offset: error.offset });
  }

  const classic: PcapFields[] = [];
  for (const bigEndian of [false, true]) {
    for (const format of ['us', 'ns', 'modified'] as const) classic.push({ bigEndian, format });
    classic.push({ bigEndian, version: [2, 2] }, { bigEndian, snaplen: 70 }, { bigEndian, linkType: 101 });
  }
  it.each(classic.map((fields) => [JSON.stringify(fields), fields] as const))(
    'a pcap file with %s',
    async (_name, fields) => {
      const bytes = pcap(frames(3000, 2, 262_144), fields);
      const { sink, error, source } = await replay(file('classic.pcap', bytes));
      expectRecords(sink, recordsOf(bytes));
      expect(sink.interfaces).toEqual([
        { linkType: fields.linkType ?? 1, recordUnitNs: 1, bigEndian: fields.bigEndian },
      ]);
      expect([error, source.problems]).toEqual([undefined, []]);
    },
  );

  const resolutions = [decimal(0), decimal(3), decimal(6), decimal(9), decimal(12), binary(10), binary(20), binary(40)];
  it.each(resolutions)('a pcapng file with if_tsresol %d, either byte order', async (tsresol) => {
    for (const bigEndian of [false, true]) {
      const bytes = pcapngOf(frames(1000, tsresol, 200_000), { tsresol, bigEndian, tsoffset: bigEndian ? -7n : 3600n });
      const { sink, error } = await replay(file('resolution.pcapng', bytes));
      expectRecords(sink, recordsOf(bytes));
      expect(error).toBeUndefined();
    }
  });

  it('a pcapng file with all blocks, several interfaces and sections of both byte orders', async () => {
    const [records, more] = [frames(600, 3), frames(600, 4)];
    const section = (list: readonly CaptureRecord[], bigEndian: boolean) =>
      pcapng(
        [
          interfaceBlock({ linkType: 1, snaplen: 500 }),
          interfaceBlock({ linkType: 101, tsresol: 9 }),
          interfaceBlock({ linkType: 0 }),
          ...list.map((record, n) => {
            if (n % 7 === 0) return simplePacket(record.frame);
            return n % 5 === 0
              ? obsoletePacket({ ...record, interfaceId: 2 })
              : enhancedPacket({ ...record, interfaceId: n % 3 });
          }),
        ],
        { bigEndian },
      );
    const bytes = concat(section(records, false), section(more, true), section(records, true));
    const { sink, error, source } = await replay(file('sections.pcapng', bytes));
    expectRecords(sink, recordsOf(bytes));
    expect([error, source.problems]).toEqual([undefined, []]);
    const [little, big] = [false, true].map((bigEndian) =>
      [0, 1, 101].map((linkType) => ({ linkType, recordUnitNs: 1, bigEndian })),
    );
    expect(sink.interfaces.length).toBe(6);
    expect(sink.interfaces).toEqual(expect.arrayContaining([...(little ?? []), ...(big ?? [])]));
  });

  it('simple packets before anything that has a time', async () => {
    const bytes = pcapng([
      interfaceBlock(),
      ...frames(200, 5).map(({ frame }) => simplePacket(frame)),
      ...frames(200, 6).map(enhancedPacket),
    ]);
    const { sink } = await replay(file('simple.pcapng', bytes), { speed: 1e6 });
    expectRecords(sink, recordsOf(bytes));
  });

  it('times after 2106', async () => {
    const late = frames(50, 7).map((record, n) =>
      n % 3 === 0 ? record : { ...record, timestampNs: record.timestampNs * 3n + 7n },
    );
    const bytes = pcapngOf(late, { tsresol: 9 });
    const { sink } = await replay(file('late.pcapng', bytes));
    expectRecords(sink, recordsOf(bytes));
  });

  it('a file with nothing in it but its header', async () => {
    for (const bytes of [pcap([]), pcapng([interfaceBlock()]), pcapng([])]) {
      const { sink, error } = await replay(file('none.pcap', bytes));
      expect([sink.frames.length, error]).toEqual([0, undefined]);
    }
  });

  it('several files, of different formats, in their order', async () => {
    const parts = [
      pcap(frames(300, 8)),
      pcapngOf(frames(300, 9), { tsresol: 9 }),
      gzipSync(pcap(frames(300, 10), { bigEndian: true, format: 'ns' })),
    ];
    const paths = parts.map((bytes, n) => file(`part${n}`, bytes));
    const { sink, error } = await replay(paths, { order: 'given' });
    const [first, second] = parts as [Uint8Array, Uint8Array];
    expectRecords(sink, [
      ...recordsOf(first),
      ...recordsOf(second),
      ...recordsOf(pcap(frames(300, 10), { format: 'ns' })),
    ]);
    expect(error).toBeUndefined();
  });
});

describe('frames come through', () => {
  const bytes = pcap(frames(4000, 11, 262_144));

  it('replays a gzip file', async () => {
    const { sink, error } = await replay(file('whole.pcap.gz', gzipSync(bytes)));
    expectRecords(sink, recordsOf(bytes));
    expect(error).toBeUndefined();
  });

  it.skipIf(spawnSync('zstd', ['--version']).error !== undefined)(
    'zstd (skipped where the zstd program is absent)',
    async () => {
      const compressed = spawnSync('zstd', ['-c'], { input: bytes, maxBuffer: 1 << 28 }).stdout;
      const { sink, error } = await replay(file('whole.pcap.zst', compressed));
      expectRecords(sink, recordsOf(bytes));
      expect(error).toBeUndefined();
    },
  );

  it.skipIf(spawnSync('mkfifo', ['--version']).error !== undefined)(
    'a named pipe that is written in odd pieces',
    async () => {
      const pipe = file('fifo', new Uint8Array(0));
      rmSync(pipe);
      expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
      const writer = spawn(process.execPath, ['-e', WRITER, file('piped.pcap', bytes), pipe], { stdio: 'inherit' });
      const ended = new Promise((resolve) => writer.once('exit', resolve));
      const { sink, error } = await replay(pipe);
      expectRecords(sink, recordsOf(bytes));
      expect(error).toBeUndefined();
      expect(await ended).toBe(0);
    },
  );
});

/** Writes its first argument to its second, 997 bytes at a time. */
const WRITER = `
  const { openSync, readFileSync, writeSync } = require('node:fs');
  const bytes = readFileSync(process.argv[1]);
  const pipe = openSync(process.argv[2], 'w');
  for (let at = 0; at < bytes.length;) at += writeSync(pipe, bytes, at, Math.min(997, bytes.length - at));
`;

describe('an interface', () => {
  const bytes = pcapng([
    interfaceBlock({ linkType: 1 }),
    interfaceBlock({ linkType: 147, snaplen: 40 }),
    ...frames(400, 12).map((record, n) => enhancedPacket({ ...record, interfaceId: n % 2 })),
  ]);

  it('whose link type is not supported is a problem, and its frames are put all the same', async () => {
    const { sink, error, source, warnings } = await replay(file('unsupported.pcapng', bytes));
    expectRecords(sink, recordsOf(bytes));
    expect(error).toBeUndefined();
    expect(source.problems).toMatchObject([{ code: 'ERR_UNSUPPORTED_LINKTYPE' }]);
    expect(warnings).toEqual([expect.stringContaining('where the snaplen is'), source.problems[0]?.message]);
  });

  it('that the filter refuses is a problem when it is not the first, and its frames are not lost', async () => {
    const sink = new CollectingSink();
    const refusal = new FilterError('ERR_FILTER_UNSUPPORTED', 'of no use on link type 147');
    sink.onInterface = (linkType) => {
      if (linkType === 147) throw refusal;
    };
    const { error, source } = await replay(file('refused.pcapng', bytes), {}, sink);
    expect(error).toBeUndefined();
    expect(source.problems).toContain(refusal);
    expect(sink.frames.map(({ frame }) => Buffer.from(frame).toString('hex'))).toEqual(
      recordsOf(bytes).map((record) => Buffer.from(record.bytes).toString('hex')),
    );
    expect(sink.interfaces.map(({ linkType }) => linkType)).toEqual([1, 162]);
  });

  it('that the filter refuses makes opening fail when it is the first', async () => {
    const sink = new CollectingSink();
    sink.onInterface = () => {
      throw new FilterError('ERR_FILTER_UNSUPPORTED', 'of no use');
    };
    const { error } = await replay(file('first.pcap', pcap(frames(10))), {}, sink);
    expect(error).toMatchObject({ code: 'ERR_FILTER_UNSUPPORTED' });
    expect(sink.frames).toEqual([]);
  });
});

describe('a replay', () => {
  it.each([0, -1, Number.NaN, Infinity, '1'])('at speed %s is refused', (speed) => {
    expect(() => new ReplaySource({ files: 'a.pcap', speed: speed as number })).toThrow(RangeError);
  });

  it('without files is refused', () => {
    expect(() => new ReplaySource({ files: [], speed: 1 })).toThrow(RangeError);
  });

  it('is named after its files', () => {
    expect(new ReplaySource({ files: ['a.pcap', 'b.pcap'], speed: 1 }).name).toBe('a.pcap, b.pcap');
  });
});
