/**
 * IP addresses as text, bytes and numbers. IPv6 text as in RFC 4291 §2.2, except that the dotted quad may stand
 * anywhere; no zones. What is given out is canonical (RFC 5952), but for the masks, which are written in full.
 */
import { ipv4Text, ipv6Text } from '../../flow/address_text.ts';

export type AddressFamily = 4 | 6;

/** Seven groups, seven colons and a dotted quad is the longest there is. */
const IPV6_TEXT_MAX = 45;
const MAPPED_PREFIX = '::ffff:';

/** Four runs of ASCII digits, each 0..255 without leading zeros. Bytes are read as ASCII. */
export function isValidIpv4(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length <= 15 && isValidIpv4(Buffer.from(value).toString('latin1'));
  return typeof value === 'string' && ipv4Bytes(value) !== undefined;
}

/** Eight groups, at most one `::` and one dotted quad. @param options.allowBrackets `[::1]` is valid too */
export function isValidIpv6(value: unknown, options: { readonly allowBrackets?: boolean } = {}): boolean {
  if (typeof value !== 'string') return false;
  const bracketed = options.allowBrackets === true && value.startsWith('[') && value.endsWith(']');
  return ipv6Bytes(bracketed ? value.slice(1, -1) : value) !== undefined;
}

/** A number or its exact decimal text, 1..65535; an array when all its members are. */
export function isValidPort(value: unknown, options: { readonly allowZero?: boolean } = {}): boolean {
  if (Array.isArray(value)) return Array.from(value).every((port: unknown) => isPort(port, options.allowZero === true));
  return isPort(value, options.allowZero === true);
}

/** In 10/8, 172.16/12, 192.168/16 or 127/8. See `addressScope` for all kinds. @throws {RangeError} not an IPv4 address */
export function isPrivateAddress(address: string): boolean {
  const [a = 0, b = 0] = ipv4Bytes(address) ?? refuse(address, 'an IPv4 address');
  return a === 10 || a === 127 || (a === 172 && (b & 0xf0) === 16) || (a === 192 && b === 168);
}

/** @returns undefined when it is not an address */
export function addressFamily(address: string): AddressFamily | undefined {
  const bytes = bytesOf(address);
  return bytes === undefined ? undefined : familyOfBytes(bytes);
}

/** 4 or 16 bytes in network order. @throws {RangeError} */
export function addressToBytes(address: string): Uint8Array {
  return bytesOf(address) ?? refuse(address, 'an IP address');
}

/** @param bytes 4 or 16, in network order. @throws {RangeError} */
export function bytesToAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return ipv4Text(bytes, 0);
  if (bytes.length === 16) return ipv6Text(bytes, 0);
  throw new RangeError(`${bytes.length} bytes are not an address; expected 4 or 16`);
}

/** Dotted quad, or RFC 5952; an IPv4-mapped address stays `::ffff:a.b.c.d`. @throws {RangeError} */
export function canonicalAddress(address: string): string {
  return bytesToAddress(addressToBytes(address));
}

/** The IPv4 address that an IPv4-mapped one stands for; any other in canonical text. @throws {RangeError} */
export function unmapAddress(address: string): string {
  const text = canonicalAddress(address);
  return isMappedText(text) ? text.slice(MAPPED_PREFIX.length) : text;
}

/** Whether a canonical text is an IPv4-mapped address. */
export function isMappedText(canonical: string): boolean {
  return canonical.startsWith(MAPPED_PREFIX) && canonical.includes('.');
}

/** Two spellings of one address; an IPv4 address and its mapped form are the same. @throws {RangeError} */
export function sameAddress(a: string, b: string): boolean {
  return unmapAddress(a) === unmapAddress(b);
}

/** @throws {RangeError} */
export function addressToInt(address: string): bigint {
  return BigInt(`0x${Buffer.from(addressToBytes(address)).toString('hex')}`);
}

/** @throws {RangeError} outside 0..2^32-1, or 0..2^128-1 */
export function intToAddress(value: bigint, family: AddressFamily): string {
  const digits = checkFamily(family) === 4 ? 8 : 32;
  if (typeof value !== 'bigint' || value < 0n || value >> BigInt(4 * digits) !== 0n) {
    throw new RangeError(`${String(value)} is not an IPv${family} address; it must be a bigint below 2^${4 * digits}`);
  }
  return bytesToAddress(Buffer.from(value.toString(16).padStart(digits, '0'), 'hex'));
}

/** 32 or 128 characters `0` and `1`. @throws {RangeError} */
export function addressToBinary(address: string): string {
  return Array.from(addressToBytes(address), (byte) => byte.toString(2).padStart(8, '0')).join('');
}

/** Eight groups of four lower-case digits. @throws {RangeError} not an IPv6 address */
export function expandIpv6(address: string): string {
  return fullGroups(ipv6Bytes(address) ?? refuse(address, 'an IPv6 address'));
}

/** RFC 5952. @throws {RangeError} not an IPv6 address */
export function compressIpv6(address: string): string {
  return ipv6Text(ipv6Bytes(address) ?? refuse(address, 'an IPv6 address'), 0);
}

/** 23 is `255.255.254.0`. @param bits 0..32 @throws {RangeError} */
export function maskIpv4(bits: number): string {
  return ipv4Text(maskBytes(bits, 4), 0);
}

/** In upper case and full groups: 16 is `FFFF:0000:...`. @param bits 0..128 @throws {RangeError} */
export function maskIpv6(bits: number): string {
  return fullGroups(maskBytes(bits, 16)).toUpperCase();
}

/** The prefix length of a mask. @throws {RangeError} a hole in it, or no address */
export function maskedBits(mask: string): number {
  const binary = addressToBinary(mask);
  const bits = binary.indexOf('0');
  if (bits < 0) return binary.length;
  if (binary.includes('1', bits)) throw new RangeError(`${mask} is not a mask: it has a hole`);
  return bits;
}

/** Address and mask, bit by bit. @param mask of the same family, or a prefix length @throws {RangeError} */
export function networkAddress(address: string, mask: string | number): string {
  const bytes = addressToBytes(address);
  const other = typeof mask === 'number' ? maskBytes(mask, bytes.length) : addressToBytes(mask);
  if (bytes.length !== other.length) throw new RangeError(`${address} and ${mask} are of different families`);
  return bytesToAddress(bytes.map((byte, n) => byte & (other[n] ?? 0)));
}

function isPort(value: unknown, allowZero: boolean): boolean {
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  const port = Number(value);
  return Number.isInteger(port) && port >= (allowZero ? 0 : 1) && port <= 65535 && String(port) === String(value);
}

function bytesOf(address: string): Uint8Array | undefined {
  return ipv4Bytes(address) ?? ipv6Bytes(address);
}

function ipv4Bytes(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length > 15) return undefined;
  const runs = text.split('.');
  if (runs.length !== 4 || !runs.every((run) => /^(?:0|[1-9][0-9]{0,2})$/.test(run) && Number(run) <= 255))
    return undefined;
  return Uint8Array.from(runs, Number);
}

function ipv6Bytes(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length > IPV6_TEXT_MAX) return undefined;
  const [before = '', after, more] = text.split('::');
  if (more !== undefined) return undefined;
  const head = bytesOfGroups(before, after !== undefined);
  const tail = bytesOfGroups(after ?? '', true);
  if (head === undefined || tail === undefined || (before.includes('.') && after?.includes('.'))) return undefined;
  const given = head.length + tail.length;
  if (after === undefined ? given !== 16 : given > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of the groups on one side of a `::`. */
function bytesOfGroups(text: string, mayBeEmpty: boolean): number[] | undefined {
  if (text === '' && mayBeEmpty) return [];
  const bytes: number[] = [];
  let quads = 0;
  for (const group of text.split(':')) {
    const quad = group.includes('.') ? ipv4Bytes(group) : undefined;
    if (quad !== undefined) {
      if (++quads > 1) return undefined;
      bytes.push(...quad);
    } else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      return undefined;
    }
  }
  return bytes;
}

function fullGroups(bytes: Uint8Array): string {
  return (Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':');
}

function maskBytes(bits: number, size: number): Uint8Array {
  if (!Number.isInteger(bits) || bits < 0 || bits > 8 * size) {
    throw new RangeError(`${String(bits)} is not a prefix length; it must be a whole number from 0 to ${8 * size}`);
  }
  return Uint8Array.from({ length: size }, (_, n) => 0xff00 >> Math.min(8, Math.max(0, bits - 8 * n)));
}

function familyOfBytes(bytes: Uint8Array): AddressFamily {
  return bytes.length === 4 ? 4 : 6;
}

function checkFamily(family: AddressFamily): AddressFamily {
  if (family !== 4 && family !== 6)
    throw new RangeError(`${String(family)} is not an address family; it must be 4 or 6`);
  return family;
}

function refuse(value: unknown, what: string): never {
  throw new RangeError(`${typeof value === 'string' ? JSON.stringify(value) : String(value)} is not ${what}`);
}
