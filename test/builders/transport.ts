/**
 * Transports with ports: TCP (RFC 9293), UDP (RFC 768), UDP-Lite (RFC 3828), SCTP (RFC 9260), DCCP (RFC 4340); and any
 * other protocol.
 */

import { concat, padded, payloadBytes, swapped, u16, u32, u8, zeros, type Payload } from './bytes.ts';
import { crc32c } from './checksum.ts';
import { layer, Packet } from './packet.ts';

export const FIN = 0x001;
export const SYN = 0x002;
export const RST = 0x004;
export const PSH = 0x008;
export const ACK = 0x010;
export const URG = 0x020;
export const ECE = 0x040;
export const CWR = 0x080;
export const AE = 0x100;

export interface Ports {
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly payload?: Payload;
  /** As written; default the right one. Not 0, which asks for the right one. */
  readonly checksum?: number;
}

export interface TcpFields extends Ports {
  /** 12 bits. */
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly win?: number;
  readonly urgent?: number;
  /** Option bytes, padded to a multiple of 4. */
  readonly options?: Uint8Array;
  /** Wrong on purpose: header length in 4-byte words as written. */
  readonly dataOffset?: number;
}

const ports = (fields: Ports): Uint8Array => concat(u16(fields.srcPort ?? 1024), u16(fields.dstPort ?? 80));

export function tcp(fields: TcpFields = {}): Packet {
  const options = padded(fields.options ?? zeros(0), 4);
  const words = fields.dataOffset ?? 5 + options.length / 4;
  const header = concat(
    ports(fields),
    u32(fields.seq ?? 0),
    u32(fields.ack ?? 0),
    u16((words << 12) | (fields.flags ?? 0)),
    u16(fields.win ?? 65535),
    u16(fields.checksum ?? 0),
    u16(fields.urgent ?? 0),
    options,
  );
  return layer({ protocol: 6, checksumAt: 16 }, (inner) => concat(header, inner), payloadBytes(fields.payload ?? 0));
}

/** `length`: wrong on purpose, the field as written. */
export function udp(fields: Ports & { readonly length?: number } = {}): Packet {
  return layer(
    { protocol: 17, checksumAt: 6 },
    (inner) => concat(ports(fields), u16(fields.length ?? 8 + inner.length), u16(fields.checksum ?? 0), inner),
    payloadBytes(fields.payload ?? 0),
  );
}

/** `coverage`: bytes under the checksum, 0 (all) or at least 8. */
export function udpLite(fields: Ports & { readonly coverage?: number } = {}): Packet {
  const coverage = fields.coverage ?? 0;
  const kind = { protocol: 136, checksumAt: 6, ...(coverage === 0 ? {} : { checksumCoverage: coverage }) };
  return layer(
    kind,
    (inner) => concat(ports(fields), u16(coverage), u16(fields.checksum ?? 0), inner),
    payloadBytes(fields.payload ?? 0),
  );
}

/** The common header; the payload is the chunks (`sctpData`). */
export function sctp(fields: Ports & { readonly tag?: number } = {}): Packet {
  return layer(
    { protocol: 132 },
    (inner) => {
      const packet = concat(ports(fields), u32(fields.tag ?? 1), zeros(4), inner);
      packet.set(swapped(u32(crc32c(packet))), 8);
      return packet;
    },
    payloadBytes(fields.payload ?? 0),
  );
}

/** A DATA chunk, unfragmented. */
export function sctpData(fields: {
  readonly tsn?: number;
  readonly stream?: number;
  readonly payload?: Payload;
}): Uint8Array {
  const data = payloadBytes(fields.payload ?? 0);
  return padded(
    concat(u8(0), u8(3), u16(16 + data.length), u32(fields.tsn ?? 1), u16(fields.stream ?? 0), u16(0), u32(0), data),
    4,
  );
}

/** `type` 0 Request .. 9 SyncAck, with 48-bit sequence numbers (X = 1). */
export function dccp(
  fields: Ports & { readonly type?: number; readonly seq?: number; readonly dataOffset?: number } = {},
): Packet {
  const type = fields.type ?? 2;
  // Types that carry an acknowledgement number have 8 more bytes; Request and Response a service code.
  const more = concat(type === 0 || type === 2 ? zeros(0) : zeros(8), type <= 1 ? u32(0) : zeros(0));
  const words = fields.dataOffset ?? (16 + more.length) / 4;
  const header = concat(
    ports(fields),
    u8(words),
    u8(0),
    u16(fields.checksum ?? 0),
    u8((type << 1) | 1),
    u8(0),
    u16(0),
    u32(fields.seq ?? 1),
    more,
  );
  return layer({ protocol: 33, checksumAt: 6 }, (inner) => concat(header, inner), payloadBytes(fields.payload ?? 0));
}

/** Any protocol by number, header and all as payload (ESP 50, OSPF 89, ...). */
export const protocol = (number: number, payload: Payload = 0): Packet =>
  new Packet(payloadBytes(payload), { protocol: number });
