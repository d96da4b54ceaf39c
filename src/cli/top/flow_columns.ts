/**
 * The columns of the table, and which of them fit into a terminal. Widths never depend on the flows, so nothing jumps.
 */
import { protocolText } from '../../flow/numbers.ts';
import type { FlowView } from '../../flow/flow.ts';
import { ELLIPSIS } from '../../text/ascii.ts';
import { flowEndpointText } from '../../text/endpoint.ts';
import { binaryText, countText, decimalText } from '../../text/figure_text.ts';
import { flagsText } from '../../text/tcp_flags.ts';
import { ageText } from '../../text/time_text.ts';
import type { SortColumn } from './flow_rates.ts';
import type { FlowIdentity } from './top_source.ts';

/** One flow of the table. */
export interface TopFlow {
  readonly row: FlowView;
  /** Bits per second. */
  readonly rate: number;
  /** Both directions. */
  readonly wireBytes: number;
  readonly packets: number;
  /** Seconds since the first packet. */
  readonly age: number;
  readonly identity: FlowIdentity | undefined;
}

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly sort?: SortColumn;
  /** Text that is too long is truncated later; `width` is for columns that know better where to cut. */
  text(flow: TopFlow, width: number): string;
}

/** 192.168.100.100:65535 */
const ENDPOINT_GOOD = 21;
/** [2001:1db8:1000:1000:1000:1000:1000:1000]:65535 */
const ENDPOINT_MAX = 47;
/** The least useful width: with less there is one endpoint, not two. */
const ENDPOINT_MIN = 12;

/** From this width on there are two blanks between columns. */
const WIDE = 120;

const PROTOCOL: Column = {
  title: 'PROTO',
  width: 6,
  align: 'left',
  text: ({ row }) => protocolText(row.protocol),
};
const SOURCE: Column = {
  title: 'SOURCE',
  width: ENDPOINT_GOOD,
  align: 'left',
  text: ({ row }, width) => cutEndpoint(row.srcAddress, row.srcPort, width),
};
const DESTINATION: Column = {
  title: 'DESTINATION',
  width: ENDPOINT_GOOD,
  align: 'left',
  text: ({ row }, width) => cutEndpoint(row.dstAddress, row.dstPort, width),
};
const RATE: Column = { title: 'BIT/S', width: 7, align: 'right', sort: 'rate', text: ({ rate }) => decimalText(rate) };
const BYTES: Column = {
  title: 'BYTES',
  width: 7,
  align: 'right',
  sort: 'bytes',
  text: ({ wireBytes }) => binaryText(wireBytes),
};
const PACKETS: Column = {
  title: 'PKTS',
  width: 6,
  align: 'right',
  sort: 'packets',
  text: ({ packets }) => countText(packets),
};
const AGE: Column = { title: 'AGE', width: 6, align: 'right', sort: 'age', text: ({ age }) => ageText(age) };
const FLAGS: Column = {
  title: 'FLAGS',
  width: 6,
  align: 'left',
  text: ({ row }) => (row.tcpFlagsForward === null ? '' : flagsText(row.tcpFlagsForward | (row.tcpFlagsReverse ?? 0))),
};
const PROCESS: Column = { title: 'PROCESS', width: 18, align: 'left', text: ({ identity }) => identity?.process ?? '' };
const DIRECTION: Column = { title: 'DIR', width: 3, align: 'left', text: ({ identity }) => identity?.direction ?? '' };
const SERVICE: Column = { title: 'SERVICE', width: 10, align: 'left', text: ({ identity }) => identity?.service ?? '' };
const OWNER: Column = { title: 'OWNER', width: 24, align: 'left', text: ({ identity }) => identity?.owner ?? '' };
const APP: Column = { title: 'APP', width: 10, align: 'left', text: ({ identity }) => identity?.app ?? '' };
const NAME: Column = { title: 'NAME', width: 28, align: 'left', text: ({ identity }) => identity?.name ?? '' };

/** In the order on the screen. */
const ORDER = [
  ...[PROTOCOL, SOURCE, DESTINATION, SERVICE, APP, NAME, RATE, BYTES, PACKETS],
  ...[AGE, FLAGS, DIRECTION, PROCESS, OWNER],
];
/** Priority when space is short; the sort column and the endpoints come before all. */
const OPTIONAL = [...[RATE, PROTOCOL, PROCESS, NAME, APP, BYTES, PACKETS], ...[AGE, DIRECTION, SERVICE, OWNER, FLAGS]];
const OF_IDENTITY = new Set([PROCESS, DIRECTION, SERVICE, OWNER]);
const OF_CONTENT = new Set([APP, NAME]);

export interface Layout {
  readonly columns: readonly Column[];
  /** Blanks between columns. */
  readonly gap: number;
}

/**
 * @param width of the terminal @param identities whether to show columns about processes and owners
 * @param contents whether to show applications and names
 */
export function layoutColumns(width: number, sort: SortColumn, identities: boolean, contents = false): Layout {
  const gap = width < WIDE ? 1 : 2;
  const sorted = ORDER.filter((column) => column.sort === sort);
  const chosen = new Set([SOURCE, DESTINATION, ...sorted]);
  const used = (): number => [...chosen].reduce((sum, column) => sum + column.width + gap, -gap);
  if (used() > width) return cramped(width, sorted, gap);
  for (const column of OPTIONAL) {
    if (chosen.has(column) || (OF_IDENTITY.has(column) && !identities) || (OF_CONTENT.has(column) && !contents))
      continue;
    if (used() + gap + column.width <= width) chosen.add(column);
  }
  const each = Math.min(ENDPOINT_MAX, ENDPOINT_GOOD + Math.floor((width - used()) / 2));
  return { columns: ORDER.filter((column) => chosen.has(column)).map((column) => withEndpoint(column, each)), gap };
}

/** Only the sort column, and the rest for the endpoints. */
function cramped(width: number, sorted: readonly Column[], gap: number): Layout {
  const left = width - sorted.reduce((sum, column) => sum + column.width + gap, 0);
  const each = Math.floor((left - gap) / 2);
  const endpoints =
    each >= ENDPOINT_MIN ? [withEndpoint(SOURCE, each), withEndpoint(DESTINATION, each)] : [withEndpoint(SOURCE, left)];
  return { columns: [...endpoints.filter((column) => column.width > 0), ...sorted], gap };
}

function withEndpoint(column: Column, width: number): Column {
  return column === SOURCE || column === DESTINATION ? { ...column, width } : column;
}

/** Address and port; if too long, the address is truncated, not the port. */
function cutEndpoint(address: string, port: number, width: number): string {
  const text = flowEndpointText(address, port);
  const end = `${ELLIPSIS}:${port}`;
  return text.length <= width || port === 0 || width <= end.length ? text : text.slice(0, width - end.length) + end;
}
