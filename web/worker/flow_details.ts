/** One flow's story: all its fields, what share of the traffic it has, and the flows around it. */
import { ROW_DESTINATION, ROW_SOURCE } from '../../assembly/layout.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import { recordValue } from '../../src/engine/rows.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { fieldPath } from '../../src/flow/field.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { valueText } from '../../src/flow/value_text.ts';
import { durationText, timeText } from '../../src/text/time_text.ts';
import type { FlowDetails, FlowField } from '../protocol.ts';
import { addressOf, bytesOf, destinationPortOf, packetsOf, protocolOf, sourcePortOf } from './flow_row.ts';
import type { Totals } from './totals.ts';

const SECOND_NS = 1_000_000_000n;

/** @param fields as they lie in the rows */
export function fieldsOf(fields: readonly FieldDefinition[], bytes: RowBytes, row: number): FlowField[] {
  return fields.map((field) => {
    const value = recordValue(field)(bytes, row);
    return { name: fieldPath(field), value: textOf(field, value), unit: unitOf(field), doc: field.doc };
  });
}

function unitOf({ type, unit }: FieldDefinition): string | null {
  return type === 'time' ? 'UTC' : type === 'duration' ? null : unit;
}

function textOf({ type }: FieldDefinition, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'bigint') {
    const [seconds, nanos] = [Number(value / SECOND_NS), Number(value % SECOND_NS)];
    return type === 'time' ? timeText({ seconds, nanos }) : durationText(seconds + nanos / 1e9);
  }
  return valueText(value);
}

export interface DetailsSource {
  /** Of the table. */
  readonly cells: readonly string[];
  readonly bytes: RowBytes;
  readonly row: number;
  readonly fields: readonly FieldDefinition[];
  /** What is known besides its row. */
  readonly further: readonly FlowField[];
  readonly totals: Totals;
  readonly json: string;
  /** How many flows of the capture an expression selects. */
  count(where: string): Promise<number>;
}

export async function flowDetails({
  cells,
  bytes,
  row,
  fields,
  further,
  totals,
  json,
  count,
}: DetailsSource): Promise<FlowDetails> {
  const protocol = protocolOf(bytes, row);
  const source = addressOf(bytes, row, ROW_SOURCE);
  const destination = addressOf(bytes, row, ROW_DESTINATION);
  const port = destinationPortOf(bytes, row);
  const likely = [
    { label: 'between these two', where: `address = ${source} and address = ${destination}` },
    { label: `of ${source}`, where: `address = ${source}` },
    { label: `of ${destination}`, where: `address = ${destination}` },
  ];
  if (port !== 0) likely.push({ label: `to port ${port}`, where: `protocol = ${protocol} and dstPort = ${port}` });
  return {
    title: `${cells[2]} ${cells[3]} → ${cells[4]}`,
    cells,
    fields: [...fieldsOf(fields, bytes, row), ...further],
    share: {
      bytes: totals.bytes === 0 ? 0 : bytesOf(bytes, row) / totals.bytes,
      packets: totals.packets === 0 ? 0 : packetsOf(bytes, row) / totals.packets,
    },
    neighbours: await Promise.all(likely.map(async (one) => ({ ...one, flows: await count(one.where) }))),
    packetFilter: packetFilter(protocol, source, sourcePortOf(bytes, row), destination, port),
    json,
  };
}

/** In the language of pcap-filter(7). */
function packetFilter(
  protocol: number,
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
): string {
  const hosts = `host ${source} and host ${destination}`;
  if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) {
    return `${source.includes(':') ? 'ip6' : 'ip'} proto ${protocol} and ${hosts}`;
  }
  const name = protocol === PROTOCOL_TCP ? 'tcp' : 'udp';
  return `${name} and ${hosts} and port ${sourcePort} and port ${destinationPort}`;
}
