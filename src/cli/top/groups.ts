/** Totals of the flows in sight by process, by host or by port. */
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
  flows: number;
  /** Both directions. */
  wireBytes: number;
  packets: number;
  /** Age of the oldest flow, seconds. */
  age: number;
  readonly forward: number[];
  readonly reverse: number[];
}

const UNKNOWN = '-';

/**
 * @param places of the flows that count
 * @returns in the order of their first flows
 */
export function groupsOf(
  view: GroupView,
  snapshot: FlowSnapshot,
  places: Uint32Array,
  source: Pick<TopSource, 'identityOf'>,
): Group[] {
  const groups = new Map<string, Group>();
  const row = new RowView(snapshot.rows);
  const add = (place: number, label: string, detail: string | undefined, isTurned: boolean): void => {
    let group = groups.get(label);
    if (group === undefined) {
      group = newGroup(label);
      groups.set(label, group);
    }
    addFlow(group, snapshot, place, isTurned);
    if (group.detail === '' && detail !== undefined) group.detail = detail;
  };
  for (const place of places) {
    row.row = snapshot.rowAt(place);
    const identity = source.identityOf?.(snapshot.flow(place), snapshot.generation(place));
    switch (view) {
      case 'processes':
        add(place, identity?.process ?? UNKNOWN, identity?.user, identity?.direction === 'in');
        break;
      case 'hosts':
        addHosts(row, identity, (label, detail, isTurned) => add(place, label, detail, isTurned));
        break;
      case 'ports':
        add(place, portLabel(row), identity?.service, false);
        break;
    }
  }
  return [...groups.values()];
}

/** A flow counts for both of its ends, each of which has sent what the other has received. */
function addHosts(
  { srcAddress, dstAddress }: FlowView,
  identity: FlowIdentity | undefined,
  add: (label: string, detail: string | undefined, isTurned: boolean) => void,
): void {
  const isInbound = identity?.direction === 'in';
  add(srcAddress, isInbound ? identity.owner : undefined, false);
  if (dstAddress !== srcAddress) add(dstAddress, isInbound ? undefined : identity?.owner, true);
}

/** The port of the responder; of other protocols their name. */
function portLabel({ protocol, dstPort }: FlowView): string {
  return dstPort === 0 ? protocolText(protocol) : `${protocolText(protocol)} ${dstPort}`;
}

function newGroup(label: string): Group {
  const none = (): number[] => WINDOWS_S.map(() => 0);
  return { label, detail: '', flows: 0, wireBytes: 0, packets: 0, age: 0, forward: none(), reverse: none() };
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
