/**
 * Frames of interfaces opened directly, in promiscuous mode, through the package `cap`: with their own link-layer
 * headers, including frames for other hosts. The package aborts its process when the interface goes down or disappears
 * (C1), so each interface gets a child process, which sends frames through a pipe. It needs the same rights as this
 * process.
 *
 * Packets that the kernel dropped cannot be counted (C9).
 */
import { FParserError } from '../../errors.ts';
import { CapChildProcess } from './cap_child_process.ts';
import { DeviceWatch, renamed } from '../live/device_watch.ts';
import type { FrameSink, FrameSource } from '../live/frame_source.ts';
import { ANY, checkInterface } from '../live/interfaces.ts';
import { checkRights } from '../live/rights.ts';

export interface PromiscuousCapSourceOptions {
  /** Names of interfaces, at least one. */
  readonly interfaces: readonly string[];
  /** pcap-filter(7) text; empty: everything. */
  readonly filter: string;
  /** Bytes kept of each frame, 0: all, which is 65,535. */
  readonly snaplen: number;
  /** Kernel buffer of each interface, bytes, as for CapSource. */
  readonly bufferSize?: number;
  /** User that the processes switch to once their captures are open. Default: that of this process. */
  readonly user?: string;
}

/** How long packets may take through the child process. */
const LATENESS_NS = 250_000_000n;
/** Time within which the watch has checked the interface after a process has exited unexpectedly. */
const LOOK_MS = 150;
const PROBLEM_COUNT_MAX = 100;

export class PromiscuousCapSource implements FrameSource {
  name: string;
  readonly timestampSource = 'user';
  readonly waits = false;
  readonly packetsDroppedKernel = null;
  readonly problems: FParserError[] = [];
  readonly #options: PromiscuousCapSourceOptions;
  readonly #children: CapChildProcess[] = [];
  readonly #ended: Promise<void>;
  #end: (error?: FParserError) => void = () => {};
  #watch: DeviceWatch | undefined;
  #left = 0;
  #stopped = false;

  constructor(options: PromiscuousCapSourceOptions) {
    this.#options = options;
    this.name = options.interfaces.join(', ');
    this.#ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Lost before `run` is called: it still rejects.
    this.#ended.catch(() => {});
  }

  async open(sink: FrameSink): Promise<void> {
    const { interfaces, ...rest } = this.#options;
    if (interfaces.includes(ANY))
      throw new FParserError(
        'ERR_NO_SUCH_DEVICE',
        `${ANY}: not a single interface, so it has no promiscuous mode; name the interfaces`,
      );
    checkRights();
    const watched = interfaces.map((name) => ({ name, ...checkInterface(name) }));
    // Whether it suits the link type is only known once the device is open; our own compiler shows where a mistake is.
    if (rest.filter.trim() !== '') (await import('../../filter/language/parser.ts')).parseFilter(rest.filter);
    try {
      for (const { name } of watched) {
        if (this.#stopped) return;
        const child = new CapChildProcess({ device: name, ...rest }, sink);
        this.#children.push(child);
        await child.ready();
      }
    } catch (error) {
      const isStopped = this.#stopped;
      await this.close();
      // A child that is stopped while it opens reports that.
      if (isStopped) return;
      throw error;
    }
    if (this.#stopped) return;
    this.#left = this.#children.length;
    for (const child of this.#children) void child.ended.then((error) => this.#hasEnded(child, error));
    this.#watch = new DeviceWatch({
      interfaces: watched,
      onProblem: (error) => this.#note(error),
      onRenamed: (from, to) => {
        this.name = renamed(this.name, from, to);
      },
      onLost: (error) => this.#finish(error),
    });
  }

  run(): Promise<void> {
    return this.#ended;
  }

  stop(): void {
    for (const child of this.#children) child.pipe.discard();
    this.#finish();
  }

  async close(): Promise<void> {
    this.stop();
    await Promise.all(this.#children.map((child) => child.close()));
  }

  get processCount(): number {
    return this.#left;
  }

  quietSince(): bigint | undefined {
    const times = this.#children.map(({ pipe }) => pipe.emptyAt() ?? 0);
    const earliest = Math.min(...times);
    return times.length === 0 || earliest === 0 ? undefined : BigInt(earliest) * 1_000_000n - LATENESS_NS;
  }

  /** The watch knows the reason best, so give it time to check. */
  #hasEnded({ device }: CapChildProcess, error: FParserError | undefined): void {
    this.#left--;
    if (this.#stopped || error === undefined) return;
    setTimeout(() => {
      if (this.#left === 0) this.#finish(error);
      else if (!this.problems.some(({ message }) => message.startsWith(`${device}:`))) this.#note(error);
    }, LOOK_MS);
  }

  #note(error: FParserError): void {
    if (!this.#stopped && this.problems.length < PROBLEM_COUNT_MAX) this.problems.push(error);
  }

  #finish(error?: FParserError): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#watch?.close();
    for (const child of this.#children) child.end();
    if (error === undefined) this.#end();
    else void Promise.all(this.#children.map((child) => child.ended)).then(() => this.#end(error));
  }
}
