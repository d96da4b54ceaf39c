/** Flows as a table for people: one line each, columns as wide as the first flows need. */
import type { FlowView } from '../flow/flow.ts';
import { protocolText } from '../flow/numbers.ts';
import { flowEndpointText } from '../text/endpoint.ts';
import { sizeText } from '../text/figure_text.ts';
import { fixedTable, sampledTable } from '../text/table.ts';
import type { ColumnFit } from '../text/fit.ts';
import type { CellStyle } from '../text/cell_style.ts';
import type { Palette } from '../text/palette.ts';
import type { TableCell, TableColumns, TableTerminal, TableWriter } from '../text/table.ts';
import { flagsText } from '../text/tcp_flags.ts';
import { durationText, timeText } from '../text/time_text.ts';

/** Flows that are looked at before the widths are fixed. */
const SAMPLE = 200;

/** Columns of a flow. */
export interface FlowColumns {
  readonly titles: readonly TableCell[];
  /** Columns of numbers, aligned to the right. */
  readonly right: ReadonlySet<number>;
  /** Widths for flows that are still to come. */
  readonly usual: readonly number[];
  /** The same of the short forms. */
  readonly usualShort?: readonly number[];
  /** What may happen to each column on a narrow terminal. */
  readonly fits: readonly ColumnFit[];
  /** The column that says why flows ended; none: there is no such column. */
  readonly end?: number;
  /** One text for each title, in ASCII. */
  cells(flow: FlowView): TableCell[];
}

/** What people look for first, several fields to a column. */
const USUAL_COLUMNS: FlowColumns = {
  titles: [['START (UTC)', 'START'], 'DURATION', 'PROTO', 'SOURCE', 'DESTINATION', 'PACKETS', 'BYTES', 'FLAGS', 'END'],
  right: new Set([1, 5, 6]),
  usual: [26, 9, 6, 21, 21, 13, 21, 11, 7],
  usualShort: [8, 9, 6, 21, 21, 7, 9, 11, 7],
  fits: [
    { priority: 65 },
    { priority: 30 },
    { priority: 80 },
    { priority: 85, least: 18, keepsEnd: true },
    { priority: 90, least: 18, keepsEnd: true },
    { priority: 20 },
    { priority: 70 },
    { priority: 5 },
    { priority: 95 },
  ],
  end: 8,
  cells: (flow) => flowCells(flow, false),
};

const USUAL_COLUMNS_LOCAL: FlowColumns = {
  ...USUAL_COLUMNS,
  titles: [['START (LOCAL)', 'START'], ...USUAL_COLUMNS.titles.slice(1)],
  cells: (flow) => flowCells(flow, true),
};

/** @param local times are those of this host, not UTC */
export function usualColumns(local: boolean): FlowColumns {
  return local ? USUAL_COLUMNS_LOCAL : USUAL_COLUMNS;
}

/** One piece of text per flow, and what is left at the end. */
export interface Table {
  line(flow: FlowView): string;
  /** The same of cells: those of the flow, and one for each further column. */
  row(cells: readonly TableCell[]): string;
  end(): string;
}

/** Where a table is shown, and how. */
export interface TableLook {
  /** Undefined: not on a terminal. */
  readonly terminal?: TableTerminal | undefined;
  /** Undefined: no colours. */
  readonly palette?: Palette<CellStyle> | undefined;
}

/** Columns after those of the flow itself, aligned to the left. */
export interface FurtherColumns {
  readonly titles: readonly string[];
  /** Widths for flows that are still to come. */
  readonly usual: readonly number[];
  /** What may happen to each on a narrow terminal. */
  readonly fits: readonly ColumnFit[];
  /** Columns of a terminal that a text takes. */
  width(text: string): number;
}

/** All cells of a flow are ASCII. */
const NONE: FurtherColumns = { titles: [], usual: [], fits: [], width: (text) => text.length };

/** A table whose lines come at once, with columns of the usual width; a longer cell pushes its line to the right. */
export function streamingTable(columns: FlowColumns, further = NONE, look: TableLook = {}): Table {
  const { usual, usualShort = usual } = columns;
  const widths = [usual, usualShort].map((one) => [...one, ...further.usual]) as [number[], number[]];
  const writer = fixedTable(columnsWith(columns, further, look), ...widths);
  return flowTable(columns, writer);
}

/** A table that holds back its first lines until it knows how wide the columns are. */
export function table(columns: FlowColumns, further = NONE, look: TableLook = {}): Table {
  return flowTable(columns, sampledTable(columnsWith(columns, further, look), SAMPLE));
}

function columnsWith(
  { titles, right, fits, end }: FlowColumns,
  further: FurtherColumns,
  { terminal, palette }: TableLook,
): TableColumns {
  return {
    titles: [...titles, ...further.titles],
    right,
    width: further.width,
    fits: [...fits, ...further.fits],
    terminal,
    palette,
    style: (column, text) => (column === end ? endStyle(text) : text === NOTHING ? 'faint' : 'plain'),
  };
}

/** What is not known. */
const NOTHING = '-';

/** A refused or failed connection stands out; one that only fell silent does not. */
function endStyle(reason: string): CellStyle {
  switch (reason) {
    case 'fin':
      return 'good';
    case 'rst':
    case 'evicted':
      return 'alarm';
    case 'active':
      return 'passing';
    case 'end':
      return 'open';
    default:
      return 'faint';
  }
}

function flowTable({ cells }: FlowColumns, { row, end }: TableWriter): Table {
  return { line: (flow) => row(cells(flow)), row, end };
}

/** A flow in the usual columns. */
function flowCells(f: FlowView, local: boolean): TableCell[] {
  const start = timeText(f.firstSeen, local);
  return [
    [start, timeOfDay(start)],
    durationText(f.lastSeen.seconds - f.firstSeen.seconds + (f.lastSeen.nanos - f.firstSeen.nanos) / 1e9),
    protocolText(f.protocol),
    flowEndpointText(f.srcAddress, f.srcPort),
    flowEndpointText(f.dstAddress, f.dstPort),
    [both(String(f.packetsForward), String(f.packetsReverse)), String(f.packetsForward + f.packetsReverse)],
    [both(sizeText(f.bytesForward), sizeText(f.bytesReverse)), sizeText(f.bytesForward + f.bytesReverse)],
    f.tcpFlagsForward === null ? '' : both(flagsText(f.tcpFlagsForward), flagsText(f.tcpFlagsReverse ?? 0)),
    f.endReason,
  ];
}

/** Of a `timeText` the seconds of its day. */
function timeOfDay(text: string): string {
  return text.slice(11, 19);
}

/** Forward and reverse. */
function both(forward: string, reverse: string): string {
  return `${forward} / ${reverse}`;
}
