/** Tunnel headers of less common protocols. Those in UDP go over `udp({ dstPort: TUNNEL_PORT.x })`. */

import { concat, u16, u24, u32, u8, zeros } from './bytes.ts';
import { layer, type Packet } from './packet.ts';

/** EtherIP (RFC 3378); carries Ethernet. */
export const etherIp = (version = 3): Packet => layer({ protocol: 97 }, (inner) => concat(u16(version << 12), inner));

/** Ethernet as an IP protocol (RFC 8986 §10.1): no header of its own. */
export const ethernetInIp = (): Packet => layer({ protocol: 143 }, (inner) => concat(inner));

/** A register message of PIM (RFC 7761 §4.9.3). */
export const pimRegister = ({ nullRegister = false } = {}): Packet =>
  layer({ protocol: 103 }, (inner) => concat(u8(0x21), u8(0), u16(0), u32(nullRegister ? 0x40000000 : 0), inner));

/** VXLAN-GPE; `next`: see NEXT. None: Ethernet, without the P bit. */
export const vxlanGpe = (next?: number): Packet =>
  layer({}, (inner) => concat(u8(next === undefined ? 0x08 : 0x0c), u16(0), u8(next ?? 0), u24(1), u8(0), inner));

export interface L2tpFields {
  readonly length?: boolean;
  readonly sequence?: boolean;
  readonly offset?: number;
  readonly control?: boolean;
}

/** L2TP version 2 (RFC 2661 §3.1); carries PPP. */
export function l2tp({ length = false, sequence = false, offset, control = false }: L2tpFields = {}): Packet {
  const flags =
    2 | (length ? 0x4000 : 0) | (sequence ? 0x0800 : 0) | (offset === undefined ? 0 : 0x0200) | (control ? 0x8000 : 0);
  return layer({}, (inner) => {
    const rest = concat(
      u16(1),
      u16(2),
      sequence ? concat(u16(3), u16(4)) : zeros(0),
      offset === undefined ? zeros(0) : concat(u16(offset), zeros(offset)),
      inner,
    );
    return concat(u16(flags), length ? u16(rest.length + 4) : zeros(0), rest);
  });
}

/** L2TP version 3 (RFC 3931): session, a cookie of 0, 4 or 8 bytes, a sublayer of 0 or 4. Behind IP, or in UDP. */
export function l2tp3({ session = 7, cookie = 0, sublayer = 0, inUdp = false } = {}): Packet {
  return layer({ protocol: 115 }, (inner) =>
    concat(
      inUdp ? concat(u16(3), u16(0)) : zeros(0),
      u32(session),
      new Uint8Array(cookie).fill(0xc5),
      zeros(sublayer),
      inner,
    ),
  );
}

/** GTP' of a version above 0 (`short`), or GTP version 0; carries IP. */
export const gtpPrime = (short = true): Packet =>
  layer({}, (inner) =>
    short
      ? concat(u8(0x20), u8(255), u16(inner.length), u16(1), inner)
      : concat(u8(0x10), u8(255), u16(inner.length), zeros(16), inner),
  );

/** AYIYA with an identity of 16 bytes and a SHA-1 signature; carries IPv6. */
export const ayiya = (operation = 1): Packet =>
  layer({}, (inner) => concat(u8(0x44), u8(0x52), u8(operation), u8(41), u32(0), zeros(16), zeros(20), inner));

export interface CapwapFields {
  /** Carries 802.11, not 802.3. */
  readonly native?: boolean;
  readonly keepAlive?: boolean;
  /** Fragment offset; undefined: not a fragment. */
  readonly offset?: number;
}

/** CAPWAP data (RFC 5415 §4.3). */
export function capwap({ native = false, keepAlive = false, offset }: CapwapFields = {}): Packet {
  const flags = (native ? 0x100 : 0) | (offset === undefined ? 0 : 0x80) | (keepAlive ? 0x08 : 0);
  const word = (2 << 19) | (1 << 14) | ((native ? 1 : 0) << 9) | flags;
  return layer({}, (inner) => concat(u32(word), u16(0), u16((offset ?? 0) << 3), inner));
}

/** An 802.11 frame whose two bytes of frame control are swapped. */
export const swappedFrameControl = (): Packet =>
  layer({}, (inner) => concat(Uint8Array.of(inner[1] ?? 0, inner[0] ?? 0), inner.subarray(2)));
