/** Addresses in filter expressions: IPv4 whole or cut short, IPv6 (RFC 4291), MAC. */
import { syntaxError } from './error.ts';

/** A number and how many of its leading bits were written. */
export interface PartialAddress {
  readonly address: number;
  /** 8, 16, 24 or 32. */
  readonly bits: number;
}

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** `10.1` is 10.1.0.0 with 16 bits. Octets are decimal. @throws {FilterError} when an octet is not 0..255 */
export function parseIpv4(text: string, column: number): PartialAddress {
  let address = 0;
  let bits = 8;
  let octet = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      address = address * 256 + octet;
      octet = 0;
      bits += 8;
    } else {
      octet = code >= ZERO && code <= NINE ? octet * 10 + code - ZERO : 256;
      if (octet > 255) throw syntaxError(`invalid IPv4 address '${text}'`, column);
    }
  }
  return { address: ((address * 256 + octet) * 2 ** (32 - bits)) >>> 0, bits };
}

/** The four 32-bit words of an address, most significant first. @throws {FilterError} for a bad dotted tail */
export function parseIpv6(text: string, column: number): readonly number[] {
  const [head = '', tail] = text.split('::');
  const front = groupsOf(head, column);
  const back = tail === undefined ? [] : groupsOf(tail, column);
  const missing = 8 - front.length - back.length;
  if (missing < 0 || (tail === undefined && missing !== 0)) throw syntaxError(`bogus IPv6 address ${text}`, column);
  const groups = [...front, ...new Array<number>(missing).fill(0), ...back];
  return [0, 2, 4, 6].map((index) => (groups[index] ?? 0) * 0x10000 + (groups[index + 1] ?? 0));
}

function groupsOf(half: string, column: number): number[] {
  if (half === '') return [];
  const groups: number[] = [];
  for (const group of half.split(':')) {
    if (group.includes('.')) {
      if (/(^|\.)0\d/.test(group)) throw syntaxError(`bogus IPv6 address tail ${group}`, column);
      const { address } = parseIpv4(group, column);
      groups.push(address >>> 16, address & 0xffff);
    } else {
      groups.push(Number.parseInt(group, 16));
    }
  }
  return groups;
}

/** The mask of a prefix length, as words like those of an address. */
export function maskWords(prefixLength: number): readonly number[] {
  return [0, 32, 64, 96].map((start) => mask32(Math.min(32, Math.max(0, prefixLength - start))));
}

/** `length` one bits, then zeros. 0..32. */
export function mask32(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

/** The six bytes of a MAC address with or without separators. */
export function parseMac(text: string): readonly number[] {
  const parts = text.split(/[:.-]/);
  const digits = parts.length === 6 ? parts.map((part) => part.padStart(2, '0')).join('') : parts.join('');
  return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
