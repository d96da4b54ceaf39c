/** Columns of the tables, and which of them fit into a terminal. */
import { ELLIPSIS } from '../../text/ascii.ts';
import type { SortColumn } from './flow_rates.ts';

export interface Column<T> {
  readonly title: string;
  readonly width: number;
  /** It grows up to this where there is room; default: it does not. */
  readonly most?: number;
  readonly align: 'left' | 'right';
  readonly sort?: SortColumn;
  /** Text that is too long is truncated later; `width` is for columns that know better where to cut. */
  text(item: T, width: number): string;
}

export interface Layout<T> {
  readonly columns: readonly Column<T>[];
  /** Blanks between columns. */
  readonly gap: number;
}

/** All columns of a table. */
export interface ColumnSet<T> {
  /** In the order on the screen. */
  readonly order: readonly Column<T>[];
  /** Who or what a line is about: always there, one at least. They share the room that is left, and grow to `most`. */
  readonly subjects: readonly Column<T>[];
  /** The others by their importance. */
  readonly optional: readonly Column<T>[];
}

/** The least useful width of a subject: with less there is one, not two. */
const SUBJECT_MIN = 12;
/** From this width on there are two blanks between columns. */
const WIDE = 120;

/** @param width of the terminal @param isShown whether a column has something to show */
export function fitColumnSet<T>(
  { order, subjects, optional }: ColumnSet<T>,
  width: number,
  sort: SortColumn,
  isShown: (column: Column<T>) => boolean,
): Layout<T> {
  const gap = width < WIDE ? 1 : 2;
  const sorted = order.filter((column) => column.sort === sort);
  const chosen = new Map([...subjects, ...sorted].map((column) => [column, column.width]));
  const used = (): number => [...chosen.values()].reduce((sum, one) => sum + one + gap, -gap);
  if (used() > width) return cramped(width, subjects, sorted, gap);
  for (const column of optional) {
    if (chosen.has(column) || !isShown(column)) continue;
    if (used() + gap + column.width <= width) chosen.set(column, column.width);
  }
  const grow = (column: Column<T>, by: number): void => {
    const most = column.most ?? column.width;
    chosen.set(column, Math.min(most, (chosen.get(column) ?? column.width) + Math.max(0, by)));
  };
  for (const column of optional) if (chosen.has(column)) grow(column, width - used());
  const each = Math.floor((width - used()) / subjects.length);
  for (const column of subjects) grow(column, each);
  const columns = order.filter((column) => chosen.has(column));
  return { columns: columns.map((column) => ({ ...column, width: chosen.get(column) ?? column.width })), gap };
}

/** Only the sort column, and the rest for the subjects. */
function cramped<T>(
  width: number,
  subjects: readonly Column<T>[],
  sorted: readonly Column<T>[],
  gap: number,
): Layout<T> {
  const left = width - sorted.reduce((sum, column) => sum + column.width + gap, 0);
  const each = Math.floor((left - gap * (subjects.length - 1)) / subjects.length);
  const kept = each >= SUBJECT_MIN ? subjects : subjects.slice(0, 1);
  const share = kept.length === subjects.length ? each : left;
  return { columns: [...kept.map((one) => ({ ...one, width: share })).filter((one) => one.width > 0), ...sorted], gap };
}

/** An address and its port; if too long, the address is truncated, not the port. @param text of both */
export function cutEndpoint(text: string, port: number, width: number): string {
  const end = `${ELLIPSIS}:${port}`;
  return text.length <= width || port === 0 || width <= end.length ? text : text.slice(0, width - end.length) + end;
}
