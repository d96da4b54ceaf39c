/** Columns of a table of flows, one for each chosen field. */
import { fieldPath } from '../flow/field.ts';
import type { FieldDefinition, FieldType } from '../flow/field.ts';
import type { FlowView, Moment } from '../flow/flow.ts';
import { valueText } from '../flow/value_text.ts';
import { flagsText } from '../text/tcp_flags.ts';
import { durationText, timeText } from '../text/time_text.ts';
import { usualColumns } from './table.ts';
import type { ColumnFit } from '../text/fit.ts';
import type { FlowColumns } from './table.ts';

/** Width for flows that are still to come. */
const USUAL_WIDTH: Readonly<Record<FieldType, number>> = {
  address: 15,
  u8: 3,
  u16: 5,
  u32: 10,
  u64: 10,
  time: 26,
  duration: 12,
  enum: 7,
  boolean: 5,
  decimal: 14,
  text: 30,
  mac: 17,
  list: 9,
  packets: 60,
  octets: 44,
};

/**
 * A column for each of the fields, under its name; without fields the usual columns.
 * @param local times are those of this host, not UTC
 */
export function columnsOf(fields: readonly FieldDefinition[] | undefined, local = false): FlowColumns {
  if (fields === undefined) return usualColumns(local);
  const titles = fields.map(fieldPath);
  const end = titles.indexOf('endReason');
  return {
    titles,
    ...(end < 0 ? {} : { end }),
    right: new Set(fields.flatMap((field, column) => (isQuantity(field) ? [column] : []))),
    usual: fields.map(({ type }, column) => Math.max(USUAL_WIDTH[type], titles[column]?.length ?? 0)),
    fits: fields.map((field, column) => fitOf(field, fields.length - column)),
    cells: (flow) => fields.map((field, column) => cellText(field, viewed(flow, titles[column] as string), local)),
  };
}

/** The first fields are the most important ones. */
function fitOf({ type }: FieldDefinition, priority: number): ColumnFit {
  return type === 'address' || type === 'text' ? { priority, least: LEAST_WIDTH } : { priority };
}

function viewed(flow: FlowView, path: string): unknown {
  return flow[path as keyof FlowView];
}

const NOT_QUANTITIES: ReadonlySet<FieldType> = new Set([
  'address',
  'time',
  'enum',
  'boolean',
  'text',
  'mac',
  'list',
  'packets',
  'octets',
]);

function isQuantity({ type, unit }: FieldDefinition): boolean {
  return !NOT_QUANTITIES.has(type) && unit !== FLAGS;
}

const FLAGS = 'TCP flags';
const NS_PER_SECOND = 1e9;
/** Of a text that is cut. */
const LEAST_WIDTH = 10;

/** As people read it; what a flow does not have is empty. */
function cellText({ type, unit }: FieldDefinition, value: unknown, local: boolean): string {
  if (value === null) return '';
  if (type === 'time') return timeText(value as Moment, local);
  if (type === 'duration') return durationText(Number(value) / NS_PER_SECOND);
  if (type === 'decimal') return (value as number).toFixed(6);
  return unit === FLAGS ? flagsText(value as number) : valueText(value);
}
