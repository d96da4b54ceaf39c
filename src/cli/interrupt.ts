/**
 * Signals that end a command. The first one asks for the end, which comes when everything is written; but within two
 * seconds the process ends, whatever waits, and says what could not be written. A second one ends it at once.
 */
import { constants } from 'node:os';
import { EXIT_PART } from './exit.ts';
import { STOP_SIGNALS } from './signals.ts';
import { sayAtOnce, unblockTerminals } from './standard_streams.ts';

const DEADLINE_MS = 1500;
const SIGNALS = [...STOP_SIGNALS, 'SIGHUP'] as const;
type EndingSignal = (typeof SIGNALS)[number];

export interface Interruptible {
  /** Ends the work in order. */
  stop(): void;
  /** What would be lost now, in words; undefined when it is nothing. */
  unwritten(): string | undefined;
  /** What the loss of the terminal does: end the work in order, or leave it at once and nothing that looks whole. */
  readonly atHangup: 'stop' | 'abandon';
}

/** Listens to signals from its making on, until `end`. */
export class Interruption {
  readonly #work: Interruptible;
  readonly #stopping = new AbortController();
  readonly #handlers: readonly (readonly [EndingSignal, () => void])[];
  #deadline: NodeJS.Timeout | undefined;

  constructor(work: Interruptible) {
    this.#work = work;
    this.#handlers = SIGNALS.map((signal) => [signal, () => this.#receive(signal)] as const);
    // A signal is not seen while a call waits.
    unblockTerminals();
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  /** Has there been a signal? */
  get happened(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Signals do what they do by themselves. Idempotent. */
  end(): void {
    clearTimeout(this.#deadline);
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #receive(signal: EndingSignal): void {
    if (signal === 'SIGHUP' && this.#work.atHangup === 'abandon') process.exit(128 + constants.signals.SIGHUP);
    if (this.happened) this.#end(signal);
    this.#stopping.abort();
    this.#deadline = setTimeout(() => this.#end(signal), DEADLINE_MS);
    this.#work.stop();
  }

  #end(signal: EndingSignal): never {
    const unwritten = this.#work.unwritten() ?? 'the rest';
    sayAtOnce(`pcapflow: ended by ${signal}; ${unwritten} could not be written\n`);
    process.exit(EXIT_PART);
  }
}
