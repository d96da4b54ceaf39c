/**
 * What the screen shows and what keys do. Pure: it reads the source and returns lines; the caller supplies time and
 * size.
 */
import { RowView } from '../../engine/rows.ts';
import { layoutColumns } from './flow_columns.ts';
import type { Layout, TopFlow } from './flow_columns.ts';
import { FigureRates } from './figure_rates.ts';
import { groupedText } from '../../text/figure_text.ts';
import { FlowFilter } from './flow_filter.ts';
import { FlowRates } from './flow_rates.ts';
import type { SortColumn } from './flow_rates.ts';
import { headerLines } from './header.ts';
import { helpLines } from './help.ts';
import { cell, cutLine, lineWidth, span } from './line.ts';
import type { Line } from './line.ts';
import { orderWindow } from './order_window.ts';
import { sanitizeText } from '../../text/sanitize.ts';
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
const HINTS = 'q quit  ? help  r b p a sort  / filter  Space pause';
/** Terminals with fewer rows have one line of header. */
const TWO_HEADER_LINES_FROM = 8;

export class TopView {
  readonly #source: TopSource;
  readonly #name: string;
  readonly #rates: FlowRates;
  readonly #figures: FigureRates;
  #sort: SortColumn = 'rate';
  #reversed = false;
  #filter = new FlowFilter('');
  /** While the filter line is edited: what it was before. */
  #filterBefore: FlowFilter | undefined;
  #paused = false;
  #help = false;
  /** The problem that was shown when a key was last pressed. */
  #problemRead: string | undefined;
  /** First visible flow. */
  #offset = 0;
  /** Number of visible flows. */
  #page = 1;
  /** Places of the flows that match the filter; only the visible ones are in order. */
  #order = new Uint32Array(0);
  #matched = 0;
  #keys = new Float64Array(0);
  #ties = new Uint32Array(0);

  /** @param nowMs of a clock that never goes back */
  constructor(source: TopSource, nowMs: number) {
    this.#source = source;
    this.#name = sanitizeText(source.name);
    this.#rates = new FlowRates(nowMs);
    this.#figures = new FigureRates(source.figures(), nowMs);
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Reads the counters and, unless paused, all flows. Yields to other work between parts. */
  async refresh(nowMs: number, othersTurn: () => Promise<void>): Promise<void> {
    const figures = this.#source.figures();
    this.#figures.read(figures, nowMs);
    if (this.#paused) return;
    this.#rates.begin(nowMs, figures.clockSeconds, figures.flowsActive);
    for (let from: number | undefined = 0; from !== undefined; ) {
      from = this.#source.readRows(from, this.#rates.add);
      await othersTurn();
    }
    // It may have been paused in the meantime.
    this.#rates.finish(!this.#paused);
    if (!this.#paused) this.#selectFlows();
  }

  /** Handles a key. */
  press(key: Key): 'quit' | 'redraw' | undefined {
    if (key.ctrl && key.name === 'c') return 'quit';
    if (key.ctrl && key.name === 'l') return 'redraw';
    this.#problemRead = this.#figures.latest.problem;
    if (this.#help) this.#help = false;
    else if (this.#filterBefore !== undefined) this.#edit(key, this.#filterBefore);
    else if (!key.ctrl) return this.#command(key);
    return undefined;
  }

  #command(key: Key): 'quit' | undefined {
    const column = SORT_KEYS.get(key.text);
    if (column !== undefined) {
      this.#sortBy(column);
      return undefined;
    }
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
        this.#filterBefore = this.#filter;
        return undefined;
    }
    if (key.name === 'escape') this.#setFilter(new FlowFilter(''));
    else this.#scroll(key.name);
    return undefined;
  }

  #sortBy(column: SortColumn): void {
    this.#reversed = column === this.#sort && !this.#reversed;
    this.#sort = column;
    this.#offset = 0;
    this.#sortSnapshot();
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
    return Math.max(0, this.#matched - this.#page);
  }

  #edit(key: Key, before: FlowFilter): void {
    const { text } = this.#filter;
    if (key.name === 'return' || key.name === 'enter') {
      this.#filterBefore = undefined;
    } else if (key.name === 'escape') {
      this.#filterBefore = undefined;
      this.#setFilter(before);
    } else if (key.name === 'backspace') {
      this.#setFilter(new FlowFilter([...text].slice(0, -1).join('')));
    } else if (key.ctrl && key.name === 'u') {
      this.#setFilter(new FlowFilter(''));
    } else if (key.text !== '') {
      this.#setFilter(new FlowFilter(text + key.text));
    }
  }

  #setFilter(filter: FlowFilter): void {
    if (filter.text === this.#filter.text) return;
    this.#filter = filter;
    this.#offset = 0;
    this.#selectFlows();
  }

  /** Which flows of the snapshot match. */
  #selectFlows(): void {
    const { snapshot } = this.#rates;
    if (snapshot.count > this.#order.length) {
      const size = snapshot.rates.length;
      this.#order = new Uint32Array(size);
      this.#keys = new Float64Array(size);
      this.#ties = new Uint32Array(size);
    }
    for (let place = 0; place < snapshot.count; place++) this.#ties[place] = snapshot.generation(place);
    this.#matched = this.#filter.select(snapshot, this.#source, this.#order);
    this.#sortSnapshot();
  }

  #sortSnapshot(): void {
    this.#rates.snapshot.sortKeys(this.#sort, this.#keys);
  }

  /** The whole screen. @param columns @param rows of the terminal, 1 or more */
  lines(columns: number, rows: number): Line[] {
    const header = headerLines(this.#name, this.#figures, this.#paused, columns, rows < TWO_HEADER_LINES_FROM ? 1 : 2);
    this.#page = Math.max(1, rows - header.length - 2);
    this.#offset = Math.min(this.#offset, this.#lastOffset());
    const body = this.#help ? helpLines() : this.#table(columns);
    const filled = [...header, ...body.slice(0, this.#page + 1)];
    while (filled.length < rows - 1) filled.push([]);
    return [...filled.slice(0, Math.max(1, rows - 1)), this.#bottom(columns)].slice(0, rows);
  }

  #table(width: number): Line[] {
    const layout = layoutColumns(width, this.#sort, this.#source.identityOf !== undefined, this.#source.identifies);
    const lines: Line[] = [this.#titles(layout, width)];
    for (const place of this.#placesInSight()) lines.push(flowLine(this.#flowAt(place), layout, this.#sort));
    return lines;
  }

  /** The reverse order is the same list from its end. */
  #placesInSight(): Uint32Array {
    const to = Math.min(this.#matched, this.#offset + this.#page);
    const [first, last] = this.#reversed ? [this.#matched - to, this.#matched - this.#offset] : [this.#offset, to];
    orderWindow(this.#order, this.#matched, first, last, this.#keys, this.#ties);
    const places = this.#order.slice(first, last);
    return this.#reversed ? places.reverse() : places;
  }

  #flowAt(place: number): TopFlow {
    const { snapshot } = this.#rates;
    const row = new RowView(snapshot.rows);
    row.row = snapshot.rowAt(place);
    return {
      row,
      rate: snapshot.rates[place] ?? 0,
      wireBytes: snapshot.wireBytes(place),
      packets: snapshot.packets(place),
      age: snapshot.age(place),
      identity: this.#source.identityOf?.(snapshot.flow(place), snapshot.generation(place)),
    };
  }

  #titles({ columns, gap }: Layout, width: number): Line {
    const mark = this.#reversed ? '^' : 'v';
    const titles = columns.map(({ title, width, align, sort }) =>
      cell(sort === this.#sort ? `${title} ${mark}` : title, width, align),
    );
    return [span(cell(titles.join(' '.repeat(gap)), width), 'title')];
  }

  /**
   * The filter while it is edited, a problem until a key is pressed, the filter or the keys; and which flows are
   * visible.
   */
  #bottom(width: number): Line {
    const left = this.#bottomLeft(width);
    const to = Math.min(this.#matched, this.#offset + this.#page);
    const all = this.#filter.empty ? '' : ` (${groupedText(this.#rates.snapshot.count)})`;
    const range = `${groupedText(Math.min(this.#offset + 1, to))}-${groupedText(to)} of ${groupedText(this.#matched)}${all}`;
    const blank = width - lineWidth(left) - range.length;
    return blank < 2 ? cutLine(left, width) : [...left, span(' '.repeat(blank)), span(range)];
  }

  #bottomLeft(width: number): Line {
    const text = sanitizeText(this.#filter.text);
    if (this.#filterBefore !== undefined)
      return [span('/', 'strong'), span(tail(text, width - 2)), span('_', 'strong')];
    const { problem } = this.#figures.latest;
    if (problem !== undefined && problem !== this.#problemRead)
      return [span(`problem: ${sanitizeText(problem)}`, 'alarm')];
    return this.#filter.empty ? [span(HINTS, 'faint')] : [span('filter: ', 'strong'), span(text)];
  }
}

function flowLine(flow: TopFlow, { columns, gap }: Layout, sort: SortColumn): Line {
  const style = flow.rate === 0 ? 'faint' : 'plain';
  return columns.flatMap((column, n) => {
    const text = cell(column.text(flow, column.width), column.width, column.align);
    return [span(n === 0 ? '' : ' '.repeat(gap)), span(text, column.sort === sort ? 'sorted' : style)];
  });
}

/** The end of a text, at most `width` characters, so the cursor stays visible. */
function tail(text: string, width: number): string {
  return text.length <= width ? text : text.slice(text.length - Math.max(0, width));
}
