/** Groups of flows in each text format. */
import { protocolText } from '../flow/numbers.ts';
import type { Group, GroupValue } from '../query/grouping.ts';
import type { RankKey } from '../query/ranking.ts';
import { sizeText } from '../text/figure_text.ts';
import type { CellStyle } from '../text/cell_style.ts';
import type { TableLook } from '../export/table.ts';
import { csvCell, sanitizeText } from '../text/sanitize.ts';
import { sampledTable } from '../text/table.ts';
import { widthOf } from '../text/width.ts';
import type { FieldFormat } from './flow_options.ts';
import { SUMS } from './flow_query.ts';

type Sum = (typeof SUMS)[number];

const SECOND_MS = 1000;

/** The value of a group by which it is sorted: a sum, or that of a field. */
export function groupKey(group: Group, names: readonly string[], sort: string): RankKey {
  return isSum(sort) ? group[sort] : (group.values[names.indexOf(sort)] ?? null);
}

function isSum(name: string): name is Sum {
  return SUMS.some((sum) => sum === name);
}

const NOTHING = '-';
/** Columns that a name may take; an IPv6 network takes as many. */
const NAME_WIDTH = 43;
/** On a narrow terminal packets are left out first, then flows, then the last fields. */
const FIELD_PRIORITY = 80;
/** No IPv4 address is cut; an IPv6 address may be. */
const FIELD_LEAST = 20;
const SUM_FITS = [{ priority: 20 }, { priority: 10 }, { priority: 90 }];

function cellStyle(_: number, text: string): CellStyle {
  return text === NOTHING ? 'faint' : 'plain';
}

export class GroupText {
  readonly format: FieldFormat;
  /** Times of this host instead of UTC. */
  readonly local: boolean;
  readonly #names: readonly string[];
  readonly #look: TableLook;

  /** @param names of the fields that the groups have @param look of tables */
  constructor(format: FieldFormat, names: readonly string[], local: boolean, look: TableLook = {}) {
    this.format = format;
    this.local = local;
    this.#names = names;
    this.#look = look;
  }

  /** @param until end of the interval, the first member of each line; undefined: there is none */
  lines(groups: readonly Group[], withHeader: boolean, until: Date | undefined): Iterable<string> {
    const time = until === undefined ? undefined : (until.getTime() / SECOND_MS).toFixed(3);
    switch (this.format) {
      case 'table':
        return this.#table(groups);
      case 'csv':
        return this.#csv(groups, withHeader, time);
      case 'jsonl':
        return this.#jsonLines(groups, time);
    }
  }

  /** `{"until":1700000010.000,"dstPort":443,"flows":3,"packets":49,"bytes":12001}` */
  *#jsonLines(groups: readonly Group[], time: string | undefined): Generator<string> {
    for (const group of groups) {
      const fields = Object.fromEntries(this.#names.map((name, n) => [name, group.values[n] ?? null]));
      const sums = Object.fromEntries(SUMS.map((sum) => [sum, group[sum]]));
      const members = JSON.stringify({ ...fields, ...sums });
      yield `${time === undefined ? members : `{"until":${time},${members.slice(1)}`}\n`;
    }
  }

  *#csv(groups: readonly Group[], withHeader: boolean, time: string | undefined): Generator<string> {
    const first = time === undefined ? [] : [time];
    if (withHeader) {
      const columns = this.#names.map((name) => name.replaceAll('.', '_'));
      yield `${[...first.map(() => 'until'), ...columns, ...SUMS].join(',')}\n`;
    }
    for (const group of groups) {
      const sums = SUMS.map((sum) => group[sum]);
      yield `${[...first, ...group.values.map((value) => csvCell(value)), ...sums].join(',')}\n`;
    }
  }

  *#table(groups: readonly Group[]): Generator<string> {
    const titles = [...this.#names, ...SUMS].map((title) => title.toUpperCase());
    const right = new Set(titles.flatMap((_, n) => (n >= this.#names.length || this.#isNumeric(groups, n) ? [n] : [])));
    const fits = [...this.#names.map((_, n) => ({ priority: FIELD_PRIORITY - n, least: FIELD_LEAST })), ...SUM_FITS];
    const table = sampledTable(
      { titles, right, fits, width: widthOf, style: cellStyle, ...this.#look },
      Number.POSITIVE_INFINITY,
    );
    for (const group of groups) {
      const values = group.values.map((value, n) => this.#cell(n, value));
      table.row([...values, String(group.flows), String(group.packets), sizeText(group.bytes)]);
    }
    yield table.end();
  }

  #cell(column: number, value: GroupValue): string {
    if (value === null) return NOTHING;
    if (this.#names[column] === 'protocol') return protocolText(Number(value));
    return typeof value === 'string' ? sanitizeText(value, { maxWidth: NAME_WIDTH }) : String(value);
  }

  #isNumeric(groups: readonly Group[], column: number): boolean {
    return this.#names[column] !== 'protocol' && groups.every(({ values }) => typeof values[column] === 'number');
  }
}
