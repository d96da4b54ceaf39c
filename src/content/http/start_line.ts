/** Request and status lines: RFC 9112 §3 and §4; SIP (RFC 3261) and RTSP (RFC 2326, 7826) have the same shape. */

import { asciiAt, indexOfByte, uintAt } from '../bytes.ts';
import { asciiOf, lineAt, textOf, type Line } from '../text.ts';

export interface RequestLine {
  readonly method: string;
  readonly target: Uint8Array;
  /** Text after the second space, such as `HTTP/1.1`. */
  readonly version: string;
  readonly line: Line;
}

const SPACE = 0x20;
const METHOD_MAX = 16;

/** Undefined unless the line is there whole, with a method of capitals and a version that starts with `protocol`. */
export function requestLine(bytes: Uint8Array, start: number, protocol: string): RequestLine | undefined {
  const methodEnd = indexOfByte(bytes, SPACE, start, start + METHOD_MAX + 1);
  if (methodEnd <= start || !isMethod(bytes, start, methodEnd)) return undefined;
  const line = lineAt(bytes, start);
  if (line?.whole !== true) return undefined;
  // The target may hold spaces from careless clients: the version is what follows the last one.
  let versionAt = line.end;
  while (versionAt > methodEnd && bytes[versionAt - 1] !== SPACE) versionAt--;
  if (versionAt <= methodEnd + 2 || !asciiAt(bytes, versionAt, protocol) || line.end - versionAt > 10) return undefined;
  return {
    method: asciiOf(bytes.subarray(start, methodEnd)),
    target: bytes.subarray(methodEnd + 1, versionAt - 1),
    version: textOf(bytes.subarray(versionAt, line.end)),
    line,
  };
}

function isMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (!((byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f)) return false;
  }
  return true;
}

export interface StatusLine {
  readonly status: number;
  /** Where the fields start; the end of the bytes when the line was not seen whole. */
  readonly next: number;
}

/** `PROTOCOL` is such as `HTTP/1.`: one digit of a version, a space and three digits of a status 100..999 follow. */
export function statusLine(bytes: Uint8Array, start: number, protocol: string): StatusLine | undefined {
  const at = start + protocol.length;
  if (!asciiAt(bytes, start, protocol) || !isDigit(bytes[at]) || bytes[at + 1] !== SPACE) return undefined;
  let status = 0;
  for (let n = 2; n < 5; n++) {
    if (!isDigit(bytes[at + n])) return undefined;
    status = status * 10 + uintAt(bytes, at + n, 1) - 0x30;
  }
  const behind = bytes[at + 5];
  if (status < 100 || behind === undefined || (behind !== SPACE && behind !== 13 && behind !== 10)) return undefined;
  return { status, next: lineAt(bytes, start)?.next ?? bytes.length };
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
