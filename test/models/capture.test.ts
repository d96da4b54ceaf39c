import { describe, expect, it } from 'vitest';
import {
  binary,
  block,
  concat,
  customBlock,
  decimal,
  enhancedPacket,
  interfaceBlock,
  obsoletePacket,
  pcap,
  pcapng,
  pcapngOf,
  simplePacket,
  type CaptureRecord,
} from '../builders/index.ts';
import { readCapture } from './index.ts';

const records: CaptureRecord[] = [
  { timestampNs: 1_700_000_000_123_456_789n, frame: Uint8Array.of(1, 2, 3), wireLen: 60 },
  { timestampNs: 1_700_000_001_000_000_001n, frame: new Uint8Array(0), wireLen: 0 },
  { timestampNs: 4_294_967_295_999_999_999n, frame: Uint8Array.of(9, 8, 7, 6, 5) },
];
const read = (file: Uint8Array) =>
  readCapture(file).records.map(({ timestampNs, bytes, wireLen }) => ({
    timestampNs,
    frame: Uint8Array.from(bytes),
    wireLen,
  }));
const rounded = (unitNs: bigint) =>
  records.map(({ timestampNs, frame, wireLen }) => ({
    timestampNs: (timestampNs / unitNs) * unitNs,
    frame,
    wireLen: wireLen ?? frame.length,
  }));

describe('the model reads', () => {
  for (const bigEndian of [false, true]) {
    const order = bigEndian ? 'big-endian' : 'little-endian';
    it(`every classic format, ${order}`, () => {
      expect(read(pcap(records, { bigEndian }))).toEqual(rounded(1000n));
      expect(read(pcap(records, { bigEndian, format: 'modified' }))).toEqual(rounded(1000n));
      expect(read(pcap(records, { bigEndian, format: 'ns' }))).toEqual(rounded(1n));
    });

    it(`pcapng with decimal, binary and shifted clocks, ${order}`, () => {
      expect(read(pcapngOf(records, { bigEndian }))).toEqual(rounded(1000n));
      expect(read(pcapngOf(records, { bigEndian, tsresol: decimal(9), tsoffset: -7200n }))).toEqual(rounded(1n));
      expect(read(pcapngOf(records, { bigEndian, tsresol: decimal(0), tsoffset: 1_000_000_000n }))).toEqual(
        rounded(1_000_000_000n),
      );
      const exact = records.map((record, index) => ({ ...record, timestampNs: BigInt(index) * 500_000_000n }));
      expect(read(pcapngOf(exact, { bigEndian, tsresol: binary(1) })).map((record) => record.timestampNs)).toEqual([
        0n,
        500_000_000n,
        1_000_000_000n,
      ]);
    });
  }

  it('all three packet blocks, and steps over the rest', () => {
    const [one, , three] = records as [CaptureRecord, CaptureRecord, CaptureRecord];
    const file = pcapng([
      interfaceBlock({ snaplen: 2 }),
      customBlock(1, Uint8Array.of(1)),
      simplePacket(Uint8Array.of(5, 5)),
      obsoletePacket(one),
      block(99, () => Uint8Array.of(1)),
      simplePacket(Uint8Array.of(4, 4), 90),
      enhancedPacket(three),
    ]);
    expect(read(file).map(({ timestampNs, frame, wireLen }) => [timestampNs, frame.length, wireLen])).toEqual([
      [1_700_000_000_123_456_000n, 2, 2],
      [1_700_000_000_123_456_000n, 2, 60],
      [1_700_000_000_123_456_000n, 2, 90],
      [4_294_967_295_999_999_000n, 2, 5],
    ]);
  });

  it('no time outside of 64 bits', () => {
    const file = (tsoffset: bigint) =>
      pcapng([interfaceBlock({ tsoffset }), block(6, (s) => concat(s.u32(0), s.u32(0), s.u32(1), s.u32(0), s.u32(0)))]);
    for (const offset of [-1n, 1n << 62n]) expect(read(file(offset)).map((record) => record.timestampNs)).toEqual([0n]);
  });

  it('no more of a frame than the snaplen of a classic file', () => {
    expect(read(pcap(records, { snaplen: 2 })).map((record) => record.frame.length)).toEqual([2, 0, 2]);
  });

  it('lengths in the old order before version 2.3', () => {
    for (const minor of [0, 2, 3, 4]) expect(read(pcap(records, { version: [2, minor] }))).toEqual(rounded(1000n));
    // Version 2.3 comes both ways; the captured length is the smaller one.
    const file = pcap(records, { version: [2, 2] });
    new DataView(file.buffer).setUint16(6, 3, true);
    expect(read(file)).toEqual(rounded(1000n));
  });
});

describe('the model stops', () => {
  it('at the record that is cut, wherever the cut is', () => {
    for (const [file, starts, header] of [
      [pcap(records), [24, 43, 59], 24],
      [pcapngOf(records), [48, 84, 116], 28],
    ] as const) {
      for (let size = 0; size < file.length; size++) {
        const { records: whole, error } = readCapture(file.slice(0, size));
        const ends = [...starts.slice(1), file.length];
        expect(whole.length, `${size} bytes`).toBe(ends.filter((end) => end <= size).length);
        const boundary = size >= header && [header, ...starts, ...ends].includes(size);
        expect(error === undefined, `${size} bytes`).toBe(boundary);
      }
      expect(readCapture(file).error).toBeUndefined();
    }
  });

  it('at what cannot be right, and says where', () => {
    const huge = pcap(records);
    new DataView(huge.buffer).setUint32(24 + 8, 262_145, true);
    expect(readCapture(huge).error).toMatchObject({ code: 'corrupt', offset: 24 });
    expect(readCapture(pcap([], { linkType: 147 })).error).toMatchObject({ code: 'unsupportedLinkType' });
    expect(readCapture(pcap([], { linkType: 0x10001 })).error).toMatchObject({
      code: 'unsupportedLinkType',
      message: 'link type 65537',
    });
    expect(readCapture(pcap([], { linkType: 0xf4000001 })).error).toBeUndefined();
    expect(readCapture(pcap([], { version: [3, 0] })).error).toMatchObject({ code: 'unsupportedVersion' });
    expect(readCapture(new TextEncoder().encode('GET / HTTP/1.1')).error).toMatchObject({ code: 'notACapture' });
    expect(readCapture(pcapng([], { version: [2, 0] })).error).toMatchObject({ code: 'unsupportedVersion' });
    const [one] = records as [CaptureRecord];
    const undeclared = block(6, (s) => concat(s.u32(1), new Uint8Array(16)));
    expect(readCapture(pcapng([interfaceBlock(), enhancedPacket(one), undeclared]))).toMatchObject({
      records: [{ wireLen: 60 }],
      error: { code: 'corrupt', offset: 28 + 20 + 36 },
    });
    const unequal = pcapng([interfaceBlock()]);
    new DataView(unequal.buffer).setUint32(unequal.length - 4, 16, true);
    expect(readCapture(unequal).error).toMatchObject({ code: 'corrupt', offset: 28 });
  });
});
