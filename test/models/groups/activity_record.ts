/** The model's group `activity` in the form of a record: as readFlows gives it. */
import { bulkRate, type ActivityDirection, type ActivityGroup } from './activity.ts';
import { nullsOf, numbersOf } from './record.ts';
import type { Summary } from './summary.ts';

/** @param direction a flow of one direction has nothing in the other */
export function activityRecord(group: ActivityGroup, direction: 'uni' | 'bi' = 'bi'): object {
  const reverse = ofDirection(group.reverse);
  return {
    forward: ofDirection(group.forward),
    reverse: direction === 'uni' ? nullsOf(reverse) : reverse,
    active: periods(group.active),
    idle: periods(group.idle),
    subflows: group.subflows,
  };
}

function ofDirection({ bulk, ...direction }: ActivityDirection): object {
  const { n, packets, bytes, timeNs } = bulk;
  return { bulk: { n, packets, bytes, time: Number(timeNs), bytesPerSecond: bulkRate(bulk) }, ...direction };
}

function periods(summary: Summary | null): object {
  return { n: summary?.n ?? 0, ...numbersOf(summary) };
}
