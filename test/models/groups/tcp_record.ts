/** The model's group `tcp` in the form of a record: as readFlows gives it. */
import { nullsOf, numbersOf } from './record.ts';
import type { TcpDirection, TcpGroup } from './tcp.ts';

/** What a record has; times are numbers. @param direction a flow of one direction has nothing in the other */
export function tcpRecord(group: TcpGroup, direction: 'uni' | 'bi' = 'bi'): object {
  const { forward, reverse, rttSynAck, rttAck, rttHandshake, ...whole } = group;
  return {
    ...whole,
    forward: ofDirection(forward),
    reverse: direction === 'uni' ? nullsOf(ofDirection(reverse)) : ofDirection(reverse),
    rttSynAck: numberOf(rttSynAck),
    rttAck: numberOf(rttAck),
    rttHandshake: numberOf(rttHandshake),
  };
}

function ofDirection({ rtt, retransmittedBytes, missingBytes, ...counts }: TcpDirection): object {
  return {
    ...counts,
    retransmittedBytes: Number(retransmittedBytes),
    missingBytes: Number(missingBytes),
    rtt: rtt === null ? { n: 0, min: null, mean: null, sd: null, max: null } : { n: rtt.n, ...numbersOf(rtt) },
  };
}

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value));
