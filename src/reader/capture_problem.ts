/** Errors for what the engine found wrong with a capture: the place, the value, the bound, the remedy. */
import {
  CAPTURED_LENGTH_MAX,
  STATUS_BAD_OPTION,
  STATUS_BAD_VERSION,
  STATUS_BLOCK_LENGTH,
  STATUS_BLOCK_TRAILER,
  STATUS_BYTE_ORDER,
  STATUS_CAPTURED_LENGTH,
  STATUS_LINK_TYPE,
  STATUS_NOT_A_CAPTURE,
  STATUS_NO_INTERFACE,
  STATUS_TOO_MANY_INTERFACES,
  STATUS_ZEROS,
} from '../../assembly/layout.ts';
import type { WalkResult } from '../engine/inline.ts';
import { foreignFormat } from '../source/file/magic.ts';
import { linkTypeText } from '../flow/link_types.ts';
import { CaptureError } from '../errors.ts';

const EXPECTED_FORMATS = 'is not a capture: pcap, pcapng, or one of them in gzip or zstd is expected';

/** The error for a walk that ended the reading of a file. `opened`: its header had been read. */
export function captureError(stop: WalkResult, file: string, offset: number, opened: boolean): CaptureError {
  const { status, value, detail } = stop;
  if (status === STATUS_NOT_A_CAPTURE)
    return new CaptureError('ERR_NOT_A_CAPTURE', file, 0, foreignReason(value, file));
  if (status === STATUS_LINK_TYPE) {
    const where = opened ? `interface ${detail} has` : 'has';
    const rest = opened ? '; its packets are counted as not tracked' : '';
    return new CaptureError(
      'ERR_UNSUPPORTED_LINKTYPE',
      file,
      offset,
      `${where} link type ${linkTypeText(value)}, which is not supported${rest}`,
    );
  }
  if (status === STATUS_ZEROS) return zerosProblem(file, offset);
  const code = opened ? 'ERR_CORRUPT' : 'ERR_NOT_A_CAPTURE';
  const rest = opened ? '; everything before it was read' : '';
  return new CaptureError(code, file, offset, `corrupt at byte ${offset}: ${reasonOf(status, value, detail)}${rest}`);
}

/** @param magic the first four bytes, little-endian */
function foreignReason(magic: number, file: string): string {
  const head = Uint8Array.of(magic, magic >>> 8, magic >>> 16, magic >>> 24);
  const format = foreignFormat(head);
  if (format === undefined) return `${EXPECTED_FORMATS}; this begins with the bytes ${bytesText(head)}`;
  const remedy = format.remedy.replace('FILE', file);
  return `is in the format ${format.name} (it begins with ${bytesText(head)}), which is not read here; use '${remedy}'`;
}

/** `50 4b 03 04` */
function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Zeros where a record is expected: a preallocated file, or an interrupted copy. */
export function zerosProblem(file: string, offset: number): CaptureError {
  const reason = `zero-filled from byte ${offset} on, where a record is expected; everything before it was read`;
  return new CaptureError('ERR_CORRUPT', file, offset, reason);
}

/** Two captures in one file that is not pcapng. */
export function joinedProblem(file: string, offset: number): CaptureError {
  const remedy = 'join captures with mergecap, not with cat';
  const reason = `another capture begins at byte ${offset}, which is read as well; ${remedy}`;
  return new CaptureError('ERR_CORRUPT', file, offset, reason);
}

/** Records longer than the file's snaplen. */
export function snaplenNotice({ value, detail }: WalkResult, file: string, offset: number): string {
  const shown = file === '-' ? 'standard input' : file;
  const what = `the packet at byte ${offset} has ${value} bytes where the snaplen is ${detail}`;
  return `${shown}: ${what}; what is beyond it is not looked at`;
}

function reasonOf(status: number, value: number, detail: number): string {
  switch (status) {
    case STATUS_BAD_VERSION:
      return `format version ${value}.${detail} is not known (pcap 2.0 to 2.4, pcapng 1.0 and 1.2 are)`;
    case STATUS_CAPTURED_LENGTH:
      return `a captured length of ${value} bytes (at most ${CAPTURED_LENGTH_MAX}, and no longer than its block)`;
    case STATUS_BLOCK_LENGTH:
      return `a block of type ${detail} with a length of ${value} bytes`;
    case STATUS_BLOCK_TRAILER:
      return `a block whose length is ${value} at its beginning and ${detail} at its end`;
    case STATUS_NO_INTERFACE:
      return `a packet of interface ${value}, of which the section has described only ${detail}`;
    case STATUS_TOO_MANY_INTERFACES:
      return `more than ${value} interfaces in one section`;
    case STATUS_BAD_OPTION:
      return `an interface option ${value} with a length of ${detail} bytes or a value out of range`;
    case STATUS_BYTE_ORDER:
      return `a section header with the byte-order mark ${hex(value)}`;
    default:
      return `status ${status}`;
  }
}

/** The file ends inside a record or its header. */
export function truncationProblem(file: string, offset: number, pending: number, opened: boolean): CaptureError {
  if (opened) {
    return new CaptureError(
      'ERR_TRUNCATED',
      file,
      offset,
      `truncated: it ends inside the record at byte ${offset}; everything before it was read`,
    );
  }
  const what = pending === 0 ? 'is empty' : `ends inside the file header, after ${pending} bytes`;
  return new CaptureError('ERR_NOT_A_CAPTURE', file, offset, `${what}; a capture is expected`);
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
}
