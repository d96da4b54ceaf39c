/** The Internet checksum (RFC 1071) and CRC-32C (RFC 9260 appendix A, for SCTP). */

import { concat, u16, u32, u8, zeros } from './bytes.ts';
import type { Packet } from './packet.ts';

/** One's complement of the one's complement sum of 16-bit words; an odd last byte is padded with zero. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  const bytes = concat(...parts);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/**
 * `packet` with the checksum that `packet.kind.checksumAt` asks for, over the pseudo-header of RFC 793 / RFC 8200 §8.1.
 */
export function withPseudoHeaderChecksum(
  packet: Packet,
  src: Uint8Array,
  dst: Uint8Array,
  protocol: number,
): Uint8Array {
  const at = packet.kind.checksumAt;
  // A sender that says where the checksum is left it zero; a number that is there already was asked for by the test.
  if (at === undefined || packet[at] !== 0 || packet[at + 1] !== 0) return packet;
  const bytes = Uint8Array.from(packet);
  const covered = bytes.subarray(0, packet.kind.checksumCoverage ?? bytes.length);
  const length = src.length === 16 ? u32(bytes.length) : u16(bytes.length);
  const padding = src.length === 16 ? zeros(3) : zeros(1);
  // 0 means "no checksum" in UDP, so a sum of 0 is sent as its other form (RFC 768); harmless elsewhere.
  bytes.set(u16(internetChecksum(src, dst, padding, u8(protocol), length, covered) || 0xffff), at);
  return bytes;
}

/** CRC-32C, reflected, as SCTP stores it. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
