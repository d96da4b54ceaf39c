/**
 * A thread of a reading with jobs: an engine of its own with one shard of the flows. It begins before the file is
 * opened, is sent what it needs then, and ends when all of it is done. It is bundled: loading its modules one by one
 * takes as long as decoding 300,000 packets.
 */
import { parentPort } from 'node:worker_threads';
import { beginShard } from './shard_start.ts';
import type { ShardStart } from './shard_start.ts';

/** Longest sleep, milliseconds. */
const SLEEP_MS = 1000;

async function run(start: ShardStart): Promise<void> {
  const { board, tracker } = await beginShard(start);
  for (;;) {
    const { event } = board;
    if (board.abandoned) break;
    const step = tracker.step();
    if (step === 'done') break;
    if (step === 'waits' || step === 'full') board.wait(event, SLEEP_MS);
  }
}

// A failure ends the thread with an error, which its owner reports.
parentPort?.once('message', (start: ShardStart) => void run(start));
