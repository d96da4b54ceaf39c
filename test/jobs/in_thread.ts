/** Shards without threads: they take steps in a random order while the first one waits. So every order is tried. */
import type { FParserError } from '../../src/errors.ts';
import type { Board } from '../../src/jobs/board.ts';
import { beginShard } from '../../src/jobs/shard_start.ts';
import type { ShardStart } from '../../src/jobs/shard_start.ts';
import type { ShardThreads } from '../../src/jobs/shard_threads.ts';
import type { ShardTracker } from '../../src/jobs/shard_tracker.ts';
import type { Random } from '../builders/random.ts';

export class InThread implements ShardThreads {
  readonly failure: FParserError | undefined = undefined;
  readonly #random: Random;
  #beginning: Promise<{ tracker: ShardTracker }>[] = [];
  #trackers: ShardTracker[] = [];
  #idle = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  start(_board: Board, start: ShardStart): void {
    this.#beginning.push(beginShard(start));
  }

  /** @throws when nothing moves any more */
  async wait(board: Board, event: number): Promise<void> {
    for (const { tracker } of await Promise.all(this.#beginning)) this.#trackers.push(tracker);
    this.#beginning = [];
    for (let steps = this.#random.below(20); steps >= 0; steps--) {
      this.#trackers[this.#random.below(this.#trackers.length)]?.step();
    }
    if (board.event !== event) this.#idle = 0;
    else if (this.#idle++ > 1000) throw new Error('the shards wait for each other');
  }

  end(): void {
    this.#trackers = [];
    this.#beginning = [];
  }
}
