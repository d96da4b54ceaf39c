/** Addresses as keys of a map: IPv4 as a number, IPv6 as text. */

import { ipv6Text } from '../../flow/address_text.ts';

export type AddressKey = number | string;

/** @param at place of 4 or 16 bytes in network order */
export function addressKey(bytes: Uint8Array, at: number, version: number): AddressKey {
  if (version !== 4) return ipv6Text(bytes, at);
  const low = ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return (bytes[at] ?? 0) * 2 ** 24 + low;
}

/** RFC 1918, 3927, 4193 and 4291 §2.5.6: addresses of a link or of a private network. */
export function isLocalAddress(key: AddressKey): boolean {
  if (typeof key === 'string') return /^f(?:[cd]..|e[89ab].):/.test(key);
  const high = Math.floor(key / 2 ** 16);
  return high >> 8 === 10 || high >> 4 === 0xac1 || high === 0xc0a8 || high === 0xa9fe;
}
