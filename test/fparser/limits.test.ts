import { closeSync, openSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { AnyFlow } from '../../src/fparser/index.ts';
import { ipv4, pcap, udp } from '../builders/index.ts';
import { START_NS, at, captureOf, fileOf, forAll, flowsIn, sumsHold } from './runs.ts';

const MIB = 2 ** 20;
const FLOWS = 1_200_000;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** In the Ethernet frame: the last 4 bytes of the source address. */
const SOURCE_ADDRESS = 26;

/** A capture of so many flows of one packet each, 10 microseconds apart. Written in pieces of 10,000 records. */
function onePacketFlows(count: number): string {
  const record = at(0, udp({ srcPort: 1, dstPort: 2 }).over(ipv4({ src: '10.0.0.0', dst: '192.0.2.1' })));
  const sample = pcap([record], { format: 'ns' });
  const path = fileOf(sample.subarray(0, FILE_HEADER));
  const size = sample.length - FILE_HEADER;
  const piece = new Uint8Array(10_000 * size);
  for (let n = 0; n < 10_000; n++) piece.set(sample.subarray(FILE_HEADER), n * size);
  const view = new DataView(piece.buffer);
  const file = openSync(path, 'a');
  for (let from = 0; from < count; from += 10_000) {
    for (let n = 0; n < 10_000; n++) {
      const offsetNs = (from + n) * 10_000;
      view.setUint32(n * size, Number(START_NS / 1_000_000_000n) + Math.floor(offsetNs / 1e9), true);
      view.setUint32(n * size + 4, offsetNs % 1e9, true);
      view.setUint32(n * size + RECORD_HEADER + SOURCE_ADDRESS, 0x0a000000 + from + n);
    }
    writeSync(file, piece);
  }
  closeSync(file);
  return path;
}

describe('1,200,000 flows of one packet', () => {
  it.each([
    ['with stored headers', 32 * MIB, 64 * MIB, 'auto'],
    ['without headers, at the default limits', 128 * MIB, 256 * MIB, 'none'],
  ] as const)(
    'stay below the memory bound and are all accounted for, %s',
    async (_name, softMemLimit, hardMemLimit, headers) => {
      const path = onePacketFlows(FLOWS);
      const before = process.memoryUsage.rss();
      let most = before;
      let delivered = 0;
      let overLimit = 0;
      const parser: FParser = new FParser(path, {
        isFile: true,
        softMemLimit,
        hardMemLimit,
        headers,
        ...forAll(() => {
          if (delivered++ % 5000 !== 0) return;
          most = Math.max(most, process.memoryUsage.rss());
          if (!sumsHold(parser.getInfo()) || parser.getInfo().memUsageBytes > 1.125 * hardMemLimit) overLimit++;
        }),
      });
      const info = await parser.done;
      expect(delivered).toBe(FLOWS);
      expect(overLimit).toBe(0);
      expect(sumsHold(info)).toBe(true);
      expect(info).toMatchObject({
        packetsSeen: FLOWS,
        packetsDelivered: FLOWS,
        packetsNotTracked: 0,
        flowsStarted: FLOWS,
        flowsEnded: FLOWS,
        flowsDelivered: FLOWS,
        flowsDropped: 0,
      });
      expect(info.flowsEvicted).toBeGreaterThan(FLOWS / 4);
      expect(most - before).toBeLessThan(1.25 * hardMemLimit + 64 * MIB);
    },
  );
});

describe('limits', () => {
  const many = Array.from({ length: 3000 }, (_, n) => at(n / 1000, udp({ srcPort: 1 + n, dstPort: 2 }).over(ipv4())));
  const path = captureOf(many);

  it('evict nothing below the soft limit', async () => {
    const { info } = await flowsIn(path, { softMemLimit: 3 * MIB, hardMemLimit: 8 * MIB, maxFlows: 100_000 });
    expect(info).toMatchObject({ flowsEvicted: 0, flowsStarted: 3000 });
  });

  it('evict by idleness between them, least recently used first', async () => {
    const { flows, info } = await flowsIn(path, { softMemLimit: MIB / 2, hardMemLimit: MIB, maxFlows: 100_000 });
    const evicted = flows.filter((flow) => flow.endReason === 'evicted');
    expect(info.flowsEvicted).toBe(evicted.length);
    expect(evicted.length).toBeGreaterThan(100);
    expect(evicted.length).toBeLessThan(3000);
    expect(flows.map((flow) => flow.getId().sport)).toEqual(Array.from({ length: 3000 }, (_, n) => n + 1));
  });

  it('evict the least recently used flow for a new one at maxFlows', async () => {
    const { flows, info } = await flowsIn(path, { maxFlows: 10 });
    expect(info.flowsEvicted).toBe(2990);
    expect(flows.map((flow: AnyFlow) => `${flow.getId().sport} ${flow.endReason}`)).toEqual(
      Array.from({ length: 3000 }, (_, n) => `${n + 1} ${n < 2990 ? 'evicted' : 'end'}`),
    );
  });

  it('leave out headers when these fill their part of the memory, and count them', async () => {
    const packets = Array.from({ length: 20_000 }, (_, n) =>
      at(n / 1000, udp({ srcPort: 1 + (n % 3), dstPort: 2 }).over(ipv4())),
    );
    const { flows, info } = await flowsIn(captureOf(packets), { softMemLimit: MIB / 2 - 1, hardMemLimit: MIB / 2 });
    expect(flows).toHaveLength(3);
    expect(info.packetsDelivered).toBe(20_000);
    let stored = 0;
    for (const flow of flows) {
      const headers = [...flow].length;
      expect(headers + flow.headersDropped).toBe(flow.length);
      stored += headers;
    }
    expect(stored).toBeLessThan(20_000);
    expect(stored).toBeGreaterThan(1000);
  });
});
