/** The result of `query` as text. */
import type { QueryResult } from '../export/duckdb.ts';
import { csvCell, sanitizeText } from '../text/sanitize.ts';
import { tableLines } from '../text/table.ts';

export type ResultFormat = 'table' | 'jsonl' | 'csv';

/** Whole lines; a table and CSV have a line with names. */
export function resultText(format: ResultFormat, { columns, rows }: QueryResult): string {
  switch (format) {
    case 'table':
      return [
        ...tableLines(
          { titles: columns.map(({ name }) => sanitizeText(name)) },
          rows.map((row) => row.map((value) => sanitizeText(plain(value)))),
        ),
      ].join('');
    case 'jsonl':
      return rows
        .map((row) => {
          const members = row.map((value, n) => `${JSON.stringify(columns[n]?.name)}:${json(value, columns[n])}`);
          return `{${members.join(',')}}\n`;
        })
        .join('');
    case 'csv':
      return [columns.map(({ name }) => name), ...rows]
        .map((row) => `${row.map((value) => csvCell(plain(value))).join(',')}\n`)
        .join('');
  }
}

function json(value: unknown, column: QueryResult['columns'][number] | undefined): string {
  return column?.isInteger === true && value !== null ? String(value) : JSON.stringify(value);
}

function plain(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
