/** All groups of a flow by their models, compared with what the engine gave. */
import type { Flow } from '../../src/flow/flow.ts';
import type { WithGroup } from '../../src/flow/groups.ts';
import type { RunOptions } from '../engine/harness.ts';
import { difference } from '../engine/groups/difference.ts';
import { activityGroup } from '../models/groups/activity.ts';
import { activityRecord } from '../models/groups/activity_record.ts';
import { communityId } from '../models/groups/community_id.ts';
import { linkGroup } from '../models/groups/link.ts';
import { entropyGroup, firstPackets, payloadGroup } from '../models/groups/samples.ts';
import { statsGroup } from '../models/groups/stats.ts';
import { statsRecord } from '../models/groups/stats_record.ts';
import { tcpGroup } from '../models/groups/tcp.ts';
import { tcpRecord } from '../models/groups/tcp_record.ts';
import { zeekGroup } from '../models/groups/zeek_group.ts';
import type { ActiveFlow } from '../models/active_flow.ts';

export const ALL_GROUPS: readonly WithGroup[] = [
  'community-id',
  'tcp',
  'stats',
  'activity',
  'zeek',
  'first-packets',
  'payload',
  'entropy',
  'link',
];

const FIRST_PACKETS = 10;
const PAYLOAD_BYTES = 64;
const IDLE_THRESHOLD_NS = 5_000_000_000n;
const TCP = 6;
/** Protocols whose ports are in a Community ID, and those that have types there, of which another test is. */
const WITH_PORTS = new Set([TCP, 17, 132]);
const WITH_TYPES = new Set([1, 58]);

/** The members that the groups add to the record of a flow. */
export function wantedGroups(flow: ActiveFlow, record: Flow, { direction = 'bi' }: RunOptions): object {
  const { packets, originator } = flow;
  const members = {
    tcp: record.protocol === TCP ? tcpRecord(tcpGroup(packets, originator), direction) : null,
    stats: statsRecord(statsGroup(packets, originator), direction),
    activity: activityRecord(activityGroup(packets, originator, IDLE_THRESHOLD_NS), direction),
    link: linkGroup(packets, originator, direction),
    firstPackets: firstPackets(packets, originator, FIRST_PACKETS),
    ...payloadGroup(packets, originator, PAYLOAD_BYTES),
    ...entropyGroup(packets, originator),
    ...(WITH_TYPES.has(record.protocol) ? {} : { communityId: communityIdOf(record) }),
    // One direction only has half of a connection.
    ...(direction === 'uni' ? {} : { zeek: zeekGroup(flow) }),
  };
  if (direction === 'bi') return members;
  const entries = Object.entries(members);
  return Object.fromEntries(entries.map(([name, value]) => [name, name.endsWith('Reverse') ? null : value]));
}

function communityIdOf({ srcAddress: src, dstAddress: dst, protocol, srcPort, dstPort }: Flow): string | null {
  if (!WITH_PORTS.has(protocol)) return communityId({ src, dst, protocol, ports: undefined });
  return srcPort === 0 && dstPort === 0 ? null : communityId({ src, dst, protocol, ports: [srcPort, dstPort] });
}

/** Where the flow differs from its models; undefined: nowhere. */
export function groupsDifference(flow: Flow, wanted: object): string | undefined {
  for (const [name, value] of Object.entries(wanted)) {
    const ours: unknown = flow[name as keyof Flow];
    const found = name.startsWith('entropy') ? entropyDifference(name, ours, value) : partDifference(name, ours, value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The uid is the engine's own. */
function partDifference(name: string, ours: unknown, value: unknown): string | undefined {
  if (name !== 'zeek' || typeof ours !== 'object' || ours === null) return difference(ours, value, name);
  return difference({ ...ours, uid: undefined }, value, name);
}

function entropyDifference(name: string, ours: unknown, value: unknown): string | undefined {
  const isNear = typeof ours === 'number' && typeof value === 'number' && Math.abs(ours - value) < 1e-9;
  return isNear || ours === value ? undefined : `${name}: ${String(ours)}, model ${String(value)}`;
}
