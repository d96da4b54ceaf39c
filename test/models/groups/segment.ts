/** The fixed TCP header and its options (RFC 9293 §3.1), as far as they were captured. */

import type { DecodedPacket } from '../decode.ts';

export const FIN = 0x001;
export const SYN = 0x002;
export const RST = 0x004;
export const PSH = 0x008;
export const ACK = 0x010;
export const URG = 0x020;
export const ECE = 0x040;
export const CWR = 0x080;
export const AE = 0x100;

export interface Options {
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted: boolean;
  readonly sack: boolean;
  readonly timestamp?: number;
}

export interface Segment {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** The field as sent, not scaled. */
  readonly window: number;
  readonly payload: number;
  readonly headerBytes: number;
  readonly options: Options;
  /** All of the header was captured, options included. */
  readonly whole: boolean;
  readonly isFragment: boolean;
}

/** Undefined when it is not TCP, a later fragment, or when its fixed header is cut. */
export function segmentOf(packet: DecodedPacket): Segment | undefined {
  const { window, at, fragment } = packet;
  const isReadable = packet.tcpFlags !== undefined && !packet.partial && packet.badOffset !== true;
  if (!isReadable || fragment?.first === false) return undefined;
  const headerBytes = (window.u8(at + 12) >> 4) * 4;
  return {
    seq: window.uint(at + 4, 4),
    ack: window.uint(at + 8, 4),
    flags: packet.tcpFlags,
    window: window.u16(at + 14),
    payload: packet.payloadBytes,
    headerBytes,
    options: optionsOf(packet, headerBytes),
    whole: window.sees(at, headerBytes),
    isFragment: fragment !== undefined,
  };
}

/** Stops at an option whose length cannot be, or that is cut; what came before it counts. */
function optionsOf({ window, at }: DecodedPacket, headerBytes: number): Options {
  const found: { -readonly [name in keyof Options]: Options[name] } = { sackPermitted: false, sack: false };
  const end = at + headerBytes;
  for (let option = at + 20; option < end && window.sees(option, 1); ) {
    const kind = window.u8(option);
    if (kind === 0) break;
    if (kind === 1) {
      option++;
      continue;
    }
    if (!window.sees(option, 2) || option + 2 > end) break;
    const length = window.u8(option + 1);
    if (length < 2 || option + length > end || !window.sees(option, length)) break;
    if (kind === 2 && length === 4) found.mss ??= window.u16(option + 2);
    if (kind === 3 && length === 3) found.windowScale ??= window.u8(option + 2);
    if (kind === 4 && length === 2) found.sackPermitted = true;
    if (kind === 5) found.sack = true;
    if (kind === 8 && length === 10) found.timestamp ??= window.uint(option + 2, 4);
    option += length;
  }
  return found;
}

/** a - b modulo 2^32, as a signed number: positive when a is later. */
export const sequenceDistance = (a: number, b: number): number => (a - b) | 0;
