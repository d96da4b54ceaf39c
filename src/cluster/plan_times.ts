/**
 * Whether the buckets of a plan can give the flows of one engine, as far as the times of its packets decide it.
 *
 * One engine takes the packets of inputs that overlap in the order of the latest time that their input has had by then;
 * so at each packet the clock is that time, or a later one of a group before. A bucket sees only some packets, but each
 * with that time. Of the others it needs to know only that no clock would have doubted them: see the engine's clock.ts.
 */
import {
  SHARD_FAULT_FRAGMENTS,
  SHARD_FAULT_NONE,
  SHARD_FAULT_TIMES,
  SHARD_FAULT_TUNNELS,
} from '../../assembly/layout.ts';
import type { EngineOptions } from '../engine/options.ts';
import { FAULT_REASONS } from '../jobs/fault_reasons.ts';
import type { Plan } from './plan.ts';
import type { MapInput } from './results.ts';

const DAY_NS = 86_400_000_000_000n;

/** An input with packets, in the order of packets of equal time. */
export interface TimedInput extends MapInput {
  readonly group: number;
  readonly firstNs: bigint;
  readonly latestNs: bigint;
}

/** Farther from the clock than this, nanoseconds, no time is believed at once. */
export function nearOf({ flowTimeout, finTimeout }: Pick<EngineOptions, 'flowTimeout' | 'finTimeout'>): bigint {
  return [flowTimeout, finTimeout].map(secondsNs).reduce((a, b) => (a > b ? a : b), DAY_NS);
}

function secondsNs(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}

/** Inputs that have packets, as they are in the plan. */
export function timedInputs(plan: Plan, inputs: readonly MapInput[]): readonly TimedInput[] {
  return inputs
    .filter(({ packets }) => packets > 0)
    .sort((a, b) => a.input - b.input)
    .map((one) => ({
      ...one,
      group: plan.inputs[one.input]?.group ?? 0,
      firstNs: BigInt(one.first),
      latestNs: BigInt(one.latest),
    }));
}

/** Time of the packet that is taken first, and the latest of all; 0 when there are none. */
export function timesOfAll(inputs: readonly TimedInput[]): { readonly firstNs: bigint; readonly latestNs: bigint } {
  const [first] = [...inputs].sort((a, b) => a.group - b.group || compare(a.firstNs, b.firstNs) || a.input - b.input);
  const latestNs = inputs.reduce((time, one) => (one.latestNs > time ? one.latestNs : time), 0n);
  return { firstNs: first?.firstNs ?? 0n, latestNs };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Why one engine must give the flows of all buckets; undefined: it need not. */
export function reasonForOne(inputs: readonly TimedInput[], near: bigint): string | undefined {
  const fault = inputs.find((one) => one.fault !== SHARD_FAULT_NONE)?.fault;
  if (fault === SHARD_FAULT_TUNNELS) return FAULT_REASONS[fault];
  if (fault !== undefined || inputs.some(({ lateBy }) => BigInt(lateBy) > near))
    return FAULT_REASONS[SHARD_FAULT_TIMES];
  const groups = new Set(inputs.map(({ group }) => group));
  if (groups.size > 1 && inputs.some(({ timestampsUnknown }) => timestampsUnknown > 0))
    return 'packets without a time have that of an input before theirs';
  let clock: bigint | undefined;
  for (const group of groups) {
    const begin = clock;
    const members = inputs.filter((one) => one.group === group).sort((a, b) => (a.firstNs < b.firstNs ? -1 : 1));
    for (const { firstNs, latestNs, earliest } of members) {
      const now = clock ?? firstNs;
      // Within a group a packet is behind the clock only as far as it is behind its own input.
      const isLate = begin !== undefined && begin - BigInt(earliest) > near;
      if (firstNs - now > near || isLate) return FAULT_REASONS[SHARD_FAULT_TIMES];
      clock = latestNs > now ? latestNs : now;
    }
  }
  return undefined;
}

/** What a bucket itself finds. */
export function bucketReason(fault: number): string | undefined {
  return fault === SHARD_FAULT_FRAGMENTS
    ? 'a fragment is dated earlier than packets before it, and comes before the first one of its datagram'
    : undefined;
}
