/** What the commands must know of each format that flows are written in. A new format compiles only with its line here. */
import type { ValuesAt } from '../options/table.ts';
import type { Heading } from './output.ts';
import type { PartKind } from './rotation/recover.ts';

export type FlowFormat = NonNullable<ValuesAt<'read'>['format']>;

interface FormatTraits {
  /** What is whole of a rotated file that ends early; null: the format cannot be rotated. */
  readonly parts: PartKind | null;
  /** Can say which running record of its flow a record is. */
  readonly hasRunningRecords: boolean;
  /** What begins a file that is opened again while the capture runs. */
  readonly heading?: Heading;
  /** A file that is begun while the capture runs must be closed first: it ends with an index. */
  readonly isWhole?: boolean;
}

export const FORMAT_TRAITS: Readonly<Record<FlowFormat, FormatTraits>> = {
  table: { parts: null, hasRunningRecords: true },
  jsonl: { parts: 'lines', hasRunningRecords: true },
  csv: { parts: 'lines', hasRunningRecords: true, heading: 'line' },
  cic: { parts: 'lines', hasRunningRecords: false, heading: 'line' },
  nfstream: { parts: 'lines', hasRunningRecords: false, heading: 'line' },
  zeek: { parts: 'lines', hasRunningRecords: false, heading: 'comments' },
  'zeek-json': { parts: 'lines', hasRunningRecords: false },
  ecs: { parts: 'lines', hasRunningRecords: false },
  ipfix: { parts: 'messages', hasRunningRecords: false },
  netflow9: { parts: null, hasRunningRecords: false },
  arrow: { parts: 'blocks', hasRunningRecords: true, isWhole: true },
  parquet: { parts: 'blocks', hasRunningRecords: true, isWhole: true },
  none: { parts: null, hasRunningRecords: true },
};
