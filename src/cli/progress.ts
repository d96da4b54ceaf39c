/** A progress bar on standard error for longer work: bytes, packets per second, time left. */
import type { Stats } from 'node:fs';
import { isatty } from 'node:tty';
import type { FileFeed } from '../reader/flow_feed.ts';

const START_MS = 500;
const STEP_MS = 200;

/** Shows the progress of a reader. Call the returned function to remove the bar. */
export function watch(reader: FileFeed, totalBytes: number | undefined): () => void {
  const began = performance.now();
  let bar: Bar | undefined;
  let loading = false;
  let ended = false;
  const timer = setInterval(() => {
    if (performance.now() - began < START_MS) return;
    if (bar === undefined && !loading) {
      loading = true;
      void makeBar(totalBytes).then((made) => {
        if (ended) made.stop();
        else bar = made;
      });
      return;
    }
    const packets = reader.engine.counters().packetsSeen;
    const seconds = (performance.now() - began) / 1000;
    bar?.update(reader.bytesTaken, {
      read: mebibytes(reader.bytesTaken),
      rate: `${(packets / seconds / 1e6).toFixed(2)} M packets/s`,
    });
  }, STEP_MS);
  timer.unref();
  return () => {
    ended = true;
    clearInterval(timer);
    bar?.stop();
  };
}

interface Bar {
  update(value: number, payload: Record<string, string>): void;
  stop(): void;
}

async function makeBar(totalBytes: number | undefined): Promise<Bar> {
  const { default: progress } = await import('cli-progress');
  const columns = process.stderr.columns > 0 ? process.stderr.columns : COLUMNS;
  const format =
    totalBytes === undefined ? '{read} | {rate}' : '[{bar}] {percentage}% | {read} | {rate} | {eta_formatted} left';
  const bar = new progress.SingleBar({
    format,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: barSize(columns),
    etaBuffer: 20,
  });
  bar.start(totalBytes ?? 0, 0, { read: '', rate: '' });
  return bar;
}

/** What is beside the bar at most: `[] 100% | 123456.7 MiB | 12.34 M packets/s | 59m59s left`. */
const BESIDE = 60;
const COLUMNS = 80;

/** Signs of the bar, so that all of the line is seen. @param columns of the terminal */
export function barSize(columns: number): number {
  return Math.max(1, Math.min(40, columns - BESIDE));
}

/**
 * Whether a bar on standard error disturbs nobody: not when rows go to a terminal, which both would write to, nor when
 * they go to a pipe, whose reader may be a pager on the same terminal.
 * @param output of the rows: a path; undefined or `-` is standard output
 */
export function isBarWelcome(output: string | undefined, format: string, standardOutput: Pick<Stats, Kinds>): boolean {
  if (format === 'none' || (output !== undefined && output !== '-')) return true;
  return standardOutput.isFile() || (standardOutput.isCharacterDevice() && !isatty(STDOUT));
}

type Kinds = 'isFile' | 'isCharacterDevice';
const STDOUT = 1;

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
