/** What `npm run bench:readback` compares: flows in each of the forms, as multisets. */
import { describe, expect, it } from 'vitest';
import { everyField, flagsOf, inIpfix, inNfdump, valuesOf } from '../../bench/readback/flow_lines.ts';
import { linesOf, Multiset } from '../../bench/readback/multiset.ts';

const LINE = `{"srcAddress":"2001:db8::1","srcPort":50334,"dstAddress":"2001:db8::2","dstPort":53
,"protocol":6,"firstSeen":1700000000.000004001,"lastSeen":1700000000.010112000
,"packetsForward":1,"packetsReverse":2,"bytesForward":64,"bytesReverse":128
,"wireBytesForward":78,"wireBytesReverse":156,"payloadBytesForward":0,"payloadBytesReverse":1
,"tcpFlagsForward":2,"tcpFlagsReverse":18,"endReason":"fin","icmpType":null,"icmpCode":null}`.replaceAll('\n', '');

describe('a line of JSON Lines', () => {
  const values = valuesOf(LINE);

  it('has every value, times in nanoseconds', () => {
    expect(everyField(values)).toBe(
      '2001:db8::1 50334 2001:db8::2 53 6 1700000000000004001 1700000000010112000 '.concat(
        '1 2 64 128 78 156 0 1 2 18 fin null null',
      ),
    );
  });

  it('has in IPFIX numbers where there is nothing, and for words', () => {
    expect(inIpfix(values).split(' ').slice(-5)).toEqual(['2', '18', '3', '0', '0']);
  });

  it('has in nfdump milliseconds, and the flags of both directions', () => {
    const wanted = '2001:db8::1 50334 2001:db8::2 53 6 1700000000000 1700000000010 1 64 2 128 18';
    expect(inNfdump(values)).toBe(wanted);
    expect(flagsOf('...A..S.')).toBe(18);
  });
});

describe('a multiset', () => {
  const of = (...lines: string[]): Multiset => {
    const all = new Multiset();
    for (const line of lines) all.add(line);
    return all;
  };

  it('has no order, but counts', () => {
    expect(of('a', 'b', 'b').equals(of('b', 'a', 'b'))).toBe(true);
    expect(of('a', 'b', 'b').equals(of('a', 'a', 'b'))).toBe(false);
    expect(of('a', 'b').equals(of('a', 'b', 'b'))).toBe(false);
    expect(of('a', 'b').equals(of('a', 'c'))).toBe(false);
  });

  it('is filled from text that is cut anywhere', async () => {
    async function* pieces(): AsyncGenerator<Buffer> {
      for (const piece of ['fir', 'st\nsecond\n', 'th', 'ird']) yield Buffer.from(piece);
    }
    const lines: string[] = [];
    for await (const line of linesOf(pieces())) lines.push(line);
    expect(lines).toEqual(['first', 'second', 'third']);
  });
});
