/** Formats of text whose columns are fixed, because another program has decided them. */
import type { FlowFormat } from './format_traits.ts';

type ConnLogFormat = 'zeek' | 'zeek-json';
export type FixedFormat = ConnLogFormat | 'ecs';

const NAMES: Readonly<Record<FixedFormat, string>> = {
  zeek: 'the columns of conn.log',
  'zeek-json': 'the columns of conn.log',
  ecs: 'the fields of the Elastic Common Schema',
};

export function isConnLog(format: FlowFormat | undefined): format is ConnLogFormat {
  return format === 'zeek' || format === 'zeek-json';
}

export function hasFixedColumns(format: FlowFormat): format is FixedFormat {
  return Object.hasOwn(NAMES, format);
}

/** Formats of other tools that flows are written in and nothing else: what flows are has no place either. */
export type ToolFormat = 'cic' | 'nfstream';

export function isToolFormat(format: FlowFormat): format is ToolFormat {
  return format === 'cic' || format === 'nfstream';
}

/** @param option what asks for other columns */
export function fixedColumns(format: FixedFormat, option: string): RangeError {
  return new RangeError(`--format ${format} has ${NAMES[format]}; leave out ${option}, or choose jsonl or csv`);
}
