/**
 * Signals that end a command. The first one ends it once everything is written, but after two seconds at the latest; it
 * then reports what could not be written. A second one ends it at once.
 */
import { EXIT_PART } from './exit.ts';
import { STOP_SIGNALS } from './signals.ts';
import { sayAtOnce, unblockTerminals } from './standard_streams.ts';

/** Of waiting and of work; time in which a busy machine does not let this process run does not count. */
const DEADLINE_MS = 1500;
const STEP_MS = 100;
/** Who needs less of a processor in a step waits for something else. Milliseconds. */
const WORK_MIN_MS = 3;
/** What a shell says of a program that SIGHUP, number 1, has ended. */
const EXIT_HANGUP = 129;
const SIGNALS = [...STOP_SIGNALS, 'SIGHUP'] as const;
export type EndingSignal = (typeof SIGNALS)[number];

export interface Interruptible {
  /** Ends the work normally. */
  stop(): void;
  /** Describes what would be lost now; undefined if nothing. */
  unwritten(): string | undefined;
  /**
   * On the loss of the terminal: end the work normally, or abandon it at once without output that looks complete; or
   * something else, and continue.
   */
  readonly atHangup: 'stop' | 'abandon' | (() => void);
}

/** Listens to signals from construction until `end`. */
export class Interruption {
  readonly #work: Interruptible;
  readonly #stopping = new AbortController();
  readonly #handlers: readonly (readonly [EndingSignal, () => void])[];

  constructor(work: Interruptible) {
    this.#work = work;
    this.#handlers = SIGNALS.map((signal) => [signal, () => this.#receive(signal)] as const);
    // Signals are not delivered during a blocking call.
    unblockTerminals();
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  /** Whether there was a signal. */
  get happened(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Restores the default action of the signals. Idempotent. */
  end(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #receive(signal: EndingSignal): void {
    if (signal === 'SIGHUP') {
      const { atHangup } = this.#work;
      if (atHangup === 'abandon') process.exit(EXIT_HANGUP);
      if (atHangup !== 'stop') return atHangup();
    }
    const unwritten = (): string | undefined => this.#work.unwritten();
    if (this.happened) endNow(signal, unwritten());
    this.#stopping.abort();
    endInTime(signal, unwritten);
    this.#work.stop();
  }
}

/**
 * Ends the process when it is still there after the deadline, whatever it waits for then.
 * @param unwritten what would be lost, in words; undefined when it is nothing that has a name
 */
export function endInTime(signal: EndingSignal, unwritten: () => string | undefined = () => undefined): void {
  let [leftMs, before] = [DEADLINE_MS, process.cpuUsage()];
  setInterval(() => {
    const now = process.cpuUsage();
    const workedMs = (now.user + now.system - before.user - before.system) / 1000;
    leftMs -= workedMs < WORK_MIN_MS ? STEP_MS : Math.min(workedMs, STEP_MS);
    if (leftMs <= 0) endNow(signal, unwritten());
    before = now;
  }, STEP_MS).unref();
}

function endNow(signal: EndingSignal, unwritten = 'the rest'): never {
  sayAtOnce(`pcapflow: ended by ${signal}; ${unwritten} could not be written\n`);
  process.exit(EXIT_PART);
}
