/** IPv6 extension headers (RFC 8200 §4) and AH (RFC 4302), which IPv4 carries too. */

import { ipv6Bytes } from './address.ts';
import { concat, padded, u16, u32, u8, zeros } from './bytes.ts';

export interface ExtensionHeader {
  /** The number by which the header before announces it. */
  readonly protocol: number;
  /** Destination for the checksum when it is not that of the IP header (routing header, RFC 8200 §8.1). */
  readonly finalDst?: Uint8Array;
  /** The header's bytes, given what follows. */
  bytes(next: number): Uint8Array;
}

/** The headers in a row before `payload`: what the IP header must announce, and the bytes. */
export function chain(
  headers: readonly ExtensionHeader[],
  protocol: number,
  payload: Uint8Array,
): { next: number; bytes: Uint8Array } {
  return headers.reduceRight(
    (rest, header) => ({ next: header.protocol, bytes: concat(header.bytes(rest.next), rest.bytes) }),
    { next: protocol, bytes: payload },
  );
}

/** Next header, length in 8-byte units without the first, content padded with Pad1 options. */
const generic = (protocol: number, content: Uint8Array): ExtensionHeader => ({
  protocol,
  bytes: (next) => {
    const body = padded(concat(zeros(2), content), 8);
    body.set([next, body.length / 8 - 1]);
    return body;
  },
});

/** Hop-by-hop options; default one PadN of 4 bytes. */
export const hopByHop = (options: Uint8Array = Uint8Array.of(1, 2, 0, 0)): ExtensionHeader => generic(0, options);

/** The jumbo payload option (RFC 2675): `length` counts everything behind the IPv6 header. */
export const jumbo = (length: number): ExtensionHeader => hopByHop(concat(u8(0xc2), u8(4), u32(length)));

export const destinationOptions = (options: Uint8Array = Uint8Array.of(1, 2, 0, 0)): ExtensionHeader =>
  generic(60, options);

/** Routing header; type 0 unless given. The last address is where the packet goes in the end. */
export function routing(addresses: readonly string[], segmentsLeft = addresses.length, type = 0): ExtensionHeader {
  const path = addresses.map(ipv6Bytes);
  const header = generic(43, concat(u8(type), u8(segmentsLeft), zeros(4), ...path));
  const last = path.at(-1);
  return last !== undefined && segmentsLeft > 0 ? { ...header, finalDst: last } : header;
}

/** Fragment header; `offset` in bytes, a multiple of 8. */
export const fragment = (
  fields: { readonly id?: number; readonly offset?: number; readonly more?: boolean } = {},
): ExtensionHeader => ({
  protocol: 44,
  bytes: (next) => concat(u8(next), u8(0), u16((fields.offset ?? 0) | (fields.more ? 1 : 0)), u32(fields.id ?? 0)),
});

/** Authentication header with an integrity value of `icvSize` bytes (a multiple of 4). */
export const authentication = (icvSize = 12): ExtensionHeader => ({
  protocol: 51,
  bytes: (next) => concat(u8(next), u8((12 + icvSize) / 4 - 2), zeros(2), u32(0x100), u32(1), zeros(icvSize)),
});

/** Mobility (135), HIP (139), Shim6 (140): same shape, content of no interest. */
export const otherExtension = (protocol: number, content: Uint8Array = zeros(6)): ExtensionHeader =>
  generic(protocol, content);
