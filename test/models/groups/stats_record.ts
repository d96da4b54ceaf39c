/** The model's group `stats` in the form of a record: as readFlows gives it. */
import { nullsOf, numbersOf } from './record.ts';
import type { StatsGroup, StatsScope } from './stats.ts';

/** @param direction a flow of one direction has nothing in the other */
export function statsRecord(group: StatsGroup, direction: 'uni' | 'bi' = 'bi'): object {
  const reverse = ofScope(group.reverse);
  return {
    forward: ofScope(group.forward),
    reverse: direction === 'uni' ? nullsOf(reverse) : reverse,
    both: ofScope(group.both),
    bytesPerSecond: group.bytesPerSecond,
    packetsPerSecond: group.packetsPerSecond,
    clockBack: group.clockBack,
    // No packets of a test are so large.
    sizeOverflow: false,
  };
}

function ofScope({ ipBytes, payload, gap }: StatsScope): object {
  return { ipBytes: numbersOf(ipBytes), payload: numbersOf(payload), gap: numbersOf(gap) };
}
