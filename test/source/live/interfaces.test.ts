import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FParserError } from '../../../src/errors.ts';
import { checkInterface, interfaceState, listInterfaces, parseNetDev } from '../../../src/source/live/interfaces.ts';

describe('interfaces', () => {
  it('are named in /proc/net/dev, also with colons and without a space before the figures', () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  1296      14    0    0    0     0          0         0     1296      14    0    0    0     0       0          0
eth0:1:     0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  tun9:123456 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0
`;
    expect(parseNetDev(text)).toEqual(['lo', 'eth0:1', 'tun9']);
    expect(parseNetDev('')).toEqual([]);
  });

  it('are listed by number, with what is known of them', () => {
    const list = listInterfaces();
    expect(list.map(({ name }) => name).sort()).toEqual(readdirSync('/sys/class/net').sort());
    expect(list.map(({ index }) => index)).toEqual(list.map(({ index }) => index).sort((a, b) => a - b));
    expect(list.find(({ name }) => name === 'lo')).toMatchObject({
      loopback: true,
      hardwareType: 772,
      linkLayer: 'loopback',
      mac: undefined,
    });
    for (const { name, running, up, index, loopback } of list) {
      expect(interfaceState(name)).toEqual({ index, up, loopback });
      expect(running && !up).toBe(false);
    }
  });

  it.skipIf(interfaceState('lo')?.up !== true)('have their addresses', () => {
    expect(listInterfaces().find(({ name }) => name === 'lo')?.addresses).toContain('127.0.0.1/8');
  });

  it('that do not exist are refused with the names of those that do', () => {
    expect(() => checkInterface('no-such')).toThrow(FParserError);
    expect(() => checkInterface('no-such')).toThrow(/no-such: no such interface \(available: .*\blo\b.*, any\)/);
    expect(() => checkInterface('../lo')).toThrow(/no such interface/);
    expect(() => checkInterface('')).toThrow(/no such interface/);
  });
});
