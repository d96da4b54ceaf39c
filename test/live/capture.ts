/**
 * tcpdump beside what is tested: writes what passes into a file, and is stopped only when it has written everything.
 */
import type { ChildProcess } from 'node:child_process';
import { finished, type Namespace } from './netns.ts';
import { waitFor } from '../source/live/collecting_sink.ts';

export interface CaptureOptions {
  readonly filter?: string;
  readonly snaplen?: number;
}

/** `tcpdump: 5 packets captured, 5 packets received by filter, 0 packets dropped by kernel` */
const STATISTICS =
  /(\d+) packets? captured[,\n]\s*(\d+) packets? received by filter[,\n]\s*(\d+) packets? dropped by kernel/g;

/** tcpdump gets packets from the kernel after a second at most; then some for the machine. */
const BLOCK_TIMEOUT_MS = 1500;
const LIMIT_MS = 120_000;

interface Statistics {
  readonly captured: number;
  readonly received: number;
  readonly dropped: number;
}

export class Capture {
  readonly file: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  #messages = '';

  private constructor(child: ChildProcess, file: string) {
    this.file = file;
    this.#child = child;
    child.stderr?.on('data', (piece: Buffer) => {
      this.#messages += piece.toString();
    });
    this.#ended = finished(child);
    this.#ended.catch(() => {});
  }

  /** Resolves when packets are captured. */
  static async start(inside: Namespace, link: string, file: string, options: CaptureOptions = {}): Promise<Capture> {
    const child = inside.start(
      'tcpdump',
      '-i',
      link,
      '-w',
      file,
      '-U',
      '-n',
      '-Z',
      'root',
      '-B',
      '65536',
      '-s',
      String(options.snaplen ?? 262_144),
      '--time-stamp-precision=nano',
      '--',
      options.filter ?? '',
    );
    const capture = new Capture(child, file);
    await waitFor(
      () => capture.#messages.includes('listening on') || child.exitCode !== null,
      () => `tcpdump is not ready: ${capture.#messages}`,
    );
    if (child.exitCode !== null) throw new Error(capture.#messages);
    return capture;
  }

  /**
   * Waits until at least `count` packets are written, when that is given, and everything that the kernel had, then ends
   * tcpdump.
   * @returns packets in the file, and those that tcpdump lost
   */
  async stop(count = 0): Promise<{ readonly captured: number; readonly dropped: number }> {
    let last = await this.#ask();
    let since = performance.now();
    const end = since + LIMIT_MS;
    // On loopback the kernel counts each packet twice, so that the figures never meet.
    while (last.captured < count || (last.captured < last.received && performance.now() < since + BLOCK_TIMEOUT_MS)) {
      if (performance.now() > end)
        throw new Error(`${last.captured} of ${count} packets came: ${this.#messages.slice(-1000)}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
      const next = await this.#ask();
      if (next.captured !== last.captured) since = performance.now();
      last = next;
    }
    this.#child.kill('SIGINT');
    await this.#ended;
    const { captured, dropped } = this.#last();
    return { captured, dropped };
  }

  async #ask(): Promise<Statistics> {
    const count = this.#reports().length;
    this.#child.kill('SIGUSR1');
    await waitFor(
      () => this.#reports().length > count,
      () => `tcpdump does not tell: ${this.#messages}`,
    );
    return this.#last();
  }

  #reports(): RegExpExecArray[] {
    return [...this.#messages.matchAll(STATISTICS)];
  }

  #last(): Statistics {
    const last = this.#reports().at(-1);
    return { captured: Number(last?.[1]), received: Number(last?.[2]), dropped: Number(last?.[3]) };
  }
}
