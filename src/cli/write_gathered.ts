/** Writes flows in an order, or sums of them: at the end, or again and again after an interval. */
import { ROWS_MAX } from '../../assembly/layout.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import { rowAt } from '../engine/table.ts';
import { takeLeftOut } from '../reader/flow_feed.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import { Grouping } from '../query/grouping.ts';
import { Ranking } from '../query/ranking.ts';
import { timeText } from '../text/time_text.ts';
import type { ChosenFormat, FieldFormat, TextFormat, Writer } from './flow_options.ts';
import { fixedColumns, hasFixedColumns, isToolFormat } from './fixed_formats.ts';
import type { FixedFormat } from './fixed_formats.ts';
import type { Gathering, GroupedFlows, RankedFlows } from './flow_query.ts';
import { GroupText, groupKey } from './group_text.ts';
import type { Output } from './output.ts';
import { warn } from './print_error.ts';
import type { RowSink } from '../write/flows.ts';

const SECOND_MS = 1000;

/** Takes flows, and writes what came of them. */
export interface Gatherer {
  take(engine: FlowTable, rows: RowRange): void;
  /** @param until end of the interval; undefined: there is only one result */
  write(engine: FlowTable, output: Output, until: Date | undefined): Promise<void>;
  /** After the last result. */
  end?(): void;
}

/** @param newSink makes the writer of the format for each result */
export function gatheredWriter(
  format: TextFormat | FixedFormat,
  gathering: Gathering,
  newSink: () => RowSink,
  { localTime: local, look }: Pick<ChosenFormat, 'localTime' | 'look'>,
): Writer {
  const gatherer =
    gathering.kind === 'ranked'
      ? new RankedRows(gathering, newSink, format === 'table', local)
      : gatherSums(new GroupSums(gathering, new GroupText(groupFormat(format), gathering.plan.names, local, look)));
  return (feed, output) => writeGathered(feed, output, gatherer, gathering.intervalMs);
}

/** @throws {RangeError} for a format that has no groups */
function groupFormat(format: TextFormat | FixedFormat): FieldFormat {
  if (isToolFormat(format)) throw new RangeError(`--by has columns of its own; leave out --format ${format}`);
  if (hasFixedColumns(format)) throw fixedColumns(format, '--by');
  return format;
}

/** Lets a gatherer have all flows. Results do not overlap, and the last one comes after the last flow. */
async function writeGathered(
  feed: FlowFeed,
  output: Output,
  gatherer: Gatherer,
  intervalMs: number | undefined,
): Promise<void> {
  const { engine, identities } = feed;
  takeLeftOut(feed);
  const results = new Results(
    async (until) => {
      await gatherer.write(engine, output, until);
      await output.flush();
    },
    intervalMs,
    () => feed.stop(),
  );
  try {
    while (!output.gone && (await feed.advance())) {
      while (engine.closedCount > 0)
        engine.takeClosed(ROWS_MAX, (rows) => {
          gatherer.take(engine, rows);
          for (let n = 0; n < rows.count; n++) identities?.take(rowAt(rows, n));
        });
    }
    await results.end();
    gatherer.end?.();
  } finally {
    results.cancel();
  }
}

/** Writes a result after each interval, and one at the end. */
export class Results {
  readonly #write: (until: Date | undefined) => Promise<void>;
  readonly #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** @param onFailure called when a result cannot be written, which `end` then throws */
  constructor(
    write: (until: Date | undefined) => Promise<void>,
    intervalMs: number | undefined,
    onFailure: () => void,
  ) {
    this.#write = write;
    if (intervalMs === undefined) return;
    this.#timer = setInterval(() => {
      this.#writing = this.#writing
        .then(() => (this.#failure === undefined ? write(new Date()) : undefined))
        .catch((error: unknown) => {
          this.#failure ??= { error };
          onFailure();
        });
    }, intervalMs);
  }

  /** No more results after an interval. Idempotent. */
  cancel(): void {
    clearInterval(this.#timer);
  }

  /** @throws what writing has thrown */
  async end(): Promise<void> {
    this.cancel();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
    await this.#write(this.#timer === undefined ? undefined : new Date());
  }
}

/** Keeps copies of rows, all of them or the first so many in the order. */
class RankedRows implements Gatherer {
  readonly #ranked: RankedFlows;
  readonly #newSink: () => RowSink;
  readonly #isTable: boolean;
  readonly #local: boolean;
  readonly #ranking: Ranking<Uint8Array>;
  #isFirst = true;

  constructor(ranked: RankedFlows, newSink: () => RowSink, isTable: boolean, local: boolean) {
    this.#ranked = ranked;
    this.#newSink = newSink;
    this.#isTable = isTable;
    this.#local = local;
    this.#ranking = new Ranking(ranked);
  }

  take({ views }: FlowTable, rows: RowRange): void {
    for (let n = 0; n < rows.count; n++) {
      const row = rowAt(rows, n);
      this.#ranking.add(this.#ranked.key(views, row), () => views.u8.slice(row, row + rows.rowBytes));
    }
  }

  async write(engine: FlowTable, output: Output, until: Date | undefined): Promise<void> {
    const copies = this.#ranking.take();
    const sink = this.#newSink();
    const header = sink.begin(engine);
    if (this.#isTable && until !== undefined) await output.add(caption(until, this.#isFirst, this.#local));
    if (this.#isTable || (this.#isFirst && !output.continues)) await output.add(header);
    this.#isFirst = false;
    for (let n = 0; n < copies.length; n += engine.rowsMax) {
      const some = copies.slice(n, n + engine.rowsMax);
      await output.put(engine.locked(() => sink.rows(engine, engine.putRows(some))));
    }
    await output.add(sink.end());
  }
}

/** `2024-05-31 12:00:10.000000 UTC`, above the table of an interval. */
function caption(until: Date, isFirst: boolean, local: boolean): string {
  const ms = until.getTime();
  const time = timeText({ seconds: Math.floor(ms / SECOND_MS), nanos: (ms % SECOND_MS) * 1e6 }, local);
  return `${isFirst ? '' : '\n'}${time}${local ? '' : ' UTC'}\n`;
}

function gatherSums(sums: GroupSums): Gatherer {
  return {
    take({ views }, rows) {
      for (let n = 0; n < rows.count; n++) sums.add(views, rowAt(rows, n));
    },
    write: (_, output, until) => sums.write(output, until),
    end: () => sums.end(),
  };
}

/** Sums of groups of flows. */
export class GroupSums {
  readonly #grouped: GroupedFlows;
  readonly #grouping: Grouping;
  readonly #text: GroupText;
  #isFirst = true;

  constructor(grouped: GroupedFlows, text: GroupText) {
    this.#grouped = grouped;
    this.#grouping = new Grouping(grouped.plan);
    this.#text = text;
  }

  add(bytes: RowBytes, row: number): void {
    this.#grouping.add(bytes, row);
  }

  async write(output: Output, until: Date | undefined): Promise<void> {
    const { plan, sort } = this.#grouped;
    const ranking = new Ranking<Parameters<typeof groupKey>[0]>(this.#grouped);
    for (const group of this.#grouping.take()) ranking.add(groupKey(group, plan.names, sort), () => group);
    const isTable = this.#text.format === 'table';
    if (isTable && until !== undefined) await output.add(caption(until, this.#isFirst, this.#text.local));
    const withHeader = isTable || (this.#isFirst && !output.continues);
    this.#isFirst = false;
    for (const line of this.#text.lines(ranking.take(), withHeader, until)) await output.add(line);
  }

  end(): void {
    const { ungrouped } = this.#grouping;
    if (ungrouped > 0) warn(`${ungrouped} flows are in no group: there are too many groups; group by fewer fields`);
  }
}
