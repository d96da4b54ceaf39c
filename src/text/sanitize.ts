/**
 * Makes untrusted text safe for a terminal or a CSV file. Data keeps the raw text; only displayed text is sanitized.
 */
import { ELLIPSIS, PRINTABLE_ASCII } from './ascii.ts';
import { widthOf } from './width.ts';

/** C0 and C1 controls and DEL, line and paragraph separators, bidirectional controls, lone surrogates. */
const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;
const NUMBER = /^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * Text that cannot move the cursor, change colours, break the line or turn the reading direction: what could is
 * written as `\xNN` or `\u{...}`. @param text bytes are UTF-8; what is not is escaped byte by byte
 * @param options.maxWidth columns of a terminal, 1 or more: longer text is cut and ends with `…`
 */
export function sanitizeText(text: string | Uint8Array, options: { readonly maxWidth?: number } = {}): string {
  const decoded = typeof text === 'string' ? escapeHostile(text) : decodeUtf8(text);
  return options.maxWidth === undefined ? decoded : cutToWidth(decoded, options.maxWidth);
}

/**
 * A cell of RFC 4180. Text that a spreadsheet would read as a formula gets a leading `'`.
 * @param options.raw leave that out. `undefined` and `null` are an empty cell
 */
export function csvCell(
  value: string | number | bigint | boolean | null | undefined,
  options: { readonly raw?: boolean } = {},
): string {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value);
  const formula = options.raw !== true && /^[=+\-@\t\r]/.test(value) && !NUMBER.test(value);
  const text = formula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The same without a width: what could move the cursor or turn the reading direction is written as an escape. */
export function escapeHostile(text: string): string {
  return text.replace(HOSTILE, (character) => escapeCode(character.codePointAt(0) ?? 0));
}

function escapeCode(code: number): string {
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return escapeHostile(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return decodeBroken(bytes);
  }
}

/** Takes whole sequences as they come; a byte that begins none is escaped. */
function decodeBroken(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const size = sequenceSize(bytes, at);
    text += size === 0 ? escapeCode(bytes[at] ?? 0) : escapeHostile(decoder.decode(bytes.subarray(at, at + size)));
    at += Math.max(1, size);
  }
  return text;
}

/** Bytes of the well-formed UTF-8 sequence at a place, 0 when there is none: table 3-7 of the Unicode Standard. */
function sequenceSize(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // The second byte keeps out overlong forms, surrogates and what is beyond U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let n = 2; n < size; n++) if (((bytes[at + n] ?? 0) & 0xc0) !== 0x80) return 0;
  return size;
}

function cutToWidth(text: string, maxWidth: number): string {
  if (!(maxWidth >= 1)) throw new RangeError(`maxWidth is ${String(maxWidth)}; it must be 1 or more`);
  if (PRINTABLE_ASCII.test(text)) return text.length <= maxWidth ? text : text.slice(0, maxWidth - 1) + ELLIPSIS;
  let kept = '';
  let width = 0;
  let cut = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    width += widthOf(segment);
    if (width > maxWidth) return cut + ELLIPSIS;
    kept += segment;
    if (width < maxWidth) cut = kept;
  }
  return kept;
}
