/** IPv6 (RFC 8200). */

import { ipv6Bytes } from './address.ts';
import { concat, u16, u32, u8 } from './bytes.ts';
import { withPseudoHeaderChecksum } from './checksum.ts';
import { chain, fragment, type ExtensionHeader } from './extension.ts';
import { layer, Packet } from './packet.ts';

export interface Ipv6Fields {
  readonly src?: string;
  readonly dst?: string;
  readonly hopLimit?: number;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
  readonly headers?: readonly ExtensionHeader[];
  /** Protocol of the payload; default its own. */
  readonly protocol?: number;
  /** Wrong on purpose: the fields as written. */
  readonly version?: number;
  readonly payloadLength?: number;
}

export function ipv6(fields: Ipv6Fields = {}): Packet {
  return layer({ etherType: 0x86dd, protocol: 41, ppp: 0x0057 }, (inner) => {
    const protocol = fields.protocol ?? inner.kind.protocol ?? 59;
    return datagram(fields, chain(fields.headers ?? [], protocol, checksummed(inner, fields, protocol)));
  });
}

/**
 * `packet` cut into fragments of at most `size` bytes (a multiple of 8); `fields.headers` is the unfragmentable part.
 */
export function ipv6Fragments(packet: Packet, fields: Ipv6Fields, id: number, size: number): Packet[] {
  const protocol = fields.protocol ?? packet.kind.protocol ?? 59;
  const whole = checksummed(packet, fields, protocol);
  const pieces: Packet[] = [];
  for (let offset = 0; offset < whole.length; offset += size) {
    const piece = new Packet(whole.slice(offset, offset + size), { protocol });
    const header = fragment({ id, offset, more: offset + size < whole.length });
    pieces.push(piece.over(ipv6({ ...fields, headers: [...(fields.headers ?? []), header] })));
  }
  return pieces;
}

const source = (fields: Ipv6Fields): Uint8Array => ipv6Bytes(fields.src ?? '2001:db8::1');
const destination = (fields: Ipv6Fields): Uint8Array => ipv6Bytes(fields.dst ?? '2001:db8::2');

function checksummed(packet: Packet, fields: Ipv6Fields, protocol: number): Uint8Array {
  const finalDst = fields.headers?.find((header) => header.finalDst !== undefined)?.finalDst;
  return withPseudoHeaderChecksum(packet, source(fields), finalDst ?? destination(fields), protocol);
}

function datagram(fields: Ipv6Fields, content: { readonly next: number; readonly bytes: Uint8Array }): Uint8Array {
  const first = (((fields.version ?? 6) << 28) | ((fields.trafficClass ?? 0) << 20) | (fields.flowLabel ?? 0)) >>> 0;
  return concat(
    u32(first),
    u16(fields.payloadLength ?? content.bytes.length),
    u8(content.next),
    u8(fields.hopLimit ?? 64),
    source(fields),
    destination(fields),
    content.bytes,
  );
}
