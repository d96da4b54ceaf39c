import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { FParserOptions } from '../../src/fparser/index.ts';
import { ipv4, ipv6, udp, vlan } from '../builders/index.ts';
import { SMALL, at, captureOf, fileOf } from './runs.ts';

const make =
  (options: object, ...source: unknown[]) =>
  () =>
    new FParser((source.length === 0 ? 'x' : source[0]) as string, options as FParserOptions<'uni'>);

describe('arguments of FParser', () => {
  it('refuse a source that is no text, or empty', () => {
    for (const source of ['', null, undefined, 7, {}, ['x']])
      expect(make({ isFile: true }, source), String(source)).toThrow(TypeError);
  });

  it('refuse options that are no object', () => {
    for (const options of [null, 5, 'isFile'])
      expect(() => new FParser('x', options as unknown as object), String(options)).toThrow(TypeError);
  });

  const callbacks = ['tcpCallback', 'udpCallback', 'icmpCallback', 'unknownCallback', 'killCallback', 'errorCallback'];
  it.each(callbacks)('refuse a %s that is neither a function nor null', (name) => {
    for (const value of ['f', 1, {}, true]) expect(make({ [name]: value }), String(value)).toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ['isFile', 'yes'],
    ['promiscuous', 1],
    ['decapsulate', 'no'],
    ['flowTimeout', '600'],
    ['finTimeout', null],
    ['snaplen', '100'],
    ['logLevel', {}],
    ['log', 'stderr'],
    ['maxFlows', '5'],
    ['maxBacklog', '5'],
    ['bufferSize', '5'],
    ['filter', 5],
    ['filter', ['ip']],
    ['headers', 5],
    ['headers', {}],
    ['direction', 1],
    ['capture', 1],
    ['fragments', 1],
    ['replay', 'max'],
    ['replay', { speed: 'fast' }],
  ])('refuse the type of %s: %j', (name, value) => {
    expect(make({ isFile: true, [name]: value })).toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ['flowTimeout', 0],
    ['flowTimeout', -1],
    ['flowTimeout', NaN],
    ['flowTimeout', 86_400 * 365 + 1],
    ['finTimeout', -0.1],
    ['finTimeout', Infinity],
    ['snaplen', 63],
    ['snaplen', 262_145],
    ['snaplen', 100.5],
    ['logLevel', 8],
    ['logLevel', -1],
    ['logLevel', 'error'],
    ['maxFlows', 0],
    ['maxFlows', 16_000_001],
    ['maxBacklog', 0],
    ['bufferSize', 1],
    ['headers', 'all'],
    ['headers', { max: 0 }],
    ['headers', { max: 1.5 }],
    ['direction', 'both'],
    ['capture', 'pcap'],
    ['fragments', 'drop'],
    ['replay', { speed: 0 }],
    ['replay', { speed: -1 }],
    ['softMemLimit', 2 ** 20],
    ['hardMemLimit', 2 ** 20],
  ])('refuse the value of %s: %j', (name, value) => {
    expect(make({ isFile: true, [name]: value })).toThrow(RangeError);
  });

  it('refuse memory limits in the wrong order, too small or too large, and replay of an interface', () => {
    expect(make({ softMemLimit: 2 ** 20, hardMemLimit: 2 ** 20 })).toThrow(/less than/);
    expect(make({ softMemLimit: 2 ** 21, hardMemLimit: 2 ** 20 })).toThrow(RangeError);
    expect(make({ softMemLimit: 1, hardMemLimit: 2 ** 20 })).toThrow(RangeError);
    expect(make({ softMemLimit: 1, hardMemLimit: 2 ** 40 })).toThrow(RangeError);
    expect(make({ replay: { speed: 1 } })).toThrow(RangeError);
    expect(make({ replay: { speed: 1 } })).toThrow(/isFile/);
  });

  it('name option, value and bounds', () => {
    expect(make({ snaplen: 20 })).toThrow('snaplen is 20; it must be a whole number from 64 to 262144');
  });

  it('accept the extremes, and null for a callback', async () => {
    const path = captureOf([at(0, udp().over(ipv4()))]);
    for (const options of [
      { flowTimeout: 0.001, finTimeout: 0, snaplen: 64, logLevel: 0, maxFlows: 1, maxBacklog: 1, headers: { max: 1 } },
      {
        flowTimeout: 86_400 * 365,
        finTimeout: 86_400 * 365,
        snaplen: 262_144,
        logLevel: 'debug',
        headers: 'none',
        log: () => undefined,
      },
      {
        tcpCallback: null,
        udpCallback: null,
        killCallback: null,
        errorCallback: null,
        softMemLimit: 65_536,
        hardMemLimit: 65_537,
      },
    ] as const) {
      expect((await new FParser(path, { isFile: true, ...options }).done).packetsDelivered).toBe(1);
    }
  });
});

describe('ready', () => {
  const codeOf = async (source: string, options: FParserOptions<'uni'>): Promise<unknown> => {
    let killed = 0;
    const parser = new FParser(source, {
      ...SMALL,
      log: () => undefined,
      killCallback: () => void killed++,
      ...options,
    });
    const failure: unknown = await parser.ready.catch((error: unknown) => error);
    await expect(parser.done).rejects.toBe(failure);
    await parser.stop();
    expect(parser.state).toBe('dead');
    expect(parser.getInfo()).toMatchObject({ state: 'dead', packetsSeen: 0, firstRxUs: null, linkType: null });
    expect(killed).toBe(0);
    return failure;
  };

  it('rejects with what is wrong with the file', async () => {
    const empty = captureOf([]);
    await expect(codeOf(`${empty}.absent`, { isFile: true })).resolves.toMatchObject({ code: 'ERR_NO_SUCH_FILE' });
    await expect(
      codeOf(fileOf(new TextEncoder().encode('no capture at all, only text')), { isFile: true }),
    ).resolves.toMatchObject({ code: 'ERR_NOT_A_CAPTURE' });
    await expect(codeOf(fileOf(new Uint8Array(0)), { isFile: true })).resolves.toMatchObject({
      code: 'ERR_NOT_A_CAPTURE',
    });
  });

  it('rejects with what is wrong with the filter', async () => {
    const path = captureOf([at(0, udp().over(ipv4()))]);
    await expect(codeOf(path, { isFile: true, filter: 'ip and and' })).resolves.toMatchObject({
      name: 'FilterError',
      code: 'ERR_FILTER_SYNTAX',
    });
    await expect(codeOf(path, { isFile: true, filter: 'gateway home' })).resolves.toMatchObject({
      name: 'FilterError',
      code: 'ERR_FILTER_UNSUPPORTED',
    });
  });

  it('rejects with what is wrong with the interface', async () => {
    for (const capture of ['cap', 'tcpdump'] as const) {
      const { code } = (await codeOf('no-such-if0', { capture, ...SMALL })) as { code: string };
      expect(['ERR_NO_SUCH_DEVICE', 'ERR_PERMISSION', 'ERR_LIVE_UNAVAILABLE']).toContain(code);
    }
  });

  it('tells the log why, at level err', async () => {
    const lines: string[] = [];
    const parser = new FParser('absent', {
      isFile: true,
      log: (message, level) => void lines.push(`${level} ${message}`),
    });
    await expect(parser.done).rejects.toThrow();
    expect(lines).toEqual(['err absent: no such file']);
    const silent: string[] = [];
    await expect(
      new FParser('absent', { isFile: true, logLevel: 'crit', log: (message) => void silent.push(message) }).done,
    ).rejects.toThrow();
    expect(silent).toEqual([]);
  });
});

describe('the default options', () => {
  it('let IPv4 through, and neither IPv6 nor VLAN tags', async () => {
    const path = captureOf([
      at(0, udp().over(ipv4())),
      at(1, udp().over(ipv6())),
      at(2, udp().over(ipv4()).over(vlan(5))),
    ]);
    expect(await new FParser(path, { isFile: true, ...SMALL }).done).toMatchObject({
      packetsSeen: 3,
      packetsDelivered: 1,
      packetsFiltered: 2,
      flowsUncollected: 1,
    });
    expect(await new FParser(path, { isFile: true, ...SMALL, filter: 'ip or ip6' }).done).toMatchObject({
      packetsDelivered: 2,
    });
    expect(await new FParser(path, { isFile: true, ...SMALL, filter: '' }).done).toMatchObject({ packetsDelivered: 3 });
  });
});
