/**
 * CSV with the columns of NFStream, statistical analysis on, and sizes those of IP packets. Times are whole
 * milliseconds, deviations those of a sample; what there is not is 0, and a MAC address empty.
 *
 * Least and greatest gaps are cut off to milliseconds; means and deviations are those of nanoseconds.
 */
import { DIRECTION_FIRST, DIRECTION_LAST, DIRECTION_SIDE_SIZE } from '../../assembly/layout.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { FLOW_FIELDS } from '../flow/fields.ts';
import { GROUP_FIELDS } from '../flow/group_fields.ts';
import type { FlowView, Moment } from '../flow/flow.ts';
import { at, IN_NO_RECORD, lineOf, number, valueAt } from './tool_columns.ts';
import type { Column, Side } from './tool_columns.ts';

/** First and last time of each direction. They are in the row, but in no record; 0 without packets. */
const DIRECTION_TIMES: readonly FieldDefinition[] = (['forward', 'reverse'] as const).flatMap((side, n) =>
  [
    { name: 'first', at: DIRECTION_FIRST },
    { name: 'last', at: DIRECTION_LAST },
  ].map(
    ({ name, at }): FieldDefinition => ({
      name: `${side}.${name}`,
      group: 'directions',
      type: 'time',
      store: 'u64',
      unit: 'ns',
      range: null,
      null: 'never',
      at: n * DIRECTION_SIDE_SIZE + at,
      ...IN_NO_RECORD,
      doc: 'Of the packets of a direction.',
    }),
  ),
);

/** What a row must have. */
export const NFSTREAM_FIELDS: readonly FieldDefinition[] = [
  ...FLOW_FIELDS,
  ...GROUP_FIELDS.tcp,
  ...GROUP_FIELDS.stats,
  ...GROUP_FIELDS.link,
  ...DIRECTION_TIMES,
];

const NS_PER_MS = 1e6;

/** Nanoseconds as milliseconds. */
const ms =
  (path: string) =>
  (flow: FlowView): number =>
    number(flow, path) / NS_PER_MS;

/** Nanoseconds as whole milliseconds. */
const wholeMs =
  (path: string) =>
  (flow: FlowView): number =>
    Math.trunc(number(flow, path) / NS_PER_MS);

function millis(time: Moment | null): number {
  return time === null ? 0 : time.seconds * 1000 + Math.trunc(time.nanos / NS_PER_MS);
}

const mac =
  (name: 'srcMac' | 'dstMac', length: number) =>
  (flow: FlowView): string =>
    (valueAt<string>(flow, `link.${name}`) ?? '').slice(0, length);

/** As text. */
const MAC_LENGTH = 17;
const OUI_LENGTH = 8;

/** NFStream has the innermost one. */
function vlan(flow: FlowView): number {
  return valueAt<readonly number[]>(flow, 'link.vlans')?.at(-1) ?? 0;
}

/** NFStream looks into these, and into TZSP; all others are no tunnels for it. */
const TUNNELS: Readonly<Record<string, number>> = { gtpu: 1, capwap: 2 };

function tunnel(flow: FlowView): number {
  return TUNNELS[valueAt<string>(flow, 'link.tunnel.kind') ?? ''] ?? 0;
}

/** When the packets of a scope came. */
const times = (title: string, timeOf: (flow: FlowView, end: 'first' | 'last') => Moment | null): Column[] => [
  [`${title}_first_seen_ms`, (f) => millis(timeOf(f, 'first'))],
  [`${title}_last_seen_ms`, (f) => millis(timeOf(f, 'last'))],
  [`${title}_duration_ms`, (f) => millis(timeOf(f, 'last')) - millis(timeOf(f, 'first'))],
];

const timesOf = (title: string, side: Side): Column[] =>
  times(title, (flow, end) => valueAt<Moment>(flow, `directions.${side}.${end}`));

/** The titles of columns, and where `stats` has their figures. */
const SCOPES = [
  ['bidirectional', 'both'],
  ['src2dst', 'forward'],
  ['dst2src', 'reverse'],
] as const;

const sizes = (title: string, scope: string): Column[] => [
  [`${title}_min_ps`, at(`stats.${scope}.ipBytes.min`)],
  [`${title}_mean_ps`, at(`stats.${scope}.ipBytes.mean`)],
  [`${title}_stddev_ps`, at(`stats.${scope}.ipBytes.sd`)],
  [`${title}_max_ps`, at(`stats.${scope}.ipBytes.max`)],
];

const gaps = (title: string, scope: string): Column[] => [
  [`${title}_min_piat_ms`, wholeMs(`stats.${scope}.gap.min`)],
  [`${title}_mean_piat_ms`, ms(`stats.${scope}.gap.mean`)],
  [`${title}_stddev_piat_ms`, ms(`stats.${scope}.gap.sd`)],
  [`${title}_max_piat_ms`, wholeMs(`stats.${scope}.gap.max`)],
];

const FLAGS = ['syn', 'cwr', 'ece', 'urg', 'ack', 'psh', 'rst', 'fin'] as const;

const flags = (title: string, scope: Side | 'both'): Column[] =>
  FLAGS.map((flag): Column => {
    const count = (flow: FlowView, side: Side): number => number(flow, `tcp.${side}.${flag}Count`);
    const value = (flow: FlowView): number =>
      scope === 'both' ? count(flow, 'forward') + count(flow, 'reverse') : count(flow, scope);
    return [`${title}_${flag}_packets`, value];
  });

/** Those behind the number of the flow. */
const COLUMNS: readonly Column[] = [
  ['expiration_id', (f) => (f.endReason === 'active' ? 1 : 0)],
  ['src_ip', (f) => f.srcAddress],
  ['src_mac', mac('srcMac', MAC_LENGTH)],
  ['src_oui', mac('srcMac', OUI_LENGTH)],
  ['src_port', (f) => f.srcPort],
  ['dst_ip', (f) => f.dstAddress],
  ['dst_mac', mac('dstMac', MAC_LENGTH)],
  ['dst_oui', mac('dstMac', OUI_LENGTH)],
  ['dst_port', (f) => f.dstPort],
  ['protocol', (f) => f.protocol],
  ['ip_version', (f) => (f.srcAddress.includes(':') ? 6 : 4)],
  ['vlan_id', vlan],
  ['tunnel_id', tunnel],
  ...times('bidirectional', (f, end) => (end === 'first' ? f.firstSeen : f.lastSeen)),
  ['bidirectional_packets', (f) => f.packetsForward + f.packetsReverse],
  ['bidirectional_bytes', (f) => f.bytesForward + f.bytesReverse],
  ...timesOf('src2dst', 'forward'),
  ['src2dst_packets', (f) => f.packetsForward],
  ['src2dst_bytes', (f) => f.bytesForward],
  ...timesOf('dst2src', 'reverse'),
  ['dst2src_packets', (f) => f.packetsReverse],
  ['dst2src_bytes', (f) => f.bytesReverse],
  ...SCOPES.flatMap(([title, scope]) => sizes(title, scope)),
  ...SCOPES.flatMap(([title, scope]) => gaps(title, scope)),
  ...SCOPES.flatMap(([title, scope]) => flags(title, scope)),
];

export const NFSTREAM_HEADER = `${['id', ...COLUMNS.map(([name]) => name)].join(',')}\n`;

/** Makes the lines of an output, numbered from 0. */
export function nfstreamLines(): (flow: FlowView) => string {
  let id = 0;
  return (flow) => `${id++},${lineOf(COLUMNS, flow)}\n`;
}
