/** Flows as a table for people: one line each, columns as wide as the first flows need. */
import type { FlowView, Moment } from '../flow/flow.ts';
import { protocolText } from '../flow/numbers.ts';

const FLAG_LETTERS: readonly (readonly [number, string])[] = [
  [0x02, 'S'],
  [0x10, 'A'],
  [0x08, 'P'],
  [0x20, 'U'],
  [0x01, 'F'],
  [0x04, 'R'],
  [0x40, 'E'],
  [0x80, 'C'],
];
/** Flows that are looked at before the widths are fixed. */
const SAMPLE = 200;
const TITLES = ['START (UTC)', 'DURATION', 'PROTO', 'SOURCE', 'DESTINATION', 'PACKETS', 'BYTES', 'FLAGS', 'END'];
/** Columns of numbers, aligned to the right. */
const RIGHT = new Set([1, 5, 6]);

/** One piece of text per flow, and what is left at the end. */
export interface Table {
  line(flow: FlowView): string;
  /** The same of cells: those of `flowCells`, and one for each further column. */
  row(cells: readonly string[]): string;
  end(): string;
}

/** Columns behind those of the flow itself, aligned to the left. */
export interface FurtherColumns {
  readonly titles: readonly string[];
  /** Columns of a terminal that a text takes. */
  width(text: string): number;
}

/** All cells of a flow are ASCII. */
const NONE: FurtherColumns = { titles: [], width: (text) => text.length };

/** Widths for flows that are still to come. */
const USUAL_WIDTHS = [26, 9, 6, 21, 21, 13, 19, 11, 7];
const USUAL_FURTHER_WIDTH = 32;

/** A table whose lines come at once, with columns of the usual width; a longer cell pushes its line to the right. */
export function streamingTable(further = NONE): Table {
  const titles = [...TITLES, ...further.titles];
  const widths = [...USUAL_WIDTHS, ...further.titles.map(() => USUAL_FURTHER_WIDTH)];
  let begun = false;
  const row = (cells: readonly string[]): string => {
    const line = tableLine(cells, widths, further);
    if (begun) return line;
    begun = true;
    return tableLine(titles, widths, further) + line;
  };
  return { line: (flow) => row(flowCells(flow)), row, end: () => (begun ? '' : tableLine(titles, widths, further)) };
}

/** A table that holds back its first lines until it knows how wide the columns are. */
export function table(further = NONE): Table {
  const titles = [...TITLES, ...further.titles];
  let waiting: (readonly string[])[] | undefined = [titles];
  let widths: number[] = [];
  const show = (): string => {
    const rows = waiting ?? [];
    waiting = undefined;
    widths = titles.map((_, column) => Math.max(...rows.map((row) => further.width(row[column] ?? ''))));
    return rows.map((row) => tableLine(row, widths, further)).join('');
  };
  const row = (cells: readonly string[]): string => {
    if (waiting === undefined) return tableLine(cells, widths, further);
    waiting.push(cells);
    return waiting.length > SAMPLE ? show() : '';
  };
  return { line: (flow) => row(flowCells(flow)), row, end: () => (waiting === undefined ? '' : show()) };
}

function tableLine(row: readonly string[], widths: readonly number[], { width }: FurtherColumns): string {
  const padded = row.map((cell, column) => {
    const blanks = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
    return RIGHT.has(column) ? blanks + cell : cell + blanks;
  });
  return `${padded.join('  ').trimEnd()}\n`;
}

/** A flow in the columns of the table. */
export function flowCells(f: FlowView): string[] {
  return [
    timeText(f.firstSeen),
    durationText(f.lastSeen.seconds - f.firstSeen.seconds + (f.lastSeen.nanos - f.firstSeen.nanos) / 1e9),
    protocolText(f.protocol),
    endpoint(f.srcAddress, f.srcPort),
    endpoint(f.dstAddress, f.dstPort),
    both(String(f.packetsForward), String(f.packetsReverse)),
    both(sizeText(f.bytesForward), sizeText(f.bytesReverse)),
    f.tcpFlagsForward === null ? '' : both(flagsText(f.tcpFlagsForward), flagsText(f.tcpFlagsReverse ?? 0)),
    f.endReason,
  ];
}

/** Forward and reverse. */
function both(forward: string, reverse: string): string {
  return `${forward} / ${reverse}`;
}

/** Address and port; only the address when there is no port. */
export function endpoint(address: string, port: number): string {
  if (port === 0) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Example: 2013-02-26 17:22:36.677488 */
export function timeText({ seconds, nanos }: Moment): string {
  const date = new Date(seconds * 1000);
  const micros = String(Math.floor(nanos / 1000)).padStart(6, '0');
  return `${date.toISOString().slice(0, -5).replace('T', ' ')}.${micros}`;
}

/** 59.999s, 1m02.3s, 1h02m, 3d04h: rounded to what is shown. */
export function durationText(seconds: number): string {
  if (seconds < 59.9995) return `${seconds.toFixed(3)}s`;
  const tenths = Math.round(seconds * 10);
  if (tenths < 36_000) return `${Math.floor(tenths / 600)}m${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)}d${String(hours % 24).padStart(2, '0')}h`;
}

/** Bytes with a binary prefix from 10,000 on. */
export function sizeText(bytes: number): string {
  if (bytes < 10_000) return String(bytes);
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** A letter for each TCP flag; a dot when there is none. */
export function flagsText(flags: number): string {
  const text = FLAG_LETTERS.filter(([bit]) => (flags & bit) !== 0)
    .map(([, letter]) => letter)
    .join('');
  return text === '' ? '.' : text;
}
