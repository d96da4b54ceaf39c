/** Header fields of HTTP/1 and its relatives (RFC 9112 §5): SSDP, SIP and RTSP have the same shape. */

import { asciiOf, lineAt, textOf } from '../text.ts';

const FIELDS_MAX = 128;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

export interface Headers {
  /** Value of the first field of a name in lower case. */
  get(name: string): string | undefined;
  /** How often a name came. */
  count(name: string): number;
  /** Place after the empty line; undefined if it was not seen. */
  readonly end: number | undefined;
  /** A line had no colon. */
  readonly malformed: boolean;
}

/** The fields from a place on; a last line without its end is left out. */
export function parseHeaders(bytes: Uint8Array, start: number): Headers {
  const values = new Map<string, string>();
  const counts = new Map<string, number>();
  let end: number | undefined;
  let malformed = false;
  let name: string | undefined;
  let line = lineAt(bytes, start);
  for (let n = 0; n < FIELDS_MAX && line?.whole === true; n++) {
    if (line.end === line.start) {
      end = line.next;
      break;
    }
    if (isBlank(bytes[line.start])) {
      const earlier = name === undefined ? undefined : values.get(name);
      // A folded line continues the value of the line before (obs-fold).
      if (name !== undefined && counts.get(name) === 1)
        values.set(name, joined(earlier ?? '', trimmed(bytes, line.start, line.end)));
    } else {
      const colon = colonIn(bytes, line.start, line.end);
      if (colon < 0) malformed = true;
      name =
        colon < 0
          ? undefined
          : asciiOf(bytes.subarray(line.start, Math.min(colon, line.start + 64)))
              .trim()
              .toLowerCase();
      if (name !== undefined) {
        const seen = counts.get(name) ?? 0;
        counts.set(name, seen + 1);
        if (seen === 0) values.set(name, trimmed(bytes, colon + 1, line.end));
      }
    }
    line = lineAt(bytes, line.next);
  }
  // The last complete line may continue in an incomplete one.
  const mayGoOn = end === undefined && (line === undefined || isBlank(bytes[line.start]));
  if (mayGoOn && name !== undefined && counts.get(name) === 1) values.delete(name);
  return { get: (key) => values.get(key), count: (key) => counts.get(key) ?? 0, end, malformed };
}

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB;

const joined = (earlier: string, more: string): string => `${earlier} ${more}`.slice(0, 255);

function colonIn(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === COLON) return at;
  return -1;
}

function trimmed(bytes: Uint8Array, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(bytes[from])) from++;
  while (to > from && isBlank(bytes[to - 1])) to--;
  return textOf(bytes.subarray(from, to));
}
