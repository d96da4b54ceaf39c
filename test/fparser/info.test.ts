import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { FParserInfo, FParserOptions } from '../../src/fparser/index.ts';
import { RST, icmp, igmp, ipv4, ipv4Fragments, snapped, tcp, udp } from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { SMALL, START_NS, at, captureOf, sumsHold } from './runs.ts';

const datagram = (second: number, srcPort = 1): CaptureRecord => at(second, udp({ srcPort, dstPort: 2 }).over(ipv4()));
const infoOf = async (records: readonly CaptureRecord[], options: FParserOptions<'uni'> = {}): Promise<FParserInfo> =>
  new FParser(captureOf(records), { isFile: true, filter: '', ...SMALL, ...options }).done;

describe('getInfo', () => {
  it('has the average rate of full seconds of capture time', async () => {
    const perSecond = (second: number, count: number): CaptureRecord[] =>
      Array.from({ length: count }, (_, n) => datagram(second + n / 100));
    expect(await infoOf(perSecond(0, 5))).toMatchObject({ avgPps: 0 });
    expect(await infoOf([...perSecond(0, 5), datagram(1)])).toMatchObject({ avgPps: 5 });
    const two = await infoOf([...perSecond(0, 5), ...perSecond(1, 20), datagram(2)]);
    expect(two.avgPps).toBeCloseTo(0.1 * 5 + 0.9 * 20, 10);
    const three = await infoOf([...perSecond(0, 5), ...perSecond(1, 20), datagram(3)]);
    expect(three.avgPps).toBeCloseTo(0.1 * (0.1 * 5 + 0.9 * 20), 10);
  });

  it('has the times of the first and the latest packet, the link type and whose clock it is', async () => {
    const startUs = Number(START_NS / 1000n);
    expect(await infoOf([datagram(5), datagram(9), datagram(7)])).toMatchObject({
      firstRxUs: startUs + 5e6,
      lastRxUs: startUs + 9e6,
      timestampsBackwards: 1,
      timestampJumps: 0,
      timestampSource: 'file',
      linkType: 1,
      packetsDroppedKernel: null,
      packetsDroppedRing: 0,
    });
    expect(await infoOf([])).toMatchObject({ firstRxUs: null, lastRxUs: null, linkType: 1, packetsSeen: 0 });
    expect(await infoOf([datagram(0), datagram(90_000), datagram(90_001)])).toMatchObject({ timestampJumps: 1 });
  });

  it('counts what becomes of packets', async () => {
    const broken = at(1, tcp({ dataOffset: 2 }).over(ipv4()));
    const fragments = ipv4Fragments(udp({ srcPort: 1, dstPort: 2, payload: 64 }), { id: 3 }, 32).slice(1);
    const info = await infoOf(
      [
        datagram(0),
        broken,
        ...fragments.map((fragment) => at(2, fragment)),
        at(3, igmp(0x16, Uint8Array.of(224, 0, 0, 9)).over(ipv4())),
        snapped(at(4, tcp({ srcPort: 1, dstPort: 2 }).over(ipv4())), 38),
      ],
      { filter: 'not igmp' },
    );
    expect(info).toMatchObject({
      packetsFiltered: 1,
      packetsMalformed: 1,
      truncated: 1,
      fragmentsUnmatched: fragments.length,
    });
    expect(info.malformed.tcpOffset).toBe(1);
    expect(sumsHold(info)).toBe(true);
  });

  it('counts active flows and stored packets by kind, and the memory they take, while reading', async () => {
    const infos: FParserInfo[] = [];
    const records = [
      at(0, tcp({ srcPort: 1, dstPort: 2 }).over(ipv4())),
      at(0, tcp({ srcPort: 1, dstPort: 2 }).over(ipv4())),
      datagram(1),
      datagram(1, 3),
      datagram(1, 3),
      at(2, icmp({ type: 8 }).over(ipv4())),
      at(2, igmp(0x16, Uint8Array.of(224, 0, 0, 9)).over(ipv4())),
      ...Array.from({ length: 8 }, () => datagram(3)),
      at(4, tcp({ srcPort: 9, dstPort: 9, flags: RST }).over(ipv4())),
      ...Array.from({ length: 500 }, () => datagram(5)),
    ];
    const parser: FParser = new FParser(captureOf(records), {
      isFile: true,
      filter: '',
      ...SMALL,
      finTimeout: 0,
      maxBacklog: 1,
      headers: { max: 4 },
      tcpCallback: () => void infos.push(parser.getInfo()),
    });
    infos.push(await parser.done);
    const [first, , last] = infos;
    expect(first).toMatchObject({
      state: 'running',
      tcpFlows: 1,
      udpFlows: 2,
      icmpFlows: 1,
      unknownFlows: 1,
      tcpPkts: 2,
      udpPkts: 4 + 2,
      tcpPktsSeen: 3,
    });
    expect(first?.udpPktsSeen).toBeGreaterThanOrEqual(11);
    expect(first?.memUsageBytes).toBeGreaterThan(5 * 240);
    expect(last).toMatchObject({
      state: 'dead',
      tcpFlows: 0,
      udpFlows: 0,
      icmpFlows: 0,
      unknownFlows: 0,
      tcpPkts: 0,
      udpPkts: 0,
      tcpPktsSeen: 3,
      udpPktsSeen: 511,
    });
    expect(last?.timeCollecting).toBeGreaterThan(0);
    expect(last?.flowHits).toBe(records.length - 6);
    expect(last?.flowMisses).toBe(6);
  });
});
