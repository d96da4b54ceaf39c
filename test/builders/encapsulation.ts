/** What may stand between Ethernet and IP besides VLAN tags and MPLS: tags of other kinds, frames in frames, NSH. */

import { concat, u16, u24, u32, u8, zeros } from './bytes.ts';
import { layer, type Packet } from './packet.ts';

const typed = (etherType: number, header: (inner: Packet) => Uint8Array): Packet =>
  layer({ etherType }, (inner) => concat(header(inner), u16(inner.kind.etherType ?? 0), inner));

/** Control word of an Ethernet pseudowire (RFC 4448 §4.6); carries Ethernet. */
export const controlWord = (sequence = 1): Packet => layer({}, (inner) => concat(u16(0), u16(sequence), inner));

/** IEEE 802.1ah service instance tag; carries Ethernet. */
export const pbb = (serviceId = 0xabc): Packet =>
  layer({ etherType: 0x88e7 }, (inner) => concat(u8(0), u24(serviceId), inner));

/** Cisco FabricPath: forwarding tag and TTL; carries Ethernet. */
export const fabricPath = (tag = 1, ttl = 32): Packet =>
  layer({ etherType: 0x8903 }, (inner) => concat(u16((tag << 6) | ttl), inner));

/** VN-Tag. */
export const vnTag = (destination = 5): Packet => typed(0x8926, () => u32(destination << 16));

/** HSR tag (IEC 62439-3). */
export const hsr = (sequence = 1): Packet => typed(0x892f, (inner) => concat(u16(inner.length + 6), u16(sequence)));

/** The trailer that PRP puts behind a frame (IEC 62439-3). */
export const prpTrailer = (sequence = 1): Packet =>
  layer({ etherType: 0x6558 }, (inner) => concat(inner, u16(sequence), u16(0xa000 | (inner.length + 6)), u16(0x88fb)));

export interface MacsecFields {
  readonly sci?: boolean;
  /** The E and C bits: the data cannot be read. */
  readonly encrypted?: boolean;
  readonly changed?: boolean;
}

/** MACsec (IEEE 802.1AE §9), with 16 bytes of integrity check value behind the data. */
export function macsec({ sci = true, encrypted = false, changed = false }: MacsecFields = {}): Packet {
  const tci = (sci ? 0x20 : 0) | (encrypted ? 0x08 : 0) | (changed ? 0x04 : 0);
  return layer({ etherType: 0x88e5 }, (inner) =>
    concat(u8(tci), u8(0), u32(5), zeros(sci ? 8 : 0), u16(inner.kind.etherType ?? 0), inner, zeros(16)),
  );
}

/** Cisco's time stamp tag. */
export const timeTag = (): Packet => typed(0x8988, () => zeros(6));

/** Cisco MetaData with a security group. In GRE its EtherType stands in front: `inGre`. */
export function metaData({ group = 7, inGre = false } = {}): Packet {
  const header = concat(u8(1), u8(1), u16(1), u16(group));
  return layer({ etherType: 0x8909 }, (inner) => {
    const type = u16(inner.kind.etherType ?? 0);
    return inGre ? concat(type, header, inner) : concat(header, type, inner);
  });
}

/** Next protocol numbers of NSH and VXLAN-GPE. */
export const NEXT = { IPV4: 1, IPV6: 2, ETHERNET: 3, NSH: 4, MPLS: 5 } as const;

/** Network service header (RFC 8300), metadata type 1, or 2 with `words` of it. */
export const nsh = (next: number, { words = 4, oam = false } = {}): Packet =>
  layer({ etherType: 0x894f }, (inner) =>
    concat(
      u16((oam ? 0x2000 : 0) | (63 << 6) | (2 + words)),
      u8(words === 4 ? 1 : 2),
      u8(next),
      u32(0x5ff),
      zeros(4 * words),
      inner,
    ),
  );
