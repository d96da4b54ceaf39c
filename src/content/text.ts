/**
 * Untrusted bytes to text of a record: at most 255 bytes of UTF-8, no control character, no invalid sequence. What is
 * neither printable nor well-formed becomes `\xNN` byte by byte, so no text of a packet can steer a terminal.
 */

/** Most bytes of a text in a record, as UTF-8. */
export const TEXT_MAX = 255;
/** Most bytes of a host name (RFC 1035 §2.3.4 without the lengths of first label and root). */
export const NAME_MAX = 253;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text of UTF-8 bytes, truncated after the last character or escape that fits in `max` bytes. */
export function textOf(bytes: Uint8Array, max: number = TEXT_MAX): string {
  let plain = 0;
  const end = Math.min(bytes.length, max);
  while (plain < end && isPrintableAscii(bytes[plain] ?? 0)) plain++;
  const head = asciiOf(bytes.subarray(0, plain));
  return plain === end ? head : head + mixedText(bytes, plain, max - plain);
}

function mixedText(bytes: Uint8Array, from: number, room: number): string {
  let text = '';
  let used = 0;
  for (let at = from; at < bytes.length; ) {
    const size = sequenceSize(bytes, at);
    const shown = size > 0 && !isHostile(bytes, at, size);
    const count = Math.max(1, size);
    const cost = shown ? size : count * 4;
    if (used + cost > room) break;
    text += shown ? decoder.decode(bytes.subarray(at, at + size)) : escaped(bytes, at, count);
    used += cost;
    at += count;
  }
  return text;
}

/** One character a byte; for bytes that are known to be ASCII. */
export const asciiOf = (bytes: Uint8Array): string => Reflect.apply(String.fromCharCode, null, bytes) as string;

export const isPrintableAscii = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

/** Share of the text that is printable ASCII, tab, CR or LF is all of it. */
export function isPlainText(bytes: Uint8Array, from = 0, to: number = bytes.length): boolean {
  const end = Math.min(to, bytes.length);
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (!isPrintableAscii(byte) && byte !== 9 && byte !== 10 && byte !== 13) return false;
  }
  return true;
}

function escaped(bytes: Uint8Array, at: number, count: number): string {
  let text = '';
  for (let n = 0; n < count; n++) text += `\\x${(bytes[at + n] ?? 0).toString(16).padStart(2, '0')}`;
  return text;
}

/** Bytes of the well-formed UTF-8 sequence at a place, 0 when there is none (table 3-7 of the Unicode Standard). */
function sequenceSize(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + size > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  if (lead === 0xe0 && second < 0xa0) return 0;
  if (lead === 0xed && second > 0x9f) return 0;
  if (lead === 0xf0 && second < 0x90) return 0;
  if (lead === 0xf4 && second > 0x8f) return 0;
  for (let n = 1; n < size; n++) if (((bytes[at + n] ?? 0) & 0xc0) !== 0x80) return 0;
  return size;
}

/** C0 and C1 controls, DEL, line and paragraph separators, bidirectional controls. */
function isHostile(bytes: Uint8Array, at: number, size: number): boolean {
  const [a = 0, b = 0, c = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (size === 1) return !isPrintableAscii(a);
  if (size === 2) return (a === 0xc2 && b < 0xa0) || (a === 0xd8 && b === 0x9c);
  if (size === 4 || a !== 0xe2) return false;
  if (b === 0x80) return c === 0x8e || c === 0x8f || (c >= 0xa8 && c <= 0xae);
  return b === 0x81 && c >= 0xa6 && c <= 0xa9;
}

/** One line: where it starts, where its text ends, where the next one starts. `whole`: its line feed was seen. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
  readonly whole: boolean;
}

/** The line at a place, its LF or CRLF apart; undefined at the end of the bytes. */
export function lineAt(bytes: Uint8Array, start: number): Line | undefined {
  if (start >= bytes.length) return undefined;
  let at = start;
  while (at < bytes.length && bytes[at] !== 10) at++;
  const whole = at < bytes.length;
  const end = at > start && bytes[at - 1] === 13 ? at - 1 : at;
  return { start, end, next: whole ? at + 1 : at, whole };
}

/** The first `max` lines. */
export function linesOf(bytes: Uint8Array, max: number, from = 0): Line[] {
  const lines: Line[] = [];
  for (let at = from; lines.length < max; ) {
    const line = lineAt(bytes, at);
    if (line === undefined) break;
    lines.push(line);
    at = line.next;
  }
  return lines;
}

/** Text of a line that was seen whole, else undefined: half a line would give a value that the whole does not have. */
export function lineText(bytes: Uint8Array, line: Line | undefined, from?: number): string | undefined {
  if (line?.whole !== true) return undefined;
  return textOf(bytes.subarray(Math.min(from ?? line.start, line.end), line.end));
}

/** The first word of a line in capitals, at most 16 letters: letters, digits and hyphens. */
export function wordAt(bytes: Uint8Array, at: number): string {
  let word = '';
  for (let n = at; n < bytes.length && word.length < 16; n++) {
    const byte = bytes[n] ?? 0;
    const upper = byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte;
    if (!((upper >= 0x41 && upper <= 0x5a) || (upper >= 0x30 && upper <= 0x39) || upper === 0x2d)) break;
    word += String.fromCharCode(upper);
  }
  return word;
}
