/** Runs the view on a terminal until the user quits or the capture ends. */
import type { ReadStream, WriteStream } from 'node:tty';
import { colorDepth } from '../../text/color.ts';
import { screenPalette } from './styles.ts';
import { Screen } from './screen.ts';
import { Terminal } from './terminal.ts';
import type { TopSource } from './top_source.ts';
import { TopView } from './view.ts';
import { endInTime } from '../interrupt.ts';
import type { EndingSignal } from '../interrupt.ts';
import { TERMINAL_SIGNALS } from '../signals.ts';
import { unblockTerminals } from '../standard_streams.ts';

export interface TopOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Time between refreshes, milliseconds. */
  readonly intervalMs: number;
  /** Ends the view: the capture is over. */
  readonly signal: AbortSignal;
}

/** Why the view has ended: a key, a signal, a closed terminal, or the capture. */
export type TopEnd = 'quit' | 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'over';

/** The pause between two refreshes is at least this many times as long as a refresh takes. */
const REST = 4;

/** Why the view cannot run, or undefined. */
export function terminalProblem(input: ReadStream, output: WriteStream): string | undefined {
  const other = output.isTTY !== true ? 'standard output' : input.isTTY !== true ? 'standard input' : undefined;
  return other === undefined ? undefined : `top: ${other} is not a terminal; use 'pcapflow live'`;
}

/** Resolves when the terminal is restored. @throws what the source throws */
export async function runTop(
  source: TopSource,
  { input, output, env, intervalMs, signal }: TopOptions,
): Promise<TopEnd> {
  const view = new TopView(source, performance.now());
  let timer: NodeJS.Timeout | undefined;
  let drawing = false;
  let finish: (end: TopEnd) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const ended = new Promise<TopEnd>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  let over = false;

  const terminal = new Terminal(input, output, {
    key(key) {
      const wasPaused = view.paused;
      const answer = view.press(key);
      if (answer === 'quit') finish('quit');
      if (answer === 'redraw') screen.forget();
      if (wasPaused && !view.paused) wake();
      draw();
    },
    resized() {
      screen.forget();
      draw();
    },
    gone: () => finish('SIGHUP'),
  });
  const screen = new Screen(terminal.write, screenPalette(colorDepth(env, output), env));

  /** Draws once for all changes in this turn of the event loop. */
  const draw = (): void => {
    if (drawing) return;
    drawing = true;
    setImmediate(() => {
      drawing = false;
      // A terminal that does not read gets the next picture, not all of them.
      if (over || output.writableLength > 0) return;
      try {
        screen.show(view.lines(terminal.columns, terminal.rows), terminal.columns, terminal.rows);
      } catch (error) {
        fail(error);
      }
    });
  };

  let refreshing = false;
  const refresh = async (): Promise<void> => {
    refreshing = true;
    const began = performance.now();
    await view.refresh(began, othersTurn);
    refreshing = false;
    if (over) return;
    draw();
    const took = performance.now() - began;
    timer = setTimeout(wake, Math.max(intervalMs - took, REST * took));
  };
  const wake = (): void => {
    clearTimeout(timer);
    if (!refreshing) refresh().catch(fail);
  };

  const quitBySignal = (name: NodeJS.Signals): void => {
    endInTime(name as EndingSignal);
    finish(name as TopEnd);
  };
  const abort = (): void => finish('over');
  for (const name of TERMINAL_SIGNALS) process.on(name, quitBySignal);
  signal.addEventListener('abort', abort);
  try {
    unblockTerminals();
    terminal.enter();
    draw();
    timer = setTimeout(wake, intervalMs);
    if (signal.aborted) finish('over');
    return await ended;
  } finally {
    over = true;
    clearTimeout(timer);
    for (const name of TERMINAL_SIGNALS) process.off(name, quitBySignal);
    signal.removeEventListener('abort', abort);
    terminal.leave();
  }
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
