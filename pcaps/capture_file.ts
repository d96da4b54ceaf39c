/** One file of this folder before it is written. */

import { pcap, type CaptureRecord, type PcapFields } from '../test/builders/index.ts';

export interface CaptureFile {
  /** With its extension. */
  readonly name: string;
  /** What it holds, for the README. */
  readonly holds: string;
  /** What it would catch, for the README. */
  readonly keptFor: string;
  readonly bytes: Uint8Array;
  /** Also has flows by the innermost headers. */
  readonly tunnel?: boolean;
}

/** A classic capture, Ethernet and microseconds unless said otherwise. */
export function classic(
  name: string,
  holds: string,
  keptFor: string,
  records: readonly CaptureRecord[],
  fields: PcapFields = {},
): CaptureFile {
  return { name: `${name}.pcap`, holds, keptFor, bytes: pcap(records, fields) };
}
