/**
 * The producer side of the frame ring against a consumer of its own: what was put comes out, and promises of room hold.
 */
import { describe, expect, it } from 'vitest';
import { RECORD_HEADER } from '../../assembly/layout.ts';
import { RingWriter } from '../../src/ring/writer.ts';
import { FrameBytes } from '../../src/source/live/frame_source.ts';
import { RingReader } from './pieces.ts';
import type { RingRecord } from './pieces.ts';

const STEPS = Number(process.env.PCAPFLOW_RING_STEPS ?? 20_000);
const SIZES = [0, 1, 2, 3, 4, 15, 16, 17, 54, 63, 64, 65, 100, 1500, 2047, 2048, 2049, 9000, 65_535, 65_536, 262_144];
/** What a frame is cut from. The last bytes of the largest frame are the last of the memory. */
const FRAME = new Uint8Array(262_144).map((_, at) => (at * 31 + (at >>> 8)) & 255);
const frame = new FrameBytes(FRAME);

/** Park and Miller. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
}

function recordOf(interfaceNumber: number, seconds: number, size: number): RingRecord {
  return { interfaceNumber, seconds, nanos: seconds % 1000, wireLen: size + 1, bytes: FRAME.subarray(0, size) };
}

/** Records as a pipe gives them: one behind the other. */
function bytesOf(records: readonly RingRecord[]): Uint8Array {
  const bytes = new Uint8Array(records.reduce((sum, record) => sum + RECORD_HEADER + record.bytes.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const {
    seconds,
    nanos,
    wireLen,
    bytes: { length },
  } of records) {
    [seconds, nanos, length, wireLen].forEach((value, word) => view.setUint32(at + 4 * word, value, true));
    bytes.set(FRAME.subarray(0, length), at + RECORD_HEADER);
    at += RECORD_HEADER + length;
  }
  return bytes;
}

function sameRecord(a: RingRecord, b: RingRecord | undefined): boolean {
  return (
    b !== undefined &&
    a.interfaceNumber === b.interfaceNumber &&
    a.seconds === b.seconds &&
    a.nanos === b.nanos &&
    a.wireLen === b.wireLen &&
    Buffer.compare(a.bytes, b.bytes) === 0
  );
}

describe('the ring', () => {
  for (const [name, ringSize, small, largest] of [
    ['small', 1 << 16, 13, 17],
    ['smallest that is offered', 2 << 20, 17, SIZES.length],
  ] as const) {
    it(`gives what was put, in order, and keeps its promises of room (the ${name})`, () => {
      const random = randomOf(7 + ringSize);
      const reader = new RingReader(ringSize);
      const writer = new RingWriter(reader.memory, 0);
      const expected: RingRecord[] = [];
      let [put, dropped, described] = [0, 0, 0];
      const use = (): void => {
        for (const record of reader.next() ?? []) expect(sameRecord(record, expected.shift())).toBe(true);
      };
      for (let step = 1; step <= STEPS; step++) {
        const count = random(3) === 0 ? 1 + random(5) : 1;
        const era = random(50) === 0 ? 2 ** 32 : 0;
        const records = Array.from({ length: count }, () =>
          recordOf(random(2), step, SIZES[random(random(9) === 0 ? largest : small)] as number),
        );
        const size = records.reduce((sum, { bytes }) => sum + RECORD_HEADER + bytes.length, 0);
        const promised = writer.free >= size;
        const one = records[0] as RingRecord;
        const late = { ...one, seconds: one.seconds + era };
        const done =
          count === 1
            ? writer.put(late.interfaceNumber, late.seconds, late.nanos, frame, late.bytes.length, late.wireLen)
            : writer.putRecords(one.interfaceNumber, bytesOf(records), count);
        expect(done || !promised).toBe(true);
        if (done)
          expected.push(
            ...(count === 1 ? [late] : records.map((record) => ({ ...record, interfaceNumber: one.interfaceNumber }))),
          );
        if (done) put += count;
        else dropped += count;
        expect([writer.packetsPut, writer.packetsDropped]).toEqual([put, dropped]);
        if (random(4) === 0) writer.publish();
        if (random(300) === 0 && writer.putDescription()) {
          described++;
          writer.publish();
        }
        if (random(200) === 0) {
          // As the tracker tells of room: by what is published.
          writer.publish();
          const wanted = 1 + random(writer.pieceMax);
          if (!writer.want(wanted)) {
            while (reader.size - reader.used < reader.wanted) use();
            expect(writer.free).toBeGreaterThanOrEqual(wanted);
          }
        }
        // The consumer is slower for a while, then faster.
        const uses = Math.floor(step / 500) % 2 === 0 ? random(4) : random(16) === 0 ? 1 : 0;
        for (let n = uses; n > 0; n--) use();
      }
      writer.publish();
      while (reader.used > 0) use();
      expect(expected.length).toBe(0);
      expect(dropped).toBeGreaterThan(0);
      expect(put).toBeGreaterThan(STEPS / 4);
      expect(reader.descriptions).toBe(described);
      expect(reader.guarded).toBe(true);
    });
  }

  it('goes on beyond 4 GiB, where its positions begin at 0 again', () => {
    const reader = new RingReader(2 << 20);
    const writer = new RingWriter(reader.memory, 0);
    const size = writer.pieceMax - 1000;
    const record = recordOf(0, 1, Math.min(size - RECORD_HEADER, FRAME.length));
    const run = bytesOf([record, { ...record, bytes: FRAME.subarray(0, 200_001) }]);
    let bytes = 0;
    let dropped = 0;
    while (bytes < 2 ** 32 + (64 << 20)) {
      // Until the ring is full: that the positions begin at 0 again must not look like room.
      if (writer.putRecords(0, run, 2)) bytes += run.length;
      else {
        dropped++;
        writer.publish();
        expect(reader.used).toBeGreaterThan(reader.size - 2 * run.length);
        reader.next();
      }
    }
    writer.publish();
    let records = 0;
    for (let piece = reader.next(); piece !== undefined; piece = reader.next()) records += piece.length;
    expect(records).toBeGreaterThan(0);
    expect(dropped).toBeGreaterThan(0);
    expect(reader.used).toBe(0);
    expect(reader.guarded).toBe(true);
  });
});
