/** Addresses from text, for builders: no zone ids, and anything odd throws. */

import { concat, u16 } from './bytes.ts';

/** "192.0.2.1" -> 4 bytes. @throws {RangeError} */
export function ipv4Bytes(text: string): Uint8Array {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    throw new RangeError(`not an IPv4 address: ${text}`);
  return Uint8Array.from(parts, Number);
}

/** "2001:db8::1" or "::ffff:192.0.2.1" -> 16 bytes. @throws {RangeError} */
export function ipv6Bytes(text: string): Uint8Array {
  const halves = text.split('::');
  const [left = new Uint8Array(0), right] = halves.map(groupBytes);
  const room = 16 - left.length - (right?.length ?? 0);
  if (halves.length > 2 || (right === undefined ? room !== 0 : room < 2))
    throw new RangeError(`not an IPv6 address: ${text}`);
  return concat(left, new Uint8Array(room), right ?? new Uint8Array(0));
}

function groupBytes(groups: string): Uint8Array {
  if (groups === '') return new Uint8Array(0);
  return concat(
    ...groups.split(':').map((group) => {
      if (group.includes('.')) return ipv4Bytes(group);
      if (!/^[0-9a-f]{1,4}$/i.test(group)) throw new RangeError(`not an IPv6 group: ${group}`);
      return u16(parseInt(group, 16));
    }),
  );
}

/** "02:00:00:00:00:01" -> 6 bytes. @throws {RangeError} */
export function macBytes(text: string): Uint8Array {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) throw new RangeError(`not a MAC address: ${text}`);
  return Uint8Array.from(text.split(':'), (pair) => parseInt(pair, 16));
}
