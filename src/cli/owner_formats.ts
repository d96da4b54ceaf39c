/** Owners of addresses as text. */
import type { RECORD_FORMATS } from '../options/owner_options.ts';
import { csvCell, sanitizeText } from '../text/sanitize.ts';
import { sampledTable } from '../text/table.ts';
import { widthOf } from '../text/width.ts';
import type { Owner } from '../owner/index.ts';

export type OwnerFormat = (typeof RECORD_FORMATS)[number];

/** Formats one answer after the other. */
export interface OwnerText {
  begin(): string;
  row(address: string, owner: Owner | null): string;
  end(): string;
}

/** The fields of one line, in their order. */
const FIELDS = ['address', 'asn', 'name', 'country', 'prefix', 'registry', 'allocated', 'scope', 'asns'] as const;
/** Rows examined before the column widths of a table are fixed. */
const SAMPLE = 1_000;
const TITLES = ['ADDRESS', 'AS', 'PREFIX', 'CC', 'REGISTRY', 'ALLOCATED', 'NAME'];
/** Column of numbers, aligned to the right. */
const RIGHT = new Set([1]);
const NOTHING = '-';

/** @param raw leave unescaped the csv cells that a spreadsheet would read as formulas */
export function ownerText(format: OwnerFormat, raw: boolean): OwnerText {
  switch (format) {
    case 'table':
      return tableText();
    case 'json': {
      let before = '';
      return {
        begin: () => '[',
        row(address, owner) {
          const line = `${before}\n${JSON.stringify(record(address, owner))}`;
          before = ',';
          return line;
        },
        end: () => '\n]\n',
      };
    }
    case 'ndjson':
      return { begin: () => '', row: (address, owner) => `${JSON.stringify(record(address, owner))}\n`, end: () => '' };
    case 'csv':
      return {
        begin: () => `${FIELDS.join(',')}\n`,
        row(address, owner) {
          const fields = record(address, owner);
          return `${FIELDS.map((field) => cell(fields[field], raw)).join(',')}\n`;
        },
        end: () => '',
      };
  }
}

type Value = string | number | null | readonly number[];

/** `asns` lists all networks that announce the address, including the first; null when there is no answer. */
function record(address: string, owner: Owner | null): Readonly<Record<(typeof FIELDS)[number], Value>> {
  return {
    address,
    asn: owner?.asn ?? null,
    name: owner?.name ?? null,
    country: owner?.country ?? null,
    prefix: owner?.prefix ?? null,
    registry: owner?.registry ?? null,
    allocated: owner?.allocated ?? null,
    scope: owner?.scope ?? 'global',
    asns: owner?.origins.flatMap(({ asn }) => (asn === null ? [] : [asn])) ?? null,
  };
}

function cell(value: Value, raw: boolean): string {
  if (value === null) return '';
  return csvCell(typeof value === 'object' ? value.join(' ') : String(value), { raw });
}

function tableText(): OwnerText {
  const { row, end } = sampledTable({ titles: TITLES, right: RIGHT, width: widthOf }, SAMPLE);
  return { begin: () => '', row: (address, owner) => row(cells(address, owner)), end };
}

function cells(address: string, owner: Owner | null): string[] {
  const { asn, prefix, country, registry, allocated, name } = record(address, owner);
  return [address, asn, prefix, country, registry, allocated, name].map((value) =>
    value === null ? NOTHING : sanitizeText(String(value)),
  );
}
