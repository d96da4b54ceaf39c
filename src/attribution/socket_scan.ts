/**
 * A socket table read for its live sockets only, as fast as the kernel prints it.
 *
 * `parseSocketTable` makes whole rows. Here most rows are of no interest (a host with many short connections has tens of
 * thousands in time-wait, without an inode) and the table is read up to 250 times a second, so bytes are skipped, not
 * parsed, and addresses stay the kernel's text.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** One socket that has an inode. */
export interface ScannedSocket {
  /** `LOCAL:PORT REMOTE:PORT` in the kernel's hexadecimal digits. */
  readonly key: string;
  readonly listens: boolean;
  readonly uid: number;
  readonly inode: number;
}

/**
 * Connections that may have left their process: in time-wait, or only waiting for their end. The kernel has them without
 * an inode, and often there are very many, so rows are compared with those that are wanted before they become text.
 */
export class LeftConnections {
  /** Those in the table, by their keys. */
  readonly found = new Set<string>();
  readonly #wanted: ReadonlySet<string>;
  /** Digits of their remote ports, as `readUInt32LE` has them. */
  readonly #ports: ReadonlySet<number>;

  /** @param wanted as `ScannedSocket.key` */
  constructor(wanted: readonly string[] = []) {
    this.#wanted = new Set(wanted);
    this.#ports = new Set(wanted.map((key) => Buffer.from(key.slice(-PORT_SIZE), 'latin1').readUInt32LE()));
  }

  /** A row whose key is at this place. */
  see(bytes: Buffer, from: number, to: number): void {
    if (!this.#ports.has(bytes.readUInt32LE(to - PORT_SIZE))) return;
    const key = bytes.toString('latin1', from, to);
    if (this.#wanted.has(key)) this.found.add(key);
  }
}

/** Digits of a port. */
const PORT_SIZE = 4;
/** A read gives at most a page of whole lines from the kernel; a recorded file gives as much as fits. */
const BUFFER_SIZE = 65_536;
/** Fields from the state up to the uid: state, queues, timer, retransmits. */
const FIELDS_BEFORE_UID = 4;
const NEWLINE = 10;
const BLANK = 32;
const ZERO = 48;
/** Second digits of the states of a connection that no process has accepted yet: established and queued, syn-recv. */
const QUEUED: readonly number[] = [ZERO + 1, ZERO + 3, 67];
const COLON = 58;

/**
 * Calls back for each socket, and yields after each piece, so that the caller can pause. A missing table is ignored. A
 * line that is not a row is skipped.
 * @param ipv6 the table has addresses of 32 digits
 * @param left takes the connections without an inode
 */
export function* scanSockets(
  path: string,
  ipv6: boolean,
  onSocket: (socket: ScannedSocket) => void,
  left?: LeftConnections,
): Generator<undefined> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return;
  }
  const buffer = Buffer.allocUnsafe(BUFFER_SIZE);
  let kept = 0;
  try {
    for (;;) {
      const size = readSync(file, buffer, kept, BUFFER_SIZE - kept, null);
      if (size === 0) return;
      const used = scanLines(buffer, kept + size, ipv6, onSocket, left);
      kept = kept + size - used;
      // A line longer than the buffer does not belong to a socket table.
      if (kept === BUFFER_SIZE) return;
      buffer.copyWithin(0, used, used + kept);
      yield;
    }
  } finally {
    closeSync(file);
  }
}

/** @returns how many bytes were whole lines */
function scanLines(
  bytes: Buffer,
  size: number,
  ipv6: boolean,
  onSocket: (socket: ScannedSocket) => void,
  left: LeftConnections | undefined,
): number {
  const endpointSize = ipv6 ? 37 : 13;
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0 || end >= size) return at;
    const slotEnd = bytes.indexOf(COLON, at);
    const keyStart = slotEnd + 2;
    const state = keyStart + 2 * endpointSize + 2;
    at = end + 1;
    if (slotEnd < 0 || state + 2 >= end || bytes[keyStart + endpointSize - 5] !== COLON) continue;
    // 06 is time-wait: no inode.
    const isTimeWait = bytes[state] === ZERO && bytes[state + 1] === ZERO + 6;
    const fields = isTimeWait ? NO_OWNER : owner(bytes, state, end);
    if (fields.inode === 0) {
      if (!QUEUED.includes(bytes[state + 1] ?? 0)) left?.see(bytes, keyStart, state - 1);
      continue;
    }
    onSocket({
      key: bytes.toString('latin1', keyStart, state - 1),
      listens: bytes[state + 1] === 65 && bytes[state] === ZERO,
      uid: fields.uid,
      inode: fields.inode,
    });
  }
}

const NO_OWNER = { uid: 0, inode: 0 } as const;

/** The uid and, after the number of unanswered probes, the inode. */
function owner(bytes: Buffer, from: number, end: number): { readonly uid: number; readonly inode: number } {
  let at = from;
  const next = (): number => {
    while (at < end && bytes[at] === BLANK) at++;
    let value = 0;
    for (; at < end && bytes[at] !== BLANK; at++) value = value * 10 + ((bytes[at] ?? ZERO) - ZERO);
    return value;
  };
  for (let field = 0; field < FIELDS_BEFORE_UID; field++) {
    while (at < end && bytes[at] === BLANK) at++;
    while (at < end && bytes[at] !== BLANK) at++;
  }
  const uid = next();
  next();
  const inode = next();
  return { uid, inode };
}
