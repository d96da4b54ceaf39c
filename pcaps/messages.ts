/** Application messages for the tour: well-formed where a reader would look, random where real ones are encrypted. */

import { concat, u16, u32, u8, zeros, type Random } from '../test/builders/index.ts';

const dnsName = (name: string): Uint8Array =>
  concat(...name.split('.').map((label) => concat(u8(label.length), new TextEncoder().encode(label))), u8(0));

/** RFC 1035; `type` 1 A, 28 AAAA. */
export const dnsQuery = (id: number, name: string, type = 1): Uint8Array =>
  concat(u16(id), u16(0x0100), u16(1), zeros(6), dnsName(name), u16(type), u16(1));

export function dnsAnswer(id: number, name: string, addresses: readonly Uint8Array[]): Uint8Array {
  const type = addresses[0]?.length === 16 ? 28 : 1;
  const records = addresses.map((address) =>
    concat(u16(0xc00c), u16(type), u16(1), u32(300), u16(address.length), address),
  );
  return concat(
    u16(id),
    u16(0x8180),
    u16(1),
    u16(addresses.length),
    zeros(4),
    dnsName(name),
    u16(type),
    u16(1),
    ...records,
  );
}

/** A TLS record (RFC 8446 §5.1): type 22 handshake, 23 application data. */
export const tlsRecord = (random: Random, type: 22 | 23, size: number): Uint8Array =>
  concat(u8(type), u16(0x0303), u16(size), random.bytes(size));

/** A QUIC packet (RFC 9000 §17): long header while the handshake lasts, then short ones. */
export const quicPacket = (random: Random, long: boolean, size: number): Uint8Array =>
  long ? concat(u8(0xc3), u32(1), u8(8), random.bytes(size - 6)) : concat(u8(0x43), random.bytes(size - 1));

/** An NTP packet, version 4 (RFC 5905): mode 3 client, 4 server. */
export const ntpPacket = (mode: 3 | 4): Uint8Array => concat(u8(0x20 | mode), u8(mode === 3 ? 0 : 2), zeros(46));
