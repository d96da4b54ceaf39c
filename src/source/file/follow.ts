/**
 * A capture file that grows: its bytes as they are written, then those of its successors. A successor is a new file of
 * the same name, after the old one was moved away or cut, or the next number behind the name, as `tcpdump -C` counts
 * (`a.pcap`, `a.pcap1`). It ends only when its reader stops.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { PCAP_HEADER_SIZE } from '../../../assembly/wire/pcap.ts';
import { readError } from './file.ts';

/** How often a file is looked at that has not grown. Milliseconds. */
const LOOK_MS = 100;
const CHUNK = 65_536;
/** The first word of a section header of pcapng, in either byte order: sections follow each other in one file. */
const PCAPNG = 0x0a0d0d0a;

/** The bytes of the file and its successors. It has no end but `destroy`. Fails with a CaptureError ERR_READ. */
export function followFile(path: string): Readable {
  const end = new AbortController();
  const chunks = follow(path, end.signal);
  return new Readable({
    read() {
      chunks.next().then(
        ({ value }) => this.push(value ?? null),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      end.abort();
      done(error);
    },
  });
}

async function* follow(path: string, end: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  let header: Buffer | undefined;
  let present = path;
  let fd = openSync(present, 'r');
  let taken = 0;
  try {
    while (!end.aborted) {
      const chunk = readFrom(fd, present, taken);
      taken += chunk.length;
      if (chunk.length > 0) {
        yield chunk;
        continue;
      }
      const next = successor(present, fd, taken);
      // What was written before the successor was begun is read first.
      const last = next === undefined ? chunk : readFrom(fd, present, taken);
      taken += last.length;
      if (last.length > 0) {
        yield last;
        continue;
      }
      if (next === undefined) {
        await pause(end);
        continue;
      }
      header ??= headerOf(fd);
      closeSync(fd);
      present = next;
      fd = openSync(present, 'r');
      taken = await skipHeader(fd, header, end);
    }
  } finally {
    closeSync(fd);
  }
}

function readFrom(fd: number, path: string, offset: number): Buffer {
  const chunk = Buffer.allocUnsafe(CHUNK);
  try {
    return chunk.subarray(0, readSync(fd, chunk, 0, CHUNK, offset));
  } catch (error) {
    throw readError(path, offset, error);
  }
}

/** The file in which the capture is continued, once it is there. */
function successor(path: string, fd: number, taken: number): string | undefined {
  const own = fstatSync(fd);
  if (own.size < taken) return path;
  const named = statSync(path, { throwIfNoEntry: false });
  if (named?.ino !== own.ino || named.dev !== own.dev) return named === undefined ? undefined : path;
  const next = nextName(path);
  return statSync(next, { throwIfNoEntry: false }) === undefined ? undefined : next;
}

/** `a.pcap` is followed by `a.pcap1`, `a.pcap09` by `a.pcap10`. */
export function nextName(path: string): string {
  const [, name = '', digits = ''] = /^(.*?)([0-9]*)$/s.exec(path) ?? [];
  return name + String(Number(digits) + 1).padStart(digits.length, '0');
}

function headerOf(fd: number): Buffer {
  const header = Buffer.alloc(PCAP_HEADER_SIZE);
  return header.subarray(0, readSync(fd, header, 0, PCAP_HEADER_SIZE, 0));
}

/** The file header of classic pcap stands once in a capture. @returns where the capture is continued */
async function skipHeader(fd: number, first: Buffer, end: AbortSignal): Promise<number> {
  let header = headerOf(fd);
  while (header.length < PCAP_HEADER_SIZE && !end.aborted) {
    await pause(end);
    header = headerOf(fd);
  }
  return header.equals(first) && header.readUInt32LE(0) !== PCAPNG ? PCAP_HEADER_SIZE : 0;
}

/** Until the file may have grown, or the end. */
async function pause(end: AbortSignal): Promise<void> {
  await setTimeout(LOOK_MS, undefined, { signal: end }).catch(() => undefined);
}
