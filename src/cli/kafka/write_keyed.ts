/** Writes flows as lines, each with a key made of its flow key: for brokers, which keep what has one key in order. */
import { ROWS_MAX } from '../../../assembly/layout.ts';
import type { FlowFeed } from '../../reader/flow_feed.ts';
import type { Output } from '../output.ts';
import type { RowSink } from '../../write/flows.ts';
import { FlowKeyHash } from './flow_key_hash.ts';

/** @param sink one line for each row, nothing before and behind them */
export async function writeKeyed(feed: FlowFeed, sink: RowSink, output: Output): Promise<void> {
  const { engine } = feed;
  const hash = await FlowKeyHash.load();
  sink.begin(engine);
  while (!output.gone && (await feed.advance())) {
    while (engine.closedCount > 0) {
      const { keys, lines } = engine.takeClosed(ROWS_MAX, (rows) => ({
        keys: hash.of(engine, rows),
        lines: sink.rows(engine, rows),
      }));
      await output.addBytes(typeof lines === 'string' ? Buffer.from(lines) : lines, keys);
    }
    await output.send();
  }
}
