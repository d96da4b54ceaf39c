/**
 * Tunnel headers. IP in IP and 6in4 need none: `ipv6(..)` over `ipv4(..)` says so by its protocol number.
 * VXLAN, Geneve, GTP-U and Teredo go over `udp({ dstPort: TUNNEL_PORT.x })`.
 */

import { concat, u16, u24, u32, u8, zeros } from './bytes.ts';
import { internetChecksum } from './checksum.ts';
import { layer, type Packet } from './packet.ts';

/** UDP ports of the tunnels. */
export const TUNNEL_PORT = {
  VXLAN: 4789,
  VXLAN_LINUX: 8472,
  GENEVE: 6081,
  GTP_U: 2152,
  TEREDO: 3544,
  L2TP: 1701,
  GTP_0: 3386,
  GRE: 4754,
  VXLAN_GPE: 4790,
  AYIYA: 5072,
  CAPWAP: 5247,
  MPLS: 6635,
} as const;

export interface GreFields {
  readonly key?: number;
  readonly seq?: number;
  readonly checksum?: boolean;
  /** EtherType; default that of the payload. */
  readonly etherType?: number;
}

/** GRE version 0 (RFC 2784, RFC 2890). */
export function gre(fields: GreFields = {}): Packet {
  const flags =
    (fields.checksum ? 0x8000 : 0) | (fields.key === undefined ? 0 : 0x2000) | (fields.seq === undefined ? 0 : 0x1000);
  return layer({ protocol: 47 }, (inner) => {
    const packet = concat(
      u16(flags),
      u16(fields.etherType ?? inner.kind.etherType ?? 0),
      fields.checksum ? zeros(4) : zeros(0),
      fields.key === undefined ? zeros(0) : u32(fields.key),
      fields.seq === undefined ? zeros(0) : u32(fields.seq),
      inner,
    );
    if (fields.checksum) packet.set(u16(internetChecksum(packet)), 4);
    return packet;
  });
}

/** GRE version 1, as PPTP uses it (RFC 2637); carries PPP without the HDLC bytes. */
export function pptpGre(
  fields: { readonly callId?: number; readonly seq?: number; readonly ack?: number } = {},
): Packet {
  const flags = 0x2001 | (fields.seq === undefined ? 0 : 0x1000) | (fields.ack === undefined ? 0 : 0x0080);
  return layer({ protocol: 47 }, (inner) =>
    concat(
      u16(flags),
      u16(0x880b),
      u16(inner.length),
      u16(fields.callId ?? 1),
      fields.seq === undefined ? zeros(0) : u32(fields.seq),
      fields.ack === undefined ? zeros(0) : u32(fields.ack),
      inner,
    ),
  );
}

/**
 * ERSPAN: type 1 has no header of its own, type 2 has 8 bytes (over `gre({ seq })`), type 3 has 12. Carries Ethernet.
 */
export function erspan(type: 1 | 2 | 3, session = 1): Packet {
  const header =
    type === 1
      ? zeros(0)
      : type === 2
        ? concat(u16(0x1001), u16(session), u32(0))
        : concat(u16(0x2001), u16(session), u32(0), u32(0));
  return layer({ etherType: type === 3 ? 0x22eb : 0x88be }, (inner) => concat(header, inner));
}

/** VXLAN (RFC 7348); carries Ethernet. */
export const vxlan = (vni = 1): Packet => layer({}, (inner) => concat(u32(0x08000000), u24(vni), u8(0), inner));

/** Geneve (RFC 8926); `options` a multiple of 4 bytes, at most 252. */
export const geneve = (
  fields: { readonly vni?: number; readonly options?: Uint8Array; readonly etherType?: number } = {},
): Packet => {
  const options = fields.options ?? zeros(0);
  return layer({}, (inner) =>
    concat(
      u8(options.length / 4),
      u8(0),
      u16(fields.etherType ?? inner.kind.etherType ?? 0),
      u24(fields.vni ?? 1),
      u8(0),
      options,
      inner,
    ),
  );
};

export interface GtpFields {
  readonly teid?: number;
  /** Message type, 255 = T-PDU. */
  readonly type?: number;
  readonly seq?: number;
  /** Extension headers: type and content (4n - 2 bytes). */
  readonly extensions?: readonly { readonly type: number; readonly content: Uint8Array }[];
}

/** GTP-U version 1 (3GPP TS 29.281); carries IP. */
export function gtpU(fields: GtpFields = {}): Packet {
  const extensions = fields.extensions ?? [];
  const optional = fields.seq !== undefined || extensions.length > 0;
  const flags = 0x30 | (extensions.length > 0 ? 4 : 0) | (fields.seq === undefined ? 0 : 2);
  const typeAt = (index: number): Uint8Array => u8(extensions[index]?.type ?? 0);
  const headers = concat(
    optional ? concat(u16(fields.seq ?? 0), u8(0), typeAt(0)) : zeros(0),
    ...extensions.map(({ content }, index) => concat(u8((content.length + 2) / 4), content, typeAt(index + 1))),
  );
  return layer({}, (inner) =>
    concat(
      u8(flags),
      u8(fields.type ?? 255),
      u16(headers.length + inner.length),
      u32(fields.teid ?? 1),
      headers,
      inner,
    ),
  );
}

/** Teredo (RFC 4380); carries IPv6, optionally behind an authentication and an origin indication. */
export function teredo(fields: { readonly authentication?: boolean; readonly origin?: boolean } = {}): Packet {
  const authentication = fields.authentication ? concat(u16(1), u8(0), u8(0), zeros(8), u8(0)) : zeros(0);
  const origin = fields.origin ? concat(u16(0), u16(0xffff ^ 4096), u32(0xffffffff ^ 0xc0000201)) : zeros(0);
  return layer({}, (inner) => concat(authentication, origin, inner));
}
