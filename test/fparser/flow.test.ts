import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { AnyFlow, FlowOf } from '../../src/fparser/index.ts';
import {
  ACK,
  FIN,
  PSH,
  RST,
  SYN,
  fragment,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  igmp,
  snapped,
  tcp,
  udp,
} from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { at, captureOf, flowsIn, forAll, SMALL, START_NS } from './runs.ts';

const A = '192.0.2.1';
const B = '198.51.100.2';
const START_US = Number(START_NS / 1000n);

const biFlows = async (records: readonly CaptureRecord[]): Promise<FlowOf<'bi'>[]> => {
  const flows: FlowOf<'bi'>[] = [];
  const take = (flow: FlowOf<'bi'>): void => void flows.push(flow);
  await new FParser(captureOf(records), {
    isFile: true,
    filter: '',
    ...SMALL,
    direction: 'bi',
    tcpCallback: take,
    udpCallback: take,
    icmpCallback: take,
    unknownCallback: take,
  }).done;
  return flows;
};

/** Ten packets of one TCP flow as planned. */
const PLAN = Array.from({ length: 10 }, (_, n) => ({
  payload: n * 7,
  id: 0x1000 + n * 3,
  seq: (0xffffffe0 + n * 50) >>> 0,
  ack: n === 0 ? 0 : 0xfffffff0 + n,
  win: 500 * n,
  ttl: 64 - n,
  flags: n === 0 ? SYN : n === 9 ? FIN | ACK : n % 2 === 0 ? ACK | PSH : ACK,
}));
const planned = PLAN.map(({ id, ttl, ...fields }, n) =>
  at(n * 0.25, tcp({ srcPort: 4000, dstPort: 80, ...fields }).over(ipv4({ src: A, dst: B, id, ttl }))),
);
const expectedHeaders = PLAN.map(({ payload, id, ttl, seq, ack, win, flags }, n) => ({
  ip: {
    timestamp: START_US + n * 250_000,
    timestampNs: START_NS + BigInt(n) * 250_000_000n,
    ttl,
    length: 40 + payload,
    id,
  },
  seq,
  ack,
  win,
  flags,
}));
const payloadSum = PLAN.reduce((sum, { payload }) => sum + payload, 0);

describe('stored headers', () => {
  it('of a planned flow of ten packets are equal field by field', async () => {
    const { flows } = await flowsIn(captureOf(planned));
    expect(flows).toHaveLength(1);
    expect([...(flows[0] as AnyFlow)]).toEqual(expectedHeaders);
  });

  it('are iterated from the beginning each time, and by two loops at once', async () => {
    const { flows } = await flowsIn(captureOf(planned));
    const flow = flows[0] as AnyFlow;
    const seen: string[] = [];
    for (const one of flow) {
      for (const other of flow) seen.push(`${one.ip.id}/${other.ip.id}`);
      if (seen.length === 20) break;
    }
    const ids = PLAN.map(({ id }) => id);
    expect(seen).toEqual([...ids.map((id) => `${ids[0]}/${id}`), ...ids.map((id) => `${ids[1]}/${id}`)]);
    expect([...flow]).toEqual(expectedHeaders);
  });

  it('are as many as the option says, the rest is counted', async () => {
    const path = captureOf(planned);
    for (const [headers, stored] of [
      ['auto', 10],
      ['none', 0],
      [{ max: 1 }, 1],
      [{ max: 4 }, 4],
      [{ max: 10 }, 10],
    ] as const) {
      const flow = (await flowsIn(path, { headers })).flows[0] as AnyFlow;
      expect([...flow], JSON.stringify(headers)).toEqual(expectedHeaders.slice(0, stored));
      expect(flow.length).toBe(10);
      expect(flow.headersDropped).toBe(headers === 'none' ? 0 : 10 - stored);
    }
  });

  it('of auto are 10,000 a flow', async () => {
    const records = Array.from({ length: 10_020 }, (_, n) =>
      at(n / 1000, udp({ srcPort: 1, dstPort: 2 }).over(ipv4({ id: n & 0xffff }))),
    );
    const flow = (await flowsIn(captureOf(records), { softMemLimit: 2 ** 23, hardMemLimit: 2 ** 24 }))
      .flows[0] as AnyFlow;
    const ids = [...flow].map((header) => header.ip.id);
    expect(ids).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
    expect(flow).toMatchObject({ length: 10_020, headersDropped: 20 });
  });

  it('have the fields of their protocol', async () => {
    const { flows } = await flowsIn(
      captureOf([
        at(0, udp({ srcPort: 1, dstPort: 53, payload: 4 }).over(ipv4({ id: 9, ttl: 5 }))),
        at(1, icmp({ type: 11, code: 1 }).over(ipv4({ id: 8, ttl: 6 }))),
        at(2, icmpv6({ type: 128, code: 3 }).over(ipv6({ hopLimit: 7 }))),
        at(3, igmp(0x16, Uint8Array.of(224, 0, 0, 9)).over(ipv4({ id: 7, ttl: 1 }))),
        at(
          4,
          udp({ srcPort: 1, dstPort: 53, payload: 4 }).over(
            ipv6({ hopLimit: 3, headers: [fragment({ id: 0x12345678, offset: 0, more: true })] }),
          ),
        ),
      ]),
    );
    const first = flows.map((flow) => ({ kind: flow.kind, protocol: flow.getId().protocol, header: [...flow][0] }));
    const ip = (second: number, ttl: number, id: number, length: number) => ({
      timestamp: START_US + second * 1e6,
      timestampNs: START_NS + BigInt(second) * 1_000_000_000n,
      ttl,
      length,
      id,
    });
    expect(first).toEqual([
      { kind: 'udp', protocol: 17, header: { ip: ip(0, 5, 9, 32) } },
      { kind: 'icmp', protocol: 1, header: { ip: ip(1, 6, 8, 28), type: 11, code: 1 } },
      { kind: 'icmp', protocol: 58, header: { ip: ip(2, 7, 0, 48), type: 128, code: 3 } },
      { kind: 'unknown', protocol: 2, header: { ip: ip(3, 1, 7, 28) } },
      { kind: 'udp', protocol: 17, header: { ip: ip(4, 3, 0x12345678, 60) } },
    ]);
  });

  it('have the ICMP type and code of their first packet, when both were captured', async () => {
    const { flows } = await flowsIn(
      captureOf([
        at(0, icmp({ type: 8, code: 7 }).over(ipv4({ src: A, dst: B }))),
        at(1, icmp({ type: 3, code: 1 }).over(ipv4({ src: A, dst: B }))),
        at(2, icmpv6({ type: 128, code: 255 }).over(ipv6({}))),
        snapped(at(3, icmp({ type: 255, code: 255 }).over(ipv4({ src: B, dst: A }))), 35),
        at(4, udp({ srcPort: 1, dstPort: 2, payload: 4 }).over(ipv4({}))),
      ]),
    );
    const numbers = flows.map((flow) => ('icmpType' in flow ? [flow.kind, flow.icmpType, flow.icmpCode] : []));
    expect(numbers).toEqual([
      ['icmp', 8, 7],
      ['icmp', 128, 255],
      ['icmp', null, null],
      ['udp', null, null],
    ]);
  });

  it('of a packet cut behind the ports are partial, with 0 for what is missing', async () => {
    const record = snapped(
      at(0, tcp({ srcPort: 4000, dstPort: 80, seq: 5, ack: 6, win: 7, flags: ACK }).over(ipv4({ src: A, dst: B }))),
      38,
    );
    const { flows, info } = await flowsIn(captureOf([record]));
    expect([...(flows[0] as AnyFlow)]).toMatchObject([{ seq: 0, ack: 0, win: 0, flags: 0, partial: true }]);
    expect((flows[0] as AnyFlow).getInfo().seqBytes).toBeNull();
    expect(info).toMatchObject({ truncated: 1, packetsMalformed: 0, packetsDelivered: 1 });
  });
});

describe('a flow', () => {
  it('tells who it is and what was counted', async () => {
    const { flows } = await flowsIn(captureOf(planned));
    const flow = flows[0] as AnyFlow;
    const bytes = 400 + payloadSum;
    expect(flow.getId()).toEqual({ src: A, sport: 4000, dst: B, dport: 80, protocol: 6 });
    expect(flow.getInfo()).toEqual({
      firstRx: START_US,
      lastRx: START_US + 2_250_000,
      firstRxNs: START_NS,
      lastRxNs: START_NS + 2_250_000_000n,
      sizePkts: 10,
      sizeBytes: bytes,
      wireBytes: bytes + 140,
      payloadBytes: payloadSum,
      bytesPerSecond: bytes / 2.25,
      bitsPerSecond: (8 * bytes) / 2.25,
      pps: 10 / 2.25,
      durationUs: 2_250_000,
      inMemBytes: expect.any(Number),
      seqBytes: 9 * 50 - 1 + 63,
    });
    expect(flow).toMatchObject({ kind: 'tcp', length: 10, headersDropped: 0, endReason: 'end', endReasonIpfix: 4 });
  });

  it('of no duration has no rates', async () => {
    const { flows } = await flowsIn(captureOf([at(0, udp().over(ipv4()))]));
    expect((flows[0] as AnyFlow).getInfo()).toMatchObject({
      bytesPerSecond: 0,
      bitsPerSecond: 0,
      pps: 0,
      durationUs: 0,
      seqBytes: null,
    });
  });

  it('writes addresses as text, IPv6 as RFC 5952 has it', async () => {
    const { flows } = await flowsIn(
      captureOf([
        at(0, udp({ srcPort: 1, dstPort: 65535 }).over(ipv6({ src: '2001:DB8:0:0:1:0:0:1', dst: 'fe80::0001' }))),
      ]),
    );
    expect((flows[0] as AnyFlow).getId()).toEqual({
      src: '2001:db8::1:0:0:1',
      sport: 1,
      dst: 'fe80::1',
      dport: 65535,
      protocol: 17,
    });
  });

  it('is frozen in all its parts', async () => {
    const [flow] = await biFlows(planned);
    expect(flow).toBeDefined();
    const header = [...(flow as FlowOf<'bi'>)][0];
    for (const part of [
      flow,
      flow?.forward,
      flow?.reverse,
      flow?.getId(),
      flow?.getInfo(),
      flow?.forward.getInfo(),
      header,
      header?.ip,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(() => Object.assign(flow as object, { length: 0 })).toThrow(TypeError);
  });

  it('keeps its figures when the parser is long gone', async () => {
    const { flows } = await flowsIn(
      captureOf([
        ...planned,
        ...Array.from({ length: 900 }, (_, n) => at(700 + n, udp({ srcPort: n + 1, dstPort: 2 }).over(ipv4()))),
      ]),
    );
    expect(flows).toHaveLength(901);
    expect([...(flows[0] as AnyFlow)]).toEqual(expectedHeaders);
    expect(flows.slice(1).map((flow) => flow.getId().sport)).toEqual(Array.from({ length: 900 }, (_, n) => n + 1));
  });

  it('has the reason and IPFIX number of its end', async () => {
    const segment = (second: number, port: number, flags: number): CaptureRecord =>
      at(second, tcp({ srcPort: port, dstPort: 80, flags }).over(ipv4({ src: A, dst: B })));
    const { flows } = await flowsIn(
      captureOf([
        segment(0, 1, FIN | ACK),
        segment(0, 2, RST),
        segment(1, 3, ACK),
        segment(100, 4, ACK),
        segment(700, 5, ACK),
      ]),
      { maxFlows: 2 },
    );
    expect(flows.map((flow) => [flow.getId().sport, flow.endReason, flow.endReasonIpfix])).toEqual([
      [1, 'evicted', 5],
      [2, 'rst', 3],
      [3, 'idle', 1],
      [4, 'end', 4],
      [5, 'end', 4],
    ]);
  });
});

describe('the volume by sequence numbers', () => {
  const volume = async (
    ...segments: { seq: number; payload?: number; flags?: number }[]
  ): Promise<number | null | undefined> => {
    const records = segments.map((fields, n) =>
      at(n, tcp({ srcPort: 1, dstPort: 2, flags: ACK, ...fields }).over(ipv4())),
    );
    return (await flowsIn(captureOf(records))).flows[0]?.getInfo().seqBytes;
  };

  it('counts neither SYN nor FIN nor retransmissions, but what was missed', async () => {
    expect(
      await volume({ seq: 9, flags: SYN }, { seq: 10, payload: 100 }, { seq: 110, payload: 5, flags: FIN | ACK }),
    ).toBe(105);
    expect(await volume({ seq: 9, flags: SYN }, { seq: 10, payload: 100, flags: FIN | ACK }, { seq: 111 })).toBe(100);
    expect(await volume({ seq: 10, payload: 100 }, { seq: 10, payload: 100 }, { seq: 60, payload: 20 })).toBe(100);
    expect(await volume({ seq: 10, payload: 100 }, { seq: 500, payload: 10 })).toBe(500);
  });

  it('passes the end of the number space and takes segments in any order', async () => {
    expect(await volume({ seq: 0xfffffff0, payload: 100 }, { seq: 84, payload: 16 })).toBe(116);
    expect(await volume({ seq: 84, payload: 16 }, { seq: 0xfffffff0, payload: 100 })).toBe(116);
  });

  it('is null when only a RST was seen', async () => {
    expect(await volume({ seq: 5, flags: RST })).toBeNull();
  });
});

describe('a flow of both directions', () => {
  const records = [
    at(
      0,
      tcp({ srcPort: 80, dstPort: 4000, seq: 700, ack: 101, flags: SYN | ACK, win: 1 }).over(
        ipv4({ src: B, dst: A, ttl: 50 }),
      ),
    ),
    at(
      1,
      tcp({ srcPort: 4000, dstPort: 80, seq: 101, ack: 701, flags: ACK, win: 2, payload: 10 }).over(
        ipv4({ src: A, dst: B, ttl: 64 }),
      ),
    ),
    at(
      3,
      tcp({ srcPort: 80, dstPort: 4000, seq: 701, ack: 111, flags: ACK, win: 3, payload: 30 }).over(
        ipv4({ src: B, dst: A, ttl: 50 }),
      ),
    ),
  ];

  it('has the full interface on each side and sums outside', async () => {
    const flows = await biFlows(records);
    expect(flows).toHaveLength(1);
    const flow = flows[0] as FlowOf<'bi'>;
    expect(flow.getId()).toEqual({ src: A, sport: 4000, dst: B, dport: 80, protocol: 6 });
    expect(flow.forward.getId()).toEqual(flow.getId());
    expect(flow.reverse.getId()).toEqual({ src: B, sport: 80, dst: A, dport: 4000, protocol: 6 });
    expect(flow.getInfo()).toMatchObject({
      firstRx: START_US,
      lastRx: START_US + 3e6,
      sizePkts: 3,
      sizeBytes: 160,
      payloadBytes: 40,
      wireBytes: 202,
      seqBytes: 40,
    });
    expect(flow.forward.getInfo()).toMatchObject({
      firstRx: START_US + 1e6,
      lastRx: START_US + 1e6,
      sizePkts: 1,
      sizeBytes: 50,
      payloadBytes: 10,
      wireBytes: 64,
      seqBytes: 10,
      bytesPerSecond: 0,
    });
    expect(flow.reverse.getInfo()).toMatchObject({
      firstRx: START_US,
      lastRx: START_US + 3e6,
      sizePkts: 2,
      sizeBytes: 110,
      payloadBytes: 30,
      wireBytes: 138,
      seqBytes: 30,
      pps: 2 / 3,
    });
    const wins = (part: Iterable<unknown>): unknown[] => [...part].map((header) => (header as { win: number }).win);
    expect([wins(flow), wins(flow.forward), wins(flow.reverse)]).toEqual([[1, 2, 3], [2], [1, 3]]);
    expect([flow.length, flow.forward.length, flow.reverse.length]).toEqual([3, 1, 2]);
    expect([
      flow.forward.kind,
      flow.reverse.endReason,
      flow.reverse.endReasonIpfix,
      flow.reverse.headersDropped,
    ]).toEqual(['tcp', 'end', 4, 0]);
  });

  it('has no times in a direction without packets', async () => {
    const [flow] = await biFlows(records.slice(0, 1));
    expect(flow?.forward.getInfo()).toMatchObject({
      firstRx: null,
      lastRx: null,
      firstRxNs: null,
      lastRxNs: null,
      sizePkts: 0,
      durationUs: 0,
      seqBytes: null,
    });
    expect([...(flow?.forward ?? [])]).toEqual([]);
    expect(flow?.getInfo()).toMatchObject({ sizePkts: 1, seqBytes: 0 });
  });

  it('counts dropped headers by direction', async () => {
    const flows: FlowOf<'bi'>[] = [];
    const take = (flow: FlowOf<'bi'>): void => void flows.push(flow);
    await new FParser(captureOf(records), {
      isFile: true,
      direction: 'bi',
      ...SMALL,
      headers: { max: 2 },
      tcpCallback: take,
    }).done;
    expect(
      flows.map((flow) => [flow.headersDropped, flow.forward.headersDropped, flow.reverse.headersDropped]),
    ).toEqual([[1, 0, 1]]);
  });
});

describe('the groups of the option with', () => {
  const handshake = [
    at(0, tcp({ srcPort: 4000, dstPort: 80, flags: SYN, seq: 10 }).over(ipv4({ src: A, dst: B }))),
    at(0.25, tcp({ srcPort: 80, dstPort: 4000, flags: SYN | ACK, seq: 90, ack: 11 }).over(ipv4({ src: B, dst: A }))),
    at(
      0.5,
      tcp({ srcPort: 4000, dstPort: 80, flags: ACK, seq: 11, ack: 91, payload: 5 }).over(ipv4({ src: A, dst: B })),
    ),
    at(0.75, udp({ srcPort: 5000, dstPort: 53 }).over(ipv4({ src: A, dst: B }))),
  ];
  const groupsOf = async (options: { headers?: 'auto' | 'none'; direction: 'uni' | 'bi'; with?: readonly 'tcp'[] }) => {
    const seen: unknown[] = [];
    const take = (flow: AnyFlow): void => void seen.push([flow.tcp, [...flow].length]);
    await new FParser(captureOf(handshake), {
      isFile: true,
      filter: '',
      ...SMALL,
      ...options,
      tcpCallback: take,
      udpCallback: take,
    }).done;
    return seen;
  };

  it.each(['auto', 'none'] as const)('are objects of the flow, with headers %s', async (headers) => {
    const [[group, stored], [other]] = (await groupsOf({ headers, direction: 'bi', with: ['tcp'] })) as [
      [NonNullable<AnyFlow['tcp']>, number],
      [unknown],
    ];
    expect(stored).toBe(headers === 'auto' ? 3 : 0);
    expect(group).toMatchObject({
      rttSynAck: 250_000_000,
      rttHandshake: 500_000_000,
      forward: { isn: 10, synCount: 1, retransmittedPackets: 0, rtt: { n: 1, mean: 250_000_000 } },
      reverse: { isn: 90, rtt: { n: 1, min: 250_000_000, sd: 0 } },
    });
    expect(other).toBeNull();
  });

  it('have a reverse direction of nulls in uni mode', async () => {
    const [[group]] = (await groupsOf({ direction: 'uni', with: ['tcp'] })) as [[NonNullable<AnyFlow['tcp']>]];
    expect(group.reverse).toMatchObject({ isn: null, windowMin: null, flagsFirst: null, synCount: null, gaps: null });
    expect(group.reverse.rtt).toEqual({ n: null, min: null, mean: null, sd: null, max: null });
    expect(group).toMatchObject({ ecn: 'none', rttSynAck: null, rttHandshake: null, handshakeRepeated: false });
  });

  it('have sizes and gaps of each kind of flow', async () => {
    const flows: AnyFlow[] = [];
    const options = { isFile: true, filter: '', ...SMALL, direction: 'bi', with: ['stats'] } as const;
    await new FParser(captureOf(handshake), { ...options, ...forAll((flow) => void flows.push(flow)) }).done;
    const [first, second] = flows.map(({ stats }) => stats);
    expect(first).toMatchObject({
      forward: { ipBytes: { min: 40, mean: 42.5, max: 45 }, gap: { min: 500_000_000, sd: 0 } },
      reverse: { payload: { min: 0, mean: 0, sd: 0, max: 0 }, gap: { min: null, mean: null, sd: null, max: null } },
      both: { gap: { min: 250_000_000, mean: 250_000_000, sd: 0, max: 250_000_000 } },
      packetsPerSecond: 6,
    });
    expect(second).toMatchObject({ reverse: { ipBytes: { min: null, mean: null } }, packetsPerSecond: null });
  });

  it('say what lies below the transport', async () => {
    const links: AnyFlow['link'][] = [];
    await new FParser(captureOf(handshake), {
      isFile: true,
      filter: '',
      ...SMALL,
      direction: 'bi',
      with: ['link'],
      tcpCallback: (flow) => void links.push(flow.link),
    }).done;
    const mac = { src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' };
    expect(links).toMatchObject([{ forward: { ttlFirst: 64 }, srcMac: mac.src, dstMac: mac.dst, vlans: [] }]);
  });

  it('are not there when they are not asked for', async () => {
    expect((await groupsOf({ direction: 'bi' })).map((one) => (one as unknown[])[0])).toEqual([undefined, undefined]);
  });
});
