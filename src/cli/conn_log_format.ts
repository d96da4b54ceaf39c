/** The formats of Zeek's conn.log, whose columns are fixed. */
import type { FlowFormat } from './flow_options.ts';

export type ConnLogFormat = 'zeek' | 'zeek-json';

export function isConnLog(format: FlowFormat | undefined): format is ConnLogFormat {
  return format === 'zeek' || format === 'zeek-json';
}

/** @param option what asks for other columns */
export function fixedColumns(format: ConnLogFormat, option: string): RangeError {
  return new RangeError(`--format ${format} has the columns of conn.log; leave out ${option}, or choose jsonl or csv`);
}
