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
  #workers: Worker[] = [];

  start(board: Board, start: ShardStart): void {
    const { shard } = start;
    const worker = new Worker(new URL(WORKER, import.meta.url), {
      workerData: start,
      execArgv: [],
      name: `pcapflow job ${shard + 1}`,
    });
    const fail = (what: string, cause?: unknown): void => {
      this.failure ??= new FParserError('ERR_ENGINE', `job ${shard + 1} ${what}`, { cause });
    };
    worker.on('error', (error) => fail(`failed: ${error.message}`, error));
    worker.on('exit', () => {
      if (board.done(shard) <= board.last + 1) fail('ended before its time');
    });
    this.#workers.push(worker);
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
