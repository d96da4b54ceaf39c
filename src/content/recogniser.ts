/** An entry of the lists of recognisers, and the kinds of bytes that their starts are made of. */

import type { ByteSpec, Start } from './starts.ts';
import { isPrintableAscii } from './text.ts';
import type { Recognise } from './conversation.ts';

export interface Recogniser {
  /** Protocols that it can answer with. */
  readonly apps: readonly string[];
  readonly rank: 1 | 2 | 3;
  /** Ports that settle a tie. */
  readonly ports: readonly number[];
  /** What the first bytes of a side may be, client or server; it is asked only if one of them fits. */
  readonly starts: readonly Start[];
  readonly recognise: Recognise;
}

export const entry = (
  apps: string,
  rank: 1 | 2 | 3,
  ports: readonly number[],
  recognise: Recognise,
  ...starts: readonly (Start | readonly ByteSpec[])[]
): Recogniser => ({
  apps: apps.split(' '),
  rank,
  ports,
  recognise,
  starts: starts.map((start) => ('bytes' in start ? start : { bytes: start })),
});

export const oneOf = (values: string | readonly number[]): ByteSpec => ({
  oneOf: typeof values === 'string' ? Array.from(values, (letter) => letter.charCodeAt(0)) : values,
});
export const below = (limit: number): ByteSpec => [0, limit - 1];
export const isEven = (byte: number): boolean => byte % 2 === 0;
export const isPlain = (byte: number): boolean => isPrintableAscii(byte) || byte === 9 || byte === 10 || byte === 13;

const CAPITAL: ByteSpec = [0x41, 0x5a];
/** In a method: capitals, hyphen, underscore and the space behind it. */
const METHOD = (byte: number): boolean =>
  (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f || byte === 0x20;
export const LETTER: ByteSpec = [0x41, 0x7a];
export const DIGIT: ByteSpec = [0x30, 0x39];
export const SMALL: ByteSpec = below(65);
export const DNS_FLAGS: readonly ByteSpec[] = [(byte) => ((byte >> 3) & 15) <= 6, (byte) => (byte & 0x40) === 0];
export const DNS_COUNTS: readonly ByteSpec[] = [0, below(33), 0, SMALL, 0, SMALL, 0, SMALL];
export const STUN: readonly ByteSpec[] = [below(64), null, below(6), (byte) => byte % 4 === 0, 0x21, 0x12, 0xa4, 0x42];
export const KERBEROS: ByteSpec = oneOf([0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x74, 0x75, 0x76, 0x7e]);
export const DER_LENGTH: ByteSpec = below(0x85);
export const DNP3: readonly ByteSpec[] = [0x05, 0x64, [5, 255]];
export const LONG_HEADER: ByteSpec = [0x80, 0xff];
export const RESERVED_VERSION: ByteSpec = (byte) => (byte & 15) === 10;
/** `NICK`, `USER`, `PASS` or `CAP `, and what is mixed of them. */
export const IRC: readonly ByteSpec[] = ['NUPC', 'ISA', 'CESP', 'KRS '].map((letters) =>
  oneOf(letters + letters.toLowerCase()),
);
/** Most commands of memcached, and what is mixed of them. */
export const MEMCACHED: readonly ByteSpec[] = ['gsadivcptrf', 'etdnaoprl', 'tdlcarspu', ' sertuepchla'].map(oneOf);
export const ANY_EIGHT: readonly ByteSpec[] = Array.from({ length: 8 }, () => null);
export const OPENVPN: ByteSpec = oneOf([0x38, 0x40, 0x50]);
/** Command, then a status of zero behind length and session. */
export const ENCAPSULATION: readonly ByteSpec[] = [[1, 0x70], 0, null, null, null, null, null, null, 0, 0, 0, 0];
/** Three letters at least, and the slash of `SIP/2.0`. */
const METHOD_OR_SLASH = (byte: number): boolean => METHOD(byte) || byte === 0x2f;
export const START_LINE: readonly ByteSpec[] = [CAPITAL, METHOD, METHOD, METHOD_OR_SLASH];
/** Starts of an element of DER with this tag and content, by the size of its length. */
export const derStarts = (tag: number, content: readonly ByteSpec[]): (readonly ByteSpec[])[] =>
  [[below(0x80)], [0x81, null], [0x82, null, null], [0x83, null, null, null], [0x84, null, null, null, null]].map(
    (length) => [tag, ...length, ...content],
  );
export const RADIUS: readonly ByteSpec[] = [
  oneOf([1, 2, 3, 4, 5, 11, 12, 13, 40, 41, 42, 43, 44, 45]),
  null,
  below(17),
];
/** Of IPv6: extension headers, TCP, UDP, ICMPv6, nothing. */
export const NEXT_HEADER: ByteSpec = oneOf([0, 6, 17, 43, 44, 50, 51, 58, 59, 60]);
