/** ICMP (RFC 792) and ICMPv6 (RFC 4443). */

import { concat, payloadBytes, u16, u32, u8, type Payload } from './bytes.ts';
import { internetChecksum } from './checksum.ts';
import { layer, type Packet } from './packet.ts';

export interface IcmpFields {
  readonly type: number;
  readonly code?: number;
  /** Bytes 4..5 and 6..7: identifier and sequence number of an echo; other types use them otherwise. */
  readonly id?: number;
  readonly seq?: number;
  /** What follows the first 8 bytes: for an error the quoted packet. */
  readonly payload?: Payload;
}

export function icmp(fields: IcmpFields): Packet {
  return layer(
    { protocol: 1 },
    (inner) => {
      const message = concat(header(fields), inner);
      message.set(u16(internetChecksum(message)), 2);
      return message;
    },
    payloadBytes(fields.payload ?? 0),
  );
}

/** Its checksum covers the pseudo-header, so IPv6 fills it in. */
export function icmpv6(fields: IcmpFields): Packet {
  return layer(
    { protocol: 58, checksumAt: 2 },
    (inner) => concat(header(fields), inner),
    payloadBytes(fields.payload ?? 0),
  );
}

const header = (fields: IcmpFields): Uint8Array =>
  concat(u8(fields.type), u8(fields.code ?? 0), u16(0), u16(fields.id ?? 0), u16(fields.seq ?? 0));

/** An ICMP error about `packet` (an IP packet): its header and first 8 bytes of payload, as RFC 792 asks. */
export const icmpError = (type: number, code: number, packet: Uint8Array): Packet =>
  icmp({ type, code, payload: packet.slice(0, 28) });

/** An ICMPv6 error; `parameter` is the MTU or pointer. */
export const icmpv6Error = (type: number, code: number, packet: Uint8Array, parameter = 0): Packet =>
  icmpv6({ type, code, id: parameter >>> 16, seq: parameter & 0xffff, payload: packet.slice(0, 1232) });

/** Neighbour solicitation (type 135) for a 16-byte target. */
export const neighbourSolicitation = (target: Uint8Array): Packet => icmpv6({ type: 135, payload: target });

/** Neighbour advertisement (type 136), solicited. */
export const neighbourAdvertisement = (target: Uint8Array): Packet =>
  icmpv6({ type: 136, id: 0x6000, payload: target });

/** IGMPv2 (RFC 2236): `type` 0x11 query, 0x16 report, 0x17 leave. */
export function igmp(type: number, group: Uint8Array): Packet {
  return layer({ protocol: 2 }, () => {
    const message = concat(u8(type), u8(0), u16(0), group.length === 4 ? group : u32(0));
    message.set(u16(internetChecksum(message)), 2);
    return message;
  });
}
