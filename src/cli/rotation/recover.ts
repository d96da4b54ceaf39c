/** What a process that was killed has left of its files: they are completed, cut at the last whole line or message, or deleted. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FParserError, messageOf } from '../../errors.ts';
import { warn } from '../print_error.ts';
import type { FileName } from './file_name.ts';
import type { FileEntry, Manifest } from './manifest.ts';
import { handOver, journalPath, removeIfThere } from './part_file.ts';

/** What files have: text, messages, or `blocks` that are worth nothing without their end. */
export type PartKind = 'lines' | 'messages' | 'blocks';

const PART = /^\.(.+)\.(\d+)\.part(\.json)?$/;
const LINE_FEED = 0x0a;
const IPFIX_VERSION = 10;
const MESSAGE_HEADER = 16;

/** @throws {FParserError} ERR_WRITE when there is no such folder */
export function recover(template: string, name: FileName, manifest: Manifest, kind: PartKind): void {
  const folder = dirname(template);
  const { pattern } = name;
  for (const found of namesIn(folder)) {
    const [, base = '', pid, isJournal] = PART.exec(found) ?? [];
    const sequence = Number(pattern.exec(base)?.[1]);
    if (Number.isNaN(sequence)) {
      // A file without a line is none of ours, or the line was lost: its number stays taken.
      const taken = Number(pattern.exec(found.replace(/\.recovered$/, ''))?.[1]);
      if (!Number.isNaN(taken)) manifest.reserve(taken);
      continue;
    }
    if (isRunning(Number(pid))) continue;
    const part = join(folder, found.replace(/\.json$/, ''));
    const journal = journalPath(part);
    if (isJournal !== undefined) {
      if (!existsSync(part)) completeLine(journal, folder, manifest);
    } else if (!completeFile(part, journal, folder, manifest)) {
      recoverPart(part, join(folder, base), sequence, manifest, kind);
      removeIfThere(journal);
    }
  }
}

/** @throws {FParserError} ERR_WRITE */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new FParserError('ERR_WRITE', `no file can be written in ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

/** It was renamed, and may have no line yet. */
function completeLine(journal: string, folder: string, manifest: Manifest): void {
  const entry = entryOf(journal);
  const isMissing = entry !== undefined && !manifest.has(entry.sequence) && existsSync(join(folder, entry.name));
  if (isMissing && !manifest.add(entry)) return;
  removeIfThere(journal);
}

/** It was whole, and was not renamed yet. */
function completeFile(part: string, journal: string, folder: string, manifest: Manifest): boolean {
  const entry = entryOf(journal);
  if (entry === undefined || statSync(part).size !== entry.bytes) return false;
  handOver(part, join(folder, entry.name), entry, manifest);
  return true;
}

function entryOf(journal: string): FileEntry | undefined {
  try {
    return JSON.parse(readFileSync(journal, 'utf8')) as FileEntry;
  } catch {
    return undefined;
  }
}

function recoverPart(part: string, path: string, sequence: number, manifest: Manifest, kind: PartKind): void {
  const bytes = readFileSync(part);
  const whole = wholeBytes(bytes, kind);
  if (whole === 0) {
    removeIfThere(part);
    manifest.reserve(sequence);
    if (bytes.length > 0) warn(`${part} was not complete and is deleted: ${bytes.length} bytes without an end`);
    return;
  }
  truncateSync(part, whole);
  const name = `${path}.recovered`;
  handOver(
    part,
    name,
    {
      sequence,
      name: basename(name),
      rows: null,
      bytes: whole,
      sha256: createHash('sha256').update(bytes.subarray(0, whole)).digest('hex'),
      firstSeen: null,
      lastSeen: null,
      recovered: true,
    },
    manifest,
  );
  warn(`${name} is what was left of an earlier run: ${whole} bytes`);
}

/** How many bytes of a file are whole. */
function wholeBytes(bytes: Buffer, kind: PartKind): number {
  switch (kind) {
    case 'lines':
      return bytes.lastIndexOf(LINE_FEED) + 1;
    case 'messages':
      return wholeMessages(bytes);
    case 'blocks':
      return 0;
  }
}

/** Messages of IPFIX say how long they are. */
function wholeMessages(bytes: Buffer): number {
  let at = 0;
  while (at + MESSAGE_HEADER <= bytes.length && bytes.readUInt16BE(at) === IPFIX_VERSION) {
    const size = bytes.readUInt16BE(at + 2);
    if (size < MESSAGE_HEADER || at + size > bytes.length) break;
    at += size;
  }
  return at;
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'EPERM';
  }
}
