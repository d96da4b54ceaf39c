/**
 * CSV with the columns of CICFlowMeter, as its corrected fork has them. Times are microseconds, lengths are those of
 * payload, deviations those of a sample; what there is not is 0. A flow without duration has the rates -1.
 *
 * Microseconds that are whole there are cut off; means and deviations are those of nanoseconds.
 */
import {
  ACTIVITY_BLOCK_ACTIVE_OVER,
  PERIODS_MAX,
  PERIODS_MEAN,
  PERIODS_MIN,
  PERIODS_SD,
} from '../../assembly/layout.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { FLOW_FIELDS } from '../flow/fields.ts';
import { GROUP_FIELDS } from '../flow/group_fields.ts';
import type { FlowView } from '../flow/flow.ts';
import { timeText } from '../text/time_text.ts';
import { at, IN_NO_RECORD, lineOf, number } from './tool_columns.ts';
import type { Column, Side } from './tool_columns.ts';

/** The active periods that an idle one follows: CICFlowMeter knows no others. They are in the row, but in no record. */
const ACTIVE_OVER: readonly FieldDefinition[] = [
  { figure: 'min', at: PERIODS_MIN, type: 'u64', store: 'u64' },
  { figure: 'mean', at: PERIODS_MEAN, type: 'decimal', store: 'f64' },
  { figure: 'sd', at: PERIODS_SD, type: 'decimal', store: 'f64' },
  { figure: 'max', at: PERIODS_MAX, type: 'u64', store: 'u64' },
].map(({ figure, at, type, store }) => ({
  name: `activeOver.${figure}`,
  group: 'activity',
  type: type as 'u64' | 'decimal',
  store: store as 'u64' | 'f64',
  unit: 'ns',
  range: [0, 2 ** 53],
  null: 'sentinel',
  at: ACTIVITY_BLOCK_ACTIVE_OVER + at,
  ...IN_NO_RECORD,
  doc: 'Of the active periods that an idle one follows.',
}));

/** What a row must have. */
export const CIC_FIELDS: readonly FieldDefinition[] = [
  ...FLOW_FIELDS,
  ...GROUP_FIELDS.tcp,
  ...GROUP_FIELDS.stats,
  ...GROUP_FIELDS.activity,
  ...ACTIVE_OVER,
];

/** A TCP count of both directions. */
const tcpSum =
  (name: string) =>
  (flow: FlowView): number =>
    number(flow, `tcp.forward.${name}`) + number(flow, `tcp.reverse.${name}`);

/** Nanoseconds as whole microseconds. */
const wholeUs =
  (path: string) =>
  (flow: FlowView): number =>
    Math.trunc(number(flow, path) / 1000);

/** Nanoseconds as microseconds. */
const us =
  (path: string) =>
  (flow: FlowView): number =>
    number(flow, path) / 1000;

function packets(flow: FlowView, side: Side): number {
  return side === 'forward' ? flow.packetsForward : flow.packetsReverse;
}

function payload(flow: FlowView, side: Side): number {
  return side === 'forward' ? flow.payloadBytesForward : flow.payloadBytesReverse;
}

/** Whole microseconds. */
function duration({ firstSeen, lastSeen }: FlowView): number {
  return Math.trunc(((lastSeen.seconds - firstSeen.seconds) * 1e9 + lastSeen.nanos - firstSeen.nanos) / 1000);
}

function perSecond(amount: number, flow: FlowView, withoutTime: number): number {
  const time = duration(flow);
  return time === 0 ? withoutTime : amount / (time / 1e6);
}

function ratio(dividend: number, divisor: number): number {
  return divisor === 0 ? 0 : dividend / divisor;
}

/** Sum of all gaps, which their mean gives back. */
function gapTotal(flow: FlowView, side: Side): number {
  const gaps = Math.max(0, packets(flow, side) - 1);
  return Math.trunc(Math.round(number(flow, `stats.${side}.gap.mean`) * gaps) / 1000);
}

const lengths = (title: string, side: Side): Column[] => [
  [`${title} Packet Length Max`, at(`stats.${side}.payload.max`)],
  [`${title} Packet Length Min`, at(`stats.${side}.payload.min`)],
  [`${title} Packet Length Mean`, at(`stats.${side}.payload.mean`)],
  [`${title} Packet Length Std`, at(`stats.${side}.payload.sd`)],
];

/** Mean, deviation, greatest, least. */
const times = (title: string, path: string): Column[] => [
  [`${title} Mean`, us(`${path}.mean`)],
  [`${title} Std`, us(`${path}.sd`)],
  [`${title} Max`, wholeUs(`${path}.max`)],
  [`${title} Min`, wholeUs(`${path}.min`)],
];

const bulks = (title: string, side: Side): Column[] => {
  const bulk = `activity.${side}.bulk`;
  return [
    [`${title} Bytes/Bulk Avg`, (flow) => ratio(number(flow, `${bulk}.bytes`), number(flow, `${bulk}.n`))],
    [`${title} Packet/Bulk Avg`, (flow) => ratio(number(flow, `${bulk}.packets`), number(flow, `${bulk}.n`))],
    [`${title} Bulk Rate Avg`, at(`${bulk}.bytesPerSecond`)],
  ];
};

const subflows = (title: string, side: Side): Column[] => [
  [`Subflow ${title} Packets`, (flow) => ratio(packets(flow, side), number(flow, 'activity.subflows'))],
  [`Subflow ${title} Bytes`, (flow) => ratio(payload(flow, side), number(flow, 'activity.subflows'))],
];

const flags = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'CWR', 'ECE'] as const;

const SIDES: readonly (readonly [title: string, side: Side])[] = [
  ['Fwd', 'forward'],
  ['Bwd', 'reverse'],
];

/** A column for each direction. */
const both = (column: (title: string, side: Side) => Column): Column[] =>
  SIDES.map(([title, side]) => column(title, side));

const COLUMNS: readonly Column[] = [
  ['Flow ID', (f) => `${f.srcAddress}-${f.dstAddress}-${f.srcPort}-${f.dstPort}-${f.protocol}`],
  ['Src IP', (f) => f.srcAddress],
  ['Src Port', (f) => f.srcPort],
  ['Dst IP', (f) => f.dstAddress],
  ['Dst Port', (f) => f.dstPort],
  ['Protocol', (f) => f.protocol],
  ['Timestamp', (f) => timeText(f.firstSeen)],
  ['Flow Duration', duration],
  ['Total Fwd Packet', (f) => f.packetsForward],
  ['Total Bwd packets', (f) => f.packetsReverse],
  ...both((title, side) => [`Total Length of ${title} Packet`, (f) => payload(f, side)]),
  ...SIDES.flatMap(([title, side]) => lengths(title, side)),
  ['Flow Bytes/s', (f) => perSecond(f.payloadBytesForward + f.payloadBytesReverse, f, -1)],
  ['Flow Packets/s', (f) => perSecond(f.packetsForward + f.packetsReverse, f, -1)],
  ...times('Flow IAT', 'stats.both.gap'),
  ...SIDES.flatMap(([title, side]): Column[] => [
    [`${title} IAT Total`, (f) => gapTotal(f, side)],
    ...times(`${title} IAT`, `stats.${side}.gap`),
  ]),
  ...both((title, side) => [`${title} PSH Flags`, at(`tcp.${side}.pshCount`)]),
  ...both((title, side) => [`${title} URG Flags`, at(`tcp.${side}.urgCount`)]),
  ...both((title, side) => [`${title} RST Flags`, at(`tcp.${side}.rstCount`)]),
  ...both((title, side) => [`${title} Header Length`, at(`activity.${side}.headerBytes`)]),
  ...both((title, side) => [`${title} Packets/s`, (f) => perSecond(packets(f, side), f, 0)]),
  ['Packet Length Min', at('stats.both.payload.min')],
  ['Packet Length Max', at('stats.both.payload.max')],
  ['Packet Length Mean', at('stats.both.payload.mean')],
  ['Packet Length Std', at('stats.both.payload.sd')],
  ['Packet Length Variance', (f) => number(f, 'stats.both.payload.sd') ** 2],
  ...flags.map((flag): Column => [`${flag} Flag Count`, tcpSum(`${flag.toLowerCase()}Count`)]),
  ['Down/Up Ratio', (f) => ratio(f.packetsReverse, f.packetsForward)],
  ['Average Packet Size', at('stats.both.payload.mean')],
  ...both((title, side) => [`${title} Segment Size Avg`, at(`stats.${side}.payload.mean`)]),
  ...SIDES.flatMap(([title, side]) => bulks(title, side)),
  ...SIDES.flatMap(([title, side]) => subflows(title, side)),
  ['FWD Init Win Bytes', at('tcp.forward.windowFirst')],
  ['Bwd Init Win Bytes', at('activity.reverse.window')],
  ...both((title, side) => [`${title} Act Data Pkts`, at(`activity.${side}.dataPackets`)]),
  ...both((title, side) => [`${title} Seg Size Min`, at(`activity.${side}.headerMin`)]),
  ...times('Active', 'activity.activeOver'),
  ...times('Idle', 'activity.idle'),
  ['ICMP Code', (f) => f.icmpCode ?? -1],
  ['ICMP Type', (f) => f.icmpType ?? -1],
  ...both((title, side) => [`${title} TCP Retrans. Count`, at(`tcp.${side}.retransmittedPackets`)]),
  ['Total TCP Retrans. Count', tcpSum('retransmittedPackets')],
  ['Total Connection Flow Time', duration],
  ['Label', () => 'NeedManualLabel'],
];

export const CIC_HEADER = `${COLUMNS.map(([name]) => name).join(',')}\n`;

/** The line of a flow. */
export function cicLine(flow: FlowView): string {
  return `${lineOf(COLUMNS, flow)}\n`;
}
