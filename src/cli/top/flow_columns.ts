/** The columns of the table of flows. Widths never depend on the flows, so nothing jumps. */
import { protocolText } from '../../flow/numbers.ts';
import type { FlowView } from '../../flow/flow.ts';
import { flowEndpointText } from '../../text/endpoint.ts';
import { binaryText, countText } from '../../text/figure_text.ts';
import { flagsText } from '../../text/tcp_flags.ts';
import { ageText } from '../../text/time_text.ts';
import { cutEndpoint, fitColumnSet } from './columns.ts';
import type { Column, Layout } from './columns.ts';
import type { SortColumn } from './flow_rates.ts';
import { rateColumns } from './rate_columns.ts';
import type { WithRates } from './rate_columns.ts';
import type { WindowPlace } from './rate_history.ts';
import type { FlowIdentity } from './top_source.ts';

/** One flow of the table. */
export interface TopFlow extends WithRates {
  readonly row: FlowView;
  /** Both directions. */
  readonly wireBytes: number;
  readonly packets: number;
  /** Seconds since the first packet. */
  readonly age: number;
  readonly identity: FlowIdentity | undefined;
  /** Addresses, or names of hosts. */
  readonly source: string;
  readonly destination: string;
}

/** 192.168.100.100:65535 */
const ENDPOINT_GOOD = 21;
/** [2001:1db8:1000:1000:1000:1000:1000:1000]:65535 */
const ENDPOINT_MAX = 47;

const PROTOCOL: Column<TopFlow> = {
  title: 'PROTO',
  width: 6,
  align: 'left',
  text: ({ row }) => protocolText(row.protocol),
};
const SOURCE: Column<TopFlow> = {
  title: 'SOURCE',
  width: ENDPOINT_GOOD,
  most: ENDPOINT_MAX,
  align: 'left',
  text: ({ row, source }, width) => cutEndpoint(flowEndpointText(source, row.srcPort), row.srcPort, width),
};
const DESTINATION: Column<TopFlow> = {
  title: 'DESTINATION',
  width: ENDPOINT_GOOD,
  most: ENDPOINT_MAX,
  align: 'left',
  text: ({ row, destination }, width) => cutEndpoint(flowEndpointText(destination, row.dstPort), row.dstPort, width),
};
const BYTES: Column<TopFlow> = {
  title: 'BYTES',
  width: 7,
  align: 'right',
  sort: 'bytes',
  text: ({ wireBytes }) => binaryText(wireBytes),
};
const PACKETS: Column<TopFlow> = {
  title: 'PKTS',
  width: 6,
  align: 'right',
  sort: 'packets',
  text: ({ packets }) => countText(packets),
};
const AGE: Column<TopFlow> = { title: 'AGE', width: 6, align: 'right', sort: 'age', text: ({ age }) => ageText(age) };
const FLAGS: Column<TopFlow> = {
  title: 'FLAGS',
  width: 6,
  align: 'left',
  text: ({ row }) => (row.tcpFlagsForward === null ? '' : flagsText(row.tcpFlagsForward | (row.tcpFlagsReverse ?? 0))),
};
const PROCESS: Column<TopFlow> = {
  title: 'PROCESS',
  width: 12,
  most: 18,
  align: 'left',
  text: ({ identity }) => identity?.process ?? '',
};
const DIRECTION: Column<TopFlow> = {
  title: 'DIR',
  width: 3,
  align: 'left',
  text: ({ identity }) => identity?.direction ?? '',
};
const SERVICE: Column<TopFlow> = {
  title: 'SERVICE',
  width: 10,
  align: 'left',
  text: ({ identity }) => identity?.service ?? '',
};
const OWNER: Column<TopFlow> = {
  title: 'OWNER',
  width: 24,
  align: 'left',
  text: ({ identity }) => identity?.owner ?? '',
};
const APP: Column<TopFlow> = { title: 'APP', width: 10, align: 'left', text: ({ identity }) => identity?.app ?? '' };
const NAME: Column<TopFlow> = {
  title: 'NAME',
  width: 28,
  align: 'left',
  text: ({ identity }) => identity?.name ?? '',
};

/** Columns that may have nothing to show in any line: they are there only where they have. */
export const MAY_BE_EMPTY: readonly Column<TopFlow>[] = [FLAGS, DIRECTION, PROCESS, SERVICE, OWNER, APP, NAME];

/**
 * @param width of the terminal @param window whose rates are shown first
 * @param filled those of MAY_BE_EMPTY that have something to show
 */
export function layoutFlows(
  width: number,
  sort: SortColumn,
  window: WindowPlace,
  filled: ReadonlySet<Column<TopFlow>>,
): Layout<TopFlow> {
  const { rate, forward, reverse, others } = rateColumns<TopFlow>(window, 'FWD', 'REV');
  const set = {
    order: [
      ...[PROTOCOL, SOURCE, DESTINATION, SERVICE, APP, NAME, forward, reverse, rate, ...others, BYTES, PACKETS],
      ...[AGE, FLAGS, DIRECTION, PROCESS, OWNER],
    ],
    subjects: [SOURCE, DESTINATION],
    optional: [
      ...[rate, forward, reverse, PROCESS, PROTOCOL, NAME, APP, BYTES, PACKETS],
      ...[AGE, ...others, DIRECTION, SERVICE, OWNER, FLAGS],
    ],
  };
  return fitColumnSet(set, width, sort, (column) => !MAY_BE_EMPTY.includes(column) || filled.has(column));
}
