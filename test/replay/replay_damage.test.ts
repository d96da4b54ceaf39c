/** Damaged files: pcap-parser never sees the damage, and what comes before it is replayed. P1 to P8 of its hazards. */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat, enhancedPacket, interfaceBlock, pcap, pcapng, pcapngOf } from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { readCapture } from '../models/index.ts';
import { CollectingSink } from '../source/live/collecting_sink.ts';
import { expectRecords, file, recordsOf, replay } from './replaying.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const FRAME = 100;
const RECORD = RECORD_HEADER + FRAME;

/** Frames of one length, a millisecond apart. */
function frames(count: number): CaptureRecord[] {
  return Array.from({ length: count }, (_, n) => ({
    timestampNs: 1_700_000_000_000_000_000n + BigInt(n + 1) * 1_000_000n,
    frame: new Uint8Array(FRAME).fill(n),
  }));
}

const whole = pcap(frames(100));

/** The file with a captured length in record `n` that is not its own. */
function withLength(bytes: Uint8Array, n: number, capLen: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  new DataView(changed.buffer).setUint32(FILE_HEADER + n * RECORD + 8, capLen, true);
  return changed;
}

describe('a captured length', () => {
  it.each([0xffffffff, 0x80000000, 262_145])(
    'of %d in the middle of a file ends the replay there, in words (P1)',
    async (capLen) => {
      const { sink, error, source, warnings } = await replay(file('length.pcap', withLength(whole, 50, capLen)));
      expectRecords(sink, recordsOf(whole).slice(0, 50));
      expect(error).toMatchObject({ code: 'ERR_CORRUPT', offset: FILE_HEADER + 50 * RECORD });
      expect((error as Error).message).toContain(String(capLen));
      expect([source.problems, warnings]).toEqual([[], []]);
    },
  );

  it('that reaches beyond the end of the file is where the file is cut', async () => {
    const { sink, error } = await replay(file('beyond.pcap', withLength(whole, 99, 101)));
    expectRecords(sink, recordsOf(whole).slice(0, 99));
    expect(error).toMatchObject({ code: 'ERR_TRUNCATED', offset: FILE_HEADER + 99 * RECORD });
  });

  it('of 4 GiB in front of a gigabyte costs no time and no memory (P2)', async () => {
    const path = file('large.pcap', withLength(whole, 50, 0xffffffff));
    const fd = openSync(path, 'r+');
    ftruncateSync(fd, 2 ** 30);
    closeSync(fd);
    const begun = process.cpuUsage();
    const { sink, error } = await replay(path);
    expect(error).toMatchObject({ code: 'ERR_CORRUPT', offset: FILE_HEADER + 50 * RECORD });
    expect(sink.frames.length).toBe(50);
    const { user, system } = process.cpuUsage(begun);
    expect(user + system).toBeLessThan(5_000_000);
  });

  it('beyond the snaplen is cut to it, as reading does; one beyond the length on the wire, or none, is taken (P4)', async () => {
    const odd = [
      { ...frames(1)[0], wireLen: 7 },
      { timestampNs: 5000n, frame: new Uint8Array(0) },
      { timestampNs: 6000n, frame: new Uint8Array(0), wireLen: 0 },
    ];
    const bytes = pcap(odd as CaptureRecord[], { snaplen: 60 });
    const { sink, error } = await replay(file('odd.pcap', bytes));
    expectRecords(sink, recordsOf(bytes));
    expect(sink.frames.map(({ frame, wireLen }) => [frame.length, wireLen])).toEqual([
      [60, 100],
      [0, 0],
      [0, 0],
    ]);
    expect(error).toBeUndefined();
  });
});

describe('a file that is cut', () => {
  it('in any place gives all records before it and says where (P3)', async () => {
    for (const bytes of [
      pcap(frames(3)),
      pcap(frames(3), { format: 'modified', bigEndian: true }),
      pcapngOf(frames(3), { tsresol: 9 }),
    ]) {
      for (let size = 0; size < bytes.length; size++) {
        const cut = bytes.subarray(0, size);
        const { records, error: expected } = readCapture(cut);
        const { sink, error } = await replay(file('cut.pcap', cut));
        expectRecords(sink, records);
        if (expected === undefined) expect(error).toBeUndefined();
        else
          expect(error).toMatchObject({
            offset: expected.offset,
            code: records.length === 0 ? expect.stringMatching(/TRUNCATED|NOT_A_CAPTURE/) : 'ERR_TRUNCATED',
          });
      }
    }
  });

  it('in the compressed data gives what can be decoded', async () => {
    const compressed = gzipSync(pcap(frames(5000)));
    const { sink, error } = await replay(file('cut.pcap.gz', compressed.subarray(0, compressed.length - 20)));
    expect(sink.frames.length).toBeGreaterThan(0);
    expectRecords(sink, recordsOf(pcap(frames(5000))).slice(0, sink.frames.length));
    expect(error).toMatchObject({ code: 'ERR_TRUNCATED' });
  });

  it('inside a large block that is skipped is cut', async () => {
    const large = concat(pcapngOf(frames(4)), Uint8Array.of(0xad, 0x0b, 0, 0, 0, 0, 8, 0), new Uint8Array(200_000));
    const { sink, error } = await replay(file('skipped.pcapng', large));
    expectRecords(sink, recordsOf(pcapngOf(frames(4))));
    expect(error).toMatchObject({ code: 'ERR_TRUNCATED' });
  });
});

describe('a pcapng file', () => {
  it.each([
    ['a block length that is no multiple of 4', (bytes: DataView, at: number) => bytes.setUint32(at + 4, 61, true)],
    ['a block length of 0', (bytes: DataView, at: number) => bytes.setUint32(at + 4, 0, true)],
    ['two lengths of a block that differ', (bytes: DataView, at: number) => bytes.setUint32(at + 128, 64, true)],
    ['an interface that was not described', (bytes: DataView, at: number) => bytes.setUint32(at + 8, 1, true)],
    ['a captured length beyond the block', (bytes: DataView, at: number) => bytes.setUint32(at + 20, 101, true)],
  ])('with %s is corrupt there', async (_what, damage) => {
    const before = pcapng([interfaceBlock(), ...frames(20).map(enhancedPacket)]);
    const bytes = pcapng([interfaceBlock(), ...frames(40).map(enhancedPacket)]);
    damage(new DataView(bytes.buffer, bytes.byteOffset), before.length);
    const { sink, error } = await replay(file('damaged.pcapng', bytes));
    expectRecords(sink, recordsOf(before));
    expect(error).toMatchObject({ code: 'ERR_CORRUPT', offset: before.length });
  });
});

describe('of several files', () => {
  const damaged = withLength(whole, 50, 0xffffffff);
  const half = recordsOf(whole).slice(0, 50);

  it('a damaged one is told of when it is over, the others are replayed, and the end is the first problem', async () => {
    const paths = [
      file('a.pcap', whole),
      file('b.pcap', damaged),
      file('c.pcap', whole),
      '/no/such/file.pcap',
      file('d.pcap', damaged),
    ];
    const told: number[] = [];
    const sink = new CollectingSink();
    const warn = (message: string): void => {
      // All of them have the same times, which is told as well.
      if (!message.includes('before what was read ended')) told.push(sink.frames.length);
    };
    const { error, source } = await replay(paths, { warn, order: 'given' }, sink);
    expectRecords(sink, [...recordsOf(whole), ...half, ...recordsOf(whole), ...half]);
    expect(error).toMatchObject({ code: 'ERR_CORRUPT', file: paths[1] });
    expect(source.problems).toMatchObject([
      { code: 'ERR_NO_SUCH_FILE', file: paths[3] },
      { code: 'ERR_CORRUPT', file: paths[4] },
    ]);
    // The first when the third file has begun to be read, the last at the end.
    expect(told).toEqual([150, 250, 300]);
  });

  it('the first ones may be missing', async () => {
    const { sink, error } = await replay(['/no/such/file.pcap', file('e.pcap', whole)]);
    expectRecords(sink, recordsOf(whole));
    expect(error).toMatchObject({ code: 'ERR_NO_SUCH_FILE' });
  });
});

describe('pcap-parser', () => {
  it('is used without its deprecated way to make buffers (P8)', () => {
    const path = file('deprecated.pcap', concat(whole, whole.subarray(FILE_HEADER)));
    const module = fileURLToPath(new URL('../../dist/src/replay/replay_source.js', import.meta.url));
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--pending-deprecation', '--throw-deprecation', '--input-type=module', '-e', COUNT, path, module],
      { encoding: 'utf8' },
    );
    expect([status, stdout, stderr]).toEqual([0, '200\n', '']);
  });
});

/** Prints how many records a replay of the first argument has. */
const COUNT = `
  const { ReplaySource } = await import(process.argv[2]);
  let records = 0;
  const sink = {
    closed: false, free: 1e6, addInterface: () => 0, publish() {}, putRecords: (_number, _bytes, count) => { records += count; return true; },
  };
  const source = new ReplaySource({ files: process.argv[1], speed: 'max' });
  await source.open(sink);
  await source.run();
  console.log(records);
`;
