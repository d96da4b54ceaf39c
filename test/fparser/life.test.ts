import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BATCH_COUNT } from '../../assembly/layout.ts';
import { CallbackError, FParser } from '../../src/fparser/index.ts';
import type { AnyFlow, FParserInfo, FParserOptions } from '../../src/fparser/index.ts';
import { FParserError } from '../../src/errors.ts';
import { RST, icmp, igmp, interfaceBlock, enhancedPacket, ipv4, pcap, pcapng, tcp, udp } from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { MutePipe, canMakePipes } from '../mute_pipe.ts';
import { SMALL, START_NS, at, captureOf, fileOf, forAll, sumsHold } from './runs.ts';

const A = '192.0.2.1';
const B = '198.51.100.2';
const segment = (second: number, srcPort: number, flags = 0x10): CaptureRecord =>
  at(second, tcp({ srcPort, dstPort: 80, flags }).over(ipv4({ src: A, dst: B })));
const datagram = (second: number, srcPort: number): CaptureRecord =>
  at(second, udp({ srcPort, dstPort: 53 }).over(ipv4({ src: A, dst: B })));
const sport = (flow: AnyFlow): number => flow.getId().sport;

/**
 * Flows that end with their only packet (with finTimeout 0), one a second; half of the reading is far from done when
 * the first is handed over.
 */
const resets = (count: number): CaptureRecord[] => Array.from({ length: count }, (_, n) => segment(n, n + 1, RST));
/** Reading pauses at the first flow that waits. */
const CLOSE: FParserOptions<'uni'> = { isFile: true, ...SMALL, finTimeout: 0, maxBacklog: 1 };

describe('the life of a parser', () => {
  it('goes from opening to dead', async () => {
    const states: string[] = [];
    const path = captureOf([...resets(40), datagram(50, 7)]);
    const parser: FParser = new FParser(path, {
      ...CLOSE,
      ...forAll((flow) => void states.push(`${parser.state} ${flow.endReason}`)),
      killCallback: () => void states.push(`kill ${parser.state}`),
    });
    expect(parser.state).toBe('opening');
    expect(parser.getInfo()).toMatchObject({
      state: 'opening',
      packetsSeen: 0,
      linkType: null,
      firstRxUs: null,
      avgPps: 0,
    });
    await parser.ready;
    const info = await parser.done;
    expect(parser.state).toBe('dead');
    expect(info.state).toBe('dead');
    expect(parser.getInfo()).toBe(info);
    expect(states[0]).toBe('running rst');
    expect(states.slice(-2)).toEqual(['draining end', 'kill draining']);
    expect(states).toHaveLength(42);
  });

  it('never calls inside the frame of new, stop and setTcpCallback', async () => {
    let calls = 0;
    let inside = true;
    const count = (): void => {
      expect(inside).toBe(false);
      calls++;
    };
    const parser = new FParser(captureOf(resets(3)), { ...CLOSE, killCallback: count });
    parser.setTcpCallback(count);
    inside = false;
    await parser.ready;
    inside = true;
    void parser.stop();
    inside = false;
    const info = await parser.done;
    expect(calls).toBe(info.flowsStarted + 1);
  });

  it('takes nothing when stopped at once', async () => {
    let kills = 0;
    const parser = new FParser(captureOf(resets(9000)), { ...CLOSE, killCallback: () => void kills++ });
    await parser.stop();
    await parser.ready;
    expect(await parser.done).toMatchObject({ packetsSeen: 0, state: 'dead' });
    expect(kills).toBe(1);
  });

  it('says what was wrong with its source all the same', async () => {
    const parser = new FParser('/no/such/file', { isFile: true, log: () => undefined });
    await parser.stop();
    await expect(parser.ready).rejects.toMatchObject({ code: 'ERR_NO_SUCH_FILE' });
  });

  const WAITING = ['', '1f8b', '1f8b0800', 'd4c3b2a1'].flatMap((begun) => [
    { begun },
    { begun, replay: { speed: 'max' as const } },
  ]);
  it.skipIf(!canMakePipes).each(WAITING)(
    'stops while a pipe keeps it waiting: $begun $replay',
    async ({ begun, ...replay }) => {
      using pipe = new MutePipe(Buffer.from(begun, 'hex'));
      const parser = new FParser(pipe.path, { ...CLOSE, ...replay });
      await setTimeout(100);
      expect(parser.state).toBe('opening');
      await parser.stop();
      expect(await parser.done).toMatchObject({ packetsSeen: 0, state: 'dead' });
    },
  );

  it('gives the same promise to all who stop, and resolves at once for the dead', async () => {
    const parser = new FParser(captureOf(resets(3)), CLOSE);
    expect(parser.stop()).toBe(parser.stop());
    await parser.stop();
    await parser.stop();
    const finished = new FParser(captureOf(resets(3)), CLOSE);
    await finished.done;
    await finished.stop();
    expect(finished.getInfo()).toMatchObject({ packetsSeen: 3, state: 'dead' });
  });

  it('is stopped when disposed of', async () => {
    const parser = new FParser(captureOf(resets(3)), CLOSE);
    await parser[Symbol.asyncDispose]();
    expect(parser.state).toBe('dead');
    expect(parser.unref()).toBe(parser);
  });

  it('refuses questions after stop, but not figures', async () => {
    const parser = new FParser(captureOf(resets(3)), CLOSE);
    await parser.ready;
    const done = parser.stop();
    for (const ask of [
      () => parser.flowIter(),
      () => parser.flows(),
      () => parser.findTcpFlow(A, 1, B, 2),
      () => parser.findUdpFlow(A, 1, B, 2),
      () => parser.setTcpCallback(null),
      () => parser.setUdpCallback(null),
    ]) {
      expect(ask).toThrow(expect.objectContaining({ code: 'ERR_STOPPED' }));
    }
    await done;
    expect(() => parser.flowIter()).toThrow(FParserError);
    expect(sumsHold(parser.getInfo())).toBe(true);
    expect(parser.flowCount()).toBe(0);
  });

  it('delivers the flows that are left when a callback stops it', async () => {
    const records = [
      datagram(0, 1),
      datagram(1, 2),
      datagram(2, 3),
      ...resets(200).map((record) => ({ ...record, timestampNs: record.timestampNs + 3n * 10n ** 9n })),
    ];
    const calls: string[] = [];
    const parser: FParser = new FParser(captureOf(records), {
      ...CLOSE,
      ...forAll((flow) => {
        calls.push(`${flow.kind} ${sport(flow)} ${flow.endReason}`);
        if (sport(flow) === 5) void parser.stop();
      }),
      killCallback: () => void calls.push('kill'),
    });
    const info = await parser.done;
    expect(info.packetsSeen).toBeLessThan(60);
    const ended = info.packetsSeen - 3;
    expect(calls).toEqual([
      ...Array.from({ length: ended }, (_, n) => `tcp ${n + 1} rst`),
      'udp 1 end',
      'udp 2 end',
      'udp 3 end',
      'kill',
    ]);
  });

  it('ends with the failure of its source, after everything before it was delivered', async () => {
    const whole = pcap(resets(5), { format: 'ns' });
    const calls: string[] = [];
    const parser = new FParser(fileOf(whole.slice(0, -3)), {
      ...CLOSE,
      log: () => undefined,
      ...forAll((flow) => void calls.push(String(sport(flow)))),
      killCallback: () => void calls.push('kill'),
    });
    await parser.ready;
    await expect(parser.done).rejects.toMatchObject({ code: 'ERR_TRUNCATED' });
    expect(calls).toEqual(['1', '2', '3', '4', 'kill']);
    await parser.stop();
    expect(parser.getInfo()).toMatchObject({ state: 'dead', packetsSeen: 4 });
  });

  it('reports an interface that cannot be decoded as a problem and reads on', async () => {
    const blocks = [
      interfaceBlock({ linkType: 1, tsresol: 9 }),
      interfaceBlock({ linkType: 147, tsresol: 9 }),
      enhancedPacket({ ...(resets(1)[0] as CaptureRecord), interfaceId: 0 }),
      enhancedPacket({ timestampNs: START_NS, frame: new Uint8Array(9), interfaceId: 1 }),
    ];
    const problems: FParserError[] = [];
    const path = fileOf(pcapng(blocks));
    const info = await new FParser(path, { ...CLOSE, filter: '', errorCallback: (error) => void problems.push(error) })
      .done;
    expect(problems.map((problem) => problem.code)).toEqual(['ERR_UNSUPPORTED_LINKTYPE']);
    expect(info).toMatchObject({ packetsSeen: 2, packetsDelivered: 1, packetsNotTracked: 1, callbackErrors: 0 });
    const lines: string[] = [];
    await new FParser(path, {
      ...CLOSE,
      filter: '',
      logLevel: 'warning',
      log: (message, level) => void lines.push(`${level}: ${message}`),
    }).done;
    expect(lines).toEqual([expect.stringMatching(/^warning: .*147/)]);
  });
});

describe('callbacks', () => {
  const kinds = [
    segment(0, 1),
    datagram(1, 2),
    at(2, icmp({ type: 8 }).over(ipv4({ src: A, dst: B }))),
    at(3, igmp(0x16, Uint8Array.of(224, 0, 0, 9)).over(ipv4({ src: A, dst: '224.0.0.9' }))),
  ];

  it('get the flows of their protocol; flows without one are counted', async () => {
    const calls: string[] = [];
    const info = await new FParser(captureOf(kinds), {
      isFile: true,
      ...SMALL,
      tcpCallback: (flow) => void calls.push(`tcp ${flow.kind}`),
      udpCallback: (flow) => void calls.push(`udp ${flow.kind}`),
      icmpCallback: (flow) => void calls.push(`icmp ${flow.kind}`),
      unknownCallback: (flow) => void calls.push(`unknown ${flow.kind}`),
    }).done;
    expect(calls).toEqual(['tcp tcp', 'udp udp', 'icmp icmp', 'unknown unknown']);
    expect(info).toMatchObject({ flowsDelivered: 4, flowsUncollected: 0 });
    const only = await new FParser(captureOf(kinds), { isFile: true, ...SMALL, icmpCallback: () => undefined }).done;
    expect(only).toMatchObject({ flowsEnded: 4, flowsDelivered: 1, flowsUncollected: 3 });
  });

  it('are called by the time of ending, then by last packet, first packet and key', async () => {
    const { flows } = await (async () => {
      const seen: AnyFlow[] = [];
      await new FParser(
        captureOf([
          datagram(0, 9),
          datagram(0.01, 5),
          datagram(0.01, 4),
          datagram(0, 7),
          datagram(0.02, 7),
          datagram(0.02, 3),
          datagram(0.001, 3),
          datagram(700, 1),
          datagram(699, 2),
        ]),
        { isFile: true, ...SMALL, ...forAll((flow) => void seen.push(flow)) },
      ).done;
      return { flows: seen };
    })();
    expect(flows.map((flow) => `${sport(flow)} ${flow.endReason}`)).toEqual([
      '9 idle',
      '4 idle',
      '5 idle',
      '7 idle',
      '3 idle',
      '2 end',
      '1 end',
    ]);
  });

  it('are awaited, and never two run at once; reading pauses meanwhile', async () => {
    let running = 0;
    let seenDuring = 0;
    const parser: FParser = new FParser(captureOf(resets(2000)), {
      ...CLOSE,
      tcpCallback: async (flow) => {
        expect(++running).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        if (sport(flow) === 1) {
          for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
          seenDuring = parser.getInfo().packetsSeen;
        }
        running--;
      },
      killCallback: () => expect(running).toBe(0),
    });
    const info = await parser.done;
    expect(seenDuring).toBeLessThanOrEqual(2 * BATCH_COUNT);
    expect(info).toMatchObject({ packetsSeen: 2000, flowsDelivered: 2000, flowsDropped: 0, callbackErrors: 0 });
  });

  it('keep the number of waiting flows near maxBacklog', async () => {
    const most: number[] = [];
    const parser: FParser = new FParser(captureOf(resets(5000)), {
      ...CLOSE,
      maxBacklog: 100,
      tcpCallback: () => void most.push(parser.getInfo().flowsWaiting),
    });
    await parser.done;
    expect(most).toHaveLength(5000);
    expect(Math.max(...most)).toBeLessThan(100 + BATCH_COUNT);
  });

  it('give others a turn after 1,000 calls', async () => {
    let sinceTurn = 0;
    let longest = 0;
    let over = false;
    const tick = (): void => {
      sinceTurn = 0;
      if (!over) setImmediate(tick);
    };
    tick();
    const info = await new FParser(captureOf(resets(5000)), {
      ...CLOSE,
      maxBacklog: 65_536,
      tcpCallback: () => void (longest = Math.max(longest, ++sinceTurn)),
    }).done;
    over = true;
    expect(info.flowsDelivered).toBe(5000);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThanOrEqual(1000);
  });

  it('that take long give others a turn after 10 ms', async () => {
    let turns = 0;
    let over = false;
    const tick = (): void => {
      turns++;
      if (!over) setImmediate(tick);
    };
    tick();
    const seen: number[] = [];
    await new FParser(captureOf(resets(20)), {
      ...CLOSE,
      maxBacklog: 1000,
      tcpCallback: () => {
        seen.push(turns);
        const end = performance.now() + 11;
        while (performance.now() < end);
      },
    }).done;
    over = true;
    expect(new Set(seen).size).toBe(20);
  });

  it('that fail are told to the error callback with cause and flow, and nothing stops', async () => {
    const errors: FParserError[] = [];
    const info = await new FParser(captureOf(resets(4)), {
      ...CLOSE,
      tcpCallback: (flow) => {
        if (sport(flow) === 2) throw new RangeError('two');
        return sport(flow) === 3 ? Promise.reject(new Error('three')) : undefined;
      },
      killCallback: () => {
        throw new Error('kill');
      },
      errorCallback: (error) => void errors.push(error),
    }).done;
    expect(
      errors.map((error) => [
        error.code,
        (error.cause as Error).message,
        error instanceof CallbackError && error.flow && sport(error.flow as AnyFlow),
      ]),
    ).toEqual([
      ['ERR_CALLBACK', 'two', 2],
      ['ERR_CALLBACK', 'three', 3],
      ['ERR_CALLBACK', 'kill', undefined],
    ]);
    expect(info).toMatchObject({ flowsDelivered: 4, callbackErrors: 3 });
  });

  it('that fail without an error callback are logged, and a failing error callback is logged once', async () => {
    const failing = (): never => {
      throw new Error('no');
    };
    const logged = async (options: FParserOptions<'uni'>): Promise<string[]> => {
      const lines: string[] = [];
      const info = await new FParser(captureOf(resets(3)), {
        ...CLOSE,
        tcpCallback: failing,
        log: (message, level) => void lines.push(`${level}: ${message}`),
        ...options,
      }).done;
      expect(info.callbackErrors).toBe(3);
      return lines;
    };
    expect(await logged({})).toEqual(Array.from({ length: 3 }, () => 'err: the tcp callback failed: no'));
    expect(await logged({ errorCallback: failing })).toEqual(['err: the error callback failed: no']);
    expect(await logged({ errorCallback: () => Promise.reject(new Error('later')) })).toEqual([
      'err: the error callback failed: later',
    ]);
  });

  it('can be replaced and taken away between two flows', async () => {
    const calls: string[] = [];
    const second = (flow: AnyFlow): void => {
      calls.push(`second ${sport(flow)}`);
      if (sport(flow) === 4) parser.setTcpCallback(null);
    };
    const parser: FParser = new FParser(captureOf([...resets(6), datagram(9, 9)]), {
      ...CLOSE,
      maxBacklog: 1000,
      tcpCallback: (flow) => {
        calls.push(`first ${sport(flow)}`);
        if (sport(flow) === 2) parser.setTcpCallback(second);
        parser.setUdpCallback((other) => void calls.push(`udp ${sport(other)}`));
      },
    });
    expect(() => parser.setTcpCallback('f' as never)).toThrow(TypeError);
    const info = await parser.done;
    expect(calls).toEqual(['first 1', 'first 2', 'second 3', 'second 4', 'udp 9']);
    expect(info).toMatchObject({ flowsUncollected: 2, flowsDelivered: 5 });
  });

  it('see sums that add up at every moment', async () => {
    const infos: FParserInfo[] = [];
    const records = [
      ...resets(100),
      ...Array.from({ length: 100 }, (_, n) => datagram(100 + n, n + 1)),
      at(250, igmp(0x16, Uint8Array.of(224, 0, 0, 9)).over(ipv4())),
    ];
    const parser: FParser = new FParser(captureOf(records), {
      ...CLOSE,
      filter: 'not igmp',
      maxBacklog: 20,
      ...forAll(() => void infos.push(parser.getInfo())),
      killCallback: () => void infos.push(parser.getInfo()),
    });
    infos.push(parser.getInfo(), await parser.done);
    expect(infos).toHaveLength(203);
    for (const info of infos) {
      expect(sumsHold(info), JSON.stringify(info)).toBe(true);
      expect(Object.isFrozen(info)).toBe(true);
    }
  });
});

describe('a capture that is damaged in its first block', () => {
  it('gives the packets before the damage, then fails', async () => {
    const bytes = pcap(resets(3), { format: 'ns' });
    new DataView(bytes.buffer).setUint32(24 + (2 * (bytes.length - 24)) / 3 + 8, 0x7fffffff, true);
    const parser = new FParser(fileOf(bytes), { ...CLOSE, log: () => undefined, tcpCallback: () => undefined });
    await parser.ready;
    await expect(parser.done).rejects.toMatchObject({ code: 'ERR_CORRUPT' });
    expect(parser.getInfo()).toMatchObject({ packetsSeen: 2, flowsDelivered: 2 });
  });

  it('is read on when only one of its interfaces cannot be decoded', async () => {
    const frame = new Uint8Array(9);
    const path = fileOf(
      pcapng([
        interfaceBlock({ linkType: 1, tsresol: 9 }),
        interfaceBlock({ linkType: 147, tsresol: 9 }),
        enhancedPacket({ timestampNs: START_NS, frame, interfaceId: 1 }),
        enhancedPacket({ ...datagram(1, 1), interfaceId: 0 }),
      ]),
    );
    const info = await new FParser(path, { ...CLOSE, filter: '', log: () => undefined }).done;
    expect(info).toMatchObject({ packetsSeen: 2, packetsDelivered: 1, packetsNotTracked: 1 });
  });
});
