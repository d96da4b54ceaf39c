/** Totals of flows by process, by host or by port: of those that are active, and of those that have ended. */
import type { FlowView } from '../../flow/flow.ts';
import { protocolText } from '../../flow/numbers.ts';
import { RowView } from '../../engine/rows.ts';
import type { FlowSnapshot, SortColumn } from './flow_rates.ts';
import type { WithRates } from './rate_columns.ts';
import { rateOf } from './rate_columns.ts';
import { WINDOWS_S } from './rate_history.ts';
import type { WindowPlace } from './rate_history.ts';
import type { FlowIdentity, TopSource } from './top_source.ts';

/** What lines are about. */
export const VIEWS = ['flows', 'processes', 'hosts', 'ports'] as const;
export type ViewName = (typeof VIEWS)[number];
export type GroupView = Exclude<ViewName, 'flows'>;

/** Totals of some flows. Forward is what a process or a host has sent, and what went to a port. */
export interface Group extends WithRates {
  readonly label: string;
  /** User of a process, service of a port, network of a host. */
  detail: string;
  /** Program of a process, name of a host. */
  more: string;
  flows: number;
  /** Both directions. */
  wireBytes: number;
  packets: number;
  /** Age of the oldest active flow, seconds. */
  age: number;
  readonly forward: number[];
  readonly reverse: number[];
}

const UNKNOWN = '-';

/** What a flow is in a view. */
export interface GroupPart {
  readonly label: string;
  readonly detail: string | undefined;
  readonly more?: string | undefined;
  /** What the flow calls reverse is forward here. */
  readonly isTurned: boolean;
}

/** Sums of flows that have ended. */
export interface EndedSum {
  detail: string;
  more: string;
  flows: number;
  wireBytes: number;
  packets: number;
}

/**
 * @param places of the flows that count
 * @param ended by label; undefined: they do not count
 * @returns in the order of their first flows, and then what has only flows that have ended
 */
export function groupsOf(
  view: GroupView,
  snapshot: FlowSnapshot,
  places: Uint32Array,
  source: Pick<TopSource, 'identityOf'>,
  ended?: ReadonlyMap<string, EndedSum>,
): Group[] {
  const groups = new Map<string, Group>();
  const row = new RowView(snapshot.rows);
  const groupOf = (label: string, detail: string | undefined, more: string | undefined): Group => {
    let group = groups.get(label);
    if (group === undefined) {
      group = newGroup(label);
      groups.set(label, group);
    }
    if (group.detail === '' && detail !== undefined) group.detail = detail;
    if (group.more === '' && more !== undefined) group.more = more;
    return group;
  };
  for (const place of places) {
    row.row = snapshot.rowAt(place);
    const identity = source.identityOf?.(snapshot.flow(place), snapshot.generation(place));
    for (const { label, detail, more, isTurned } of partsOf(view, row, identity))
      addFlow(groupOf(label, detail, more), snapshot, place, isTurned);
  }
  for (const [label, { detail, more, flows, wireBytes, packets }] of ended ?? []) {
    const group = groupOf(label, detail, more);
    group.flows += flows;
    group.wireBytes += wireBytes;
    group.packets += packets;
  }
  return [...groups.values()];
}

/** A flow counts for both of its hosts, each of which has sent what the other has received. */
export function partsOf(view: GroupView, flow: FlowView, identity: FlowIdentity | undefined): readonly GroupPart[] {
  const isInbound = identity?.direction === 'in';
  switch (view) {
    case 'processes':
      return [
        { label: identity?.process ?? UNKNOWN, detail: identity?.user, more: identity?.program, isTurned: isInbound },
      ];
    case 'ports':
      return [{ label: portLabel(flow), detail: identity?.service, isTurned: false }];
    case 'hosts': {
      const { srcAddress, dstAddress } = flow;
      const source = { label: srcAddress, detail: isInbound ? identity.owner : undefined, isTurned: false };
      if (dstAddress === srcAddress) return [source];
      const detail = isInbound ? undefined : identity?.owner;
      return [source, { label: dstAddress, detail, more: identity?.content?.serverName, isTurned: true }];
    }
  }
}

/** The port of the responder; of other protocols their name. */
function portLabel({ protocol, dstPort }: FlowView): string {
  return dstPort === 0 ? protocolText(protocol) : `${protocolText(protocol)} ${dstPort}`;
}

function newGroup(label: string): Group {
  const none = (): number[] => WINDOWS_S.map(() => 0);
  return { label, detail: '', more: '', flows: 0, wireBytes: 0, packets: 0, age: 0, forward: none(), reverse: none() };
}

/** @param isTurned what the flow calls reverse is forward here */
function addFlow(group: Group, snapshot: FlowSnapshot, place: number, isTurned: boolean): void {
  group.flows++;
  group.wireBytes += snapshot.wireBytes(place);
  group.packets += snapshot.packets(place);
  group.age = Math.max(group.age, snapshot.age(place));
  const [sent, received] = isTurned ? [group.reverse, group.forward] : [group.forward, group.reverse];
  WINDOWS_S.forEach((_, window) => {
    sent[window] = (sent[window] ?? 0) + (snapshot.forwardRates[window]?.[place] ?? 0);
    received[window] = (received[window] ?? 0) + (snapshot.reverseRates[window]?.[place] ?? 0);
  });
}

/** The figure that groups are sorted by. */
export function groupKey(group: Group, sort: SortColumn, window: WindowPlace): number {
  switch (sort) {
    case 'rate':
      return rateOf(group, window);
    case 'bytes':
      return group.wireBytes;
    case 'packets':
      return group.packets;
    case 'age':
      return group.age;
  }
}
