/** One cap_child.ts process: it captures on one interface, and its end affects nothing else. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { FParserError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import type { CapChildOptions } from './cap_child.ts';
import { makeFifo } from '../tcpdump/fifo.ts';
import type { FrameSink } from '../live/frame_source.ts';
import { RecordPipe } from '../tcpdump/record_pipe.ts';
import { LINGER_MS, STDERR_TAIL_MAX } from '../live/child_process.ts';

/** Relative to the library, to a bundle two folders below dist, and to the sources after a build. */
const PLACES = ['./cap_child.js', '../../src/source/cap/cap_child.js', '../../../dist/src/source/cap/cap_child.js'];

export class CapChildProcess {
  readonly device: string;
  readonly pipe: RecordPipe;
  /** Resolves when it has exited and all its frames are in the sink: with the reason if it was not asked to end. */
  readonly ended: Promise<FParserError | undefined>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  readonly #unlink: () => void;
  #stopRequested = false;
  #stderrTail = '';

  /** @throws {FParserError} ERR_LIVE_UNAVAILABLE */
  constructor(options: CapChildOptions, sink: FrameSink) {
    this.device = options.device;
    const program = childProgram();
    const fifo = makeFifo();
    this.#unlink = fifo.unlink;
    try {
      // `cap` may abort this process; disable core dumps.
      this.#child = spawn(
        '/bin/sh',
        ['-c', 'ulimit -c 0; exec "$@"', 'sh', process.execPath, program, JSON.stringify(options)],
        {
          stdio: ['pipe', fifo.writeEnd, 'pipe'],
          detached: true,
        },
      );
    } finally {
      closeSync(fifo.writeEnd);
    }
    this.pipe = new RecordPipe(fifo.readEnd, `cap on ${options.device}`, sink);
    this.pipe.unref();
    for (const stream of [this.#child.stdin, this.#child.stderr]) (stream as Socket | null)?.unref();
    this.#child.stdin?.on('error', () => {}); // It is gone already.
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-STDERR_TAIL_MAX);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(signal ?? `exit status ${code}`));
      // It could not be started, or not killed because this process has dropped its privileges; then it ends with its
      // standard input.
      this.#child.on('error', ({ message }) => {
        if (this.#child.pid === undefined) resolve(message);
      });
    });
    this.ended = this.#end();
  }

  /** Resolves when packets are captured. @throws {FParserError} */
  async ready(): Promise<void> {
    try {
      await this.pipe.ready;
    } catch (error) {
      // The stream ended before its header: the process is exiting and reports why.
      const cause = (error as FParserError).code === 'ERR_TRUNCATED' ? await this.ended : undefined;
      await this.close();
      throw cause ?? error;
    } finally {
      // Done now, because this process may drop its privileges next and then cannot.
      this.#unlink();
    }
  }

  /** Ends it by closing its standard input. */
  end(): void {
    this.#stopRequested = true;
    this.#child.stdin?.end();
  }

  /** Resolves when it has exited, within a second. Idempotent. */
  async close(): Promise<void> {
    this.end();
    this.pipe.discard();
    const killTimer = setTimeout(() => this.#child.kill('SIGKILL'), LINGER_MS);
    await this.#exited;
    clearTimeout(killTimer);
    this.pipe.close();
    await this.pipe.ended.catch(() => undefined);
  }

  async #end(): Promise<FParserError | undefined> {
    const status = await this.#exited;
    const broken = await this.pipe.ended.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (this.#stopRequested) return undefined;
    return (
      reported(this.#stderrTail) ??
      (broken instanceof FParserError && broken.code === 'ERR_CORRUPT' ? broken : this.#abortion(status))
    );
  }

  /** The package aborts with `SIGABRT` when the interface goes down or disappears. */
  #abortion(status: string): FParserError {
    if (status === 'SIGABRT')
      return new FParserError('ERR_DEVICE_DOWN', `${this.device}: the interface went down or away`);
    return new FParserError('ERR_READ', `${this.device}: the capture ended (${status}): ${this.#stderrTail.trim()}`);
  }
}

/** Finds lines such as `ERR_PERMISSION "no permission to capture"` in standard error. */
export function reported(words: string): FParserError | undefined {
  const [, code, message] = /^(ERR_[A-Z_]+) (".*")$/m.exec(words) ?? [];
  return code === undefined || message === undefined
    ? undefined
    : new FParserError(code as ErrorCode, JSON.parse(message) as string);
}

function childProgram(): string {
  const found = PLACES.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(url));
  if (found === undefined)
    throw new FParserError(
      'ERR_LIVE_UNAVAILABLE',
      'the program for promiscuous captures is not there (dist/src/source/cap/cap_child.js); build or install the package again',
    );
  return fileURLToPath(found);
}
