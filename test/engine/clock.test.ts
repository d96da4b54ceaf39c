/** Times that cannot be believed, SYNs of other connections, and floods: against the model, and case by case. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/flow/flow.ts';
import {
  customBlock,
  enhancedPacket,
  ethernet,
  interfaceBlock,
  ipv4,
  pcap,
  pcapng,
  simplePacket,
  tcp,
  udp,
} from '../builders/index.ts';
import type { Block, CaptureRecord } from '../builders/index.ts';
import { random } from '../builders/random.ts';
import type { Random } from '../builders/random.ts';
import { flowLine, flowsOf, readCapture } from '../models/index.ts';
import { commonCounters, difference, modelOptions, run } from './harness.ts';
import type { RunOptions } from './harness.ts';

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;
const YEAR = 365n * DAY;
const BEGIN = 1_700_000_000n * SECOND;
const MADE = fileURLToPath(new URL('../../../shared/captures/made/', import.meta.url));

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

function segment(
  from: number,
  flags: number,
  seq: number,
  ack: number,
  timestampNs: bigint,
  port = 1000,
): CaptureRecord {
  const [src, dst, srcPort, dstPort] =
    from === 0 ? ['10.0.0.1', '10.0.0.2', port, 80] : ['10.0.0.2', '10.0.0.1', 80, port];
  return {
    timestampNs,
    frame: tcp({ srcPort, dstPort, flags, seq, ack })
      .over(ipv4({ src: String(src), dst: String(dst) }))
      .over(ethernet()),
  };
}

function datagram(timestampNs: bigint, srcPort = 1000): CaptureRecord {
  return {
    timestampNs,
    frame: udp({ srcPort, dstPort: 53 })
      .over(ipv4({ src: '10.0.0.1', dst: '10.0.0.2' }))
      .over(ethernet()),
  };
}

/** Flows in the order of their first packets, short: packets of both sides and why they ended. */
async function read(
  records: readonly CaptureRecord[],
  options: RunOptions = {},
): Promise<{ flows: string[]; outliers: number; restarts: number; jumps: number }> {
  const { flows, counters } = await run(pcap(records, { format: 'ns' }), options);
  return {
    flows: flows.map(
      ({ packetsForward, packetsReverse, endReason }) => `${packetsForward}+${packetsReverse} ${endReason}`,
    ),
    outliers: counters.timestampOutliers,
    restarts: counters.clockRestarts,
    jumps: counters.timestampJumps,
  };
}

/** A capture whose clock cannot be trusted: steps of days there and back, few connections, few sequence numbers. */
function wild(numbers: Random): CaptureRecord[] {
  const { below, oneIn, pick } = numbers;
  let time = BEGIN;
  return Array.from({ length: 400 }, () => {
    if (oneIn(12)) time += pick([2n, -2n, 30n, -30n, 400n]) * DAY;
    else time += BigInt(below(oneIn(6) ? 40_000 : 900)) * 1_000_000n - (oneIn(9) ? SECOND : 0n);
    const dated = oneIn(15) ? time + pick([3n, -3n, 900n]) * DAY : time;
    if (oneIn(5)) return datagram(dated, 1000 + below(3));
    const isn = 100 * (1 + below(3));
    const [flags, from] = pick([
      [SYN, 0],
      [SYN, 0],
      [SYN | ACK, 1],
      [SYN | ACK, 1],
      [ACK, 0],
      [ACK, 1],
      [FIN | ACK, below(2)],
      [RST, below(2)],
    ] as const);
    return segment(from, flags, flags === ACK ? isn + 1 : isn, isn + 1, dated, 1000 + below(3));
  });
}

describe('wild captures', () => {
  for (let seed = 1; seed <= 60; seed++) {
    it(`give the flows and counters of the model (seed ${seed})`, async () => {
      const numbers = random(seed);
      const file = pcap(wild(numbers), { format: 'ns' });
      const options: RunOptions = {
        direction: numbers.oneIn(4) ? 'uni' : 'bi',
        flowTimeout: numbers.pick([1, 60, 600, 200_000]),
        finTimeout: numbers.pick([0, 1, 30]),
        maxFlows: numbers.pick([1, 3, 100]),
        blockSize: numbers.pick([64, 4096, 1 << 20]),
        closedLimit: numbers.pick([1, 1000]),
        ...(numbers.oneIn(3) ? { activeTimeout: 50 } : {}),
      };
      const want = flowsOf(readCapture(file).records, modelOptions(options));
      const got = await run(file, options);
      expect(difference(want.flows.map(flowLine), got.lines)).toBeUndefined();
      expect(commonCounters(got.counters)).toEqual(want.counters);
    });
  }

  it('have outliers, jumps, restarts and connections told apart by their answers', () => {
    const sum = { timestampOutliers: 0, timestampJumps: 0, clockRestarts: 0 };
    for (let seed = 1; seed <= 60; seed++) {
      const { counters } = flowsOf(readCapture(pcap(wild(random(seed)), { format: 'ns' })).records);
      for (const name of ['timestampOutliers', 'timestampJumps', 'clockRestarts'] as const) sum[name] += counters[name];
    }
    expect(Math.min(...Object.values(sum))).toBeGreaterThan(100);
  });
});

describe('a packet dated far away', () => {
  const steady = (count: number, from = BEGIN): CaptureRecord[] =>
    Array.from({ length: count }, (_, n) => datagram(from + BigInt(n) * SECOND));

  for (const [title, away] of [
    ['400 days ahead', 400n * DAY],
    ['25 hours ahead', DAY + 3600n * SECOND],
    ['400 days back', -400n * DAY],
  ] as const) {
    it(`(${title}) is in a flow of its own and cuts no other`, async () => {
      const records = [...steady(6), datagram(BEGIN + away), ...steady(6, BEGIN + 6n * SECOND)];
      expect(await read(records)).toEqual({ flows: ['1+0 idle', '12+0 end'], outliers: 1, restarts: 0, jumps: 0 });
    });
  }

  it('is believed when the next one confirms it, and its flow goes on', async () => {
    const records = [...steady(3), ...steady(3, BEGIN + 2n * DAY)];
    expect(await read(records)).toEqual({ flows: ['3+0 idle', '3+0 end'], outliers: 0, restarts: 0, jumps: 1 });
  });

  it('is an outlier at the end of the capture, too', async () => {
    const records = [...steady(3), datagram(BEGIN + YEAR)];
    expect(await read(records)).toEqual({ flows: ['3+0 end', '1+0 end'], outliers: 1, restarts: 0, jumps: 0 });
  });

  it('may be as far away as a flow may be silent', async () => {
    const records = [...steady(3), datagram(BEGIN + 3n * DAY)];
    expect((await read(records, { flowTimeout: 4 * 86_400 })).flows).toEqual(['4+0 end']);
  });

  it('does not poison the clock when it is the first of the capture: others end in time', async () => {
    const records = [
      datagram(BEGIN + 80n * YEAR, 9),
      ...steady(3),
      datagram(BEGIN + 700n * SECOND, 7),
      datagram(BEGIN + 701n * SECOND, 7),
    ];
    expect(await read(records)).toEqual({
      flows: ['1+0 end', '3+0 idle', '2+0 end'],
      outliers: 0,
      restarts: 1,
      jumps: 0,
    });
  });
});

describe('a bare SYN', () => {
  const handshake = (isn: number, at: bigint): CaptureRecord[] => [
    segment(0, SYN, isn, 0, at),
    segment(1, SYN | ACK, 9000, isn + 1, at + 1000n),
    segment(0, ACK, isn + 1, 9001, at + 2000n),
  ];
  const farewell = (at: bigint): CaptureRecord[] => [
    segment(0, FIN | ACK, 200, 9001, at),
    segment(1, FIN | ACK, 9001, 201, at + 1000n),
  ];
  const flowsOfRecords = async (...records: CaptureRecord[]): Promise<string[]> => (await read(records)).flows;

  it('with another number begins a new flow after FIN', async () => {
    expect(
      await flowsOfRecords(
        ...handshake(100, BEGIN),
        ...farewell(BEGIN + SECOND),
        ...handshake(500, BEGIN + 2n * SECOND),
      ),
    ).toEqual(['3+2 fin', '2+1 end']);
  });

  it('that is repeated after FIN does not, by the number of the SYN or of its answer', async () => {
    const late = segment(0, SYN, 100, 0, BEGIN + 2n * SECOND);
    expect(await flowsOfRecords(...handshake(100, BEGIN), ...farewell(BEGIN + SECOND), late)).toEqual(['4+2 end']);
    expect(await flowsOfRecords(...handshake(100, BEGIN).slice(1), ...farewell(BEGIN + SECOND), late)).toEqual([
      '3+2 end',
    ]);
  });

  it('that is older than the flow does not, although it is read last', async () => {
    const old = segment(0, SYN, 50, 0, BEGIN - 10_000_000n);
    expect(await flowsOfRecords(...handshake(100, BEGIN), ...farewell(BEGIN + SECOND), old)).toEqual(['4+2 end']);
  });

  it('with another number begins one without a FIN when it is answered, within the FIN timeout', async () => {
    const again = handshake(500, BEGIN + 20n * SECOND);
    expect(await flowsOfRecords(...handshake(100, BEGIN), ...again)).toEqual(['2+1 idle', '2+1 end']);
  });

  it('with another number that is not answered stays with the living flow', async () => {
    const stray = segment(0, SYN, 500, 0, BEGIN + SECOND);
    const challenge = segment(1, ACK, 9001, 101, BEGIN + SECOND + 1000n);
    expect(await flowsOfRecords(...handshake(100, BEGIN), stray, challenge)).toEqual(['3+2 end']);
    expect(await flowsOfRecords(...handshake(100, BEGIN), stray)).toEqual(['3+1 end']);
  });
});

describe('a SYN flood', () => {
  it('into a full table pushes out no conversation', async () => {
    const records: CaptureRecord[] = [];
    const end = 6;
    for (let second = 0; second < end; second++) {
      for (let n = 0; n < 50; n++) {
        const at = BEGIN + BigInt(second) * SECOND + BigInt(n) * 1000n;
        records.push(segment(second % 2, ACK, 1, 1, at, 1000 + n));
        if (second === 0) records.push(segment(1, ACK, 1, 1, at + 100n, 1000 + n));
      }
      for (let n = 0; n < 2000; n++) {
        const at = BEGIN + BigInt(second) * SECOND + 100_000n + BigInt(n) * 400_000n;
        const src = `172.16.${n >> 8}.${n & 255}`;
        records.push({
          timestampNs: at,
          frame: tcp({ srcPort: 2000 + second, dstPort: 80, flags: SYN, seq: n })
            .over(ipv4({ src, dst: '10.0.0.2' }))
            .over(ethernet()),
        });
      }
    }
    const { flows, counters } = await run(pcap(records, { format: 'ns' }), { maxFlows: 500 });
    const conversations = flows.filter((flow: Flow) => flow.packetsForward + flow.packetsReverse === end + 1);
    expect(conversations.length).toBe(50);
    expect(counters.flowsEvicted).toBeGreaterThan(10_000);
  });

  it('pushes out a flow whose SYN came behind a segment without flags like one of a SYN alone', async () => {
    const at = (n: number): bigint => BEGIN + BigInt(n);
    const file = pcap(
      [
        datagram(at(0), 1),
        datagram(at(1), 2),
        segment(0, 0, 1, 0, at(2), 3), // The first eviction: the order of eviction is made.
        segment(0, SYN, 1, 0, at(3), 3),
        datagram(at(4), 4),
        datagram(at(5), 5),
      ],
      { format: 'ns' },
    );
    const { flows, lines } = await run(file, { maxFlows: 2 });
    expect(flows.map(({ srcPort }) => srcPort)).toEqual([1, 3, 2, 4, 5]);
    const { flows: wanted } = flowsOf(readCapture(file).records, modelOptions({ maxFlows: 2 }));
    expect(difference(wanted.map(flowLine), lines)).toBeUndefined();
  });
});

describe.skipIf(!existsSync(MADE))('captures that were read wrongly', () => {
  for (const [name, flows] of [
    ['future.pcap', 5],
    ['syn_last.pcap', 1],
    ['dup_late.pcap', 1],
    ['reuse_nofin.pcap', 2],
    ['spb-then-epb.pcapng', 1],
    ['frag4_rev.pcap', 1],
    ['ng_neg.pcapng', 1],
  ] as const) {
    it(`${name} is ${flows} flows`, async () => {
      const { flows: got } = await run(readFileSync(`${MADE}${name}`));
      expect(got.length).toBe(flows);
    });
  }

  it('future.pcap has its connection whole and one outlier', async () => {
    const { flows, counters } = await run(readFileSync(`${MADE}future.pcap`));
    const connection = flows.filter(({ protocol }) => protocol === 6);
    expect(connection.map(({ packetsForward, packetsReverse }) => [packetsForward, packetsReverse])).toEqual([[12, 1]]);
    expect(counters.timestampOutliers).toBe(1);
  });
});

describe('a packet without a time', () => {
  const frame = (port: number): Uint8Array => datagram(0n, port).frame;
  const timed = (seconds: number, port = 1000, interfaceId = 0): Block =>
    enhancedPacket({ timestampNs: BEGIN + BigInt(seconds) * SECOND, frame: frame(port), interfaceId });
  const early = interfaceBlock({ tsoffset: -3_000_000_000n });
  const before1970 = enhancedPacket({ timestampNs: -5n * SECOND, frame: frame(7), interfaceId: 1 });

  async function firstTimes(blocks: readonly Block[], options: RunOptions = {}): Promise<object> {
    const { flows, counters, engine } = await run(pcapng(blocks), options);
    return {
      times: flows.map(({ firstSeenNs }) => firstSeenNs).sort(),
      untimed: counters.timestampsUnknown,
      first: engine.figures().firstUntimed,
    };
  }

  it('before the first one with a time has that time, however the bytes arrive', async () => {
    const simple = simplePacket(frame(1000));
    const blocks = [interfaceBlock(), simple, simple, timed(0), simple];
    for (const chunkSize of [1, 7, 100_000])
      expect(await firstTimes(blocks, { chunkSize, blockSize: 64 })).toEqual({ times: [BEGIN], untimed: 3, first: 1 });
  });

  it('has no time at all when no packet of the capture has one near', async () => {
    const alone = [interfaceBlock(), simplePacket(frame(1))];
    expect(await firstTimes(alone)).toEqual({ times: [0n], untimed: 1, first: 1 });
    expect(await firstTimes(alone, { chunkSize: 1 })).toEqual({ times: [0n], untimed: 1, first: 1 });
    const far = Array.from({ length: 70 }, () => customBlock(1, new Uint8Array(1000)));
    expect(await firstTimes([...alone, ...far, timed(0, 2), timed(1, 2)])).toMatchObject({ times: [0n, BEGIN] });
  });

  it('has the time of the packet before it when its own is before 1970', async () => {
    const end = BEGIN + 3n * SECOND;
    expect(await firstTimes([interfaceBlock(), early, timed(3), before1970])).toEqual({
      times: [end, end],
      untimed: 1,
      first: 2,
    });
  });

  it('does not speak against one before it that is not believed yet', async () => {
    const ahead = timed(400 * 86_400);
    const blocks = [interfaceBlock(), timed(0), ahead, simplePacket(frame(9)), timed(400 * 86_400 + 1)];
    const { counters } = await run(pcapng(blocks));
    expect(counters).toMatchObject({ timestampOutliers: 0, timestampJumps: 1 });
  });

  it('is the same in the model', async () => {
    const simple = simplePacket(frame(1));
    for (const blocks of [
      [interfaceBlock(), early, simple, before1970, timed(3), timed(2), simplePacket(frame(9))],
      [interfaceBlock(), early, timed(1000), before1970, timed(2), simple, timed(-90_000), simple, timed(-90_000)],
    ]) {
      const file = pcapng(blocks);
      const want = flowsOf(readCapture(file).records);
      const got = await run(file);
      expect(difference(want.flows.map(flowLine), got.lines)).toBeUndefined();
      expect(commonCounters(got.counters)).toEqual(want.counters);
    }
  });
});
