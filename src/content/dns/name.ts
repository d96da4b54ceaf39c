/** Domain names on the wire: RFC 1035 §3.1 and §4.1.4, and NetBIOS names in them (RFC 1001 §14.1). */

import { asciiOf, isPrintableAscii } from '../text.ts';

const WIRE_MAX = 255;
const JUMPS_MAX = 16;

export interface DomainName {
  /** Labels with dots, `.` for the root; bytes that are not printable ASCII as `\DDD`, dot and backslash escaped. */
  readonly text: string;
  /** Offset after the name at the place of the reference. */
  readonly next: number;
}

/** The name at a place in a message; undefined when it breaks a rule. Pointers may only point back. */
export function nameAt(message: Uint8Array, start: number): DomainName | undefined {
  let written = 0;
  let size = 1;
  let at = start;
  let runStart = start;
  let next = -1;
  for (let jumps = 0; ; ) {
    const length = message[at];
    if (length === undefined) return undefined;
    if (length === 0)
      return { text: written === 0 ? '.' : asciiOf(shown.subarray(0, written)), next: next < 0 ? at + 1 : next };
    if (length >= 0xc0) {
      const low = message[at + 1];
      if (low === undefined) return undefined;
      const target = ((length & 0x3f) << 8) | low;
      if (target >= runStart || ++jumps > JUMPS_MAX) return undefined;
      if (next < 0) next = at + 2;
      at = runStart = target;
      continue;
    }
    size += length + 1;
    if (length > 63 || size > WIRE_MAX || at + 1 + length > message.length) return undefined;
    if (written > 0) shown[written++] = DOT;
    written = showLabel(message, at + 1, length, written);
    at += 1 + length;
  }
}

const DOT = 0x2e;
const BACKSLASH = 0x5c;
/** A name as it is shown; a byte takes 4 characters at most. */
const shown = new Uint8Array(4 * WIRE_MAX);

/** Writes a label at a place in `shown`. Returns where it ends. */
function showLabel(message: Uint8Array, start: number, length: number, to: number): number {
  for (let at = start; at < start + length; at++) {
    const byte = message[at] ?? 0;
    if (isPrintableAscii(byte) && byte !== DOT && byte !== BACKSLASH) {
      shown[to++] = byte;
      continue;
    }
    shown[to++] = BACKSLASH;
    if (isPrintableAscii(byte)) shown[to++] = byte;
    else for (const digit of String(byte).padStart(3, '0')) shown[to++] = digit.charCodeAt(0);
  }
  return to;
}

/** A NetBIOS name: 16 bytes, each as two letters A to P; the last byte is the kind of service. */
export interface NetbiosName {
  readonly name: string;
  readonly suffix: number;
}

/** Undefined when the first label is not 32 letters A to P. */
export function netbiosName(text: string): NetbiosName | undefined {
  if (text.length < 32 || (text.length > 32 && text[32] !== '.')) return undefined;
  const bytes: number[] = [];
  for (let n = 0; n < 32; n += 2) {
    const high = text.charCodeAt(n) - 0x41;
    const low = text.charCodeAt(n + 1) - 0x41;
    if (high < 0 || high > 15 || low < 0 || low > 15) return undefined;
    bytes.push((high << 4) | low);
  }
  const label = new Uint8Array(bytes.slice(0, 15));
  let end = 15;
  while (end > 0 && (label[end - 1] === 0x20 || label[end - 1] === 0)) end--;
  return { name: asciiOf(shown.subarray(0, showLabel(label, 0, end, 0))), suffix: bytes[15] ?? 0 };
}
