/**
 * Addresses as the kernel's socket tables print them: 32-bit words in the host's byte order, as hexadecimal digits, one
 * word for IPv4 and four in network order for IPv6. On a little-endian host `0100007F` is 127.0.0.1.
 */
import { endianness as hostEndianness } from 'node:os';

import { ipv4Text, ipv6Text } from '../../flow/address_text.ts';
import { addressToBytes, bytesToAddress } from './address.ts';

export type Endianness = 'BE' | 'LE';

const HEX = /^(?:[0-9a-f]{8}|[0-9a-f]{32})$/i;

/** 8 or 32 digits of a socket table to an address. @throws {RangeError} */
export function hexToIp(hex: string, options: { readonly endianness?: Endianness } = {}): string {
  const { endianness = hostEndianness() } = options;
  return hexAddress(hex, endianness) ?? refuse(hex);
}

/** The inverse of `hexToIp`, in upper case as the kernel prints it. @throws {RangeError} */
export function ipToHex(address: string, options: { readonly endianness?: Endianness } = {}): string {
  const { endianness = hostEndianness() } = options;
  const bytes = addressToBytes(address);
  return Buffer.from(endianness === 'LE' ? swapWords(bytes) : bytes)
    .toString('hex')
    .toUpperCase();
}

/** Digits in network order: `7F000001` is 127.0.0.1 on every host. @throws {RangeError} */
export function hexToIpNetworkOrder(hex: string): string {
  return hexToIp(hex, { endianness: 'BE' });
}

/** The inverse of `hexToIpNetworkOrder`. @throws {RangeError} */
export function ipToHexNetworkOrder(address: string): string {
  return ipToHex(address, { endianness: 'BE' });
}

/** The name below `in-addr.arpa` or `ip6.arpa`: `4.3.2.1`, or 32 nibbles. @throws {RangeError} */
export function reverseIp(address: string): string {
  const bytes = addressToBytes(address);
  if (bytes.length === 4) return bytesToAddress(bytes.reverse());
  return [...Buffer.from(bytes).toString('hex')].reverse().join('.');
}

/** @returns undefined when it is not 8 or 32 hexadecimal digits */
export function hexAddress(hex: string, endianness: Endianness): string | undefined {
  if (typeof hex !== 'string' || !HEX.test(hex)) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += 4) {
    view.setUint32(at, Number.parseInt(hex.slice(2 * at, 2 * at + 8), 16), endianness === 'LE');
  }
  return bytes.length === 4 ? ipv4Text(bytes, 0) : ipv6Text(bytes, 0);
}

function swapWords(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, n) => bytes[n ^ 3] ?? 0);
}

function refuse(hex: unknown): never {
  throw new RangeError(
    `${JSON.stringify(hex)} is not an address of a socket table; it must be 8 or 32 hexadecimal digits`,
  );
}
