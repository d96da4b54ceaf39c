/**
 * Frames of interfaces through tcpdump: one child process for each interface, which writes to a pipe. Timestamps are
 * the kernel's, in nanoseconds where available; frames are truncated in the kernel; kernel drops are counted. Only
 * tcpdump needs privileges. If this process is killed, tcpdump ends when it writes its next packet.
 */
import { FParserError } from '../../errors.ts';
import { DeviceWatch, renamed } from '../live/device_watch.ts';
import type { WatchedInterface } from '../live/device_watch.ts';
import type { FrameSink, FrameSource } from '../live/frame_source.ts';
import { ANY, checkInterface } from '../live/interfaces.ts';
import { findUser } from '../live/rights.ts';
import { TcpdumpChild } from './tcpdump_child.ts';

export interface TcpdumpSourceOptions {
  /** Names, at least one; `any` is all of them. */
  readonly interfaces: readonly string[];
  /** Text of pcap-filter(7). Default '': everything. */
  readonly filter?: string;
  /** Bytes kept of each frame, 0..262,144; 0, the default: all. */
  readonly snaplen?: number;
  /** Bytes of kernel buffer for each interface. Default `defaultBufferSize(interfaces.length)`. */
  readonly bufferSize?: number;
  /** Default false. */
  readonly promiscuous?: boolean;
  /**
   * Name or number of the user that tcpdump switches to when started by root; this process must be able to signal it.
   */
  readonly user?: string;
  /** Default `tcpdump`. */
  readonly program?: string;
}

const SNAPLEN_MAX = 262_144;
const BUFFER_TOTAL = 256 << 20;
const BUFFER_MIN = 64 << 20;
/** How long packets may take from the kernel to the pipe. */
const LATENESS_MS = 250;
const ASK_MS = 1000;

export class TcpdumpSource implements FrameSource {
  name: string;
  readonly timestampSource = 'kernel';
  readonly waits = false;
  readonly problems: FParserError[] = [];
  readonly #options: TcpdumpSourceOptions;
  readonly #children: TcpdumpChild[] = [];
  readonly #over: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (reason: FParserError) => void = () => undefined;
  #watch: DeviceWatch | undefined;
  #asking: NodeJS.Timeout | undefined;
  #bytesAsked = 0;
  #wanted = false;
  #stopped = false;
  #lost = false;
  #left = 0;
  #closing: Promise<void> | undefined;

  constructor(options: TcpdumpSourceOptions) {
    this.#options = options;
    this.name = options.interfaces.join(', ');
    this.#over = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#over.catch(() => undefined);
  }

  async open(sink: FrameSink): Promise<void> {
    const { interfaces, filter = '', promiscuous = false, program = 'tcpdump', snaplen: wanted = 0 } = this.#options;
    const snaplen = wanted === 0 ? SNAPLEN_MAX : wanted;
    const { bufferSize = defaultBufferSize(interfaces.length) } = this.#options;
    const watched = interfaces
      .filter((name) => name !== ANY)
      .map((name) => ({ name, index: checkInterface(name).index }));
    if (filter.trim() !== '') await checkFilter(filter);
    const user = this.#options.user === undefined || process.getuid?.() !== 0 ? undefined : nameOf(this.#options.user);
    try {
      for (const device of interfaces) {
        if (this.#stopped) break;
        this.#children.push(
          await TcpdumpChild.start({ program, device, filter, snaplen, bufferSize, promiscuous, user }, sink),
        );
      }
    } catch (error) {
      await this.close();
      throw error;
    }
    if (this.#stopped) this.#endChildren();
    else this.#begin(watched);
  }

  run(): Promise<void> {
    return this.#over;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#endWatching();
    this.#endChildren();
    // If the source is already lost, `run` reports that.
    if (!this.#lost) this.#resolve();
  }

  close(): Promise<void> {
    this.stop();
    return (this.#closing ??= this.#closeAll());
  }

  get packetsDroppedKernel(): number | null {
    this.#wanted = true;
    let sum = 0;
    for (const { packetsDropped } of this.#children) {
      if (packetsDropped === null) return null;
      sum += packetsDropped;
    }
    return this.#children.length === 0 ? null : sum;
  }

  /** Their pipes do not keep the process alive. */
  get processCount(): number {
    return this.#left;
  }

  quietSince(): bigint | undefined {
    let earliest = Infinity;
    for (const child of this.#children) earliest = Math.min(earliest, child.pipe.emptyAt() ?? -Infinity);
    return Number.isFinite(earliest) ? BigInt(earliest - LATENESS_MS) * 1_000_000n : undefined;
  }

  #begin(watched: readonly WatchedInterface[]): void {
    this.#left = this.#children.length;
    for (const child of this.#children) void child.ended.then((error) => this.#hasEnded(child, error));
    // With `any`, losing one interface leaves the others, and the kernel does not report it.
    if (watched.length === this.#children.length) {
      this.#watch = new DeviceWatch({
        interfaces: watched,
        onProblem: (error) => this.#tell(error),
        onRenamed: (from, to) => {
          this.name = renamed(this.name, from, to);
        },
        onLost: (error) => this.#lose(error),
      });
    }
    this.#asking = setInterval(() => this.#ask(), ASK_MS).unref();
  }

  /** Reports are requested while packets arrive or the counter is being read. */
  #ask(): void {
    const bytes = this.#children.reduce((sum, { pipe }) => sum + pipe.bytesRead, 0);
    if (bytes === this.#bytesAsked && !this.#wanted) return;
    this.#bytesAsked = bytes;
    this.#wanted = false;
    for (const child of this.#children) child.ask();
  }

  #hasEnded(child: TcpdumpChild, error: FParserError | undefined): void {
    this.#left--;
    if (this.#stopped || this.#lost || error === undefined) return;
    // The watch knows the reason best, but may not have checked yet.
    this.#watch?.look();
    if (this.#left === 0) this.#lose(error);
    else
      this.#tell(
        error.message.startsWith(child.device)
          ? error
          : new FParserError(error.code, `${child.device}: ${error.message}`, { cause: error }),
      );
  }

  /** The watch and tcpdump may both report the same loss. */
  #tell(error: FParserError): void {
    const device = (text: string): string => text.slice(0, text.indexOf(':'));
    if (!this.problems.some(({ code, message }) => code === error.code && device(message) === device(error.message)))
      this.problems.push(error);
  }

  /** Frames captured before are put first, then `run` rejects. */
  #lose(error: FParserError): void {
    if (this.#lost || this.#stopped) return;
    this.#lost = true;
    this.#endWatching();
    for (const child of this.#children) child.interrupt();
    const all = Promise.all(this.#children.map((child) => child.ended));
    void Promise.race([
      all,
      new Promise((resolve) => {
        setTimeout(resolve, LATENESS_MS);
      }),
    ]).then(() => this.#reject(error));
  }

  #endChildren(): void {
    for (const child of this.#children) {
      child.pipe.discard();
      child.interrupt();
    }
  }

  #endWatching(): void {
    this.#watch?.close();
    clearInterval(this.#asking);
  }

  async #closeAll(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.close()));
  }
}

/**
 * Bytes for each of so many interfaces. 256 MiB hold a million packets of 100 bytes, two seconds at 500,000/s, or 4,000
 * of 64 KiB: the kernel's buffer has slots of equal size, for the longest frame that is kept. It is allocated when the
 * capture is opened, which takes 0.1 s.
 */
export function defaultBufferSize(interfaces: number): number {
  return Math.max(BUFFER_MIN, Math.floor(BUFFER_TOTAL / interfaces));
}

/** Our own compiler shows where a mistake is. What only libpcap can do (names of hosts) is left to libpcap. */
async function checkFilter(filter: string): Promise<void> {
  const { FilterError, parseFilter } = await import('../../filter/index.ts');
  try {
    parseFilter(filter);
  } catch (error) {
    if (!(error instanceof FilterError) || error.code === 'ERR_FILTER_SYNTAX') throw error;
  }
}

/** tcpdump accepts users only by name. */
function nameOf(user: string): string {
  return findUser(user)?.name ?? user;
}
