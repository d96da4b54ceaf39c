/** Networks as text: an address, a slash, and how many of its leading bits count (RFC 4632, RFC 4291 §2.3). */

export interface Prefix {
  readonly version: 4 | 6;
  /** 4 or 16 bytes in network order; those bits that do not count are 0. */
  readonly address: Uint8Array;
  readonly length: number;
}

/** `10.0.0.0/8`, `2001:db8::/32`; an address alone is a network of its own. Undefined: it is none. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', bits, more] = text.split('/');
  const bytes = parseIpv4(address) ?? parseIpv6(address);
  const width = bytes === undefined ? 0 : bytes.length * 8;
  const length = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  if (bytes === undefined || more !== undefined || length > width) return undefined;
  const mask = maskBytes(length, bytes.length);
  return { version: bytes.length === 4 ? 4 : 6, address: bytes.map((byte, n) => byte & (mask[n] as number)), length };
}

/** `length` one bits, then zeros. */
export function maskBytes(length: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, n) => 0xff & (0xff00 >> Math.min(8, Math.max(0, length - 8 * n))));
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const isSound = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isSound ? Uint8Array.from(parts, Number) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const groups =
    tail === undefined ? head : [...head, ...Array(Math.max(1, 8 - head.length - tail.length)).fill(0), ...tail];
  return groups.length === 8 ? Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])) : undefined;
}

/** Numbers of 16 bits; the last two may be an IPv4 address. Undefined: one of them is none. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const part of text.split(':')) {
    const quad = part.includes('.') ? parseIpv4(part) : undefined;
    if (quad !== undefined) {
      const [a, b, c, d] = quad as unknown as [number, number, number, number];
      groups.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}
