/** Active and idle periods, subflows, bulks and headers of a flow, from the whole list of its packets. */

import type { FlowPacket } from '../active_flow.ts';
import type { Side } from '../key.ts';
import { segmentOf } from './segment.ts';
import { gapsOf } from './stats.ts';
import { ratio, summaryOf, type Summary } from './summary.ts';

const SECOND_NS = 1_000_000_000n;
/** Packets that make a bulk. */
const BULK = 4;

export interface Bulks {
  readonly n: number;
  readonly packets: number;
  readonly bytes: number;
  readonly timeNs: bigint;
}

export interface ActivityDirection {
  readonly bulk: Bulks;
  readonly dataPackets: number;
  readonly headerBytes: number;
  readonly headerMin: number | null;
  /** First window that is not 0. */
  readonly window: number | null;
}

export interface ActivityGroup {
  readonly forward: ActivityDirection;
  readonly reverse: ActivityDirection;
  /** Nanoseconds; null: there was none. */
  readonly active: Summary | null;
  /** The same without the last one. */
  readonly activeOver: Summary | null;
  readonly idle: Summary | null;
  readonly subflows: number;
}

export function activityGroup(packets: readonly FlowPacket[], originator: Side, thresholdNs: bigint): ActivityGroup {
  const { active, last, idle } = periodsOf(packets, thresholdNs);
  const responder: Side = originator === 0 ? 1 : 0;
  return {
    forward: directionOf(packets, originator),
    reverse: directionOf(packets, responder),
    active: summaryOf(last > 0n ? [...active, last] : active),
    activeOver: summaryOf(active),
    idle: summaryOf(idle),
    subflows: gapsOf(timesOf(packets)).filter((gap) => gap > SECOND_NS).length,
  };
}

const timesOf = (packets: readonly FlowPacket[]): bigint[] => packets.map(({ timestampNs }) => timestampNs);

/** Times at which nothing goes back: the latest so far in place of each. */
function forwardTimes(packets: readonly FlowPacket[]): bigint[] {
  let latest = 0n;
  return timesOf(packets).map((time) => {
    if (time > latest) latest = time;
    return latest;
  });
}

function periodsOf(packets: readonly FlowPacket[], thresholdNs: bigint) {
  const active: bigint[] = [];
  const idle: bigint[] = [];
  const [first = 0n, ...rest] = forwardTimes(packets);
  let start = first;
  let end = first;
  for (const time of rest) {
    if (time - end > thresholdNs) {
      if (end > start) active.push(end - start);
      idle.push(time - end);
      start = time;
    }
    end = time;
  }
  return { active, last: end - start, idle };
}

/** Runs of payload packets of a side, each within a second of the one before, with none of the other side in between. */
function bulksOf(packets: readonly FlowPacket[], side: Side): Bulks {
  const helpers = [newHelper(), newHelper()] as const;
  for (const { packet, side: sender, timestampNs } of packets) {
    const own = helpers[sender];
    const other = helpers[sender === 0 ? 1 : 0];
    if (own.start !== undefined && other.last !== undefined && other.last > own.start) own.start = undefined;
    if (packet.payloadBytes === 0) continue;
    const gap = own.last !== undefined && timestampNs > own.last ? timestampNs - own.last : 0n;
    if (own.start === undefined || gap > SECOND_NS) {
      own.start = own.last = timestampNs;
      own.sizes = [packet.payloadBytes];
      continue;
    }
    own.sizes.push(packet.payloadBytes);
    if (own.sizes.length === BULK) {
      own.bulks++;
      own.packets += BULK;
      own.bytes += own.sizes.reduce((a, b) => a + b);
      own.timeNs += timestampNs > own.start ? timestampNs - own.start : 0n;
    } else if (own.sizes.length > BULK) {
      own.packets++;
      own.bytes += packet.payloadBytes;
      own.timeNs += gap;
    }
    own.last = timestampNs > (own.last ?? 0n) ? timestampNs : own.last;
  }
  const { bulks, packets: count, bytes, timeNs } = helpers[side];
  return { n: bulks, packets: count, bytes, timeNs };
}

const newHelper = () => ({
  start: undefined as bigint | undefined,
  last: undefined as bigint | undefined,
  sizes: [] as number[],
  ...{ bulks: 0, packets: 0, bytes: 0, timeNs: 0n },
});

function directionOf(packets: readonly FlowPacket[], side: Side): ActivityDirection {
  const own = packets.filter((one) => one.side === side).map(({ packet }) => packet);
  const segments = own.flatMap((packet) => segmentOf(packet) ?? []);
  const isUdp = (protocol: number): boolean => protocol === 17 || protocol === 136;
  const datagrams = own.filter(({ protocol, fragment }) => isUdp(protocol) && fragment?.first !== false);
  const headers = [...segments.map(({ headerBytes }) => headerBytes), ...datagrams.map(() => 8)];
  return {
    bulk: bulksOf(packets, side),
    dataPackets: own.filter(({ payloadBytes }) => payloadBytes > 0).length,
    headerBytes: headers.reduce((a, b) => a + b, 0),
    headerMin: headers.length === 0 ? null : Math.min(...headers),
    window: segments.find(({ window }) => window !== 0)?.window ?? null,
  };
}

/** Bytes per second; null when the bulks took no time. */
export function bulkRate({ bytes, timeNs }: Bulks): number | null {
  return timeNs === 0n ? null : ratio(BigInt(bytes) * SECOND_NS, timeNs);
}
