import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { AnyFlow, FParserOptions } from '../../src/fparser/index.ts';
import { RST, icmp, igmp, ipv4, ipv6, pcap, tcp, udp } from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { flowsOf } from '../models/index.ts';
import { SMALL, at, captureOf, fileOf, frames } from './runs.ts';

const A = '192.0.2.1';
const B = '198.51.100.2';
/** Ends at once with finTimeout 0, which pauses the reading with maxBacklog 1. */
const mark = (second: number): CaptureRecord =>
  at(second, tcp({ srcPort: 1, dstPort: 2, flags: RST }).over(ipv4({ src: '203.0.113.1', dst: '203.0.113.2' })));

/** Runs `look` at a moment in the middle of the capture, with the packets seen up to then. */
async function midway(
  records: readonly CaptureRecord[],
  options: FParserOptions<'uni' | 'bi'>,
  look: (parser: FParser<'uni' | 'bi'>, seen: number) => void,
): Promise<void> {
  let looks = 0;
  const parser: FParser<'uni' | 'bi'> = new FParser<'uni' | 'bi'>(captureOf(records), {
    isFile: true,
    filter: '',
    ...SMALL,
    finTimeout: 0,
    maxBacklog: 1,
    ...options,
    tcpCallback: () => {
      if (parser.state !== 'running' || looks > 0) return;
      looks++;
      look(parser, parser.getInfo().packetsSeen);
    },
  });
  await parser.done;
  expect(looks).toBe(1);
}

const conversation = Array.from({ length: 12 }, (_, n) =>
  at(
    n,
    udp({ srcPort: n % 2 ? 53 : 40_000 + (n % 3), dstPort: n % 2 ? 40_000 + (n % 3) : 53, payload: n }).over(
      ipv4(n % 2 ? { src: B, dst: A } : { src: A, dst: B }),
    ),
  ),
);
const tail = Array.from({ length: 100 }, (_, n) =>
  at(30 + n, udp({ srcPort: 9, dstPort: 9, payload: n }).over(ipv4({ src: A, dst: B }))),
);
const six = at(12, udp({ srcPort: 5, dstPort: 6 }).over(ipv6({ src: '2001:db8::a', dst: '2001:db8::b' })));
const records = [...conversation, six, mark(13), ...tail];

const brief = (flow: AnyFlow): string =>
  `${flow.getId().src} ${flow.getId().sport} ${flow.length} ${flow.getInfo().lastRxNs}`;

describe('a snapshot of the active flows', () => {
  it.each(['uni', 'bi'] as const)(
    'is what the model has after the packets seen, most recently used first (%s)',
    async (direction) => {
      await midway(records, { direction }, (parser, seen) => {
        expect(seen).toBeGreaterThanOrEqual(14);
        expect(seen).toBeLessThan(records.length);
        const { flows } = flowsOf(frames(records.slice(0, seen)), { direction, finTimeoutNs: 0n });
        const active = flows.filter((flow) => flow.endReason === 'end').reverse();
        const expected = active.map(
          (flow) =>
            `${flow.srcAddress} ${flow.srcPort} ${flow.packetsForward + flow.packetsReverse} ${flow.lastSeenNs}`,
        );
        expect(expected.length).toBeGreaterThan(3);
        expect([...parser.flowIter()].map(brief)).toEqual(expected);
        expect(parser.flows().map(brief)).toEqual(expected);
        expect(parser.flowCount()).toBe(expected.length);
        expect(parser.getInfo().lastRxUs).toBe(Number((records[seen - 1] as CaptureRecord).timestampNs / 1000n));
      });
    },
  );

  it('has flows without an end, with their headers', async () => {
    await midway(records, {}, (parser) => {
      for (const flow of parser.flowIter()) {
        expect(flow.endReason).toBeNull();
        expect(flow.endReasonIpfix).toBeNull();
        expect(flow.headersDropped).toBe(0);
        expect([...flow]).toHaveLength(flow.length);
        expect(Object.isFrozen(flow)).toBe(true);
      }
    });
  });

  it('can be iterated once, late, and does not change', async () => {
    let late: IterableIterator<AnyFlow> | undefined;
    let expected: string[] = [];
    await midway(records, {}, (parser) => {
      late = parser.flowIter() as IterableIterator<AnyFlow>;
      expected = parser.flows().map((flow) => brief(flow as AnyFlow));
    });
    expect([...(late ?? [])].map(brief)).toEqual(expected);
    expect([...(late ?? [])]).toEqual([]);
  });

  it('is empty before the start and after the end, while figures stay', async () => {
    const parser = new FParser(captureOf(records), { isFile: true, ...SMALL });
    expect([parser.flows(), parser.flowCount(), parser.findUdpFlow(A, 9, B, 9)]).toEqual([[], 0, null]);
    const info = await parser.done;
    expect([parser.flows(), parser.flowCount(), parser.findUdpFlow(A, 9, B, 9)]).toEqual([[], 0, null]);
    expect(parser.getInfo()).toBe(info);
  });

  it('is empty while the flows of the end are handed over: all are over at once', async () => {
    const counts: number[] = [];
    const parser: FParser = new FParser(captureOf(tail), {
      isFile: true,
      ...SMALL,
      udpCallback: () => void counts.push(parser.flowCount(), parser.flows().length),
    });
    await parser.done;
    expect(counts).toEqual([0, 0]);
  });
});

describe('looking for a flow', () => {
  it('finds the exact direction in uni mode and both in bi mode', async () => {
    await midway(records, { direction: 'uni' }, (parser) => {
      expect(parser.findUdpFlow(A, 40_000, B, 53)?.getId()).toEqual({
        src: A,
        sport: 40_000,
        dst: B,
        dport: 53,
        protocol: 17,
      });
      expect(parser.findUdpFlow(B, 53, A, 40_000)?.getId()).toEqual({
        src: B,
        sport: 53,
        dst: A,
        dport: 40_000,
        protocol: 17,
      });
      expect(parser.findUdpFlow(A, 53, B, 40_000)).toBeNull();
      expect(parser.findTcpFlow(A, 40_000, B, 53)).toBeNull();
    });
    await midway(records, { direction: 'bi' }, (parser) => {
      const id = { src: A, sport: 40_000, dst: B, dport: 53, protocol: 17 };
      expect(parser.findUdpFlow(A, 40_000, B, 53)?.getId()).toEqual(id);
      expect(parser.findUdpFlow(B, 53, A, 40_000)?.getId()).toEqual(id);
      expect(parser.findUdpFlow(A, 53, B, 40_000)).toBeNull();
    });
  });

  it('takes addresses in any valid spelling', async () => {
    await midway(records, {}, (parser) => {
      for (const [src, dst] of [
        ['2001:db8::a', '2001:db8::b'],
        ['2001:0DB8:0:0:0:0:0:000A', '2001:db8::0.0.0.11'],
        ['2001:DB8::A%eth0', '2001:db8:0::b'],
      ] as const) {
        expect(parser.findUdpFlow(src, 5, dst, 6)?.getInfo().sizePkts, src).toBe(1);
      }
    });
  });

  it('refuses what is no address or port', async () => {
    await midway(records, {}, (parser) => {
      for (const bad of [
        '',
        '1.2.3',
        '1.2.3.256',
        '01.2.3.4',
        '0x7f.1',
        '2130706433',
        'localhost',
        '::g',
        '1:2:3:4:5:6:7',
        ' 1.2.3.4',
        null,
        7,
      ]) {
        expect(() => parser.findTcpFlow(bad as string, 1, B, 2), String(bad)).toThrow(RangeError);
        expect(() => parser.findUdpFlow(A, 1, bad as string, 2), String(bad)).toThrow(RangeError);
      }
      for (const bad of [-1, 65_536, 1.5, NaN, '80', null]) {
        expect(() => parser.findTcpFlow(A, bad as number, B, 2), String(bad)).toThrow(RangeError);
        expect(() => parser.findUdpFlow(A, 1, B, bad as number), String(bad)).toThrow(RangeError);
      }
      expect(() => parser.findTcpFlow(A, 1, '::1', 2)).toThrow(RangeError);
    });
  });

  it('gives the opposite flow of any protocol, or null', async () => {
    const more = [
      at(12, icmp({ type: 8 }).over(ipv4({ src: A, dst: B }))),
      at(12, icmp({ type: 0 }).over(ipv4({ src: B, dst: A }))),
      at(12, igmp(0x16, Uint8Array.of(224, 0, 0, 9)).over(ipv4({ src: A, dst: '224.0.0.9' }))),
    ];
    await midway([...more, ...records.slice(0, 12), mark(13), ...tail], { direction: 'uni' }, (parser) => {
      const opposites = Object.fromEntries(
        parser.flows().map((flow) => {
          const { src, sport, protocol } = flow.getId();
          const other = parser.biView(flow)?.getId();
          return [
            `${protocol} ${src} ${sport}`,
            other === undefined ? null : `${other.protocol} ${other.src} ${other.sport}`,
          ];
        }),
      );
      expect(opposites).toMatchObject({
        [`17 ${A} 40000`]: `17 ${B} 53`,
        [`1 ${A} 0`]: `1 ${B} 0`,
        [`1 ${B} 0`]: `1 ${A} 0`,
        [`2 ${A} 0`]: null,
      });
    });
    await midway(records, { direction: 'bi' }, (parser) => {
      for (const flow of parser.flows()) expect(parser.biView(flow)).toBeNull();
    });
  });
});

describe('a large table', () => {
  it('is copied whole: 20,000 flows in the order of use', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) =>
      at(n / 1e4, udp({ srcPort: 1 + (n % 60_000), dstPort: 7, payload: n % 5 }).over(ipv4({ src: A, dst: B }))),
    );
    const path = fileOf(pcap([...many, mark(3), ...tail], { format: 'ns' }));
    let ports: number[] = [];
    const parser: FParser = new FParser(path, {
      isFile: true,
      finTimeout: 0,
      maxBacklog: 1,
      tcpCallback: () =>
        void (ports = parser
          .flows()
          .filter((flow) => flow.getId().dport === 7)
          .map((flow) => flow.getId().sport)),
    });
    await parser.done;
    expect(ports).toEqual(Array.from({ length: 20_000 }, (_, n) => 20_000 - n));
  });
});
