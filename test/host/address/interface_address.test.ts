import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';

import { expect, it } from 'vitest';

import { interfaceAddress, interfaceNetmask } from '../../../src/host/address/interface_address.ts';

const entry = (address: string, netmask: string): NetworkInterfaceInfo =>
  ({
    address,
    netmask,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    mac: '',
    internal: false,
    cidr: null,
    scopeid: 0,
  }) as NetworkInterfaceInfo;

const interfaces = () => ({
  eth0: [
    entry('169.254.7.7', '255.255.0.0'),
    entry('10.1.2.3', '255.255.255.0'),
    entry('10.1.2.4', '255.255.255.128'),
    entry('fe80::1', 'ffff:ffff:ffff:ffff::'),
    entry('2a01:4f8::2', 'ffff:ffff::'),
  ],
  tun0: [entry('fe80::2', 'ffff:ffff:ffff:ffff::')],
});

it('gives the first address of the family that is not link-local, and its mask', () => {
  expect(interfaceAddress('eth0', { interfaces })).toBe('10.1.2.3');
  expect(interfaceNetmask('eth0', { interfaces })).toBe('255.255.255.0');
  expect(interfaceAddress('eth0', { interfaces, family: 6 })).toBe('2a01:4f8::2');
  expect(interfaceNetmask('eth0', { interfaces, family: 6 })).toBe('ffff:ffff::');
});

it('gives null for an interface that is unknown or has no such address', () => {
  for (const name of ['eth1', '', 'constructor', '__proto__']) {
    expect(interfaceAddress(name)).toBeNull();
    expect(interfaceNetmask(name)).toBeNull();
  }
  expect(interfaceAddress('tun0', { interfaces })).toBeNull();
  expect(interfaceAddress('tun0', { interfaces, family: 6 })).toBeNull();
});

it.skipIf(networkInterfaces().lo === undefined)(
  'knows the loopback interface of this host (needs one called lo)',
  () => {
    expect(interfaceAddress('lo')).toBe('127.0.0.1');
    expect(interfaceNetmask('lo')).toBe('255.0.0.0');
  },
);
