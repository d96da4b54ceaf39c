/** The threads of the shards that are not this thread's own. */
import { Worker } from 'node:worker_threads';
import { FParserError } from '../errors.ts';
import type { Board } from './board.ts';
import type { ShardStart } from './shard_start.ts';

/** The bundle of worker.ts: two folders above each built file that starts it; for the TypeScript sources, in dist. */
const WORKER = import.meta.url.endsWith('.ts') ? '../../dist/bin/job/worker.cjs' : '../../bin/job/worker.cjs';
/** Longest sleep, milliseconds: how late a signal or the end of a worker may be noticed. */
const SLEEP_MS = 20;

/** Runs shards beside the caller. */
export interface ShardThreads {
  start(board: Board, start: ShardStart): void;
  /** Waits for a change of the board since `event`, not for long. */
  wait(board: Board, event: number): void | Promise<void>;
  /** Why one of them ended before its time; undefined: none has. */
  readonly failure: FParserError | undefined;
  /** Ends all of them. Idempotent. */
  end(): void;
}

export class ShardWorkers implements ShardThreads {
  failure: FParserError | undefined;
  /** By shard, from shard 1 on. */
  #workers: Worker[];
  /** Undefined before they were given their shards. */
  #board: Board | undefined;

  /** Begins workers for so many engines: until they are ready takes as long as decoding a million packets. */
  constructor(engines: number) {
    this.#workers = Array.from({ length: engines - 1 }, (_, n) => {
      const worker = new Worker(new URL(WORKER, import.meta.url), { execArgv: [], name: `pcapflow job ${n + 2}` });
      // Nothing waits for one that has no shard.
      worker.unref();
      worker.on('error', (error) => this.#fail(n + 1, `failed: ${error.message}`, error));
      return worker.on('exit', () => {
        const board = this.#board;
        if (board === undefined || board.done(n + 1) <= board.last + 1) this.#fail(n + 1, 'ended before its time');
      });
    });
  }

  start(board: Board, start: ShardStart): void {
    this.#board = board;
    const worker = this.#workers[start.shard - 1] as Worker;
    worker.ref();
    worker.postMessage(start);
  }

  #fail(shard: number, what: string, cause?: unknown): void {
    this.failure ??= new FParserError('ERR_ENGINE', `job ${shard + 1} ${what}`, { cause });
  }

  wait(board: Board, event: number): void {
    board.wait(event, SLEEP_MS);
  }

  end(): void {
    for (const worker of this.#workers) {
      worker.removeAllListeners();
      worker.on('error', () => undefined);
      void worker.terminate();
    }
    this.#workers = [];
  }
}
