/**
 * Captures of many frames of one size, made at once in memory: Ethernet to everybody, IPv4, TCP or UDP. Checksums are
 * 0, so hosts drop them without an answer. The generated captures of bench/workload.ts are the realistic ones.
 */
import { TCP, UDP } from '../src/generate/flow_script.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;
const START_S = 1_700_000_000;

export interface PlainFrame {
  /** IPv4 addresses as numbers. */
  readonly src: number;
  readonly dst: number;
  readonly srcPort: number;
  readonly dstPort: number;
  /** Flags of a TCP segment; without them it is a UDP datagram. */
  readonly tcpFlags?: number;
  /** What a datagram begins with; zeros follow. */
  readonly payload?: Uint8Array;
  /** Time from the first frame on, microseconds. Default 0. */
  readonly us?: number;
}

/**
 * A classic capture, microseconds.
 * @param frameSize of each, bytes, at least 54
 * @param frame called for 0 to count - 1
 */
export function plainCapture(count: number, frameSize: number, frame: (n: number) => PlainFrame): Uint8Array {
  const out = Buffer.alloc(FILE_HEADER + count * (RECORD_HEADER + frameSize));
  out.set([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);
  out.writeUInt32LE(65_535, 16);
  out.writeUInt32LE(1, 20);
  for (let n = 0, at = FILE_HEADER; n < count; n++, at += RECORD_HEADER + frameSize) {
    const { us = 0, ...plain } = frame(n);
    out.writeUInt32LE(START_S + Math.floor(us / 1e6), at);
    out.writeUInt32LE(us % 1e6, at + 4);
    out.writeUInt32LE(frameSize, at + 8);
    out.writeUInt32LE(frameSize, at + 12);
    writeFrame(out.subarray(at + RECORD_HEADER, at + RECORD_HEADER + frameSize), plain);
  }
  return out;
}

function writeFrame(frame: Buffer, { src, dst, srcPort, dstPort, tcpFlags, payload }: PlainFrame): void {
  frame.fill(0xff, 0, 6);
  frame[6] = 2;
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(frame.length - ETHERNET, 16);
  frame[22] = 64;
  frame[23] = tcpFlags === undefined ? UDP : TCP;
  frame.writeUInt32BE(src, 26);
  frame.writeUInt32BE(dst, 30);
  frame.writeUInt16BE(srcPort, 34);
  frame.writeUInt16BE(dstPort, 36);
  if (tcpFlags === undefined) {
    frame.writeUInt16BE(frame.length - ETHERNET - 20, 38);
    if (payload !== undefined) frame.set(payload, 42);
  } else {
    frame[46] = 0x50;
    frame[47] = tcpFlags;
  }
}
