/** The table below the header: flows, or totals of them, in their order. */
import { RowView } from '../../engine/rows.ts';
import type { Column, Layout } from './columns.ts';
import { layoutFlows, MAY_BE_EMPTY } from './flow_columns.ts';
import type { TopFlow } from './flow_columns.ts';
import type { FlowFilter } from './flow_filter.ts';
import { FlowSnapshot } from './flow_rates.ts';
import type { SortColumn } from './flow_rates.ts';
import { layoutGroups } from './group_columns.ts';
import { groupKey, groupsOf } from './groups.ts';
import type { Group, ViewName } from './groups.ts';
import { cell, span } from './line.ts';
import type { Line } from './line.ts';
import { orderWindow } from './order_window.ts';
import { rateOf } from './rate_columns.ts';
import type { WithRates } from './rate_columns.ts';
import { WINDOWS_S } from './rate_history.ts';
import type { WindowPlace } from './rate_history.ts';
import type { TopSource } from './top_source.ts';

/** A column stays for so long when nothing in sight has it any more: it does not come and go. */
const STAYS_MS = 10_000;

/** The lines in sight. */
export interface Sight {
  readonly offset: number;
  readonly page: number;
  readonly reversed: boolean;
}

export class TopTable {
  readonly #source: TopSource;
  #snapshot = new FlowSnapshot();
  #view: ViewName = 'flows';
  #sort: SortColumn = 'rate';
  #window: WindowPlace = 0;
  /** Places of the flows that match; only the visible ones are in order. */
  #places = new Uint32Array(0);
  #matched = 0;
  /** All flows count, those that have ended as well. */
  #isAll = true;
  #showsNames = true;
  /** Empty where flows are shown. */
  #groups: readonly Group[] = [];
  #groupOrder = new Uint32Array(0);
  #keys = new Float64Array(0);
  #ties = new Uint32Array(0);
  /** When a flow in sight last had something for a column. */
  readonly #seenMs = new Map<Column<TopFlow>, number>();

  constructor(source: TopSource) {
    this.#source = source;
  }

  /** Lines of the table, in sight or not. */
  get count(): number {
    return this.#view === 'flows' ? this.#matched : this.#groups.length;
  }

  /** Which flows count. Call `arrange` afterwards. */
  select(snapshot: FlowSnapshot, filter: FlowFilter, hidesClosed: boolean): void {
    this.#snapshot = snapshot;
    if (snapshot.count > this.#places.length) this.#places = new Uint32Array(snapshot.room);
    this.#matched = filter.select(snapshot, this.#source, this.#places);
    this.#isAll = filter.empty && !hidesClosed;
    if (!hidesClosed) return;
    const open = this.#places.subarray(0, this.#matched).filter((place) => !snapshot.isClosed(place));
    this.#places.set(open);
    this.#matched = open.length;
  }

  /** Names of hosts in place of their addresses, where the source has them; or the addresses. */
  turnNames(): void {
    this.#showsNames = !this.#showsNames;
  }

  /** What is shown of them, and in which order. */
  arrange(view: ViewName, sort: SortColumn, window: WindowPlace): void {
    this.#view = view;
    this.#sort = sort;
    this.#window = window;
    const snapshot = this.#snapshot;
    if (view === 'flows') {
      this.#makeRoom(snapshot.count, snapshot.room);
      for (let place = 0; place < snapshot.count; place++) this.#ties[place] = snapshot.generation(place);
      snapshot.sortKeys(sort, window, this.#keys);
      this.#groups = [];
      return;
    }
    // In the order of their places, whatever was in sight before: the order of equal groups depends on it.
    const places = this.#places.slice(0, this.#matched).sort();
    const ended = this.#isAll ? this.#source.ended?.(view) : undefined;
    this.#groups = groupsOf(view, snapshot, places, this.#source, ended);
    this.#makeRoom(this.#groups.length, this.#groups.length);
    this.#groupOrder = Uint32Array.from(this.#groups, (_, n) => n);
    this.#groups.forEach((group, n) => {
      this.#keys[n] = groupKey(group, sort, window);
      this.#ties[n] = n;
    });
  }

  #makeRoom(count: number, room: number): void {
    if (count <= this.#keys.length) return;
    this.#keys = new Float64Array(room);
    this.#ties = new Uint32Array(room);
  }

  /** The titles, and the lines in sight. @param nowMs of a clock that never goes back */
  lines(width: number, sight: Sight, nowMs: number): Line[] {
    if (this.#view === 'flows') {
      const flows = Array.from(this.#inSight(this.#places, sight), (place) => this.#flowAt(place));
      const layout = layoutFlows(width, this.#sort, this.#window, this.#filledColumns(flows, nowMs));
      return this.#shown(layout, flows, width, sight);
    }
    const groups = Array.from(this.#inSight(this.#groupOrder, sight), (n) => this.#named(this.#groups[n] as Group));
    const has = {
      detail: groups.some(({ detail }) => detail !== ''),
      more: groups.some(({ more }) => more !== ''),
    };
    return this.#shown(layoutGroups(this.#view, width, this.#sort, this.#window, has), groups, width, sight);
  }

  /** The reverse order is the same list from its end. */
  #inSight(order: Uint32Array, { offset, page, reversed }: Sight): Uint32Array {
    const { count } = this;
    const to = Math.min(count, offset + page);
    const [first, last] = reversed ? [count - to, count - offset] : [offset, to];
    orderWindow(order, count, first, last, this.#keys, this.#ties);
    const shown = order.slice(first, last);
    return reversed ? shown.reverse() : shown;
  }

  #flowAt(place: number): TopFlow {
    const snapshot = this.#snapshot;
    const row = new RowView(snapshot.rows);
    row.row = snapshot.rowAt(place);
    return {
      row,
      forward: WINDOWS_S.map((_, window) => snapshot.forwardRates[window]?.[place] ?? 0),
      reverse: WINDOWS_S.map((_, window) => snapshot.reverseRates[window]?.[place] ?? 0),
      wireBytes: snapshot.wireBytes(place),
      packets: snapshot.packets(place),
      age: snapshot.age(place),
      identity: this.#source.identityOf?.(snapshot.flow(place), snapshot.generation(place)),
      source: this.#nameOf(row.srcAddress) ?? row.srcAddress,
      destination: this.#nameOf(row.dstAddress) ?? row.dstAddress,
    };
  }

  #named(group: Group): Group {
    return this.#view === 'hosts' ? { ...group, more: this.#nameOf(group.label) ?? group.more } : group;
  }

  #nameOf(address: string): string | undefined {
    return this.#showsNames ? this.#source.nameOf?.(address) : undefined;
  }

  #filledColumns(flows: readonly TopFlow[], nowMs: number): ReadonlySet<Column<TopFlow>> {
    for (const column of MAY_BE_EMPTY)
      if (flows.some((flow) => column.text(flow, column.width) !== '')) this.#seenMs.set(column, nowMs);
    return new Set(
      MAY_BE_EMPTY.filter((column) => nowMs - (this.#seenMs.get(column) ?? Number.NEGATIVE_INFINITY) <= STAYS_MS),
    );
  }

  #shown<T extends WithRates>(
    layout: Layout<T>,
    items: readonly T[],
    width: number,
    { reversed }: Pick<Sight, 'reversed'>,
  ): Line[] {
    const { columns, gap } = layout;
    const mark = reversed ? '^' : 'v';
    const titles = columns.map((column) =>
      cell(column.sort === this.#sort ? `${column.title} ${mark}` : column.title, column.width, column.align),
    );
    return [
      [span(cell(titles.join(' '.repeat(gap)), width), 'title')],
      ...items.map((item) => itemLine(item, layout, this.#sort, rateOf(item, this.#window) === 0)),
    ];
  }
}

function itemLine<T>(item: T, { columns, gap }: Layout<T>, sort: SortColumn, isIdle: boolean): Line {
  return columns.flatMap((column, n) => {
    const text = cell(column.text(item, column.width), column.width, column.align);
    const style = column.sort === sort ? 'sorted' : isIdle ? 'faint' : 'plain';
    return [span(n === 0 ? '' : ' '.repeat(gap)), span(text, style)];
  });
}
