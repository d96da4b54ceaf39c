/**
 * IEEE 802.11 data frames, and the radiotap and PPI headers that captures put before them. All fields little-endian.
 */

import { macBytes } from './address.ts';
import { concat, padded, swapped, u16, u32, u8, zeros } from './bytes.ts';
import { layer, type Packet } from './packet.ts';

const le16 = (value: number): Uint8Array => swapped(u16(value));
const le32 = (value: number): Uint8Array => swapped(u32(value));

export interface Dot11Fields {
  /** 0 management, 1 control, 2 data (default). */
  readonly type?: number;
  /** Data subtype without the QoS bit; default 0 (data). 4 is "null": no data. */
  readonly subtype?: number;
  /** QoS control field present; the number is its value. */
  readonly qos?: number;
  readonly toDs?: boolean;
  readonly fromDs?: boolean;
  readonly protected?: boolean;
  /** HT control field present (needs `qos`). */
  readonly htControl?: boolean;
  /** The header is padded to four bytes (radiotap flag 0x20 tells). */
  readonly padHeader?: boolean;
}

/** An 802.11 header; what it carries starts with LLC/SNAP. */
export function dot11(fields: Dot11Fields = {}): Packet {
  const { type = 2, subtype = 0, toDs = false, fromDs = true } = fields;
  const control = (type << 2) | ((subtype | (fields.qos === undefined ? 0 : 8)) << 4);
  const flags = (toDs ? 1 : 0) | (fromDs ? 2 : 0) | (fields.protected ? 0x40 : 0) | (fields.htControl ? 0x80 : 0);
  const address = (last: number): Uint8Array => macBytes(`02:00:00:00:00:0${last}`);
  const header = concat(
    u8(control),
    u8(flags),
    le16(0),
    address(1),
    address(2),
    address(3),
    le16(0),
    toDs && fromDs ? address(4) : zeros(0),
    fields.qos === undefined ? zeros(0) : le16(fields.qos),
    fields.htControl ? le32(0) : zeros(0),
  );
  const front = fields.padHeader ? padded(header, 4) : header;
  return layer({}, (inner) => concat(front, inner));
}

/**
 * Radiotap: `flags` is its Flags field (0x20 header padded, 0x10 FCS at the end), `extraWords` more presence words,
 * `tsft` an 8-byte clock.
 */
export function radiotap(
  fields: { readonly flags?: number; readonly extraWords?: number; readonly tsft?: boolean } = {},
): Packet {
  const { flags = 0, extraWords = 0, tsft = false } = fields;
  const present = [(tsft ? 1 : 0) | 2, ...Array.from({ length: extraWords }, () => 0)];
  const words = present.map((word, index) => le32((word | (index < extraWords ? 0x80000000 : 0)) >>> 0));
  const fixed = 4 + 4 * present.length;
  const clock = tsft ? zeros(((8 - (fixed % 8)) % 8) + 8) : zeros(0);
  const size = fixed + clock.length + 1;
  return layer({}, (inner) => concat(u8(0), u8(0), le16(size), ...words, clock, u8(flags), inner));
}

/** PPI with one field of a reserved type; `linkType` is that of the frame inside. */
export const ppi = (linkType = 105): Packet =>
  layer({}, (inner) => concat(u8(0), u8(0), le16(8 + 4 + 4), le32(linkType), le16(0), le16(4), zeros(4), inner));
