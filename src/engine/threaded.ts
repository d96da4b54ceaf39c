/**
 * The engine with its tracker in a worker: frames go in through the ring in shared memory, and this thread reads the
 * same table while the tracker is paused. Node only.
 */
import { LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from '../../assembly/wire/numbers.ts';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import {
  CONFIG_WINDOW,
  CONFIG_WINDOW_TO,
  CONTROL,
  COUNTER_BEYOND_SNAPLEN,
  COUNTER_FLOWS_ENDED,
  COUNTER_SEEN,
  COUNTER_UNTIMED,
  COUNTER_WIRE_TOO_SHORT,
  FLOWS_WAITING,
  LOCK_INTENT,
  QUIET_TIME,
  RING_ENDED,
  RING_HEAD,
  START_QUEUE_HEAD,
  STATE_CLOCK,
  STATE_CLOSED_COUNT,
  STATE_ORDERING,
  STATE_SORT_PASS,
  STATE_SORT_PLACE,
  STATE_UNTIMED_NUMBER,
  U32_SIZE,
  WINDOW_ON,
} from '../../assembly/layout.ts';
import { FParserError } from '../errors.ts';
import { RingWriter } from '../ring/writer.ts';
import { readCounters } from './counters.ts';
import type { EngineCounters } from './counters.ts';
import type { EngineFigures } from './figures.ts';
import type { EngineOptions } from './options.ts';
import { loadEngine, randomHashKey } from './load.ts';
import { HostLock, STALLED_WAITS_MAX } from './lock.ts';
import { planMemory, reserve, writeConfig } from './memory.ts';
import { FlowTable } from './table.ts';
import type { RowRange } from './table.ts';
import { counterAt } from './u64.ts';
import { instantiate } from './wasm.ts';
import type { EngineExports } from './wasm.ts';
import type { SourceDescription, TrackerStart } from './worker.ts';

/** Two folders above each built file that starts it; for the TypeScript sources, in dist. */
const WORKER = import.meta.url.endsWith('.ts') ? '../../dist/src/engine/worker.js' : '../../src/engine/worker.js';
/** How long the tracker works on between two looks whether flows can be listed, milliseconds. */
const LISTING_STEP_MS = 1;
const word = (offset: number): number => (CONTROL + offset) / U32_SIZE;

export interface ThreadedOptions extends EngineOptions {
  readonly ringSize: number;
  /** When too many closed flows wait: wait for the host (true), or drop the oldest and count them. */
  readonly waits: boolean;
}

type FaultCounter = 'timestampsUnknown' | 'wireLengthsTooShort' | 'beyondSnaplen';

export class ThreadedEngine extends FlowTable {
  readonly writer: RingWriter;
  /** Called when closed or started flows may wait, or the tracker has ended. */
  onFlowsWaiting: () => void = () => undefined;
  readonly #words: Int32Array;
  readonly #times: BigUint64Array;
  readonly #lock: HostLock;
  readonly #worker: Worker;
  readonly #descriptions: MessagePort;
  /** Described so far. */
  readonly #isLive: boolean;
  #interfaceCount = 0;
  readonly #workerExited: Promise<void>;
  #hasExited = false;
  #failure: FParserError | undefined;
  #room: { readonly bytes: number; readonly wake: () => void } | undefined;
  #startsRead = 0;

  private constructor(
    options: ThreadedOptions,
    memory: WebAssembly.Memory,
    exports: EngineExports,
    module: WebAssembly.Module,
  ) {
    super(options, memory, exports);
    this.#isLive = !options.waits;
    this.#words = new Int32Array(memory.buffer);
    this.#times = new BigUint64Array(memory.buffer);
    this.#lock = new HostLock(this.#words, () => this.#progress());
    this.writer = new RingWriter(memory.buffer, options.snaplen ?? 0);
    const { port1, port2 } = new MessageChannel();
    this.#descriptions = port1;
    const start: TrackerStart = { module, memory, descriptions: port2, waits: options.waits };
    this.#worker = new Worker(new URL(WORKER, import.meta.url), {
      workerData: start,
      transferList: [port2],
      execArgv: [],
      name: 'pcapflow tracker',
    });
    this.#worker.on('message', (message: string) => this.#hear(message));
    this.#workerExited = new Promise((resolve) => {
      this.#worker.on('error', (error) => this.#fail(`the flow tracker failed: ${error.message}`, error));
      this.#worker.on('exit', () => {
        this.#end();
        resolve();
      });
    });
  }

  /** @throws {RangeError} when the options need more memory than there can be @throws {FParserError} ERR_ENGINE */
  static async create(options: ThreadedOptions): Promise<ThreadedEngine> {
    const module = await loadEngine('shared');
    const plan = planMemory(options);
    const memory = reserve(plan.pages, true);
    const exports = await instantiate(module, memory);
    writeConfig(memory, plan, { ...options, hashKey: options.hashKey ?? randomHashKey() });
    exports.init();
    const engine = new ThreadedEngine(options, memory, exports, module);
    await engine.#started();
    return engine;
  }

  /**
   * A tracker that was killed in the middle of its work is only noticed when its exit is reported. Until then the table
   * cannot be read.
   * @throws {FParserError} ERR_ENGINE
   */
  override locked<T>(work: () => T): T {
    if (this.#hasExited) return work();
    if (this.#failure !== undefined) throw this.#failure;
    return this.#lock.hold(work, () => this.#giveUp());
  }

  /** @throws {FParserError} ERR_ENGINE */
  override lockedForListing<T>(work: () => T): T {
    for (let waits = 0, reached = this.#progress(); ; waits++) {
      const done = this.locked(() => (this.#isOrdering() ? undefined : { result: work() }));
      if (done !== undefined) return done.result;
      if (waits === STALLED_WAITS_MAX) {
        if (reached === this.#progress()) throw this.#giveUp();
        [waits, reached] = [0, this.#progress()];
      }
      Atomics.wait(this.#words, word(LOCK_INTENT), 0, LISTING_STEP_MS);
    }
  }

  #isOrdering(): boolean {
    return !this.#hasExited && this.#words[word(STATE_ORDERING)] !== 0;
  }

  override get closedCount(): number {
    return this.#failure !== undefined && !this.#hasExited ? 0 : super.closedCount;
  }

  /** If the tracker died holding the lock, flows are not taken now but when its exit is reported. */
  override takeClosed<T>(most: number, use: (rows: RowRange) => T): T {
    try {
      return super.takeClosed(most, use);
    } catch (error) {
      if (error !== this.#failure) throw error;
      return use(this.rowRange(0));
    } finally {
      this.#tellTaken();
    }
  }

  override release(amount: number): void {
    try {
      super.release(amount);
    } catch (error) {
      if (error !== this.#failure) throw error;
    } finally {
      this.#tellTaken();
    }
  }

  /** A tracker that waits for flows to be taken waits on this word. */
  #tellTaken(): void {
    if (!this.#hasExited) Atomics.notify(this.#words, word(STATE_CLOSED_COUNT));
  }

  /** A copy: shared memory is not for writing to files. */
  override rowsText(rows: RowRange): Uint8Array {
    return super.rowsText(rows).slice();
  }

  /** Packets in the ring count as seen, too. */
  override counters(): EngineCounters {
    return this.locked(() => ({ ...super.counters(), packetsSeen: this.packetsSeen }));
  }

  /** Packets that reached the ring, dropped ones included. */
  get packetsSeen(): number {
    return this.writer.packetsPut + this.writer.packetsDropped;
  }

  /** Packets in the ring. */
  override get packetsInRing(): number {
    return this.#failure === undefined ? this.writer.packetsPut - this.#packetsTracked() : 0;
  }

  /** Packets dropped because the ring was full, or because the tracker failed before it came to them. */
  override get packetsDroppedRing(): number {
    const lost = this.#failure === undefined ? 0 : this.writer.packetsPut - this.#packetsCounted();
    return this.writer.packetsDropped + lost;
  }

  /** A tracker that fails inside a packet has seen it, but it is in no other counter. */
  #packetsCounted(): number {
    const counters = readCounters(this.views.data);
    return (
      counters.packetsDelivered + counters.packetsFiltered + counters.packetsMalformed + counters.packetsNotTracked
    );
  }

  /** Changes while the tracker makes progress. */
  #progress(): number {
    const { data } = this.views;
    const sorted = (this.#words[word(STATE_SORT_PLACE)] as number) + (this.#words[word(STATE_SORT_PASS)] as number);
    return counterAt(data, COUNTER_FLOWS_ENDED) + this.#packetsTracked() + sorted;
  }

  #packetsTracked(): number {
    return counterAt(this.views.data, COUNTER_SEEN);
  }

  /** Describes where frames come from. Gives the number that goes with them. @throws what making the filter throws */
  addInterface(linkType: number, unitNs: number, bigEndian: boolean): number {
    // Frames of a link type that cannot be decoded count as not tracked; no filter can have a meaning for them.
    const known = this.exports.knowsLinkType(linkType) !== 0;
    const filter = known ? this.options.filter?.(linkType, bigEndian, true) : this.options.filter && null;
    // A live capture makes cooked headers itself; in a file they are what was recorded.
    const cooked = this.#isLive && (linkType === LINKTYPE_LINUX_SLL || linkType === LINKTYPE_LINUX_SLL2);
    const number = this.#interfaceCount;
    const description: SourceDescription = { number, linkType, bigEndian, unitNs, cooked, filter };
    if (!this.writer.putDescription())
      throw new FParserError('ERR_ENGINE', 'the ring is full; there is no room for another interface');
    // The tracker registers it when it reaches the record that announces it.
    this.#descriptions.postMessage(description);
    this.writer.publish();
    return this.#interfaceCount++;
  }

  /** Resolves when so many bytes of records are free, or the tracker is gone. @throws {RangeError} beyond a quarter of the ring */
  async room(bytes: number): Promise<void> {
    if (bytes > this.writer.pieceMax)
      throw new RangeError(`${bytes} bytes are wanted of the ring; the most is ${this.writer.pieceMax}`);
    while (!this.#hasExited && !this.writer.want(bytes)) {
      await new Promise<void>((wake) => {
        this.#room = { bytes, wake };
      });
    }
  }

  /** All frames up to this time, nanoseconds since the epoch, are published; the line was silent since. */
  setQuiet(timeNs: bigint): void {
    Atomics.store(this.#times, (CONTROL + QUIET_TIME) / 8, timeNs);
  }

  /** Packets and silence have reached this time, nanoseconds since the epoch; 0: no packet has come. */
  get clockNs(): bigint {
    return this.#timeAt(STATE_CLOCK);
  }

  /**
   * When the span of wanted packets ends, nanoseconds since the epoch; undefined while that is not known: it has no end,
   * or no packet has come from which it is counted.
   */
  get windowEndNs(): bigint | undefined {
    const isKnown = this.#words[word(CONFIG_WINDOW)] === WINDOW_ON && this.options.window?.to !== undefined;
    return isKnown ? this.#timeAt(CONFIG_WINDOW_TO) : undefined;
  }

  #timeAt(offset: number): bigint {
    return Atomics.load(this.#times, (CONTROL + offset) / BigUint64Array.BYTES_PER_ELEMENT);
  }

  /**
   * Rows of the flows that have started since the last call and still exist, rowsMax at most at a time; the engine must
   * note starts. Returns how many starts were missed because the call came too late; undefined when there is nothing new.
   */
  takeStarted(use: (rows: RowRange) => void): number | undefined {
    Atomics.store(this.#words, word(FLOWS_WAITING), 0);
    return this.locked(() => {
      const head = (this.#words[word(START_QUEUE_HEAD)] as number) >>> 0;
      const size = this.options.starts ?? 0;
      const waiting = (head - this.#startsRead) >>> 0;
      if (waiting === 0) return undefined;
      const missed = Math.max(0, waiting - size);
      const from = (this.#startsRead + missed) >>> 0;
      const to = (from + Math.min(waiting - missed, this.rowsMax)) >>> 0;
      use(this.rowRange(this.exports.writeStarted(from, to)));
      this.#startsRead = to;
      return missed;
    });
  }

  /** Why the tracker ended before its time. */
  get failure(): FParserError | undefined {
    return this.#failure;
  }

  /** Whether the tracker has ended. The table then belongs to this thread. */
  get gone(): boolean {
    return this.#hasExited;
  }

  /** Announces that no more frames come: the tracker empties the ring and ends. Resolves when it has. */
  async finish(): Promise<void> {
    this.writer.publish();
    Atomics.store(this.#words, word(RING_ENDED), 1);
    Atomics.notify(this.#words, word(RING_HEAD));
    // Do not wait for a tracker without taking closed flows: it may be waiting for that. See LiveReader.
    await this.#workerExited;
  }

  /** Counts what is wrong with the records that a replay has converted, which the tracker cannot see. */
  noteFaults(faults: Pick<EngineCounters, FaultCounter> & Pick<EngineFigures, 'firstUntimed'>): void {
    const set = (offset: number, count: number): void => {
      this.#times[(CONTROL + offset) / BigUint64Array.BYTES_PER_ELEMENT] = BigInt(count);
    };
    set(COUNTER_UNTIMED, faults.timestampsUnknown);
    set(STATE_UNTIMED_NUMBER, faults.firstUntimed ?? 0);
    set(COUNTER_WIRE_TOO_SHORT, faults.wireLengthsTooShort);
    set(COUNTER_BEYOND_SNAPLEN, faults.beyondSnaplen);
  }

  /** Ends the tracker wherever it is. */
  async terminate(): Promise<void> {
    if (!this.#hasExited) await this.#worker.terminate();
  }

  /** The tracker does not keep the process alive. */
  unref(): void {
    this.#worker.unref();
  }

  /** It does again. */
  ref(): void {
    this.#worker.ref();
  }

  #giveUp(): FParserError {
    const failure = this.#fail('the flow tracker does not leave its table');
    void this.#worker.terminate();
    return failure;
  }

  async #started(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#worker.once('message', () => resolve());
      void this.#workerExited.then(() =>
        reject(this.#failure ?? new FParserError('ERR_ENGINE', 'the flow tracker ended at its start')),
      );
    });
  }

  #hear(message: string): void {
    if (message === 'room') this.#wakeRoom();
    if (message === 'flows waiting') {
      Atomics.store(this.#words, word(FLOWS_WAITING), 0);
      this.onFlowsWaiting();
    }
  }

  #wakeRoom(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.wake();
  }

  #fail(message: string, cause?: unknown): FParserError {
    return (this.#failure ??= new FParserError('ERR_ENGINE', message, { cause }));
  }

  /** The worker has exited: normally only if it was asked to end and has emptied the ring. */
  #end(): void {
    this.#hasExited = true;
    this.#descriptions.close();
    this.#lock.seize();
    const ended = Atomics.load(this.#words, word(RING_ENDED)) !== 0;
    if (!ended || this.writer.packetsPut !== this.#packetsTracked())
      this.#fail('the flow tracker ended before its time');
    this.#wakeRoom();
    this.onFlowsWaiting();
  }
}
