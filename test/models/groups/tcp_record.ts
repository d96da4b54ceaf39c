/** The model's group `tcp` in the form of a record: as readFlows gives it. */
import type { Summary } from './summary.ts';
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

function nullsOf(object: object): object {
  const entries = Object.entries(object).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? nullsOf(value as object) : null,
  ]);
  return Object.fromEntries(entries) as object;
}

function ofDirection({ rtt, retransmittedBytes, missingBytes, ...counts }: TcpDirection): object {
  return {
    ...counts,
    retransmittedBytes: Number(retransmittedBytes),
    missingBytes: Number(missingBytes),
    rtt: rtt === null ? { n: 0, min: null, mean: null, sd: null, max: null } : numbersOf(rtt),
  };
}

function numbersOf({ n, min, mean, sd, max }: Summary): object {
  return { n, min: Number(min), mean, sd, max: Number(max) };
}

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value));
