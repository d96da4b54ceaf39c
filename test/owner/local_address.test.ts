/** The address that this host would send from. */
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { localAddress } from '../../src/owner/local_address.ts';

const info = (address: string, internal: boolean, family: 'IPv4' | 'IPv6') => ({
  address,
  netmask: '',
  mac: '',
  internal,
  cidr: null,
  ...(family === 'IPv4' ? { family } : { family, scopeid: 0 }),
});
const interfaces = () => ({
  lo: [info('127.0.0.1', true, 'IPv4'), info('::1', true, 'IPv6')],
  eth0: [info('192.0.2.7', false, 'IPv4'), info('2001:DB8:0::7', false, 'IPv6')],
});
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.family === 'IPv6');

describe('the local address', () => {
  it('is what the system chooses for a destination', async () => {
    expect(await localAddress({ destination: '127.0.0.1' })).toEqual({ address: '127.0.0.1', source: 'route' });
  });

  it.skipIf(!hasIpv6)('is so for IPv6 too (needs IPv6)', async () => {
    expect(await localAddress({ family: 6, destination: '::1' })).toEqual({ address: '::1', source: 'route' });
  });

  it('without a route is the first of an interface', async () => {
    // No socket may be connected to a broadcast address without permission: it is as good as no route.
    expect(await localAddress({ destination: '255.255.255.255', interfaces })).toEqual({
      address: '192.0.2.7',
      source: 'interface',
    });
    expect(await localAddress({ family: 6, destination: '255.255.255.255', interfaces })).toEqual({
      address: '2001:db8::7',
      source: 'interface',
    });
  });

  it('is loopback where there is no other', async () => {
    const lo = () => ({ lo: interfaces().lo });
    expect(await localAddress({ destination: '255.255.255.255', interfaces: lo })).toEqual({
      address: '127.0.0.1',
      source: 'loopback',
    });
    expect(await localAddress({ family: 6, destination: '255.255.255.255', interfaces: () => ({}) })).toEqual({
      address: '::1',
      source: 'loopback',
    });
  });
});
