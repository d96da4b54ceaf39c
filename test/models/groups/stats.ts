/** Sizes and gaps of a flow's packets, from the whole list of them. */

import { ratio, summaryOf, type Summary } from './summary.ts';
import type { FlowPacket } from '../active_flow.ts';
import type { Side } from '../key.ts';

/** One scope: a direction, or both together. */
export interface StatsScope {
  readonly ipBytes: Summary | null;
  readonly payload: Summary | null;
  /** Nanoseconds between a packet and the latest one before it in the scope; null for fewer than two packets. */
  readonly gap: Summary | null;
}

export interface StatsGroup {
  readonly forward: StatsScope;
  readonly reverse: StatsScope;
  readonly both: StatsScope;
  /** Per second from the first to the last packet; null when that is no time. */
  readonly bytesPerSecond: number | null;
  readonly packetsPerSecond: number | null;
  /** Packets earlier than one before them. */
  readonly clockBack: number;
}

export function statsGroup(packets: readonly FlowPacket[], originator: Side): StatsGroup {
  return {
    forward: scope(packets.filter(({ side }) => side === originator)),
    reverse: scope(packets.filter(({ side }) => side !== originator)),
    both: scope(packets),
    ...ratesOf(packets),
    clockBack: packets.filter(({ timestampNs }, n) => packets.slice(0, n).some((one) => one.timestampNs > timestampNs))
      .length,
  };
}

function ratesOf(packets: readonly FlowPacket[]): Pick<StatsGroup, 'bytesPerSecond' | 'packetsPerSecond'> {
  const times = packets.map(({ timestampNs }) => timestampNs).sort((a, b) => (a < b ? -1 : 1));
  const durationNs = (times.at(-1) ?? 0n) - (times[0] ?? 0n);
  const perSecond = (amount: number) => (durationNs === 0n ? null : ratio(BigInt(amount) * 1_000_000_000n, durationNs));
  return {
    bytesPerSecond: perSecond(packets.reduce((sum, { packet }) => sum + packet.ipBytes, 0)),
    packetsPerSecond: perSecond(packets.length),
  };
}

function scope(packets: readonly FlowPacket[]): StatsScope {
  return {
    ipBytes: summaryOf(packets.map(({ packet }) => BigInt(packet.ipBytes))),
    payload: summaryOf(packets.map(({ packet }) => BigInt(packet.payloadBytes))),
    gap: summaryOf(gapsOf(packets.map(({ timestampNs }) => timestampNs))),
  };
}

/** From the latest time so far to each next time; 0 when the clock went back. */
export function gapsOf(times: readonly bigint[]): bigint[] {
  const gaps: bigint[] = [];
  let latest = times[0] ?? 0n;
  for (const time of times.slice(1)) {
    gaps.push(time > latest ? time - latest : 0n);
    if (time > latest) latest = time;
  }
  return gaps;
}
