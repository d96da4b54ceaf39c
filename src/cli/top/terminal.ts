/** The terminal in full-screen mode: alternate screen, no cursor, raw keys. It is restored however the program ends. */
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Key } from './view.ts';

/** Alternate screen, no cursor, no line wrapping. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
/** Undoes ENTER. Resets the text attributes first, so the shell does not inherit any. */
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

const ESCAPE = '\x1b';
const COLUMNS = 80;
const ROWS = 24;

export interface TerminalEvents {
  key(key: Key): void;
  /** The size has changed, or something else may have written on the screen. */
  resized(): void;
  /** The terminal was closed. */
  gone(): void;
}

export class Terminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #events: TerminalEvents;
  #entered = false;

  constructor(input: ReadStream, output: WriteStream, events: TerminalEvents) {
    this.#input = input;
    this.#output = output;
    this.#events = events;
  }

  get columns(): number {
    return this.#output.columns > 0 ? this.#output.columns : COLUMNS;
  }

  get rows(): number {
    return this.#output.rows > 0 ? this.#output.rows : ROWS;
  }

  readonly write = (text: string): void => {
    this.#output.write(text);
  };

  enter(): void {
    this.#entered = true;
    // Also if an uncaught error ends the process: before its message is written.
    process.on('exit', this.leave);
    process.on('SIGCONT', this.#continued);
    this.#output.on('resize', this.#events.resized);
    this.#output.on('error', this.#events.gone);
    this.#input.on('error', this.#events.gone);
    this.#input.on('end', this.#events.gone);
    emitKeypressEvents(this.#input);
    this.#input.on('keypress', this.#keypress);
    this.#input.setRawMode(true);
    this.#input.resume();
    this.write(ENTER);
  }

  /** Idempotent. */
  readonly leave = (): void => {
    if (!this.#entered) return;
    this.#entered = false;
    process.off('exit', this.leave);
    process.off('SIGCONT', this.#continued);
    this.#output.off('resize', this.#events.resized);
    this.#input.off('end', this.#events.gone);
    this.#input.off('keypress', this.#keypress);
    this.#input.pause();
    // A closed terminal cannot be restored; for the same reason the error listeners stay.
    if (!this.#input.destroyed) this.#input.setRawMode(false);
    this.write(LEAVE);
  };

  /** The shell used the terminal while we were stopped. */
  readonly #continued = (): void => {
    this.#input.setRawMode(false);
    this.#input.setRawMode(true);
    this.write(ENTER);
    this.#events.resized();
  };

  readonly #keypress = (text: string | undefined, key: Keypress): void => {
    const ctrl = key.ctrl === true;
    const second = key.sequence?.length === 2 && key.sequence.startsWith(ESCAPE) ? key.sequence.slice(1) : '';
    if (key.meta === true && isPrintable(second)) {
      // Esc and then a key look just like Alt with that key, which means nothing here.
      this.#events.key({ name: 'escape', ctrl: false, text: '' });
      this.#events.key({ name: '', ctrl: false, text: second });
      return;
    }
    const types = text !== undefined && !ctrl && key.meta !== true && isPrintable(text);
    this.#events.key({ name: key.name ?? '', ctrl, text: types ? text : '' });
  };
}

/** A key as node:readline reports it. */
interface Keypress {
  readonly sequence?: string;
  readonly name?: string | undefined;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

function isPrintable(text: string): boolean {
  return text !== '' && !/[\p{Cc}\p{Cs}]/u.test(text);
}
