/** IPv4 (RFC 791). */

import { ipv4Bytes } from './address.ts';
import { concat, padded, u16, u8 } from './bytes.ts';
import { internetChecksum, withPseudoHeaderChecksum } from './checksum.ts';
import { chain, type ExtensionHeader } from './extension.ts';
import { layer, Packet } from './packet.ts';

export interface Ipv4Fields {
  readonly src?: string;
  readonly dst?: string;
  readonly ttl?: number;
  readonly id?: number;
  readonly tos?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** Fragment offset in bytes, a multiple of 8. */
  readonly offset?: number;
  /** Option bytes, padded to a multiple of 4. */
  readonly options?: Uint8Array;
  /** Headers between this one and the transport (AH). */
  readonly headers?: readonly ExtensionHeader[];
  /** Default: that of the payload. */
  readonly protocol?: number;
  /** Wrong on purpose: the fields as written. */
  readonly version?: number;
  readonly headerWords?: number;
  readonly totalLength?: number;
}

export function ipv4(fields: Ipv4Fields = {}): Packet {
  return layer({ etherType: 0x0800, protocol: 4, ppp: 0x0021 }, (inner) => {
    const protocol = fields.protocol ?? inner.kind.protocol ?? 0;
    const payload = withPseudoHeaderChecksum(inner, source(fields), destination(fields), protocol);
    return datagram(fields, chain(fields.headers ?? [], protocol, payload));
  });
}

/** `packet` cut into fragments of at most `size` payload bytes (a multiple of 8); its checksum covers the whole. */
export function ipv4Fragments(packet: Packet, fields: Ipv4Fields, size: number): Packet[] {
  const protocol = fields.protocol ?? packet.kind.protocol ?? 0;
  const whole = withPseudoHeaderChecksum(packet, source(fields), destination(fields), protocol);
  const pieces: Packet[] = [];
  for (let offset = 0; offset < whole.length; offset += size) {
    const piece = new Packet(whole.slice(offset, offset + size), { protocol });
    pieces.push(piece.over(ipv4({ ...fields, offset, moreFragments: offset + size < whole.length })));
  }
  return pieces;
}

const source = (fields: Ipv4Fields): Uint8Array => ipv4Bytes(fields.src ?? '192.0.2.1');
const destination = (fields: Ipv4Fields): Uint8Array => ipv4Bytes(fields.dst ?? '192.0.2.2');

function datagram(fields: Ipv4Fields, content: { readonly next: number; readonly bytes: Uint8Array }): Uint8Array {
  const options = padded(fields.options ?? new Uint8Array(0), 4);
  const words = fields.headerWords ?? 5 + options.length / 4;
  const flags = (fields.dontFragment ? 0x4000 : 0) | (fields.moreFragments ? 0x2000 : 0) | ((fields.offset ?? 0) >>> 3);
  const header = concat(
    u8(((fields.version ?? 4) << 4) | words),
    u8(fields.tos ?? 0),
    u16(fields.totalLength ?? 20 + options.length + content.bytes.length),
    u16(fields.id ?? 0),
    u16(flags),
    u8(fields.ttl ?? 64),
    u8(content.next),
    u16(0),
    source(fields),
    destination(fields),
    options,
  );
  header.set(u16(internetChecksum(header)), 10);
  return concat(header, content.bytes);
}
