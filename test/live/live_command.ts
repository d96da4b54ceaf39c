/** `pcapflow live` as a child process inside a namespace. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../source/live/collecting_sink.ts';
import type { Namespace, NamespacePair } from './netns.ts';

/** The built command, seen from the sources and from where they are built to. */
export const COMMAND = fileURLToPath(
  new URL(`../../${import.meta.url.endsWith('.ts') ? 'dist/' : ''}bin/pcapflow/main.cjs`, import.meta.url),
);

const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../..' : '../../..', import.meta.url));

export interface LiveResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** One record of JSON Lines each; none of another format. */
  readonly flows: readonly LiveFlow[];
  /** Standard output. */
  readonly out: string;
  readonly errors: string;
  readonly stats: Readonly<Record<string, number | null | string>>;
  /** From the call that ended it to its end, milliseconds. */
  readonly endMs: number;
}

export type LiveFlow = Readonly<Record<string, string | number>>;

let runs = 0;

export class LiveCommand {
  readonly child: ChildProcess;
  readonly #stats: string;
  readonly #over: Promise<void>;
  #out = '';
  #errors = '';

  private constructor(child: ChildProcess, stats: string) {
    this.child = child;
    this.#stats = stats;
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      this.#out += piece;
    });
    child.stderr?.on('data', (piece: Buffer) => {
      this.#errors += piece.toString();
    });
    this.#over = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /** Resolves when packets are captured. @throws {Error} when it ends before */
  static start(pair: NamespacePair, inside: Namespace, ...args: readonly string[]): Promise<LiveCommand> {
    return LiveCommand.#run([process.execPath, COMMAND], pair, inside, args);
  }

  /** The same, where the program is in a folder that only its owner can read. */
  static startPrivate(pair: NamespacePair, inside: Namespace, ...args: readonly string[]): Promise<LiveCommand> {
    const place = join(mkdtempSync(pair.file('private-')), 'here');
    mkdirSync(place);
    const shell = 'mount --bind "$0" "$1" && exec "${@:2}"';
    return LiveCommand.#run(
      ['bash', '-c', shell, ROOT, place, process.execPath, join(place, relative(ROOT, COMMAND))],
      pair,
      inside,
      args,
    );
  }

  /** The same, where tracefs is mounted, if it can be: `ip netns exec` mounts a /sys without it. */
  static startTracing(pair: NamespacePair, inside: Namespace, ...args: readonly string[]): Promise<LiveCommand> {
    const shell = 'mount -t tracefs tracefs /sys/kernel/tracing; exec "$@"';
    return LiveCommand.startThrough(['sh', '-c', shell, 'sh'], pair, inside, ...args);
  }

  /** The same, started by another command, which the words given begin. */
  static startThrough(
    [file, ...words]: readonly [string, ...string[]],
    pair: NamespacePair,
    inside: Namespace,
    ...args: readonly string[]
  ): Promise<LiveCommand> {
    return LiveCommand.#run([file, ...words, process.execPath, COMMAND], pair, inside, args);
  }

  static async #run(
    [file, ...before]: readonly [string, ...string[]],
    pair: NamespacePair,
    inside: Namespace,
    args: readonly string[],
  ): Promise<LiveCommand> {
    const stats = pair.file(`stats-${runs++}.json`);
    const command = new LiveCommand(
      inside.start(file, ...before, 'live', ...(args.includes('-f') ? [] : ['-f', 'jsonl']), '--stats', stats, ...args),
      stats,
    );
    await waitFor(
      () => command.#errors.includes('listening on') || command.#isOver(),
      () => `not listening: ${command.#errors}`,
    );
    if (command.#isOver()) throw new Error(command.#errors);
    return command;
  }

  /** Flows written so far. */
  get flowCount(): number {
    return this.#out.split('\n').length - 1;
  }

  get errors(): string {
    return this.#errors;
  }

  #isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits until it has seen so many packets, which it tells when it is asked, or has ended. */
  async seen(packets: number): Promise<void> {
    const told = (): number => Number([...this.#errors.matchAll(/(\d+) packets \(/g)].at(-1)?.[1] ?? 0);
    await waitFor(
      () => this.#isOver() || told() >= packets || !this.child.kill('SIGUSR1'),
      () => `${told()} packets of ${packets}: ${this.#errors.slice(-1000)}`,
    );
  }

  /** Sends a signal, when one is given, and waits for the end. */
  async end(signal?: NodeJS.Signals): Promise<LiveResult> {
    const began = performance.now();
    if (signal !== undefined) this.child.kill(signal);
    await waitFor(
      () => this.#isOver(),
      () => `does not end: ${this.#errors}`,
    );
    const endMs = performance.now() - began;
    await this.#over;
    const stats = readFileSync(this.#stats, 'utf8');
    if (stats === '') throw new Error(`ended with ${this.child.exitCode} and no counters: ${this.#errors}`);
    return {
      code: this.child.exitCode,
      signal: this.child.signalCode,
      flows: this.#out
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as LiveFlow),
      out: this.#out,
      errors: this.#errors,
      stats: JSON.parse(stats) as LiveResult['stats'],
      endMs,
    };
  }
}

/** Packets: seen = delivered + filtered + dropped by the ring + malformed + not tracked. */
export function countersAddUp({ stats }: LiveResult): boolean {
  const of = (name: string): number => stats[name] as number;
  const parts = ['packetsDelivered', 'packetsFiltered', 'packetsDroppedRing', 'packetsMalformed', 'packetsNotTracked'];
  return (
    of('packetsSeen') === parts.reduce((sum, name) => sum + of(name), 0) && of('flowsEnded') === of('flowsStarted')
  );
}
