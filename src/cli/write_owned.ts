/**
 * Writes flows together with the owners of their addresses. The line of a flow is the engine's own, with more behind it.
 * Flows wait for their owners, a bounded number of them and a bounded time, and come out in their order.
 */
import { ROWS_MAX } from '../../assembly/layout.ts';
import { RowView } from '../engine/rows.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import { writeTemplate } from '../engine/template.ts';
import { csv } from '../export/csv.ts';
import { jsonLines } from '../export/jsonl.ts';
import { flowCells, streamingTable, table } from '../export/table.ts';
import type { LineTemplate } from '../flow.ts';
import type { FlowFeed } from '../flow_feed.ts';
import type { OwnerLookup } from '../owner/index.ts';
import { OWNERS_CSV_HEADER, ownersCells, ownersCsv, ownersJson, OWNERS_TABLE } from './owner_columns.ts';
import type { OwnerChoice } from './owner_options.ts';
import { openOwners } from './owners.ts';
import type { Writer } from './flow_options.ts';
import type { Output } from './output.ts';
import { WaitingFlows } from './waiting_flows.ts';
import type { WaitingFlow } from './waiting_flows.ts';

type OwnersText = WaitingFlow['text'];

/** A format that puts owners behind what it writes of a flow. */
interface OwnedFormat {
  /** Before the first flow. */
  begin(engine: FlowTable): string;
  /** What the rows are without owners, to be kept. */
  hold(engine: FlowTable, rows: RowRange): OwnersText[];
  end(): string;
}

/**
 * Opens the look-up, which the writer closes.
 * @param format jsonl, csv or table
 * @throws {RangeError | HostError} when owners cannot be looked up as chosen
 */
export async function ownedWriter(format: string, choice: OwnerChoice): Promise<Writer> {
  const owners = await openOwners(choice);
  return async (feed, output, live = false) => {
    try {
      await writeOwned(feed, ownedFormat(format, live), owners, output);
    } finally {
      await owners.close();
    }
  };
}

function ownedFormat(format: string, live: boolean): OwnedFormat {
  switch (format) {
    case 'table': {
      const lines = live ? streamingTable(OWNERS_TABLE) : table(OWNERS_TABLE);
      return {
        begin: () => '',
        hold: (engine, rows) => mapRows(engine, rows, (view) => {
          const cells = flowCells(view);
          return (src, dst) => lines.row([...cells, ...ownersCells(src, dst)]);
        }),
        end: () => lines.end(),
      };
    }
    case 'csv':
      return lineFormat(csv, `${csv.header.trimEnd()}${OWNERS_CSV_HEADER}\n`, csv.lineEnd, ownersCsv);
    default:
      return lineFormat(jsonLines, jsonLines.header, '}\n', ownersJson);
  }
}

/** @param end what is behind the owners; it is what ends the template's lines */
function lineFormat(template: LineTemplate, header: string, end: string, owners: OwnersText): OwnedFormat {
  return {
    begin(engine) {
      writeTemplate(engine.views.u8, template);
      return header;
    },
    hold(engine, rows) {
      const lines = Buffer.from(engine.rowsText(rows)).toString('latin1').split('\n').slice(0, -1);
      return lines.map((line) => {
        const start = line.slice(0, line.length + 1 - end.length);
        return (src, dst) => start + owners(src, dst) + end;
      });
    },
    end: () => '',
  };
}

/** Returns early when nobody reads the output any more. */
async function writeOwned(feed: FlowFeed, format: OwnedFormat, owners: OwnerLookup, output: Output): Promise<void> {
  const { engine } = feed;
  // Names of networks are not always ASCII.
  const write = (text: string): Promise<void> => output.addBytes(Buffer.from(text));
  const waiting = new WaitingFlows(owners, write);
  await write(format.begin(engine));
  let advance: Promise<boolean> | undefined;
  while (!output.gone) {
    advance ??= feed.advance();
    const more = await Promise.race(waiting.count === 0 ? [advance] : [advance, waiting.isDue()]);
    if (more === 'due') {
      await waiting.release();
      continue;
    }
    if (!more) break;
    advance = undefined;
    while (engine.closed > 0 && !output.gone) {
      for (const held of engine.takeClosed(ROWS_MAX, (rows) => holdRows(engine, rows, format))) {
        if (waiting.add(held)) await waiting.release();
      }
    }
  }
  if (output.gone) return;
  await waiting.release();
  await write(format.end());
}

function holdRows(engine: FlowTable, rows: RowRange, format: OwnedFormat): WaitingFlow[] {
  const texts = format.hold(engine, rows);
  return mapRows(engine, rows, (view, n) => ({ src: view.srcAddress, dst: view.dstAddress, text: texts[n] ?? ((): string => '') }));
}

function mapRows<T>(engine: FlowTable, rows: RowRange, of: (view: RowView, n: number) => T): T[] {
  const view = new RowView(engine.views);
  return Array.from({ length: rows.count }, (_, n) => {
    view.row = rowAt(rows, n);
    return of(view, n);
  });
}
