/**
 * Writes flows with annotations: their process, the owners of their addresses. The engine writes the line of a flow,
 * and the annotations are appended. Flows wait for the answers, a bounded number of them and a bounded time, and come
 * out in their order.
 */
import { setImmediate } from 'node:timers/promises';
import { ROWS_MAX } from '../../assembly/layout.ts';
import { writeFieldProgram } from '../engine/field_program.ts';
import { rowViewWith } from '../engine/rows.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import type { RowView } from '../engine/rows.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import { csv } from '../export/csv.ts';
import { jsonLines } from '../export/jsonl.ts';
import { columnsOf } from '../export/field_columns.ts';
import { streamingTable, table } from '../export/table.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { FLOW_FIELDS } from '../flow/schema.ts';
import type { LineFormat } from '../flow/line_format.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { LiveIdentities } from '../attribution/live_identities.ts';
import type { OwnerLookup } from '../owner/index.ts';
import { sanitizeText } from '../text/sanitize.ts';
import type { TableCell } from '../text/table.ts';
import { widthOf } from '../text/width.ts';
import { chosenIdentity, hostOf, IDENTIFY, OWNERS, PROCESS } from './annotations.ts';
import type { Annotation, FlowContext } from './annotations.ts';
import { warn } from './print_error.ts';
import type { ChosenFields } from '../write/row_sinks.ts';
import type { ChosenFormat, FieldFormat, Writer } from './flow_options.ts';
import type { Gathering, LaterTest, RankedFlows } from './flow_query.ts';
import { lateGatherer } from './late_gathering.ts';
import type { LateGatherer } from './late_gathering.ts';
import type { Output } from './output.ts';
import { WaitingFlows } from './waiting_flows.ts';
import type { WaitingFlow } from './waiting_flows.ts';
import { Results } from './write_gathered.ts';
import { TURN_MS } from '../reader/turn.ts';
import { Ranking } from '../query/ranking.ts';
import type { RankKey } from '../query/ranking.ts';
import type { RowKey } from '../query/sort_key.ts';

type AnnotatedChoice = Pick<ChosenFormat, 'fields' | 'identityMembers' | 'localTime' | 'look'>;

type KnownText = (known: FlowContext) => string;

/** A flow, and where it stands in the order. */
interface RankedFlow {
  readonly flow: WaitingFlow;
  readonly key: RankKey;
}

/** A format that appends annotations to a flow. */
interface AnnotatedFormat {
  /** Before the first flow. */
  begin(engine: FlowTable): string;
  /** What the rows are without it, to be kept. */
  hold(engine: FlowTable, rows: RowRange): KnownText[];
  end(): string;
}

/** Sources of the annotations. The writer closes both. */
export interface AnnotationSources {
  readonly owners: OwnerLookup | undefined;
  readonly identities: LiveIdentities | undefined;
}

/** What is asked of the flows. */
export interface AskedOfFlows {
  /** They are kept, and written in an order, or sums of them are; undefined: they are written as they end. */
  readonly gathering?: Gathering | undefined;
  /** Which are written or gathered, once all is known of them; undefined: all, and they are gathered as they end. */
  readonly later?: LaterTest | undefined;
}

export function annotatedWriter(
  format: FieldFormat,
  chosen: AnnotatedChoice,
  sources: AnnotationSources,
  asked: AskedOfFlows = {},
): Writer {
  const { owners, identities } = sources;
  const members = chosen.identityMembers;
  return async (feed, output, live = false) => {
    const annotations = [
      ...(feed.identities === undefined ? [] : [members === undefined ? IDENTIFY : chosenIdentity(members)]),
      ...(identities === undefined ? [] : [PROCESS]),
      ...(owners === undefined ? [] : [OWNERS]),
    ];
    try {
      const { gathering, later } = asked;
      const isSummed = gathering?.kind === 'grouped';
      await writeAnnotated(
        feed,
        isSummed ? NO_LINES : annotatedFormat(format, chosen, live, annotations),
        sources,
        output,
        {
          live,
          later,
          ranked: later === undefined && !isSummed ? gathering : undefined,
          late: later === undefined || gathering === undefined ? undefined : lateGatherer(format, gathering, chosen),
          intervalMs: gathering?.intervalMs,
        },
      );
      const missed = identities?.missed ?? 0;
      if (missed > 0) warn(`${missed} flows started too fast to ask who is behind them`);
      if ((identities?.unnamed ?? 0) > 0) await warnOfNamespace();
    } finally {
      await Promise.all([owners?.close(), identities?.close()]);
    }
  };
}

/** Processes outside of this pid namespace are not seen, which nobody can know until a flow has none. */
async function warnOfNamespace(): Promise<void> {
  const { blindness, blindnessText } = await import('../host/process/visibility.ts');
  if (blindness().includes('pidNamespace')) warn(blindnessText('pidNamespace'));
}

/** Of flows that are only summed up. */
const NO_LINES: AnnotatedFormat = {
  begin: () => '',
  hold: (_, { count }) => Array.from({ length: count }, () => () => ''),
  end: () => '',
};

/** How flows are written. */
interface Way {
  readonly live: boolean;
  /** In this order, which is known when they end. */
  readonly ranked: RankedFlows | undefined;
  readonly later: LaterTest | undefined;
  /** Takes them when all is known of them; undefined: they are written. */
  readonly late: LateGatherer | undefined;
  readonly intervalMs: number | undefined;
}

function annotatedFormat(
  format: FieldFormat,
  { fields: chosen, localTime, look }: AnnotatedChoice,
  live: boolean,
  annotations: readonly Annotation[],
): AnnotatedFormat {
  const fields = chosen ?? FLOW_FIELDS;
  switch (format) {
    case 'table': {
      const further = {
        titles: annotations.flatMap(({ titles }) => titles),
        usual: annotations.flatMap(({ usual }) => usual),
        fits: annotations.flatMap(({ fits }) => fits),
        width: widthOf,
      };
      const columns = columnsOf(chosen, localTime);
      const lines = live ? streamingTable(columns, further, look) : table(columns, further, look);
      return {
        begin: () => '',
        hold: (engine, rows) =>
          mapRows(
            engine,
            rows,
            (view) => {
              const cells = columns.cells(view);
              return (known) =>
                lines.row([
                  ...scopedCells(cells, known.identity?.scope),
                  ...annotations.flatMap((one) => one.cells(known)),
                ]);
            },
            chosen,
          ),
        end: () => lines.end(),
      };
    }
    case 'csv': {
      const header = annotations.map(({ csvHeader }) => csvHeader).join('');
      const more = behind(fields, (known) => annotations.map((one) => one.csv(known)).join(''));
      const titles = fields.length === 0 ? header.slice(1) : `${csv.header(fields).trimEnd()}${header}`;
      return lineFormat(csv, fields, `${titles}\n`, '\n', more);
    }
    case 'jsonl':
      return lineFormat(
        jsonLines,
        fields,
        jsonLines.header(fields),
        '}\n',
        behind(fields, (known) => annotations.map((one) => one.json(known)).join('')),
      );
  }
}

/** `[fe80::1]:53` on `eth0` is `[fe80::1%eth0]:53`. */
function scopedCells(cells: readonly TableCell[], scope: string | null | undefined): readonly TableCell[] {
  if (scope == null) return cells;
  const zone = `%${sanitizeText(scope)}`;
  return cells.map((cell) =>
    typeof cell === 'string' ? cell.replace(/^\[?fe[89ab][0-9a-f]:[0-9a-f:]+/, (address) => address + zone) : cell,
  );
}

/** Annotations begin with a comma, which only what stands in front of them needs. */
const behind = (fields: readonly FieldDefinition[], text: KnownText): KnownText =>
  fields.length === 0 ? (known) => text(known).slice(1) : text;

/** @param end what is behind the annotations; it is what ends the format's lines */
function lineFormat(
  format: LineFormat,
  fields: readonly FieldDefinition[],
  header: string,
  end: string,
  more: KnownText,
): AnnotatedFormat {
  return {
    begin(engine) {
      writeFieldProgram(engine.views.u8, format, engine.placed(fields));
      return header;
    },
    hold(engine, rows) {
      const lines = Buffer.from(engine.rowsText(rows)).toString('latin1').split('\n').slice(0, -1);
      return lines.map((line) => {
        const start = line.slice(0, line.length + 1 - end.length);
        return (known) => start + more(known) + end;
      });
    },
    end: () => '',
  };
}

/** Returns early when the reader of the output has closed it. */
async function writeAnnotated(
  feed: FlowFeed,
  format: AnnotatedFormat,
  { owners, identities }: AnnotationSources,
  output: Output,
  { live, ranked, later, late, intervalMs }: Way,
): Promise<void> {
  const { engine } = feed;
  if (engine.stage !== undefined) engine.stage.onLeftOut = (row) => forget(feed, row, identities);
  const write = async (text: string): Promise<void> => {
    try {
      // Names of networks are not always ASCII.
      await output.addBytes(Buffer.from(text));
    } finally {
      if (output.gone) feed.stop();
    }
  };
  const waiting = new WaitingFlows({ owners, live, write });
  const header = format.begin(engine);
  if (!output.continues) await write(header);
  const ranking = ranked === undefined ? undefined : new Ranking<WaitingFlow>(ranked);
  const writeRanked = async (): Promise<void> => {
    for (const flow of ranking?.take() ?? []) {
      waiting.add(flow);
      await waiting.room();
    }
    await waiting.finish();
  };
  const results = new Results(
    async (until) => {
      await (late === undefined ? writeRanked() : late.write(output, until));
      await output.flush();
    },
    intervalMs,
    () => feed.stop(),
  );
  try {
    let turnBegan = performance.now();
    while (!output.gone && (await feed.advance())) {
      while (engine.closedCount > 0 && !output.gone) {
        for (const { flow, key } of takeFlows(feed, format, identities, { key: ranked?.key, later, late })) {
          if (ranking === undefined) waiting.add(flow);
          else ranking.add(key, () => flow);
        }
        if (ranking === undefined) await waiting.room();
        if (performance.now() - turnBegan < TURN_MS) continue;
        await setImmediate();
        turnBegan = performance.now();
      }
    }
    // The last flows are gathered before the last result.
    if (late !== undefined) await waiting.finish();
    await results.end();
    late?.end();
  } finally {
    results.cancel();
  }
  if (!output.gone) await write(format.end());
}

interface AskedOfRows {
  readonly key: RowKey | undefined;
  readonly later: LaterTest | undefined;
  readonly late: LateGatherer | undefined;
}

/** A flow that has started and ended since the last look must be noted before it is taken. */
function takeFlows(
  feed: FlowFeed,
  format: AnnotatedFormat,
  identities: LiveIdentities | undefined,
  asked: AskedOfRows,
): RankedFlow[] {
  const { engine } = feed;
  const flows = engine.locked(() => {
    identities?.note();
    return engine.takeClosed(ROWS_MAX, (rows) => holdRows(feed, rows, format, identities, asked));
  });
  identities?.ask();
  return flows;
}

function holdRows(
  feed: FlowFeed,
  rows: RowRange,
  format: AnnotatedFormat,
  identities: LiveIdentities | undefined,
  { key: keyOf, later, late }: AskedOfRows,
): RankedFlow[] {
  const { engine } = feed;
  const texts = format.hold(engine, rows);
  const { data, u8 } = engine.views;
  return mapRows(engine, rows, (view, n) => {
    const identity = identities?.takeRow(data, view.row);
    const { protocol, dstPort } = view;
    const key = keyOf?.(engine.views, view.row) ?? null;
    const content = feed.identities?.take(view.row);
    const text = texts[n] as KnownText;
    const copy = later === undefined ? undefined : bytesOf(u8.slice(view.row, view.row + rows.rowBytes));
    const flow: WaitingFlow = {
      src: view.srcAddress,
      dst: view.dstAddress,
      get answered() {
        return identity?.answered;
      },
      text(srcOwner, dstOwner) {
        const known = { protocol, dstPort, identity: identity?.answer, content, srcOwner, dstOwner };
        if (copy === undefined) return text(known);
        if (later?.(copy, 0, hostOf(known), content) === false) return '';
        if (late === undefined) return text(known);
        late.add(copy, 0, () => text(known));
        return '';
      },
    };
    return { flow, key };
  });
}

function bytesOf(u8: Uint8Array<ArrayBuffer>): RowBytes {
  return { u8, data: new DataView(u8.buffer) };
}

/** A flow that is left out: what is known of it is not kept, but may say something of others. */
function forget({ engine, identities: contents }: FlowFeed, row: number, identities: LiveIdentities | undefined): void {
  contents?.take(row);
  identities?.takeRow(engine.views.data, row);
}

function mapRows<T>(
  engine: FlowTable,
  rows: RowRange,
  of: (view: RowView, n: number) => T,
  fields: ChosenFields = [],
): T[] {
  const view = rowViewWith(engine.views, engine.placed(fields));
  return Array.from({ length: rows.count }, (_, n) => {
    view.row = rowAt(rows, n);
    return of(view, n);
  });
}
