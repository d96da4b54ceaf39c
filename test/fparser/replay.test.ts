/**
 * FParser through the ring: a replay gives what reading the file gives, and can be looked at, stopped and disturbed.
 */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { AnyFlow, FParserOptions } from '../../src/fparser/index.ts';
import { RST, ipv4, tcp, udp } from '../builders/index.ts';
import { scenario } from '../engine/scenario.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { SMALL, at, captureOf, fileOf, flowsIn, forAll, sumsHold } from './runs.ts';

const SCENARIOS = Number(process.env.PCAPFLOW_SCENARIOS ?? 30);
const MAX: FParserOptions<'uni'> = { replay: { speed: 'max' } };

function textOf(flow: AnyFlow): string {
  const shown = { id: flow.getId(), info: flow.getInfo(), endReason: flow.endReason, headers: [...flow] };
  return JSON.stringify(shown, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** `count` UDP flows of `packets` packets each, a packet every 10 ms. */
const captureOfFlows = (count: number, packets: number): string =>
  captureOf(
    Array.from({ length: count * packets }, (_, n) =>
      at(n / 100, udp({ srcPort: 1 + (n % count), dstPort: 53 }).over(ipv4())),
    ),
  );

describe('a replay', () => {
  it(`gives the callbacks of reading, for ${SCENARIOS} random captures`, async () => {
    for (let seed = 1; seed <= SCENARIOS; seed++) {
      const { file, options } = scenario(seed);
      const path = fileOf(file);
      const {
        snaplen = 100,
        flowTimeout = 600,
        finTimeout = 30,
        decapsulate = false,
        fragments = 'attribute',
      } = options;
      const same = { snaplen, flowTimeout, finTimeout, decapsulate, fragments };
      const read = await flowsIn(path, same);
      const replayed = await flowsIn(path, { ...same, ...MAX });
      expect(replayed.flows.map(textOf), `seed ${seed}`).toEqual(read.flows.map(textOf));
      expect({ ...replayed.info, timeCollecting: 0 }, `seed ${seed}`).toEqual({ ...read.info, timeCollecting: 0 });
    }
  });

  it('can be looked at: snapshots are whole, figures add up', async () => {
    let looks = 0;
    const parser: FParser = new FParser(captureOfFlows(500, 40), { isFile: true, ...SMALL, ...MAX, ringSize: 2 ** 21 });
    await parser.ready;
    while (parser.state === 'running') {
      expect(sumsHold(parser.getInfo())).toBe(true);
      const sizes = parser.flows().map((flow) => flow.length);
      if (sizes.length === 500) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      const flow = parser.findUdpFlow('192.0.2.1', 1, '192.0.2.2', 53);
      if (flow !== null) expect(flow.getId().sport).toBe(1);
      looks++;
      await setTimeout(1);
    }
    expect((await parser.done).packetsDelivered).toBe(20_000);
    expect(looks).toBeGreaterThan(0);
  });

  it('loses nothing to a slow callback: the replay waits', async () => {
    let calls = 0;
    const records = Array.from({ length: 3000 }, (_, n) =>
      at(n / 1000, tcp({ srcPort: 1 + n, flags: RST }).over(ipv4())),
    );
    const info = await new FParser(captureOf(records), {
      isFile: true,
      ...SMALL,
      ...MAX,
      finTimeout: 0,
      maxBacklog: 8,
      ringSize: 2 ** 21,
      async tcpCallback() {
        if (++calls % 100 === 0) await setTimeout(1);
      },
    }).done;
    expect(calls).toBe(3000);
    expect(info).toMatchObject({
      packetsDelivered: 3000,
      flowsDelivered: 3000,
      flowsDropped: 0,
      packetsDroppedRing: 0,
    });
    expect(sumsHold(info)).toBe(true);
  });

  it('hands everything over, once, when it is stopped anywhere', async () => {
    const path = captureOfFlows(300, 20);
    for (let round = 0; round < 30; round++) {
      let flows = 0;
      let kills = 0;
      const parser: FParser = new FParser(path, {
        isFile: true,
        ...SMALL,
        replay: { speed: round % 2 === 0 ? 'max' : 10 },
        ...forAll(() => {
          expect(kills).toBe(0);
          flows++;
          if (round % 3 === 0 && flows === 5) void parser.stop();
        }),
        killCallback: () => void kills++,
      });
      await parser.ready;
      await setTimeout(round % 8);
      await parser.stop();
      const info = await parser.done;
      expect(kills).toBe(1);
      expect(flows).toBe(info.flowsStarted);
      expect(sumsHold(info)).toBe(true);
    }
  });

  it('stands still while it is paused', async () => {
    const paused = async (): Promise<FParser> => {
      const made = new FParser(captureOfFlows(10, 40), { isFile: true, ...SMALL, replay: { speed: 10 } });
      await made.ready;
      made.pause();
      await waitFor(
        () => made.getInfo().inRing === 0,
        () => 'packets remain in the ring',
      );
      return made;
    };
    let parser = await paused();
    // It may have come to its end while this process had to wait.
    while (parser.getInfo().packetsSeen === 400) parser = await paused();
    const { packetsSeen } = parser.getInfo();
    await setTimeout(150);
    expect(parser.getInfo().packetsSeen).toBe(packetsSeen);
    parser.resume();
    expect((await parser.done).packetsSeen).toBe(400);
    const other: FParser = new FParser(captureOfFlows(1, 1), { isFile: true, ...SMALL });
    expect(() => other.pause()).toThrow(TypeError);
    await other.done;
  });

  it('does not begin when it is paused at once', async () => {
    const parser: FParser = new FParser(captureOfFlows(10, 40), { isFile: true, ...SMALL, ...MAX });
    parser.pause();
    await parser.ready;
    await setTimeout(150);
    expect(parser.getInfo().packetsSeen).toBe(0);
    parser.resume();
    expect((await parser.done).packetsSeen).toBe(400);
  });

  it('survives callbacks that throw, and tells each', async () => {
    const codes: string[] = [];
    let kills = 0;
    const info = await new FParser(captureOfFlows(20, 2), {
      isFile: true,
      ...SMALL,
      ...MAX,
      udpCallback: () => {
        throw new Error('no');
      },
      errorCallback: (error) => void codes.push(error.code),
      killCallback: () => void kills++,
    }).done;
    expect(codes).toEqual(Array.from({ length: 20 }, () => 'ERR_CALLBACK'));
    expect(info).toMatchObject({ callbackErrors: 20, flowsDelivered: 20 });
    expect(kills).toBe(1);
  });

  it('filters with the compiled filter, and takes a program', async () => {
    const path = captureOf([at(0, udp({ dstPort: 53 }).over(ipv4())), at(1, tcp({ dstPort: 80 }).over(ipv4()))]);
    expect((await flowsIn(path, { ...MAX, filter: 'udp' })).info).toMatchObject({
      packetsDelivered: 1,
      packetsFiltered: 1,
    });
    // Everything: `ret #262144`.
    expect((await flowsIn(path, { ...MAX, filter: [1, 6, 0, 0, 262_144] })).info).toMatchObject({
      packetsDelivered: 2,
      packetsFiltered: 0,
    });
  });

  it('ends with the reason when the file is damaged, after all flows', async () => {
    const records = Array.from({ length: 50 }, (_, n) => at(n, udp({ srcPort: 1 + n }).over(ipv4())));
    const bytes = readFileSync(captureOf(records));
    let flows = 0;
    let kills = 0;
    const parser = new FParser(fileOf(bytes.subarray(0, bytes.length - 3)), {
      isFile: true,
      ...SMALL,
      ...MAX,
      udpCallback: () => void flows++,
      killCallback: () => void kills++,
      logLevel: 'emerg',
    });
    await expect(parser.done).rejects.toMatchObject({ code: 'ERR_TRUNCATED' });
    expect(flows).toBe(49);
    expect(kills).toBe(1);
  });

  it('rejects a file that is none, without a kill callback', async () => {
    let kills = 0;
    const options: FParserOptions<'uni'> = {
      isFile: true,
      ...SMALL,
      ...MAX,
      killCallback: () => void kills++,
      logLevel: 'emerg',
    };
    await expect(new FParser('absent.pcap', options).ready).rejects.toMatchObject({ code: 'ERR_NO_SUCH_FILE' });
    await expect(new FParser(fileOf(new Uint8Array(100)), options).ready).rejects.toMatchObject({
      code: 'ERR_NOT_A_CAPTURE',
    });
    await setTimeout(20);
    expect(kills).toBe(0);
  });
});
