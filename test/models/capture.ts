/**
 * Reads a whole capture file at once: classic pcap and pcapng (draft-ietf-opsawg-pcapng). The slow, plain reader that
 * the engine is compared with; gives the records up to the first fault, and the fault.
 */

import { classicRecords } from './classic.ts';
import { pcapngRecords } from './pcapng.ts';

/** One captured frame. */
export interface CapturedFrame {
  /** Nanoseconds since the epoch, 0..2^64-1. */
  readonly timestampNs: bigint;
  /**
   * The record has no time that can be represented. `next`: `timestampNs` is that of the next record of the file that
   * has one, or 0; `last`: it is the latest time before it; for a tracker
   * that has not believed the record before it, that one's.
   */
  readonly untimed?: 'next' | 'last';
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** The captured bytes that may be looked at. */
  readonly bytes: Uint8Array;
  /** Frame length on the wire, as the record says. */
  readonly wireLen: number;
}

export type CaptureFaultCode = 'notACapture' | 'unsupportedVersion' | 'unsupportedLinkType' | 'corrupt' | 'cut';

/** Why reading stopped. `offset` is that of the header at fault, in bytes from the start of the file. */
export interface CaptureFault {
  readonly code: CaptureFaultCode;
  readonly offset: number;
  readonly message: string;
}

export interface Capture {
  readonly records: readonly CapturedFrame[];
  readonly error: CaptureFault | undefined;
}

/** Thrown inside the readers, caught by `readCapture`. */
export class FaultyCapture extends Error {
  readonly fault: CaptureFault;
  constructor(code: CaptureFaultCode, offset: number, message: string) {
    super(message);
    this.fault = { code, offset, message };
  }
}

/** Another capture begins here, in a file of its own kind; it is read as well. */
export class JoinedCapture extends FaultyCapture {
  constructor(offset: number) {
    super('corrupt', offset, 'another capture begins');
  }
}

/** No record is larger, whatever its header says (libpcap's MAXIMUM_SNAPLEN). Bytes. */
export const CAP_LEN_MAX = 262_144;

/** Link types that can be decoded. */
export const LINK_TYPES: ReadonlySet<number> = new Set([
  7, 8, 10, 102, 107, 117, 129, 178, 226, 239, 242, 258, 281, 282, 284, 285, 0, 1, 9, 12, 14, 50, 51, 101, 104, 105,
  108, 113, 127, 192, 204, 228, 229, 276,
]);

export function readCapture(file: Uint8Array): Capture {
  const records: CapturedFrame[] = [];
  try {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    if (file.length < 4)
      throw new FaultyCapture(file.length === 0 ? 'notACapture' : 'cut', 0, 'no room for a magic number');
    const frames = view.getUint32(0) === 0x0a0d0d0a ? pcapngRecords(view) : classicRecords(view);
    for (const record of frames) records.push(record);
    return { records, error: undefined };
  } catch (error) {
    if (!(error instanceof FaultyCapture)) throw error;
    if (error instanceof JoinedCapture) records.push(...readCapture(file.subarray(error.fault.offset)).records);
    return { records, error: error.fault };
  }
}
