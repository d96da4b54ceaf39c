/** Values that are written in an expression: numbers with units, addresses, moments. */
import { maskWords, parseIpv4, parseIpv6 } from '../filter/language/address.ts';
import { bytesOfUnit, secondsOfUnit } from '../text/units.ts';
import { WhereError } from './error.ts';
import type { Token } from './lexer.ts';

/** What a number counts; null: it is a plain one. */
export type Quantity = 'bytes' | 'seconds' | 'ns' | 'bits per second' | null;

export interface NumberLiteral {
  readonly value: number;
  readonly quantity: Quantity;
}

interface Unit {
  readonly quantity: Quantity;
  /** The value is multiplied by one of them and divided by the other: both are exact. */
  readonly times: number;
  readonly per?: number;
}

/** Besides those of text/units.ts. Case counts, because `m` is minutes and `M` a million; that of bytes does not. */
const UNITS: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ['ns', { quantity: 'seconds', times: 1, per: 1e9 }],
  ['us', { quantity: 'seconds', times: 1, per: 1e6 }],
  ['µs', { quantity: 'seconds', times: 1, per: 1e6 }],
  ['ms', { quantity: 'seconds', times: 1, per: 1e3 }],
  ['k', { quantity: null, times: 1e3 }],
  ['K', { quantity: null, times: 1e3 }],
  ['M', { quantity: null, times: 1e6 }],
  ['G', { quantity: null, times: 1e9 }],
  ['T', { quantity: null, times: 1e12 }],
  ['bps', { quantity: 'bits per second', times: 1 }],
  ['kbps', { quantity: 'bits per second', times: 1e3 }],
  ['Mbps', { quantity: 'bits per second', times: 1e6 }],
  ['Gbps', { quantity: 'bits per second', times: 1e9 }],
]);

/** @throws {WhereError} for a unit that is not known */
export function numberLiteral({ text, column }: Token): NumberLiteral {
  if (/^0x/i.test(text)) return { value: Number(text), quantity: null };
  const [, digits = '', name = ''] = /^([\d_]+(?:\.\d+)?(?:e[+-]?\d+)?)(.*)$/is.exec(text) ?? [];
  const unit = unitNamed(name);
  if (unit === undefined) {
    const known = 'B, kB, MB, GB, KiB, MiB, GiB, ns, us, ms, s, min, h, d, k, M, G, bps, kbps, Mbps, Gbps';
    throw new WhereError(`unknown unit '${name}'; the units are ${known}`, column + digits.length);
  }
  return { value: (Number(digits.replaceAll('_', '')) * unit.times) / (unit.per ?? 1), quantity: unit.quantity };
}

function unitNamed(name: string): Unit | undefined {
  if (name === '') return { quantity: null, times: 1 };
  const bytes = bytesOfUnit(name);
  if (bytes !== undefined) return { quantity: 'bytes', times: bytes };
  const seconds = secondsOfUnit(name);
  return seconds === undefined ? UNITS.get(name) : { quantity: 'seconds', times: seconds };
}

/** Addresses that begin with the same bits. */
export interface Network {
  readonly version: 4 | 6;
  /** 4 or 16, in network order; those behind the prefix are 0. */
  readonly bytes: Uint8Array;
  readonly mask: Uint8Array;
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. @throws {WhereError} */
export function networkLiteral(text: string, column: number): Network {
  const [address = '', length] = text.split('/');
  const version = address.includes(':') ? 6 : 4;
  const words = version === 4 ? [ipv4Word(address, column)] : ipv6Words(address, column);
  const most = version === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  if (bits > most) {
    throw new WhereError(`the prefix length ${bits} is too large; it is at most ${most}`, column + address.length + 1);
  }
  const masks = maskWords(bits);
  const bytes = bytesOf(words.map((word, n) => (word & (masks[n] ?? 0)) >>> 0));
  if (words.some((word, n) => (word & ~(masks[n] ?? 0)) !== 0)) {
    throw new WhereError(`${text} has bits behind its prefix; is a shorter or a longer prefix meant?`, column);
  }
  return { version, bytes, mask: bytesOf(masks.slice(0, words.length)) };
}

function ipv4Word(text: string, column: number): number {
  const octets = text.split('.');
  if (octets.some((octet) => Number(octet) > 255 || octet !== String(Number(octet)))) {
    throw new WhereError(`'${text}' is not an IPv4 address; each part is a number from 0 to 255`, column);
  }
  return parseIpv4(text, column).address;
}

function ipv6Words(text: string, column: number): readonly number[] {
  const groups = text.split(/::?/).filter((group) => group !== '' && !group.includes('.'));
  const isGood =
    text.split('::').length <= 2 &&
    groups.every((group) => group.length <= 4) &&
    !/^:[^:]|[^:]:$|:::/.test(text) &&
    groups.length + (text.includes('.') ? 2 : 0) <= (text.includes('::') ? 7 : 8);
  try {
    if (isGood) return parseIpv6(text, column);
  } catch {
    // It is refused below.
  }
  throw new WhereError(`'${text}' is not an IPv6 address`, column);
}

function bytesOf(words: readonly number[]): Uint8Array {
  return Uint8Array.from(words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]));
}
