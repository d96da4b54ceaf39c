/**
 * JSON Lines: one flow, one line. Times are numbers with nine decimals, seconds since the epoch.
 * {"srcAddress":"10.0.0.1","srcPort":40000,...,"firstSeen":1700000000.000000000,...,"endReason":"fin"}
 */
import { FLOW_FIELDS } from '../flow/flow.ts';
import type { FlowField, LineTemplate } from '../flow/flow.ts';

const TEXT_FIELDS: ReadonlySet<FlowField> = new Set(['srcAddress', 'dstAddress', 'endReason']);

function quote(field: FlowField | undefined): string {
  return field !== undefined && TEXT_FIELDS.has(field) ? '"' : '';
}

export const jsonLines: LineTemplate = {
  header: '',
  before: FLOW_FIELDS.map((field, n) => `${n === 0 ? '{' : `${quote(FLOW_FIELDS[n - 1])},`}"${field}":${quote(field)}`),
  lineEnd: `${quote(FLOW_FIELDS.at(-1))}}\n`,
  none: 'null',
};
