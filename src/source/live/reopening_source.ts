/**
 * A live source that outlives its interface: when that is set down, removed or made again, it waits until there is one
 * of the name that is up, and captures from there on. Flows stay in the table meanwhile and end by their timeouts. When
 * one of several is lost, the others are captured on; when it is back, all are opened anew, which takes a moment.
 */
import { FParserError, messageOf } from '../../errors.ts';
import type { FrameSink, FrameSource } from './frame_source.ts';
import { checkInterface } from './interfaces.ts';

export interface ReopeningOptions {
  /** Interfaces whose loss is waited for. */
  readonly interfaces: readonly string[];
  /** Makes a source, which is used once. */
  readonly make: () => Promise<FrameSource>;
  /** Told of each loss and each return. */
  readonly warn: (message: string) => void;
  /** Throws while the interface cannot be captured. Default: asks the kernel. */
  readonly check?: (name: string) => unknown;
  /** Milliseconds between two looks, default 200. */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 200;
const LOSSES: ReadonlySet<string> = new Set(['ERR_NO_SUCH_DEVICE', 'ERR_DEVICE_DOWN']);

export class ReopeningSource implements FrameSource {
  readonly waits = false;
  readonly #options: ReopeningOptions;
  #inner: FrameSource;
  #sink: FrameSink | undefined;
  #isOpen = true;
  #stopped = false;
  /** The source was stopped because an interface is back. */
  #restarts = false;
  /** Losses of some of several interfaces that were reported. */
  #partsLost = 0;
  #wake: () => void = () => undefined;
  #droppedBefore: number | null = 0;
  readonly #problemsBefore: Error[] = [];

  private constructor(options: ReopeningOptions, inner: FrameSource) {
    this.#options = options;
    this.#inner = inner;
  }

  static async create(options: ReopeningOptions): Promise<ReopeningSource> {
    return new ReopeningSource(options, await options.make());
  }

  get name(): string {
    return this.#inner.name;
  }

  get timestampSource(): FrameSource['timestampSource'] {
    return this.#inner.timestampSource;
  }

  get processCount(): number {
    return this.#inner.processCount ?? 0;
  }

  get packetsDroppedKernel(): number | null {
    const now = this.#isOpen ? this.#inner.packetsDroppedKernel : 0;
    return now === null || this.#droppedBefore === null ? null : this.#droppedBefore + now;
  }

  get problems(): readonly Error[] {
    const now = this.#isOpen ? this.#inner.problems.filter((problem) => !isLoss(problem)) : [];
    return [...this.#problemsBefore, ...now];
  }

  async open(sink: FrameSink): Promise<void> {
    this.#sink = sameInterfaces(sink);
    await this.#inner.open(this.#sink);
  }

  async run(): Promise<void> {
    for (;;) {
      this.#restarts = false;
      this.#partsLost = 0;
      const look = this.#lookForParts();
      try {
        await this.#inner.run();
        if (!this.#restarts || this.#stopped) return;
        await this.#release();
      } catch (error) {
        if (this.#stopped || !isLoss(error)) throw error;
        await this.#release();
        this.#options.warn(`${messageOf(error)}; waiting for it`);
      } finally {
        clearInterval(look);
      }
      if (!(await this.#reopen())) return;
      this.#options.warn(`${this.name}: captured again`);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#inner.stop();
    this.#wake();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#inner.close();
  }

  /** While there is no interface, no frame can be late. */
  quietSince(): bigint | undefined {
    return this.#isOpen ? this.#inner.quietSince() : BigInt(Date.now()) * 1_000_000n;
  }

  /** Looks whether one of several interfaces is lost while others are captured, and whether all are there again. */
  #lookForParts(): NodeJS.Timeout | undefined {
    const { interfaces, intervalMs = INTERVAL_MS, check = checkInterface, warn } = this.#options;
    if (interfaces.length < 2) return undefined;
    return setInterval(() => {
      const lost = this.#inner.problems.filter(isLoss);
      for (const loss of lost.slice(this.#partsLost)) warn(`${messageOf(loss)}; waiting for it`);
      this.#partsLost = lost.length;
      if (lost.length === 0 || this.#restarts || !interfaces.every((name) => isThere(name, check))) return;
      this.#restarts = true;
      this.#inner.stop();
    }, intervalMs);
  }

  /** The source that is lost has nothing more to say than its figures. */
  async #release(): Promise<void> {
    this.#droppedBefore = this.packetsDroppedKernel;
    this.#problemsBefore.push(...this.#inner.problems.filter((problem) => !isLoss(problem)));
    this.#isOpen = false;
    await this.#inner.close();
  }

  /** False: it was stopped meanwhile. @throws {FParserError} what is not a loss of an interface */
  async #reopen(): Promise<boolean> {
    const { interfaces, make, check = checkInterface } = this.#options;
    while (!this.#stopped) {
      try {
        for (const name of interfaces) check(name);
        const next = await make();
        await next.open(this.#sink as FrameSink);
        this.#inner = next;
        this.#isOpen = true;
        // `stop` was for the source before.
        if (this.#stopped) next.stop();
        return true;
      } catch (error) {
        if (!isLoss(error)) throw error;
        await this.#pause();
      }
    }
    return false;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.intervalMs ?? INTERVAL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A sink that knows an interface again: the tracker has room for a certain number of them. */
function sameInterfaces(sink: FrameSink): FrameSink {
  const numbers = new Map<string, number>();
  return {
    addInterface(linkType, recordUnitNs = 1, bigEndian = false) {
      const key = `${linkType} ${recordUnitNs} ${bigEndian}`;
      const known = numbers.get(key) ?? sink.addInterface(linkType, recordUnitNs, bigEndian);
      numbers.set(key, known);
      return known;
    },
    put: (...frame) => sink.put(...frame),
    putRecords: (...records) => sink.putRecords(...records),
    publish: () => sink.publish(),
    room: (bytes) => sink.room(bytes),
    get free() {
      return sink.free;
    },
    get closed() {
      return sink.closed;
    },
  };
}

function isLoss(error: unknown): boolean {
  return error instanceof FParserError && LOSSES.has(error.code);
}

function isThere(name: string, check: (name: string) => unknown): boolean {
  try {
    check(name);
    return true;
  } catch {
    return false;
  }
}
