import { closeSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeFifo } from '../../../src/source/tcpdump/fifo.ts';
import { RecordPipe } from '../../../src/source/tcpdump/record_pipe.ts';
import { concat, pcap, random } from '../../builders/index.ts';
import type { CaptureRecord, PcapFields } from '../../builders/index.ts';
import { CollectingSink, waitFor } from '../live/collecting_sink.ts';
import type { CollectingSinkOptions } from '../live/collecting_sink.ts';

/** Records of all lengths, a few very long. */
function someRecords(seed: number, count = 400): CaptureRecord[] {
  const numbers = random(seed);
  return Array.from({ length: count }, (_, index) => {
    const length = numbers.oneIn(100) ? numbers.between(60_000, 262_144) : numbers.below(300);
    const frame = new Uint8Array(length).fill(index);
    frame.set(numbers.bytes(Math.min(length, 20)));
    return {
      timestampNs: 1_700_000_000_000_000_000n + BigInt(index) * 1_000_001_000n,
      frame,
      wireLen: length + numbers.below(1000),
    };
  });
}

interface Joined {
  readonly sink: CollectingSink;
  readonly pipe: RecordPipe;
  /** Writes, waiting until the pipe has taken it. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
}

function join(options: CollectingSinkOptions = {}): Joined {
  const { readEnd, writeEnd, unlink } = makeFifo();
  unlink();
  const sink = new CollectingSink(options);
  const pipe = new RecordPipe(readEnd, 'the pipe', sink);
  return {
    sink,
    pipe,
    async write(bytes) {
      // Less than a pipe holds, so that the write does not wait for the reader, which is this thread.
      for (let at = 0; at < bytes.length; at += 60_000) {
        const piece = bytes.subarray(at, at + 60_000);
        const before = pipe.bytesRead;
        writeSync(writeEnd, piece);
        await waitFor(
          () => pipe.bytesRead === before + piece.length,
          () => 'the pipe is not read',
        );
      }
    },
    end: () => closeSync(writeEnd),
  };
}

const plain = (records: readonly CaptureRecord[]): unknown[] =>
  records.map(({ timestampNs, frame, wireLen }) => ({
    timestampNs,
    frame: Buffer.from(frame).toString('base64'),
    wireLen,
  }));

describe('records from a pipe', () => {
  const formats: readonly PcapFields[] = [
    { format: 'ns' },
    { format: 'us' },
    { format: 'ns', bigEndian: true },
    { format: 'us', bigEndian: true },
  ];
  it.each(formats)('come whole and in order wherever reads cut them: %o', async (format) => {
    const records = someRecords(7);
    const file = pcap(records, { ...format, linkType: 113 });
    const { sink, pipe, write, end } = join();
    const numbers = random(3);
    for (let at = 0; at < file.length; ) {
      const size = numbers.pick([1, 15, 16, 17, 300, 4096, 50_000, 500_000]);
      await write(file.subarray(at, at + size));
      at += size;
    }
    end();
    await pipe.ready;
    await pipe.ended;
    expect(sink.interfaces).toEqual([
      { linkType: 113, recordUnitNs: format.format === 'ns' ? 1 : 1000, bigEndian: format.bigEndian === true },
    ]);
    expect(plain(sink.frames)).toEqual(plain(records));
    expect(sink.published).toBe(records.length);
  });

  it('come in runs, not one by one', async () => {
    const records = Array.from({ length: 300 }, (_, index) => ({
      timestampNs: BigInt(index),
      frame: new Uint8Array(100),
    }));
    const { sink, pipe, write, end } = join();
    await write(pcap(records));
    end();
    await pipe.ended;
    expect(sink.frames).toHaveLength(300);
    expect(sink.runs).toBe(1);
  });

  it('are dropped and counted while the sink is full, and come again afterwards', async () => {
    const record = { timestampNs: 1n, frame: new Uint8Array(100) };
    const { sink, pipe, write, end } = join({ capacity: 0 });
    await write(pcap([record, record]));
    expect(sink.dropped).toBe(2);
    sink.capacity = 1 << 20;
    await write(pcap([record, record, record]).subarray(24));
    end();
    await pipe.ended;
    expect(sink.frames).toHaveLength(3);
    expect(sink.dropped).toBe(2);
  });

  it('with an impossible length end it, with the offset; those before it count', async () => {
    const good = pcap([{ timestampNs: 1n, frame: new Uint8Array(100) }]);
    const bad = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 4, 0, 1, 0, 4, 0);
    for (const cut of [0, 5, 16]) {
      const { sink, pipe, write, end } = join();
      await write(concat(good, bad.subarray(0, cut)));
      if (cut < bad.length) await write(bad.subarray(cut));
      await write(new Uint8Array(1000));
      end();
      await expect(pipe.ended).rejects.toMatchObject({
        code: 'ERR_CORRUPT',
        offset: 140,
        message: expect.stringContaining('262145') as string,
      });
      expect(sink.frames).toHaveLength(1);
    }
  });

  it.each([
    [10, 'file header'],
    [30, 'within a record'],
    [100, 'within a record'],
  ])('cut after %i bytes are told of', async (size, where) => {
    const { pipe, write, end } = join();
    await write(pcap([{ timestampNs: 1n, frame: new Uint8Array(100) }]).subarray(0, size));
    end();
    await expect(pipe.ended).rejects.toMatchObject({
      code: 'ERR_TRUNCATED',
      message: expect.stringContaining(where) as string,
    });
  });

  it('need the magic number of a capture', async () => {
    const { pipe, write, end } = join();
    await write(new TextEncoder().encode('tcpdump: something else entirely'));
    end();
    await expect(pipe.ready).rejects.toMatchObject({ code: 'ERR_CORRUPT', offset: 0 });
    await expect(pipe.ended).rejects.toMatchObject({ code: 'ERR_CORRUPT' });
  });

  it('are refused when the sink has no use for the link type', async () => {
    const { sink, pipe, write, end } = join();
    sink.onInterface = () => {
      throw new RangeError('of no use');
    };
    await write(pcap([{ timestampNs: 1n, frame: new Uint8Array(100) }]));
    end();
    await expect(pipe.ready).rejects.toThrow('of no use');
    await expect(pipe.ended).rejects.toThrow('of no use');
    expect(sink.frames).toHaveLength(0);
  });

  it('are read on and thrown away after discard, also within a put', async () => {
    const records = someRecords(8, 100).map((record) => ({ ...record, frame: record.frame.subarray(0, 70_000) }));
    const { sink, pipe, write, end } = join();
    sink.onFrame = () => pipe.discard();
    const file = pcap(records);
    await write(file);
    const { length } = sink.frames;
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(records.length);
    await write(file.subarray(24));
    end();
    await pipe.ended;
    expect(sink.frames).toHaveLength(length);
  });

  it('leave a moment up to which all is put', async () => {
    const { pipe, sink, write, end } = join();
    await write(pcap([]));
    const before = Date.now();
    await waitFor(
      () => (pipe.emptyAt() ?? 0) >= before,
      () => 'never empty',
    );
    await write(pcap([{ timestampNs: 1n, frame: new Uint8Array(100) }]).subarray(24));
    const written = Date.now();
    await waitFor(
      () => (pipe.emptyAt() ?? 0) >= written,
      () => 'never empty',
    );
    expect(sink.frames).toHaveLength(1);
    expect(pipe.emptyAt()).toBeLessThanOrEqual(Date.now());
    end();
    await pipe.ended;
  });
});
