import { describe, expect, it } from 'vitest';
import {
  ACK,
  FIN,
  RST,
  SYN,
  ethernet,
  icmp,
  icmpv6,
  ipv4,
  ipv4Fragments,
  ipv6,
  ipv6Fragments,
  hopByHop,
  gre,
  tcp,
  udp,
  vlan,
  type Packet,
} from '../builders/index.ts';
import { etherTypeFilter, flowsOf, type CapturedFrame, type FlowOptions } from './index.ts';

const A = '10.0.0.9';
const B = '10.0.0.1';
const SECOND = 1_000_000_000n;
const T0 = 1_000n * SECOND;

/** A frame `seconds` after T0. */
const at = (seconds: number, packet: Packet): CapturedFrame => {
  const bytes = packet.over(ethernet());
  return { timestampNs: T0 + BigInt(Math.round(seconds * 1e9)), linkType: 1, bytes, wireLen: bytes.length };
};
const forth = (flags: number, seq = 1): Packet =>
  tcp({ srcPort: 5000, dstPort: 80, flags, seq, payload: 5 }).over(ipv4({ src: A, dst: B }));
const back = (flags: number, seq = 1): Packet =>
  tcp({ srcPort: 80, dstPort: 5000, flags, seq }).over(ipv4({ src: B, dst: A }));
const datagram = (src = A, dst = B, srcPort = 5000, dstPort = 53): Packet =>
  udp({ srcPort, dstPort, payload: 10 }).over(ipv4({ src, dst }));

/** "packets forward/reverse reason" of every flow, in order of ending. */
const summary = (records: readonly CapturedFrame[], options: FlowOptions = {}): string[] =>
  flowsOf(records, options).flows.map((flow) => `${flow.packetsForward}/${flow.packetsReverse} ${flow.endReason}`);

describe('where the model ends a flow', () => {
  it('at more than the idle timeout, not at the timeout itself', () => {
    expect(summary([at(0, datagram()), at(600, datagram())])).toEqual(['2/0 end']);
    expect(summary([at(0, datagram()), at(600.000000001, datagram())])).toEqual(['1/0 idle', '1/0 end']);
  });

  it('30 s after FIN from both sides, and not after FIN from one', () => {
    expect(summary([at(0, forth(FIN | ACK)), at(1, back(FIN | ACK)), at(31.5, forth(ACK))])).toEqual([
      '1/1 fin',
      '1/0 end',
    ]);
    expect(summary([at(0, forth(FIN | ACK)), at(1, back(ACK)), at(31.5, forth(ACK))])).toEqual(['2/1 end']);
  });

  it('after FIN from its own side when flows have one direction', () => {
    expect(summary([at(0, forth(FIN | ACK)), at(1, back(ACK)), at(31.5, forth(ACK))], { direction: 'uni' })).toEqual([
      '1/0 fin',
      '1/0 end',
      '1/0 end',
    ]);
  });

  it('with the reason of the packet that closed it', () => {
    expect(summary([at(0, forth(FIN | ACK)), at(1, back(FIN | RST)), at(60, datagram())])).toEqual([
      '1/1 rst',
      '1/0 end',
    ]);
    expect(summary([at(0, forth(FIN)), at(1, back(FIN)), at(2, forth(RST)), at(60, datagram())])).toEqual([
      '2/1 fin',
      '1/0 end',
    ]);
  });

  it('with the closing packet when the FIN timeout is 0', () => {
    expect(summary([at(0, forth(SYN)), at(1, back(RST)), at(1, forth(ACK))], { finTimeoutNs: 0n })).toEqual([
      '1/1 rst',
      '1/0 end',
    ]);
  });

  it('at a SYN after a FIN or RST of any side', () => {
    expect(summary([at(0, forth(FIN)), at(1, forth(SYN))])).toEqual(['1/0 fin', '1/0 end']);
    expect(summary([at(0, back(RST)), at(1, forth(SYN))])).toEqual(['1/0 rst', '1/0 end']);
    expect(summary([at(0, back(RST)), at(1, forth(SYN | ACK))])).toEqual(['1/1 end']);
  });

  it('at a SYN with another sequence number after more than the FIN timeout of silence', () => {
    expect(summary([at(0, forth(SYN, 7)), at(31, forth(SYN, 8))])).toEqual(['1/0 idle', '1/0 end']);
    expect(summary([at(0, forth(SYN, 7)), at(30, forth(SYN, 8))])).toEqual(['2/0 end']);
    expect(summary([at(0, forth(SYN, 7)), at(31, forth(SYN, 7))])).toEqual(['2/0 end']);
    expect(summary([at(0, forth(ACK, 7)), at(31, forth(SYN, 7))])).toEqual(['1/0 idle', '1/0 end']);
  });

  it('by age, measured from the first packet to arrive', () => {
    const ages = [0, 40, 80, 100.5].map((seconds) => at(seconds, datagram()));
    expect(summary(ages, { activeTimeoutNs: 100n * SECOND })).toEqual(['3/0 active', '1/0 end']);
    expect(
      summary([at(0, datagram()), at(-50, datagram()), at(99, datagram())], { activeTimeoutNs: 100n * SECOND }),
    ).toEqual(['3/0 end']);
  });

  it('for want of room: the one least recently used', () => {
    const other = (port: number): Packet => datagram(A, B, port);
    const { flows, counters } = flowsOf([at(0, other(1)), at(1, other(2)), at(2, other(1)), at(3, other(3))], {
      maxFlows: 2,
    });
    expect(flows.map((flow) => `${flow.srcPort} ${flow.endReason}`)).toEqual(['2 evicted', '1 end', '3 end']);
    expect(counters).toMatchObject({ flowsStarted: 3, flowsEnded: 3, flowsEvicted: 1 });
    const equals = flowsOf([at(1, other(9)), at(1, other(3)), at(2, other(1))], { maxFlows: 2 });
    expect(
      equals.flows.map((flow) => `${flow.srcPort} ${flow.endReason}`),
      'of equals the one made first',
    ).toEqual(['9 evicted', '3 end', '1 end']);
  });
});

describe('the order in which the model ends flows', () => {
  const others = (port: number): Packet => datagram(A, B, port);

  it('is that of the 100 ms ticks, and within a tick last packet, first packet, key', () => {
    // Deadlines 601.00, 600.95 and 600.99 s fall into two ticks: 601.0 (two flows) and 601.1.
    const records = [at(1, others(1)), at(0.95, others(2)), at(0.99, others(3)), at(700, others(4))];
    expect(flowsOf(records).flows.map((flow) => flow.srcPort)).toEqual([2, 3, 1, 4]);
    // Both in one tick.
    const sameTick = [at(0.02, others(1)), at(0.01, others(2)), at(700, others(4))];
    expect(flowsOf(sameTick).flows.map((flow) => flow.srcPort)).toEqual([2, 1, 4]);
    const sameTime = [at(0, others(9)), at(0, others(2)), at(0, datagram('10.0.0.2', B, 9)), at(700, others(4))];
    expect(flowsOf(sameTime).flows.map((flow) => `${flow.srcAddress} ${flow.srcPort}`)).toEqual([
      '10.0.0.2 9',
      `${A} 2`,
      `${A} 9`,
      `${A} 4`,
    ]);
  });

  it('does not depend on packets that belong to no flow, but their time counts', () => {
    const lost = { ...at(700, datagram()), bytes: new Uint8Array(3) };
    const { flows, counters } = flowsOf([at(0, others(1)), lost, at(650, others(1))]);
    expect(flows.map((flow) => `${flow.packetsForward} ${flow.endReason}`)).toEqual(['1 idle', '1 end']);
    expect(counters).toMatchObject({
      packetsSeen: 3,
      packetsDelivered: 2,
      packetsMalformed: 1,
      timestampsBackwards: 1,
    });
  });

  it('ends a flow that was late when it came at the next tick', () => {
    const records = [at(1000, others(1)), at(100, others(2)), at(1000.05, others(1)), at(1000.1, others(3))];
    expect(flowsOf(records).flows.map((flow) => `${flow.srcPort} ${flow.endReason}`)).toEqual([
      '2 idle',
      '1 end',
      '3 end',
    ]);
  });
});

describe('who is the originator', () => {
  const first = (records: readonly CapturedFrame[]): string => {
    const [flow] = flowsOf(records).flows;
    return `${flow?.srcAddress} ${flow?.packetsForward}/${flow?.packetsReverse} ${flow?.tcpFlagsForward}/${flow?.tcpFlagsReverse}`;
  };

  it('the sender of the first packet, of a SYN, or the receiver of a SYN with ACK', () => {
    expect(first([at(0, back(ACK))])).toBe(`${B} 1/0 16/0`);
    expect(first([at(0, forth(SYN)), at(1, back(SYN | ACK))])).toBe(`${A} 1/1 2/18`);
    expect(first([at(0, back(SYN | ACK))])).toBe(`${A} 0/1 0/18`);
    expect(first([at(0, back(ACK)), at(1, forth(SYN))])).toBe(`${A} 1/1 2/16`);
    expect(first([at(0, back(ACK)), at(1, back(SYN | ACK))])).toBe(`${A} 0/2 0/18`);
  });

  it('is not changed by a second SYN from the other side', () => {
    expect(first([at(0, forth(SYN)), at(1, back(SYN))])).toBe(`${A} 1/1 2/2`);
  });
});

describe('keys of the model', () => {
  it('give ICMP requests and replies one flow per identifier in bi, and one per direction in uni', () => {
    const echo = (type: number, id: number): Packet =>
      type === 8
        ? icmp({ type, id }).over(ipv4({ src: A, dst: B }))
        : icmp({ type, id }).over(ipv4({ src: B, dst: A }));
    const records = [at(0, echo(8, 1)), at(1, echo(0, 1)), at(2, echo(8, 2)), at(3, echo(0, 2))];
    expect(summary(records)).toEqual(['1/1 end', '1/1 end']);
    expect(summary(records, { direction: 'uni' })).toEqual(['2/0 end', '2/0 end']);
    const solicit = icmpv6({ type: 135, id: 1 }).over(ipv6());
    const advertise = icmpv6({ type: 136, id: 2 }).over(ipv6({ src: '2001:db8::2', dst: '2001:db8::1' }));
    expect(summary([at(0, solicit), at(1, advertise)])).toEqual(['1/1 end']);
  });

  it('keep IPv4 and IPv6 of a tunnel apart and look inside when asked', () => {
    const packet = datagram()
      .over(gre())
      .over(ipv4({ src: '1.1.1.1', dst: '2.2.2.2' }));
    expect(flowsOf([at(0, packet)]).flows[0]).toMatchObject({
      srcAddress: '1.1.1.1',
      protocol: 47,
      bytesForward: 20 + 4 + 38,
    });
    expect(flowsOf([at(0, packet)], { decapsulate: true }).flows[0]).toMatchObject({
      srcAddress: A,
      dstPort: 53,
      bytesForward: 38,
      wireBytesForward: 14 + 20 + 4 + 38,
    });
  });
});

describe('fragments in the model', () => {
  const whole = udp({ srcPort: 5000, dstPort: 53, payload: 100 });
  const pieces = ipv4Fragments(whole, { src: A, dst: B, id: 3 }, 48);
  const [one = whole, two = whole, three = whole] = pieces;

  it('go to the flow of the first one within 60 s, else to one without ports', () => {
    const { flows, counters } = flowsOf([at(0, one), at(60, two), at(60.5, three)]);
    expect(flows.map((flow) => `${flow.srcPort} ${flow.packetsForward} ${flow.payloadBytesForward}`)).toEqual([
      '5000 2 88',
      '0 1 12',
    ]);
    expect(counters.fragmentsUnmatched).toBe(1);
    expect(summary([at(0, two), at(1, one)])).toEqual(['2/0 end']);
    expect(summary([at(0, two), at(60.5, one)])).toEqual(['1/0 end', '1/0 end']);
    expect(summary([at(0, one), at(1, two), at(2, three)], { fragments: 'port0' })).toEqual(['1/0 end', '2/0 end']);
  });

  it('are told apart by identification', () => {
    const [, stranger = whole] = ipv4Fragments(whole, { src: A, dst: B, id: 4 }, 48);
    expect(flowsOf([at(0, one), at(1, stranger)]).counters.fragmentsUnmatched).toBe(1);
  });

  it('are followed in IPv6, behind other extension headers', () => {
    const records = ipv6Fragments(whole, { headers: [hopByHop()] }, 7, 48).map((piece, index) => at(index, piece));
    expect(summary(records)).toEqual(['3/0 end']);
  });
});

describe('the model counts', () => {
  it('every record once', () => {
    const tagged = udp().over(ipv4()).over(vlan(3));
    const records = [
      at(0, datagram()),
      at(1, tagged),
      at(2, udp().over(ipv6())),
      at(3, tcp({ dataOffset: 4 }).over(ipv4())),
      at(4, udp().over(ipv4({ protocol: 17, version: 5 }))),
    ];
    expect(flowsOf(records, { filter: etherTypeFilter('ip') }).counters).toMatchObject({
      packetsSeen: 5,
      packetsFiltered: 2,
      packetsDelivered: 1,
      packetsMalformed: 2,
      packetsNotTracked: 0,
    });
    expect(flowsOf(records, { filter: etherTypeFilter('ip or ip6') }).counters).toMatchObject({
      packetsFiltered: 1,
      packetsDelivered: 2,
    });
    expect(flowsOf(records).counters).toMatchObject({ packetsFiltered: 0, packetsDelivered: 3 });
  });

  it('packets cut in front of a wanted field as truncated', () => {
    const counters = (snaplen: number) => flowsOf([at(0, forth(ACK))], { snaplen }).counters;
    expect(counters(14 + 20 + 20)).toMatchObject({ truncated: 0, packetsDelivered: 1 });
    expect(counters(14 + 20 + 19)).toMatchObject({ truncated: 1, packetsDelivered: 1 });
    expect(counters(14 + 20 + 4)).toMatchObject({ truncated: 1, packetsDelivered: 1 });
    expect(counters(14 + 20 + 3)).toMatchObject({ truncated: 0, packetsMalformed: 1 });
  });

  it('steps back, and leaps of more than a day that a second packet confirms', () => {
    const leap = 2 * 86400 + 1;
    const times = [0, 86400, 1, leap];
    const records = times.map((time) => at(time, datagram()));
    expect(flowsOf(records).counters).toMatchObject({ timestampsBackwards: 1, timestampJumps: 0 });
    const confirmed = [...records, at(leap + 1, datagram())];
    expect(flowsOf(confirmed).counters).toMatchObject({ timestampsBackwards: 1, timestampJumps: 1 });
  });
});
