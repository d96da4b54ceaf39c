/** Classic pcap files: microseconds or nanoseconds, either byte order, and Kuznetzov's "modified" record headers. */

import { concat, swapped, u16, u32, zeros } from './bytes.ts';

/** One captured frame. */
export interface CaptureRecord {
  /** Nanoseconds since the epoch. */
  readonly timestampNs: bigint;
  /** The captured bytes. */
  readonly frame: Uint8Array;
  /** Bytes on the wire; default as many as were captured. */
  readonly wireLen?: number;
}

export interface PcapFields {
  readonly linkType?: number;
  readonly snaplen?: number;
  readonly bigEndian?: boolean;
  /** `us` (default) cuts timestamps to microseconds; `modified` is `us` with 24-byte record headers. */
  readonly format?: 'us' | 'ns' | 'modified';
  /** Default 2.4. Before 2.3 the two lengths of a record stand in the other order, as they did then. */
  readonly version?: readonly [major: number, minor: number];
}

const MAGIC = { us: 0xa1b2c3d4, ns: 0xa1b23c4d, modified: 0xa1b2cd34 } as const;

export function pcap(records: readonly CaptureRecord[], fields: PcapFields = {}): Uint8Array {
  const { format = 'us', bigEndian = false, version = [2, 4] } = fields;
  const order = (bytes: Uint8Array): Uint8Array => (bigEndian ? bytes : swapped(bytes));
  const word = (value: number): Uint8Array => order(u32(value));
  const header = concat(
    word(MAGIC[format]),
    order(u16(version[0])),
    order(u16(version[1])),
    zeros(8),
    word(fields.snaplen ?? 262144),
    word(fields.linkType ?? 1),
  );
  const unitNs = format === 'ns' ? 1n : 1000n;
  return concat(
    header,
    ...records.flatMap(({ timestampNs, frame, wireLen }) => [
      word(Number(timestampNs / 1_000_000_000n)),
      word(Number((timestampNs % 1_000_000_000n) / unitNs)),
      ...(version[1] < 3
        ? [word(wireLen ?? frame.length), word(frame.length)]
        : [word(frame.length), word(wireLen ?? frame.length)]),
      // ifindex u32, protocol u16, packet type u8, padding
      format === 'modified' ? zeros(8) : zeros(0),
      frame,
    ]),
  );
}

/** The record as a capture with this snaplen would have it. */
export function snapped(record: CaptureRecord, snaplen: number): CaptureRecord {
  return {
    timestampNs: record.timestampNs,
    frame: record.frame.slice(0, snaplen),
    wireLen: record.wireLen ?? record.frame.length,
  };
}
