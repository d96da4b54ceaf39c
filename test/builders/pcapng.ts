/**
 * pcapng files (draft-ietf-opsawg-pcapng), block by block:
 *
 *     pcapng([interfaceBlock({ linkType: 1 }), enhancedPacket({ timestampNs, frame })], { bigEndian: true })
 *
 * Sections follow each other by `concat`.
 */

import { concat, padded, swapped, u16, u32, u64, u8, zeros } from './bytes.ts';
import type { CaptureRecord } from './pcap.ts';

/** What blocks need to know of the section they are in. */
interface Section {
  readonly u16: (value: number) => Uint8Array;
  readonly u32: (value: number) => Uint8Array;
  readonly u64: (value: bigint) => Uint8Array;
  /** Interfaces described so far. */
  readonly interfaces: InterfaceFields[];
}

export type Block = (section: Section) => Uint8Array;

/** An option: code and value bytes. */
export type BlockOption = readonly [code: number, value: Uint8Array];

export interface SectionFields {
  readonly bigEndian?: boolean;
  /** Section length field; default -1, "not specified". */
  readonly length?: bigint;
  readonly version?: readonly [major: number, minor: number];
  readonly options?: readonly BlockOption[];
}

/** One section: its header block and `blocks`. */
export function pcapng(blocks: readonly Block[], fields: SectionFields = {}): Uint8Array {
  const order = (bytes: Uint8Array): Uint8Array => (fields.bigEndian ? bytes : swapped(bytes));
  const section: Section = {
    u16: (value) => order(u16(value)),
    u32: (value) => order(u32(value)),
    u64: (value) => order(u64(value)),
    interfaces: [],
  };
  const [major, minor] = fields.version ?? [1, 0];
  const header = block(0x0a0d0d0a, (s) =>
    concat(s.u32(0x1a2b3c4d), s.u16(major), s.u16(minor), s.u64(fields.length ?? -1n), options(s, fields.options)),
  );
  return concat(header(section), ...blocks.map((build) => build(section)));
}

/** A block of any type: unknown ones, or a known one with a body of the test's making. */
export function block(type: number, body: (section: Section) => Uint8Array): Block {
  return (section) => {
    const content = padded(body(section), 4);
    const length = section.u32(12 + content.length);
    return concat(section.u32(type), length, content, length);
  };
}

/** if_tsresol: 10^-n or 2^-n seconds. */
export const decimal = (exponent: number): number => exponent;
export const binary = (exponent: number): number => 0x80 | exponent;

export interface InterfaceFields {
  readonly linkType?: number;
  /** 0 = no limit. */
  readonly snaplen?: number;
  /** The if_tsresol byte (`decimal(9)`, `binary(20)`); default absent, which means `decimal(6)`. */
  readonly tsresol?: number;
  /** if_tsoffset, seconds added to every timestamp of the file; may be negative. */
  readonly tsoffset?: bigint;
  readonly name?: string;
  readonly options?: readonly BlockOption[];
}

export const interfaceBlock =
  (fields: InterfaceFields = {}): Block =>
  (section) => {
    section.interfaces.push(fields);
    const list: BlockOption[] = [];
    if (fields.name !== undefined) list.push([2, new TextEncoder().encode(fields.name)]);
    if (fields.tsresol !== undefined) list.push([9, u8(fields.tsresol)]);
    if (fields.tsoffset !== undefined) list.push([14, section.u64(fields.tsoffset)]);
    list.push(...(fields.options ?? []));
    return block(1, (s) => concat(s.u16(fields.linkType ?? 1), zeros(2), s.u32(fields.snaplen ?? 0), options(s, list)))(
      section,
    );
  };

export interface PacketFields extends CaptureRecord {
  readonly interfaceId?: number;
  readonly options?: readonly BlockOption[];
}

/** Enhanced packet block; the timestamp is rounded down to the units of its interface. */
export const enhancedPacket = (fields: PacketFields): Block =>
  block(6, (s) =>
    concat(
      s.u32(fields.interfaceId ?? 0),
      timestamp(s, fields),
      s.u32(fields.frame.length),
      s.u32(fields.wireLen ?? fields.frame.length),
      padded(fields.frame, 4),
      options(s, fields.options),
    ),
  );

/** The obsolete packet block (type 2), with a 16-bit interface number and a drop count. */
export const obsoletePacket = (fields: PacketFields): Block =>
  block(2, (s) =>
    concat(
      s.u16(fields.interfaceId ?? 0),
      s.u16(0xffff),
      timestamp(s, fields),
      s.u32(fields.frame.length),
      s.u32(fields.wireLen ?? fields.frame.length),
      padded(fields.frame, 4),
      options(s, fields.options),
    ),
  );

/** Simple packet block: interface 0, no timestamp. */
export const simplePacket = (frame: Uint8Array, wireLen = frame.length): Block =>
  block(3, (s) => concat(s.u32(wireLen), frame));

/** Name resolution block with one IPv4 entry. */
export const nameResolution = (address: Uint8Array, name: string): Block =>
  block(4, (s) => {
    const entry = concat(address, new TextEncoder().encode(`${name}\0`));
    return concat(s.u16(1), s.u16(entry.length), padded(entry, 4), s.u16(0), s.u16(0));
  });

/** Interface statistics block with ifrecv and ifdrop counts. */
export const interfaceStatistics = (fields: {
  readonly interfaceId?: number;
  readonly timestampNs: bigint;
  readonly received: bigint;
  readonly dropped: bigint;
}): Block =>
  block(5, (s) =>
    concat(
      s.u32(fields.interfaceId ?? 0),
      timestamp(s, fields),
      options(s, [
        [4, s.u64(fields.received)],
        [5, s.u64(fields.dropped)],
      ]),
    ),
  );

/** Custom block; `copyable` false has the type that tools must not copy. */
export const customBlock = (enterprise: number, data: Uint8Array, copyable = true): Block =>
  block(copyable ? 0x0bad : 0x40000bad, (s) => concat(s.u32(enterprise), data));

/** Interface described on the way, one enhanced packet a record. */
export const pcapngOf = (
  records: readonly CaptureRecord[],
  fields: InterfaceFields & { readonly bigEndian?: boolean } = {},
): Uint8Array =>
  pcapng([interfaceBlock(fields), ...records.map(enhancedPacket)], { bigEndian: fields.bigEndian ?? false });

/** Two 32-bit words, the high one first whatever the byte order. */
function timestamp(
  section: Section,
  fields: { readonly interfaceId?: number; readonly timestampNs: bigint },
): Uint8Array {
  const { tsresol = 6, tsoffset = 0n } = section.interfaces[fields.interfaceId ?? 0] ?? {};
  const perSecond = tsresol & 0x80 ? 1n << BigInt(tsresol & 0x7f) : 10n ** BigInt(tsresol);
  const ticks = ((fields.timestampNs - tsoffset * 1_000_000_000n) * perSecond) / 1_000_000_000n;
  return concat(section.u32(Number((ticks >> 32n) & 0xffffffffn)), section.u32(Number(ticks & 0xffffffffn)));
}

function options(section: Section, list: readonly BlockOption[] = []): Uint8Array {
  if (list.length === 0) return zeros(0);
  return concat(
    ...list.map(([code, value]) => concat(section.u16(code), section.u16(value.length), padded(value, 4))),
    section.u16(0),
    section.u16(0),
  );
}
