/** Details of a process from `/proc/PID/status` (proc_pid_status(5)). */
import { readFileSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

/** A field the kernel does not have is null. */
export interface ProcessDetails {
  readonly pid: number;
  /** Raw, at most 15 bytes: any process can choose it. */
  readonly name: string | null;
  /** Octal text such as `0022`. */
  readonly umask: string | null;
  readonly state: ProcessState | null;
  readonly threads: number | null;
  /** Resident memory (VmRSS) in bytes. Null for kernel threads. */
  readonly memory: number | null;
  /** Address space (VmSize) in bytes. Null for kernel threads. */
  readonly virtualMemory: number | null;
  readonly uid: ProcessUids | null;
  readonly parentPid: number | null;
  readonly threadGroupId: number | null;
}

export interface ProcessState {
  readonly letter: string;
  readonly word: StateWord;
}

export interface ProcessUids {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
  readonly fs: number;
}

export type StateWord = (typeof STATE_WORDS)[keyof typeof STATE_WORDS] | 'unknown';

const STATE_WORDS = {
  R: 'running',
  S: 'sleeping',
  D: 'disk sleep',
  T: 'stopped',
  t: 'tracing stop',
  Z: 'zombie',
  X: 'dead',
  I: 'idle',
} as const;

/** Null when there is no such process, or it ends while it is read. @throws {RangeError} when pid is not a positive integer */
export function processDetails(pid: number, { procRoot = '/proc', signal }: HostOptions = {}): ProcessDetails | null {
  if (!Number.isSafeInteger(pid) || pid < 1) throw new RangeError(`pid is ${pid}; it must be a positive integer`);
  signal?.throwIfAborted();
  let text: string;
  try {
    text = readFileSync(`${procRoot}/${pid}/status`, 'utf8');
  } catch {
    return null;
  }
  return text === '' ? null : parseStatus(pid, text);
}

/** Lines such as `VmRSS:\t    5432 kB`. The name cannot forge one: the kernel writes its newlines as `\n`. */
export function parseStatus(pid: number, text: string): ProcessDetails {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  return {
    pid,
    name: unescapeName(fields.get('Name')),
    umask: matching(fields.get('Umask'), /^[0-7]+$/),
    state: stateOf(fields.get('State')),
    threads: integer(fields.get('Threads')),
    memory: bytes(fields.get('VmRSS')),
    virtualMemory: bytes(fields.get('VmSize')),
    uid: uidsOf(fields.get('Uid')),
    parentPid: integer(fields.get('PPid')),
    threadGroupId: integer(fields.get('Tgid')),
  };
}

/** The kernel escapes newline and backslash here, and nothing else. */
function unescapeName(name: string | undefined): string | null {
  return name?.replace(/\\([n\\])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : '\\')) ?? null;
}

function stateOf(text: string | undefined): ProcessState | null {
  const letter = text?.trim().charAt(0) ?? '';
  if (letter === '') return null;
  return {
    letter,
    word: Object.hasOwn(STATE_WORDS, letter) ? STATE_WORDS[letter as keyof typeof STATE_WORDS] : 'unknown',
  };
}

function uidsOf(text: string | undefined): ProcessUids | null {
  const [real, effective, saved, fs] = (text ?? '').trim().split(/\s+/).map(integer);
  if (real == null || effective == null || saved == null || fs == null) return null;
  return { real, effective, saved, fs };
}

/** Of `5432 kB`, which are units of 1,024 bytes. */
function bytes(text: string | undefined): number | null {
  const kibibytes = integer(text?.replace(/ kB$/, ''));
  return kibibytes === null ? null : kibibytes * 1024;
}

function integer(text: string | undefined): number | null {
  const digits = matching(text, /^[0-9]+$/);
  return digits === null ? null : Number(digits);
}

function matching(text: string | undefined, pattern: RegExp): string | null {
  const trimmed = text?.trim() ?? '';
  return pattern.test(trimmed) ? trimmed : null;
}
