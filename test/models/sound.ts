/** Whether an IP header is there where nothing announces one: by checksum and length for IPv4, by length for IPv6. */

import type { IpPlace } from './link.ts';
import { NotTracked, OutOfSight, type Window } from './window.ts';

export function isSound(frame: Window, { version, at }: IpPlace): boolean {
  return version === 4 ? isSoundIpv4(frame, at) : isSoundIpv6(frame, at);
}

export function isSoundIpv4(frame: Window, at: number): boolean {
  if (!frame.sees(at, 20) || frame.u8(at) >> 4 !== 4) return false;
  const size = (frame.u8(at) & 15) * 4;
  if (size < 20 || !frame.sees(at, size)) return false;
  const total = frame.u16(at + 2);
  if (total < size || at + total > frame.wireEnd) return false;
  let sum = 0;
  for (let word = 0; word < size; word += 2) sum += frame.u16(at + word);
  // Ones' complement: what runs over is added again.
  return sum % 0xffff === 0;
}

export function isSoundIpv6(frame: Window, at: number): boolean {
  return frame.sees(at, 40) && frame.u8(at) >> 4 === 6 && at + 40 + frame.u16(at + 4) <= frame.wireEnd;
}

/** The first of these that leads to a sound IP header. */
export function firstSound(frame: Window, ...candidates: readonly (() => IpPlace)[]): IpPlace | undefined {
  for (const candidate of candidates) {
    try {
      const place = candidate();
      if (isSound(frame, place)) return place;
    } catch (error) {
      if (!(error instanceof OutOfSight || error instanceof NotTracked)) throw error;
    }
  }
  return undefined;
}

/** The sound IP header at a place, of either version. @throws {NotTracked} */
export function soundIpAt(frame: Window, at: number): IpPlace {
  if (isSoundIpv4(frame, at)) return { version: 4, at };
  if (isSoundIpv6(frame, at)) return { version: 6, at };
  throw new NotTracked('no sound IP header');
}
