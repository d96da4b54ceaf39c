/**
 * Capture files that several engines read as if they were one, as `tcpdump -C` and `-G` write them: pcap files with the
 * same header, each of which ends before the next one begins. Their records, one file behind the other, have places
 * counted on from those of the first file.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { NO_LIMIT } from '../engine/inline.ts';
import type { OrderOption } from '../reader/open_reader.ts';
import { orderNotice } from '../reader/order_notice.ts';
import { isReordered, limitBy, timeOrder } from '../reader/reading_order.ts';
import type { TimedFile } from '../reader/reading_order.ts';

const PCAP_HEADER_SIZE = 24;
const RECORD_TIME_SIZE = 8;
/** Files that are open at a time. */
const FILES_MAX = 256;
const SECOND_NS = 1_000_000_000n;
/** First bytes of a pcap file in its own byte order, and the nanoseconds that its fractions of a second count. */
const PCAP_MAGICS: readonly (readonly [number, bigint])[] = [
  [0xa1b2c3d4, 1000n],
  [0xa1b2cd34, 1000n],
  [0xa1b23c4d, 1n],
];

/** A file in the order of reading. */
export interface JoinedFile {
  readonly path: string;
  /** Nanoseconds: with a packet of this time or later, others come before it. */
  readonly until: bigint;
}

export interface JoinedFiles {
  readonly files: readonly JoinedFile[];
  /** What is to be said of their order. */
  readonly notice: string | undefined;
}

/** One file, whatever it is. */
export function oneFile(path: string): JoinedFiles {
  return { files: [{ path, until: NO_LIMIT }], notice: undefined };
}

/** Undefined: they cannot be read as one. Whether each ends before the next one begins is seen when they are read. */
export function joinFiles(paths: readonly string[], by: OrderOption): JoinedFiles | undefined {
  if (paths.length > FILES_MAX) return undefined;
  const heads = paths.map(headOf);
  const [first] = heads;
  const timed: TimedFile[] = [];
  for (const [number, head] of heads.entries()) {
    const time = first === undefined || head === undefined ? undefined : firstTime(head);
    if (time === undefined || first?.compare(head as Buffer, 0, PCAP_HEADER_SIZE, 0, PCAP_HEADER_SIZE) !== 0)
      return undefined;
    timed.push({ number, first: time });
  }
  const groups = timeOrder(timed.map((file) => ({ ...file, seen: true })));
  const order = by === 'given' ? timed : (groups.flat() as TimedFile[]);
  const files = order.map((file, n) => {
    const next = order[n + 1];
    return { path: paths[file.number] as string, until: next === undefined ? NO_LIMIT : untilOf(next, file, by) };
  });
  const isMoved = by === 'time' && isReordered(groups);
  return { files, notice: isMoved ? orderNotice(files.map(({ path }) => path)) : undefined };
}

/** As named, a file may continue up to the time at which the next one begins; else one engine would merge them. */
function untilOf(next: TimedFile, file: TimedFile, by: OrderOption): bigint {
  return by === 'given' ? next.first + 1n : limitBy(next, file);
}

/** Header and time of the first record; undefined: there are none, or they cannot be read. */
function headOf(path: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const head = Buffer.alloc(PCAP_HEADER_SIZE + RECORD_TIME_SIZE);
    return readSync(fd, head, 0, head.length, 0) === head.length ? head : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Nanoseconds; undefined: it is not a pcap file. */
function firstTime(head: Buffer): bigint | undefined {
  for (const [magic, unit] of PCAP_MAGICS) {
    const isBig = head.readUInt32BE(0) === magic;
    if (!isBig && head.readUInt32LE(0) !== magic) continue;
    const word = (at: number): bigint => BigInt(isBig ? head.readUInt32BE(at) : head.readUInt32LE(at));
    return word(PCAP_HEADER_SIZE) * SECOND_NS + word(PCAP_HEADER_SIZE + 4) * unit;
  }
  return undefined;
}

/** An open file, and where its records are among those of all files. */
export interface FilePart {
  /** All threads read it at places of their own. */
  readonly fd: number;
  /** Place of its first record, and that behind its last one: of the last file, infinite. */
  readonly begin: number;
  readonly end: number;
  /** Bytes of it in front of its first record. */
  readonly header: number;
  /** As that of the JoinedFile. */
  readonly until: bigint;
}

/** @param fds of the files @param header of the first one */
export function placeParts(files: readonly JoinedFile[], fds: readonly number[], header: number): FilePart[] {
  let begin = header;
  return files.map(({ until }, n) => {
    const fd = fds[n] as number;
    const own = n === 0 ? header : PCAP_HEADER_SIZE;
    const end = n === files.length - 1 ? Infinity : begin + fstatSync(fd).size - own;
    const part = { fd, begin, end, header: own, until };
    begin = end;
    return part;
  });
}

/** Number of the file that the record at a place belongs to. */
export function partAt(parts: readonly FilePart[], place: number): number {
  const next = parts.findIndex(({ end }) => place < end);
  return next < 0 ? parts.length - 1 : next;
}

/** Byte of the file at a place. */
export function offsetIn({ begin, header }: FilePart, place: number): number {
  return place - begin + header;
}
