/**
 * Replay: sends capture files through the ring as if they were live, at the recorded pace, a multiple of it, or as fast
 * as the ring accepts them. Nothing is lost: when the ring is full the replay waits.
 *
 * A converter is the guard in front of pcap-parser. It finds whole, sound records in every format that `read` takes and
 * makes them what the package can read; what is damaged is reported with its place and never reaches the package.
 */
import { setImmediate } from 'node:timers/promises';
import { CaptureReader } from '../reader/capture_reader.ts';
import { Converter } from './converter.ts';
import { loadEngine } from '../engine/load.ts';
import type { FParserError } from '../errors.ts';
import { checkOption } from '../options/check.ts';
import { readerHost } from '../reader/open_reader.ts';
import type { OrderOption } from '../reader/open_reader.ts';
import { namedInputs } from '../source/file/inputs.ts';
import type { FrameSink, FrameSource, RecordFaults } from '../source/live/frame_source.ts';
import { RecordWindow } from './record_window.ts';
import { ReplayClock } from './replay_clock.ts';
import { ReplayFramePump } from './replay_frame_pump.ts';
import { TURN_MS } from '../reader/turn.ts';

/** Bytes parsed before they are published to the tracker: one read, and the rest of the record before it. */
const PIECE_SIZE = 96 * 1024;
/** Longest delay of a timer, milliseconds. */
const TIMER_MAX_MS = 2 ** 31 - 1;

const NO_FAULTS: RecordFaults = {
  timestampsUnknown: 0,
  firstUntimed: undefined,
  wireLengthsTooShort: 0,
  beyondSnaplen: 0,
};

export interface ReplayOptions {
  /** Paths, `-` for standard input. Several files are one capture. */
  readonly files: readonly string[] | string;
  /** Recorded seconds that pass in a second, > 0; 'max': as fast as the ring takes the frames. */
  readonly speed: number | 'max';
  /**
   * Bytes kept of each frame: 64..262,144. A filter in the ring's engine sees no more. Default: all that were captured.
   */
  readonly snaplen?: number;
  /** In which order several files are played. Default 'time'. */
  readonly order?: OrderOption | undefined;
  /** Called for each problem that does not end the replay, when the replay reaches it. */
  readonly warn?: (message: string) => void;
}

export class ReplaySource implements FrameSource {
  readonly name: string;
  readonly timestampSource = 'file';
  readonly waits = true;
  /** A file does not say. */
  readonly packetsDroppedKernel = null;
  /** What could not be read, in order, except what `run` rejects with. */
  readonly problems: FParserError[] = [];
  readonly #files: readonly string[];
  readonly #snaplen: number | undefined;
  readonly #warn: (message: string) => void;
  readonly #order: OrderOption;
  /** Undefined at 'max'. */
  readonly #clock: ReplayClock | undefined;
  #paused = false;
  #stopped = false;
  #reader: CaptureReader<Converter> | undefined;
  #feed: ReplayFramePump | undefined;
  #window: RecordWindow | undefined;
  /** Problems of the reader that were reported. */
  #reported = 0;
  /** The problem that `run` rejects with: the first that ended a file early. */
  #failure: FParserError | undefined;
  #ended = false;
  #wake: (() => void) | undefined;
  #turnBegan = performance.now();

  /**
   * @throws {RangeError} for a speed that is neither 'max' nor a number above 0, a snaplen out of range, and without
   * files
   */
  constructor({ files, speed, snaplen, order = 'time', warn = () => {} }: ReplayOptions) {
    if (speed !== 'max' && !(typeof speed === 'number' && speed > 0 && speed < Infinity)) {
      throw new RangeError(`speed is ${String(speed)}; it must be a number above 0, or 'max'`);
    }
    this.#files = typeof files === 'string' ? [files] : files;
    if (this.#files.length === 0) throw new RangeError('a replay needs a file');
    this.name = this.#files.join(', ');
    checkOption('readFlows', 'snaplen', snaplen);
    this.#snaplen = snaplen;
    this.#warn = warn;
    this.#order = order;
    this.#clock = speed === 'max' ? undefined : new ReplayClock(speed);
  }

  /**
   * Opens the first file that can be read.
   * @throws {FParserError} as reading does when there is none, and ERR_FILTER_SYNTAX, ERR_FILTER_UNSUPPORTED
   */
  async open(sink: FrameSink): Promise<void> {
    const inputs = namedInputs(this.#files);
    const converter = await Converter.create(await loadEngine(), this.#snaplen, inputs.length);
    if (this.#stopped) return;
    this.#reader = new CaptureReader(converter, readerHost(inputs, this.#order, this.#warn));
    this.#feed = new ReplayFramePump(converter, sink, (problem) => this.#report(problem));
    this.#window = new RecordWindow(converter);
    await this.#reader.start();
    if (converter.interfaces > 0) this.#feed.addFirstInterface();
  }

  /** Resolves when all files were put, or after `stop`; rejects with the first problem that ended a file early. */
  async run(): Promise<void> {
    const [reader, feed, window] = [this.#reader, this.#feed, this.#window];
    if (reader === undefined || feed === undefined || window === undefined) return;
    do {
      this.#reportNew(reader);
      window.begin();
      await this.#play(window, feed);
      reader.engine.release();
    } while (!this.#over(feed) && (await reader.advance()));
    feed.publish();
    this.#ended = true;
    if (!this.#stopped) this.#reportNew(reader);
    reader.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Of all records that were converted, which are a few more than were put when the replay was stopped. */
  get recordFaults(): RecordFaults {
    return this.#reader?.engine.recordFaults ?? NO_FAULTS;
  }

  /** Frames wait, and the clock of the replay stands still, until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#clock?.pause();
    this.#wake?.();
  }

  resume(): void {
    this.#paused = false;
    this.#clock?.resume();
    this.#wake?.();
  }

  get paused(): boolean {
    return this.#paused;
  }

  stop(): void {
    this.#stopped = true;
    this.#reader?.stop();
    this.#wake?.();
  }

  async close(): Promise<void> {
    this.stop();
  }

  /** Recorded time that the replay has reached; undefined at 'max', and while no further frame is known. */
  quietSince(): bigint | undefined {
    const [clock, window] = [this.#clock, this.#window];
    if (clock === undefined || window === undefined || window.empty) return undefined;
    return clock.timeAt(Math.min(clock.reachedMs, clock.offsetMs(window.seconds, window.nanos)));
  }

  #over(feed: ReplayFramePump): boolean {
    return this.#stopped || feed.closed;
  }

  /** Puts the records of the window, each when it is due and there is room for it. */
  async #play(window: RecordWindow, feed: ReplayFramePump): Promise<void> {
    const clock = this.#clock;
    while (!window.empty && !this.#over(feed)) {
      const untilMs = clock === undefined ? 0 : clock.untilMs(clock.offsetMs(window.seconds, window.nanos));
      const { free } = feed;
      if (this.#paused) {
        await this.#interrupted();
      } else if (untilMs > 0) {
        await this.#sleep(untilMs);
      } else if (window.size > free) {
        feed.publish();
        await this.#interrupted(feed.room(window.size));
      } else {
        // Beside their own bytes small records can need as much again.
        feed.put(window.take(Math.min(PIECE_SIZE, free / 2), clock), clock === undefined);
        await this.#takeTurn();
      }
    }
  }

  async #sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await this.#interrupted(
      new Promise((resolve) => {
        timer = setTimeout(resolve, Math.min(ms, TIMER_MAX_MS));
      }),
    );
    clearTimeout(timer);
  }

  /** Resolves with the event, or when the replay is paused, resumed or stopped. */
  async #interrupted(event?: Promise<void>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve;
      event?.then(resolve, reject);
    });
    this.#turnBegan = performance.now();
  }

  async #takeTurn(): Promise<void> {
    if (performance.now() - this.#turnBegan < TURN_MS) return;
    await setImmediate();
    this.#turnBegan = performance.now();
  }

  #reportNew(reader: CaptureReader<Converter>): void {
    for (const problem of reader.problems.slice(this.#reported)) this.#report(problem);
    this.#reported = reader.problems.length;
  }

  #report(problem: FParserError): void {
    if (this.#failure === undefined && endsReading(problem)) this.#failure = problem;
    else this.problems.push(problem);
    if (!this.#ended || problem !== this.#failure) this.#warn(problem.message);
  }
}

/** Packets of an interface with an unknown link type, or one that the filter refuses, are counted; the rest is read. */
function endsReading({ code }: FParserError): boolean {
  return code !== 'ERR_UNSUPPORTED_LINKTYPE' && !code.startsWith('ERR_FILTER_');
}
