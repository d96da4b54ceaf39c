/**
 * Signals to a live capture or a replay, besides those that end it. SIGHUP: the output file was moved away, begin a new
 * one under its name; a file that was to get its name at the end gets it now. SIGUSR1: print the counters. SIGUSR2:
 * write what is waiting to be written.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { LiveReader } from '../reader/live_reader.ts';
import { messageOf } from '../errors.ts';
import type { Heading, Output, RunOutput } from './output.ts';
import { isStandardOutput, openTarget } from './output_target.ts';
import { warn } from './print_error.ts';
import { liveSummary } from './summary.ts';
import { say } from './standard_streams.ts';

/** A heading is shorter. Bytes. */
const HEADING_MAX = 1 << 20;
const NEWLINE = 10;
const HASH = 35;
const SIGHUP_BIT = 1n;

export class LiveSignals {
  readonly #reader: LiveReader;
  readonly #outputs: readonly RunOutput[];
  readonly #headings = new Map<RunOutput, Uint8Array>();
  readonly #handlers = { SIGUSR1: () => this.#report(), SIGUSR2: () => this.#flush() };

  /** Listens until `end`. Node's debugger does not start on SIGUSR1 then. */
  constructor(reader: LiveReader, outputs: readonly RunOutput[]) {
    this.#reader = reader;
    this.#outputs = outputs;
    for (const [signal, handler] of Object.entries(this.#handlers)) process.on(signal, handler);
  }

  end(): void {
    for (const [signal, handler] of Object.entries(this.#handlers)) process.off(signal, handler);
  }

  /** What SIGHUP means: files are opened again; without files the capture ends, unless hangups were to be ignored. */
  get atHangup(): 'stop' | (() => void) {
    const files = this.#outputs.filter(({ plan: { path, network } }) => {
      return !isStandardOutput(path) && network === undefined && isFile(path);
    });
    if (files.length > 0) return () => void files.map((file) => this.#reopen(file));
    return ignoresHangups() ? () => undefined : 'stop';
  }

  async #reopen(file: RunOutput): Promise<void> {
    const { plan, output } = file;
    const { path = '', isWhole = false, heading } = plan;
    if (output === undefined) return;
    if (isWhole) {
      warn(`${path} is not opened again: its format cannot be continued in another file`);
      return;
    }
    try {
      await output.flush();
      if (output.settle()) return;
      const present = this.#headings.get(file) ?? presentHeading(output, heading);
      if (present.length > 0) this.#headings.set(file, present);
      output.goOnIn(await openTarget(path, 'append'), present);
    } catch (error) {
      warn(`${path} cannot be opened again, so the old file is written on: ${messageOf(error)}`);
    }
  }

  #report(): void {
    say(liveSummary(this.#reader));
  }

  #flush(): void {
    // A failure is thrown at the next write.
    for (const { output } of this.#outputs) output?.flush().catch(() => undefined);
  }
}

/** Of the file that is open, wherever it is now. */
function presentHeading(output: Output, heading: Heading | undefined): Uint8Array {
  return heading === undefined ? new Uint8Array() : headingIn(output.readBack(HEADING_MAX), heading);
}

/** The first line, or all lines from the beginning that start with `#`. */
export function headingIn(bytes: Uint8Array, heading: Heading): Uint8Array {
  let end = 0;
  do {
    const newline = bytes.indexOf(NEWLINE, end);
    if (newline < 0 || (heading === 'comments' && bytes[end] !== HASH)) break;
    end = newline + 1;
  } while (heading === 'comments');
  return bytes.slice(0, end);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}

/**
 * Whether hangups were ignored when this program was started. Node forgets that, so nohup is recognised by the name that
 * shells leave in the environment, and a shell that ignores them by its own state.
 */
export function ignoresHangups(
  env: Readonly<Record<string, string | undefined>> = process.env,
  status: () => string = () => readFileSync(`/proc/${process.ppid}/status`, 'latin1'),
): boolean {
  if (basename(env._ ?? '') === 'nohup') return true;
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(status())?.[1] ?? '0';
    return (BigInt(`0x${ignored}`) & SIGHUP_BIT) !== 0n;
  } catch {
    return false;
  }
}
