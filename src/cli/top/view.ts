/**
 * What the screen shows and what keys do. Pure: it reads the source and returns lines; the caller supplies time and
 * size.
 */
import { FigureRates } from './figure_rates.ts';
import { groupedText } from '../../text/figure_text.ts';
import { FilterLine } from './filter_line.ts';
import { FlowRates } from './flow_rates.ts';
import type { SortColumn } from './flow_rates.ts';
import { VIEWS } from './groups.ts';
import type { ViewName } from './groups.ts';
import { headerLines } from './header.ts';
import { helpLines } from './help.ts';
import { cutLine, lineWidth, span } from './line.ts';
import type { Line } from './line.ts';
import type { WindowPlace } from './rate_history.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { TopTable } from './table.ts';
import type { TopSource } from './top_source.ts';

/** A key that was pressed. */
export interface Key {
  /** As node:readline names it; empty when it has no name. */
  readonly name: string;
  readonly ctrl: boolean;
  /** The character that it types; empty if none. */
  readonly text: string;
}

const SORT_KEYS: ReadonlyMap<string, SortColumn> = new Map([
  ['r', 'rate'],
  ['b', 'bytes'],
  ['p', 'packets'],
  ['a', 'age'],
]);
const WINDOW_KEYS: ReadonlyMap<string, WindowPlace> = new Map([
  ['1', 0],
  ['2', 1],
  ['3', 2],
]);
const HINTS = 'q quit  ? help  Tab view  / filter  c closed  Space pause';
/** Terminals with fewer rows have one line of header; those with fewer than the second have two. */
const TWO_HEADER_LINES_FROM = 8;
const THREE_HEADER_LINES_FROM = 16;

export class TopView {
  readonly #source: TopSource;
  readonly #name: string;
  readonly #rates: FlowRates;
  readonly #figures: FigureRates;
  readonly #filter: FilterLine;
  readonly #table: TopTable;
  #view: ViewName = 'flows';
  #sort: SortColumn = 'rate';
  #window: WindowPlace = 0;
  #reversed = false;
  #hidesClosed = false;
  #paused = false;
  #help = false;
  /** The problem that was shown when a key was last pressed. */
  #problemRead: string | undefined;
  /** First visible line of the table. */
  #offset = 0;
  /** Number of visible lines. */
  #page = 1;
  #nowMs: number;

  /** @param nowMs of a clock that never goes back */
  constructor(source: TopSource, nowMs: number) {
    this.#source = source;
    this.#name = sanitizeText(source.name);
    this.#rates = new FlowRates(nowMs);
    this.#figures = new FigureRates(source.figures(), nowMs);
    this.#filter = new FilterLine(source);
    this.#table = new TopTable(source);
    this.#nowMs = nowMs;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Reads the counters and, unless paused, all flows. Yields to other work between parts. */
  async refresh(nowMs: number, othersTurn: () => Promise<void>): Promise<void> {
    const figures = this.#source.figures();
    this.#figures.read(figures, nowMs);
    this.#nowMs = nowMs;
    if (this.#paused) return;
    this.#rates.begin(nowMs, figures.clockSeconds, figures.flowsActive);
    for (let from: number | undefined = 0; from !== undefined; ) {
      from = this.#source.readRows(from, this.#rates.add);
      await othersTurn();
    }
    // It may have been paused in the meantime.
    this.#rates.finish(!this.#paused);
    if (!this.#paused) this.#select();
  }

  /** Handles a key. */
  press(key: Key): 'quit' | 'redraw' | undefined {
    if (key.ctrl && key.name === 'c') return 'quit';
    if (key.ctrl && key.name === 'l') return 'redraw';
    this.#problemRead = this.#figures.latest.problem;
    if (this.#help) this.#help = false;
    else if (this.#filter.isEdited) this.#withFilter(() => this.#filter.press(key));
    else if (!key.ctrl) return this.#command(key);
    return undefined;
  }

  #command(key: Key): 'quit' | undefined {
    const column = SORT_KEYS.get(key.text);
    const window = WINDOW_KEYS.get(key.text);
    if (column !== undefined) this.#sortBy(column);
    else if (window !== undefined) {
      this.#window = window;
      this.#arrange();
    } else return this.#letter(key);
    return undefined;
  }

  #letter(key: Key): 'quit' | undefined {
    switch (key.text) {
      case 'q':
        return 'quit';
      case '?':
      case 'h':
        this.#help = true;
        return undefined;
      case ' ':
        this.#paused = !this.#paused;
        return undefined;
      case '/':
        this.#filter.edit();
        return undefined;
      case 'n':
        this.#table.turnNames();
        return undefined;
      case 'c':
        this.#hidesClosed = !this.#hidesClosed;
        this.#offset = 0;
        this.#select();
        return undefined;
    }
    if (key.name === 'escape') this.#withFilter(() => this.#filter.clear());
    else if (key.name === 'tab') this.#turnView();
    else this.#scroll(key.name);
    return undefined;
  }

  #turnView(): void {
    this.#view = VIEWS[(VIEWS.indexOf(this.#view) + 1) % VIEWS.length] ?? 'flows';
    this.#offset = 0;
    this.#arrange();
  }

  #sortBy(column: SortColumn): void {
    this.#reversed = column === this.#sort && !this.#reversed;
    this.#sort = column;
    this.#offset = 0;
    this.#arrange();
  }

  #scroll(name: string): void {
    const steps = new Map([
      ['up', -1],
      ['down', 1],
      ['pageup', -this.#page],
      ['pagedown', this.#page],
      ['home', -Infinity],
      ['end', Infinity],
    ]);
    this.#offset = Math.min(Math.max(0, this.#offset + (steps.get(name) ?? 0)), this.#lastOffset());
  }

  #lastOffset(): number {
    return Math.max(0, this.#table.count - this.#page);
  }

  /** Does something that may change which flows match. */
  #withFilter(work: () => void): void {
    const { filter } = this.#filter;
    work();
    if (this.#filter.filter === filter) return;
    this.#offset = 0;
    this.#select();
  }

  #select(): void {
    this.#table.select(this.#rates.snapshot, this.#filter.filter, this.#hidesClosed);
    this.#arrange();
  }

  #arrange(): void {
    this.#table.arrange(this.#view, this.#sort, this.#window);
  }

  /** The whole screen. @param columns @param rows of the terminal, 1 or more */
  lines(columns: number, rows: number): Line[] {
    const what = {
      view: this.#view,
      window: this.#window,
      paused: this.#paused,
      hidesClosed: this.#hidesClosed,
    };
    const most = rows < TWO_HEADER_LINES_FROM ? 1 : rows < THREE_HEADER_LINES_FROM ? 2 : 3;
    const header = headerLines(this.#name, this.#figures, what, columns, most);
    this.#page = Math.max(1, rows - header.length - 2);
    this.#offset = Math.min(this.#offset, this.#lastOffset());
    const body = this.#help
      ? helpLines()
      : this.#table.lines(columns, { offset: this.#offset, page: this.#page, reversed: this.#reversed }, this.#nowMs);
    const filled = [...header, ...body.slice(0, this.#page + 1)];
    while (filled.length < rows - 1) filled.push([]);
    return [...filled.slice(0, Math.max(1, rows - 1)), this.#bottom(columns)].slice(0, rows);
  }

  /**
   * The filter while it is edited, a problem until a key is pressed, the filter or the keys; and which lines are
   * visible.
   */
  #bottom(width: number): Line {
    const left = this.#bottomLeft(width);
    const { count } = this.#table;
    const to = Math.min(count, this.#offset + this.#page);
    const isAll = this.#filter.filter.empty || this.#view !== 'flows';
    const all = isAll ? '' : ` (${groupedText(this.#rates.snapshot.count)})`;
    const range = `${groupedText(Math.min(this.#offset + 1, to))}-${groupedText(to)} of ${groupedText(count)}${all}`;
    const blank = width - lineWidth(left) - range.length;
    return blank < 2 ? cutLine(left, width) : [...left, span(' '.repeat(blank)), span(range)];
  }

  #bottomLeft(width: number): Line {
    if (this.#filter.isEdited) return this.#filter.line(width);
    const { problem } = this.#figures.latest;
    if (problem !== undefined && problem !== this.#problemRead)
      return [span(`problem: ${sanitizeText(problem)}`, 'alarm')];
    return this.#filter.filter.empty ? [span(HINTS, 'faint')] : this.#filter.line(width);
  }
}
