/** Writes the flows of one capture to several outputs. The writers take turns: each has all of a batch before the next. */
import { takeLeftOut } from '../reader/flow_feed.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { Writer } from './flow_options.ts';
import { openPlanned } from './output.ts';
import type { Output, RunOutput } from './output.ts';
import { EngineProgram, PartFeed, takeBatch } from './part_feed.ts';
import type { RowBatch } from './part_feed.ts';

/** An output besides the first one. */
export interface FurtherOutput {
  readonly write: Writer;
  /** Opened before the first flow. */
  readonly output: RunOutput;
}

/** Closes the further outputs when all is written, and abandons them when something fails. */
export function severalWriter(first: Writer, others: readonly FurtherOutput[]): Writer {
  return async (feed, output, live = false) => {
    const opened: Output[] = [];
    try {
      for (const other of others) opened.push(await openPlanned(other.output));
      const turns = [first, ...others.map(({ write }) => write)].map(
        (write, n) => new WriterTurn(feed, (part) => write(part, n === 0 ? output : (opened[n - 1] as Output), live)),
      );
      await shareFlows(feed, turns);
      for (const other of opened) await other.close();
    } finally {
      for (const other of opened) other.abandon();
    }
  };
}

async function shareFlows(feed: FlowFeed, turns: readonly WriterTurn[]): Promise<void> {
  const { engine } = feed;
  takeLeftOut(feed);
  for (const turn of turns) await turn.begin();
  const all = async (batch: RowBatch | undefined): Promise<void> => {
    for (const turn of turns) await turn.goOn(batch);
  };
  while (turns.some(({ isDone }) => !isDone) && (await feed.advance())) {
    while (engine.closedCount > 0) await all(takeBatch(feed));
  }
  await all(undefined);
}

/** A writer that works only while it is its turn: until it waits for more flows. */
class WriterTurn {
  isDone = false;
  readonly #program: EngineProgram;
  readonly #feed: PartFeed;
  readonly #write: (feed: FlowFeed) => Promise<unknown>;
  #failure: { readonly error: unknown } | undefined;
  #resume: (more: boolean) => void = () => undefined;
  #waits: () => void = () => undefined;

  constructor(feed: FlowFeed, write: (feed: FlowFeed) => Promise<unknown>) {
    this.#write = write;
    this.#program = new EngineProgram(feed.engine);
    this.#feed = new PartFeed(
      feed,
      () =>
        new Promise((resolve) => {
          this.#resume = resolve;
          this.#waits();
        }),
    );
  }

  /** @throws what the writer throws, as `goOn` */
  begin(): Promise<void> {
    return this.#turn(() => {
      this.#write(this.#feed)
        .catch((error: unknown) => {
          this.#failure = { error };
        })
        .finally(() => {
          this.isDone = true;
          this.#waits();
        });
    });
  }

  /** @param batch more flows; undefined: there are no more */
  async goOn(batch: RowBatch | undefined): Promise<void> {
    if (this.isDone) return;
    if (batch !== undefined) this.#feed.offer(batch, 0, batch.count);
    await this.#turn(() => this.#resume(batch !== undefined));
  }

  async #turn(work: () => void): Promise<void> {
    this.#program.restore();
    await new Promise<void>((resolve) => {
      this.#waits = resolve;
      work();
    });
    this.#program.keep();
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
