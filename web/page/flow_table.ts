/**
 * The table of flows. Only the rows on the screen are elements; the worker is asked for their texts. A browser clips
 * elements that are too high, so beyond a height the scroll range is scaled.
 */
import { COLUMNS, FURTHER_COLUMNS } from '../protocol.ts';
import type { Column, Order, RowsAnswer } from '../protocol.ts';
import { endKept, h } from './dom.ts';

const ROW_HEIGHT = 28;
const HEIGHT_MAX = 8_000_000;
/** Characters of an endpoint that stay when it is cut: a port and the end of the address. */
const TAIL = 12;

const TITLES: Readonly<Record<Column, string>> = {
  firstSeen: 'Start (UTC)',
  duration: 'Duration',
  protocol: 'Protocol',
  srcAddress: 'Source',
  dstAddress: 'Destination',
  packets: 'Packets → / ←',
  bytes: 'Bytes → / ←',
  tcpFlagsForward: 'TCP flags',
  endReason: 'End',
  application: 'Application',
  name: 'Name',
  process: 'Process',
  rtt: 'RTT → / ←',
  retransmitted: 'Again → / ←',
};
/** Columns of which the largest are wanted first. */
const LARGEST_FIRST: ReadonlySet<Column> = new Set(['duration', 'packets', 'bytes', 'rtt', 'retransmitted']);

export interface FlowTableHost {
  rows(from: number, count: number): Promise<RowsAnswer>;
  sort(order: Order): Promise<void>;
  open(index: number): void;
}

export class FlowTable {
  readonly element: HTMLElement;
  readonly #host: FlowTableHost;
  readonly #scroller: HTMLElement;
  readonly #spacer: HTMLElement;
  readonly #window: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #heads: readonly HTMLElement[];
  #count = 0;
  #order: Order = { column: undefined, descending: false };
  #active = 0;
  #first = 0;
  #asked = 0;
  #isAsking = false;
  #mustAsk = false;
  /** Of FURTHER_COLUMNS. */
  #shown: ReadonlySet<string> = new Set();

  constructor(host: FlowTableHost) {
    this.#host = host;
    this.#heads = COLUMNS.map((column) => this.#head(column));
    hideOthers(this.#heads, this.#shown);
    this.#window = h('div', { class: 'rows-window', role: 'rowgroup' });
    this.#spacer = h('div', { class: 'rows-spacer', role: 'presentation' }, this.#window);
    this.#empty = h('p', { class: 'rows-empty' });
    const heads = h('div', { class: 'row row-heads', role: 'row', 'aria-rowindex': '1' }, ...this.#heads);
    this.#scroller = h(
      'div',
      { class: 'rows', role: 'presentation', scroll: () => void this.#show() },
      h('div', { class: 'rows-heads', role: 'rowgroup' }, heads),
      this.#spacer,
      this.#empty,
    );
    this.element = h(
      'div',
      {
        class: 'flow-table',
        role: 'grid',
        tabindex: '0',
        'aria-label': 'Flows',
        keydown: (event: KeyboardEvent) => this.#key(event),
      },
      this.#scroller,
    );
    new ResizeObserver(() => void this.#show()).observe(this.#scroller);
  }

  /** The flows are others, or more. */
  async update(count: number, emptyText: string): Promise<void> {
    this.#count = count;
    this.#active = Math.min(this.#active, Math.max(0, count - 1));
    this.element.setAttribute('aria-rowcount', String(count + 1));
    this.#spacer.style.height = `${Math.min(HEIGHT_MAX, count * ROW_HEIGHT)}px`;
    this.#empty.textContent = count === 0 ? emptyText : '';
    await this.#show();
  }

  /** Begins again at the top, in the order in which flows ended. @param shown which of FURTHER_COLUMNS */
  reset(shown: ReadonlySet<string>): void {
    this.#shown = shown;
    for (const [name] of FURTHER_COLUMNS) this.element.classList.toggle(`has-${name}`, shown.has(name));
    hideOthers(this.#heads, shown);
    this.#window.replaceChildren();
    this.#order = { column: undefined, descending: false };
    this.#showOrder();
    this.#active = 0;
    this.#scroller.scrollTop = 0;
  }

  focus(): void {
    this.element.focus();
  }

  #head(column: Column): HTMLElement {
    const button = h('button', { type: 'button', click: () => void this.#sortBy(column) }, TITLES[column]);
    return h('div', { class: `cell cell-${column}`, role: 'columnheader', 'aria-sort': 'none' }, button);
  }

  /** The same column again turns the order around, and the third time there is none. */
  async #sortBy(column: Column): Promise<void> {
    const first = LARGEST_FIRST.has(column);
    const { column: before, descending } = this.#order;
    if (before !== column) this.#order = { column, descending: first };
    else if (descending === first) this.#order = { column, descending: !first };
    else this.#order = { column: undefined, descending: false };
    this.#showOrder();
    this.element.setAttribute('aria-busy', 'true');
    await this.#host.sort(this.#order);
    this.element.removeAttribute('aria-busy');
    this.#active = 0;
    this.#scroller.scrollTop = 0;
    await this.#show();
  }

  #showOrder(): void {
    COLUMNS.forEach((column, n) => {
      const isOrder = this.#order.column === column;
      const word = !isOrder ? 'none' : this.#order.descending ? 'descending' : 'ascending';
      this.#heads[n]!.setAttribute('aria-sort', word);
    });
  }

  /** Rows on the screen, below the heads. */
  get #visible(): number {
    return Math.max(1, Math.floor(this.#scroller.clientHeight / ROW_HEIGHT) - 1);
  }

  /** The first row at this place of the scroll bar. */
  #firstVisible(): number {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const range = scrollHeight - clientHeight;
    const last = Math.max(0, this.#count - this.#visible);
    return range <= 0 ? 0 : Math.min(last, Math.round((scrollTop / range) * last));
  }

  /** Asks for the rows on the screen; while an answer is awaited only the latest wish counts. */
  async #show(): Promise<void> {
    this.#mustAsk = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      while (this.#mustAsk) {
        this.#mustAsk = false;
        this.#asked = this.#firstVisible();
        const answer =
          this.#count === 0 ? { from: 0, rows: [] } : await this.#host.rows(this.#asked, this.#visible + 1);
        this.#draw(answer);
      }
    } finally {
      this.#isAsking = false;
    }
  }

  #draw({ from, rows }: RowsAnswer): void {
    this.#first = from;
    const window = this.#window;
    while (window.childElementCount > rows.length) window.lastElementChild?.remove();
    rows.forEach((cells, n) => {
      const row = (window.children[n] as HTMLElement | undefined) ?? window.appendChild(this.#newRow(n));
      row.setAttribute('aria-rowindex', String(from + n + 2));
      if (row.dataset.text !== cells.join('\t')) fill(row, cells);
    });
    this.#mark();
  }

  #newRow(n: number): HTMLElement {
    const cells = COLUMNS.map((column) => h('div', { class: `cell cell-${column}`, role: 'gridcell' }));
    const click = (): void => {
      this.#active = this.#first + n;
      this.#mark();
      this.#host.open(this.#active);
    };
    hideOthers(cells, this.#shown);
    return h('div', { class: 'row', role: 'row', id: `flow-row-${n}`, click }, ...cells);
  }

  #mark(): void {
    [...this.#window.children].forEach((row, n) => {
      row.classList.toggle('is-active', this.#first + n === this.#active);
      row.setAttribute('aria-selected', String(this.#first + n === this.#active));
    });
    const place = this.#active - this.#first;
    const isShown = place >= 0 && place < this.#window.childElementCount;
    if (isShown) this.element.setAttribute('aria-activedescendant', `flow-row-${place}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.element || this.#count === 0) return;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: this.#visible,
      PageUp: -this.#visible,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (event.key === 'Enter') this.#host.open(this.#active);
    else if (step === undefined) return;
    else this.#moveTo(this.#active + step);
    event.preventDefault();
  }

  #moveTo(index: number): void {
    this.#active = Math.max(0, Math.min(this.#count - 1, index));
    const first = this.#firstVisible();
    const visible = this.#visible;
    const wanted =
      this.#active < first ? this.#active : this.#active >= first + visible ? this.#active - visible + 1 : first;
    const { scrollHeight, clientHeight } = this.#scroller;
    const last = Math.max(1, this.#count - visible);
    if (wanted !== first) this.#scroller.scrollTop = (wanted / last) * (scrollHeight - clientHeight);
    this.#mark();
  }
}

/** Hides those of FURTHER_COLUMNS that are not shown. @param cells of COLUMNS */
function hideOthers(cells: readonly HTMLElement[], shown: ReadonlySet<string>): void {
  for (const [name, columns] of FURTHER_COLUMNS)
    for (const column of columns) cells[COLUMNS.indexOf(column)]!.hidden = !shown.has(name);
}

function fill(row: HTMLElement, cells: readonly string[]): void {
  row.dataset.text = cells.join('\t');
  cells.forEach((text, n) => {
    const cell = row.children[n]!;
    const column = COLUMNS[n];
    if (column === 'srcAddress' || column === 'dstAddress') cell.replaceChildren(endKept(text, TAIL));
    else cell.textContent = text;
    if (column === 'protocol') row.dataset.protocol = text;
    if (column === 'endReason') row.dataset.end = text;
  });
}
