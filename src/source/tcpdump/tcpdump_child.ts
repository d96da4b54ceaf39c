/** One tcpdump that captures on one interface and writes to a pipe. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { FParserError } from '../../errors.ts';
import { makeFifo } from './fifo.ts';
import { Guard } from './guard.ts';
import { ANY } from '../live/interfaces.ts';
import type { FrameSink } from '../live/frame_source.ts';
import { RecordPipe } from './record_pipe.ts';
import { errorOf, isListening, packetsDropped, permissionError, refusesNanoseconds } from './tcpdump_messages.ts';
import { LINGER_MS, STDERR_TAIL_MAX } from '../live/child_process.ts';

export interface TcpdumpOptions {
  /** Name or path of the program. */
  readonly program: string;
  readonly device: string;
  /** Text of pcap-filter(7). */
  readonly filter: string;
  /** Bytes kept of each frame, 1..262,144. */
  readonly snaplen: number;
  /** Bytes of kernel buffer. */
  readonly bufferSize: number;
  readonly promiscuous: boolean;
  /** User that tcpdump switches to when started by root. Default: the one it was built with. */
  readonly user: string | undefined;
}

/** Folders where tcpdump may be that are not in the PATH of ordinary users. */
const MORE_PATH = ':/usr/sbin:/sbin:/usr/local/sbin';

export class TcpdumpChild {
  readonly device: string;
  readonly pipe: RecordPipe;
  /**
   * Resolves when tcpdump has exited and all its frames are in the sink: with the reason if it was not asked to end.
   */
  readonly ended: Promise<FParserError | undefined>;
  /** Packets that the kernel dropped; null until the first report. */
  packetsDropped: number | null = null;
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  readonly #guard: Guard | undefined;
  readonly #unlinkFifo: () => void;
  #stopRequested = false;
  #killTimer: NodeJS.Timeout | undefined;
  #stderrTail = '';
  #unfinishedLine = '';
  #spawnError: NodeJS.ErrnoException | undefined;
  #markListening: () => void = () => undefined;

  private constructor(options: TcpdumpOptions, nanoseconds: boolean, sink: FrameSink) {
    this.device = options.device;
    const fifo = makeFifo();
    this.#unlinkFifo = fifo.unlink;
    try {
      this.#child = spawn(options.program, argumentsOf(options, nanoseconds), {
        stdio: ['ignore', fifo.writeEnd, 'pipe'],
        env: { ...process.env, PATH: `${process.env.PATH ?? ''}${MORE_PATH}`, LC_ALL: 'C' },
        // Ctrl-C is for this program, which ends tcpdump when it has read everything.
        detached: true,
      });
    } catch (error) {
      closeSync(fifo.readEnd);
      fifo.unlink();
      throw error;
    } finally {
      closeSync(fifo.writeEnd);
    }
    if (this.#child.pid !== undefined) this.#guard = new Guard(this.#child, options.program, options.user);
    this.pipe = new RecordPipe(fifo.readEnd, `tcpdump on ${options.device}`, sink);
    this.pipe.unref();
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#onStderr(text));
    // While tcpdump runs, only its process handle keeps this process alive; afterwards the data left in its pipes does.
    const stderr = this.#child.stderr as Socket | null;
    stderr?.unref();
    const hold = (): void => {
      stderr?.ref();
      this.pipe.ref();
    };
    this.#child.once('exit', hold);
    const kill = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', kill);
    this.#exited = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        if (this.#child.pid === undefined) {
          this.#spawnError = error;
          hold();
        } else {
          // It runs as another user and cannot be signalled. It ends when it writes to a pipe without a reader.
          this.#child.unref();
        }
        resolve('not under control');
      });
      this.#child.once('close', (code, signal) => resolve(signal ?? `exit status ${code}`));
    });
    void this.#exited.then(() => process.off('exit', kill));
    this.ended = this.#end();
  }

  /**
   * Resolves when packets are captured.
   * @throws {FParserError} ERR_LIVE_UNAVAILABLE, ERR_PERMISSION, ERR_NO_SUCH_DEVICE, ERR_DEVICE_DOWN, ERR_FILTER_SYNTAX,
   *   and what the sink says of the link type
   */
  static async start(options: TcpdumpOptions, sink: FrameSink): Promise<TcpdumpChild> {
    const child = new TcpdumpChild(options, true, sink);
    if (await child.#listens()) return child;
    if (!refusesNanoseconds(child.#stderrTail)) throw await child.#whyNot();
    const other = new TcpdumpChild(options, false, sink);
    if (await other.#listens()) return other;
    throw await other.#whyNot();
  }

  /** Asks for a report. The signal does not disturb tcpdump's writes: they are restarted. */
  ask(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGUSR1');
  }

  /** Ends tcpdump; it prints its final report. */
  interrupt(): void {
    this.#stopRequested = true;
    this.#terminate();
  }

  /** Resolves when tcpdump has exited, within a second. Idempotent. */
  async close(): Promise<void> {
    this.interrupt();
    this.pipe.discard();
    await this.#exited;
    await this.#guard?.end();
    this.pipe.close();
    await this.pipe.ended.catch(() => undefined);
  }

  async #listens(): Promise<boolean> {
    const listening = new Promise<boolean>((resolve) => {
      this.#markListening = () => resolve(true);
    });
    const listens = await Promise.race([listening, this.ended.then(() => false)]);
    // Done now, because the right to do so may be gone later.
    this.#unlinkFifo();
    if (!listens) return false;
    try {
      await this.pipe.ready;
    } catch (error) {
      await this.close();
      throw error;
    }
    return true;
  }

  #terminate(): void {
    if (this.#killTimer !== undefined) return;
    this.#child.kill('SIGINT');
    this.#killTimer = setTimeout(() => this.#child.kill('SIGKILL'), LINGER_MS);
    void this.#exited.then(() => clearTimeout(this.#killTimer));
  }

  async #whyNot(): Promise<unknown> {
    const status = await this.#exited;
    const broken = await this.#pipeError();
    if (broken !== undefined) return broken;
    if (this.#spawnError === undefined) return errorOf(this.device, this.#stderrTail, 'ERR_LIVE_UNAVAILABLE', status);
    const { code, message } = this.#spawnError;
    if (code === 'EACCES' || code === 'EPERM') return permissionError(this.device, message);
    return new FParserError(
      'ERR_LIVE_UNAVAILABLE',
      `tcpdump cannot be started (${code === 'ENOENT' ? 'it is not installed' : message}); install it, as by \`sudo apt-get install tcpdump\`, or use the other source`,
      { cause: this.#spawnError },
    );
  }

  async #end(): Promise<FParserError | undefined> {
    // A tcpdump whose messages we cannot parse is useless.
    const broken = this.#pipeError().then((error) => {
      if (error !== undefined) this.#terminate();
      return error;
    });
    const status = await this.#exited;
    const error = await broken;
    if (this.#stopRequested) return undefined;
    return error instanceof FParserError ? error : errorOf(this.device, this.#stderrTail, 'ERR_READ', status);
  }

  /** An error in the frames themselves counts. If they only end early, tcpdump knows the cause. */
  #pipeError(): Promise<unknown> {
    return this.pipe.ended.then(
      () => undefined,
      (error: unknown) =>
        error instanceof FParserError && (error.code === 'ERR_TRUNCATED' || error.code === 'ERR_READ')
          ? undefined
          : error,
    );
  }

  #onStderr(text: string): void {
    this.#stderrTail = (this.#stderrTail + text).slice(-STDERR_TAIL_MAX);
    const lines = (this.#unfinishedLine + text).split('\n');
    this.#unfinishedLine = lines.pop() ?? '';
    for (const line of lines) {
      this.packetsDropped = packetsDropped(line) ?? this.packetsDropped;
      if (isListening(line)) this.#markListening();
    }
  }
}

/**
 * tcpdump writes each packet at once (-U), and the kernel delivers each at once (--immediate-mode). Otherwise packets
 * of a quiet line arrive up to a second late, and those of the last second never.
 */
function argumentsOf(
  { device, filter, snaplen, bufferSize, promiscuous, user }: TcpdumpOptions,
  nanoseconds: boolean,
): string[] {
  return [
    '-i',
    device,
    '-w',
    '-',
    '-U',
    '--immediate-mode',
    '-n',
    '-s',
    String(snaplen),
    '-B',
    String(Math.ceil(bufferSize / 1024)),
    ...(nanoseconds ? ['--time-stamp-precision=nano'] : []),
    // Version 2 of the cooked header, which is the default, loses VLAN tags.
    ...(device === ANY ? ['-y', 'LINUX_SLL'] : []),
    ...(promiscuous ? [] : ['-p']),
    ...(user === undefined ? [] : ['-Z', user]),
    '--',
    filter,
  ];
}
