/**
 * Drives a live capture: a source puts frames into the ring of a threaded engine, and closed flows are reported as they
 * appear. When the source ends, is lost or is stopped, the tracker empties the ring and ends; the active flows are then
 * ended here. If the tracker fails, the flows that it left in the table are still delivered.
 */
import { uptime } from 'node:os';
import type { ThreadedEngine } from '../engine/threaded.ts';
import { asParserError, FParserError } from '../errors.ts';
import type { FlowFeed } from './flow_feed.ts';
import type { FlowIdentities } from './flow_identities.ts';
import { untrackUnreffed, isIdle, trackUnreffed } from './idle_process.ts';
import { LiveSink } from './live_sink.ts';
import type { FrameSource } from '../source/live/frame_source.ts';
import { TURN_MS } from './turn.ts';

/** Flows ended at a time by the flush. */
const FLUSH_STEP = 4096;
/** How often the tracker is notified that the line is silent, milliseconds. */
const QUIET_STEP_MS = 100;
/** Longest time at a stretch in which flows are identified, and the least time between two; milliseconds. */
const IDENTIFY_MS = 1;
const IDENTIFY_PAUSE_MS = 4;
/** How late a packet may arrive after its timestamp and still find its flow, nanoseconds. */
const LATENESS_NS = 1_000_000_000n;
/** A longer time between two steps is a stall: the process was stopped, or the machine suspended. Milliseconds. */
const STALL_MS = 2_000;
/** Time after a stall in which waiting packets are taken. Milliseconds. */
const CATCH_UP_MS = 1_000;
/** How often an unreffed capture checks whether it should end, milliseconds. */
const IDLE_STEP_MS = 250;

export interface LiveLimits {
  /** Packets after which the capture ends. */
  readonly count?: number | undefined;
  /** Time after which it ends, milliseconds. */
  readonly durationMs?: number | undefined;
}

export class LiveReader implements FlowFeed {
  readonly problems: FParserError[] = [];
  failure: FParserError | undefined;
  readonly problemsOmitted = 0;
  readonly engine: ThreadedEngine;
  readonly identities: FlowIdentities | undefined;
  readonly source: FrameSource;
  /** Called when flows have started; see ThreadedEngine.takeStarted. */
  onStarted: () => void = () => undefined;
  readonly #sink: LiveSink;
  readonly #limits: LiveLimits;
  readonly #yieldToEventLoop: () => Promise<void>;
  #duration: NodeJS.Timeout | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #idleWatch: NodeJS.Timeout | undefined;
  #identifying: NodeJS.Timeout | undefined;
  /** Wakes `advance`. */
  #wake: () => void = () => undefined;
  /** When `#step` was last called, by the monotonic clock and by the time since the start of the system. */
  #stepMs = performance.now();
  #upMs = uptime() * 1000;
  #quietAfterMs = 0;
  #stopped = false;
  #closed = false;
  #finishing: Promise<void> | undefined;
  #turnBegan = performance.now();

  constructor(
    engine: ThreadedEngine,
    source: FrameSource,
    limits: LiveLimits,
    yieldToEventLoop: () => Promise<void>,
    identities?: FlowIdentities,
  ) {
    this.engine = engine;
    this.identities = identities;
    this.source = source;
    this.#limits = limits;
    this.#yieldToEventLoop = yieldToEventLoop;
    this.#sink = new LiveSink(engine, limits.count ?? Infinity, () => this.stop());
    engine.onFlowsWaiting = () => {
      this.onStarted();
      this.#wake();
    };
  }

  /** Opens the source and starts it. @throws {FParserError} when it cannot be opened; everything is closed then */
  async start(): Promise<void> {
    try {
      await this.source.open(this.#sink);
    } catch (error) {
      await this.close();
      throw error;
    }
    const { durationMs } = this.#limits;
    if (durationMs !== undefined) this.#duration = setTimeout(() => this.stop(), durationMs);
    [this.#stepMs, this.#upMs] = [performance.now(), uptime() * 1000];
    this.#quiet = setInterval(() => this.#step(), QUIET_STEP_MS).unref();
    const running = this.#stopped ? Promise.resolve() : this.source.run();
    running
      .catch((error: unknown) => this.#fail(asParserError(error, 'ERR_READ')))
      .then(
        () => this.#finish(),
        () => undefined,
      );
  }

  /** Takes no more packets; those in the ring are still tracked. Idempotent. */
  stop(): void {
    this.#stopped = true;
    // The tracker's flows are delivered before the process may end.
    this.engine.ref();
    this.#sink.close();
    this.source.stop();
  }

  async advance(): Promise<boolean> {
    while (!this.engine.gone) {
      if (this.engine.closedCount > 0) return true;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    await this.#finish();
    return this.#endActive();
  }

  /** Ends everything at once, without delivering the active flows. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.stop();
    this.#endWatching();
    await Promise.all([this.source.close(), this.engine.terminate()]);
  }

  /**
   * Lets the process end while the capture runs. Some handles cannot be unref'd (the poll handle of `cap`, a read from
   * a pipe), so the capture stops itself when nothing else keeps the process alive. A replay is not affected: it ends
   * anyway.
   */
  unref(): void {
    if (this.source.waits || this.#finishing !== undefined) return;
    this.engine.unref();
    this.#duration?.unref();
    trackUnreffed(this.source);
    this.#idleWatch ??= setInterval(() => {
      if (isIdle()) this.stop();
    }, IDLE_STEP_MS).unref();
  }

  #step(): void {
    this.#noticeStall();
    const reached = performance.now() < this.#quietAfterMs ? undefined : this.source.quietSince();
    if (reached !== undefined) this.#tellQuiet(reached);
    if (this.#isAfterWindow(reached)) this.stop();
    this.#noteFaults();
    this.#identify();
  }

  /** A little at a time: packets are captured in between, and the tracker waits for the table meanwhile. */
  #identify(): void {
    this.#identifying ??= setTimeout(() => {
      this.#identifying = undefined;
      if (!this.#closed && this.identities?.drain(IDENTIFY_MS) === true) this.#identify();
    }, IDENTIFY_PAUSE_MS).unref();
  }

  /** Packets that waited while this process did not run are taken before time passes for the flows. */
  #noticeStall(): void {
    const [now, upMs] = [performance.now(), uptime() * 1000];
    // The monotonic clock stands still while the machine is suspended; the other one counts whole seconds.
    const pausedMs = Math.max(now - this.#stepMs, upMs - this.#upMs - 1000);
    [this.#stepMs, this.#upMs] = [now, upMs];
    if (pausedMs < STALL_MS || this.source.waits) return;
    this.#quietAfterMs = now + CATCH_UP_MS;
    const seconds = (pausedMs / 1000).toFixed(1);
    const notice = `this program did not run for ${seconds} s; packets may be lost, and their times are estimated`;
    this.problems.push(new FParserError('ERR_READ', notice));
  }

  #noteFaults(): void {
    const { recordFaults } = this.source;
    if (recordFaults !== undefined) this.engine.noteFaults(recordFaults);
  }

  #tellQuiet(since: bigint): void {
    if (since > LATENESS_NS) this.engine.setQuiet(since - LATENESS_NS);
  }

  /**
   * No packet that is still wanted can come. A replay plays on to its end, as reading a file does: flows are silent
   * until then.
   * @param reached the source's watermark, if it is known
   */
  #isAfterWindow(reached = 0n): boolean {
    const end = this.engine.windowEndNs;
    if (end === undefined || this.source.waits) return false;
    return reached >= end + LATENESS_NS || this.engine.clockNs >= end + LATENESS_NS;
  }

  /** The source has no more frames, or the tracker is gone. */
  #finish(): Promise<void> {
    return (this.#finishing ??= this.#finishOnce());
  }

  async #finishOnce(): Promise<void> {
    this.stop();
    this.#endWatching();
    await Promise.all([this.engine.finish(), this.source.close()]);
    this.#noteFaults();
    for (const problem of this.source.problems) this.problems.push(asParserError(problem, 'ERR_READ'));
    if (this.engine.failure !== undefined && !this.#closed) this.#fail(this.engine.failure);
    this.#wake();
  }

  #endWatching(): void {
    clearTimeout(this.#duration);
    clearInterval(this.#quiet);
    clearInterval(this.#idleWatch);
    untrackUnreffed(this.source);
  }

  #fail(error: FParserError): void {
    this.problems.push(error);
    this.failure ??= error;
  }

  async #endActive(): Promise<boolean> {
    const { engine } = this;
    if (!engine.flushing) engine.beginFlush();
    let left: number;
    do {
      if (performance.now() - this.#turnBegan > TURN_MS) {
        await this.#yieldToEventLoop();
        this.#turnBegan = performance.now();
      }
      left = engine.flushSome(FLUSH_STEP);
    } while (left > 0 && engine.closedCount === 0);
    return engine.closedCount > 0;
  }
}
