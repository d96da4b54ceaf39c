import { describe, expect, it } from 'vitest';

import { addressScope, isInboundMulticast } from '../../../src/host/address/address_scope.ts';
import { unmapAddress } from '../../../src/host/address/address.ts';

describe('addressScope', () => {
  it.each([
    ['0.0.0.0', 'localMulticast'],
    ['0.0.0.1', 'invalid'],
    ['0.255.255.255', 'invalid'],
    ['1.0.0.0', 'global'],
    ['9.255.255.255', 'global'],
    ['10.0.0.0', 'siteLocal'],
    ['10.255.255.255', 'siteLocal'],
    ['11.0.0.0', 'global'],
    ['100.63.255.255', 'global'],
    ['100.64.0.0', 'siteLocal'],
    ['100.127.255.255', 'siteLocal'],
    ['100.128.0.0', 'global'],
    ['126.255.255.255', 'global'],
    ['127.0.0.1', 'hostLocal'],
    ['127.255.255.255', 'hostLocal'],
    ['128.0.0.0', 'global'],
    ['169.253.255.255', 'global'],
    ['169.254.0.0', 'linkLocal'],
    ['169.254.255.255', 'linkLocal'],
    ['169.255.0.0', 'global'],
    ['172.15.255.255', 'global'],
    ['172.16.0.0', 'siteLocal'],
    ['172.31.255.255', 'siteLocal'],
    ['172.32.0.0', 'global'],
    ['192.0.1.255', 'global'],
    ['192.0.2.0', 'invalid'],
    ['192.0.2.255', 'invalid'],
    ['192.0.3.0', 'global'],
    ['192.167.255.255', 'global'],
    ['192.168.0.0', 'siteLocal'],
    ['192.168.255.255', 'siteLocal'],
    ['192.169.0.0', 'global'],
    ['198.51.99.255', 'global'],
    ['198.51.100.7', 'invalid'],
    ['198.51.101.0', 'global'],
    ['203.0.112.255', 'global'],
    ['203.0.113.7', 'invalid'],
    ['203.0.114.0', 'global'],
    ['223.255.255.255', 'global'],
    ['224.0.0.1', 'localMulticast'],
    ['224.255.255.255', 'localMulticast'],
    ['225.0.0.0', 'globalMulticast'],
    ['233.251.255.255', 'globalMulticast'],
    ['233.252.0.1', 'invalid'],
    ['233.252.1.0', 'globalMulticast'],
    ['238.255.255.255', 'globalMulticast'],
    ['239.0.0.0', 'localMulticast'],
    ['239.255.255.255', 'localMulticast'],
    ['240.0.0.0', 'invalid'],
    ['255.255.255.254', 'invalid'],
    ['255.255.255.255', 'localMulticast'],
  ] as const)('%s is %s, mapped too', (address, scope) => {
    expect(addressScope(address)).toBe(scope);
    expect(addressScope(`::ffff:${address}`)).toBe(scope);
    expect(unmapAddress(`::ffff:${address}`)).toBe(address);
  });

  it.each([
    ['::', 'invalid'],
    ['::1', 'hostLocal'],
    ['::2', 'global'],
    ['fbff::1', 'global'],
    ['fc00::1', 'siteLocal'],
    ['fdff:ffff::1', 'siteLocal'],
    ['fe00::1', 'global'],
    ['fe7f::1', 'global'],
    ['fe80::1', 'linkLocal'],
    ['febf:ffff::1', 'linkLocal'],
    ['fec0::1', 'global'],
    ['ff00::1', 'localMulticast'],
    ['ff02::fb', 'localMulticast'],
    ['ff05::2', 'localMulticast'],
    ['ff06::1', 'globalMulticast'],
    ['ff0e::1', 'globalMulticast'],
    ['ff12::1', 'globalMulticast'],
    ['2001:db7:ffff::1', 'global'],
    ['2001:db8::1', 'invalid'],
    ['2001:db8:ffff::1', 'invalid'],
    ['2001:db9::1', 'global'],
    ['3ffe:ffff::1', 'global'],
    ['3fff::1', 'invalid'],
    ['3fff:fff:ffff::1', 'invalid'],
    ['3fff:1000::1', 'global'],
    ['2a01:4f8:190:514a::2', 'global'],
  ] as const)('%s is %s', (address, scope) => expect(addressScope(address)).toBe(scope));

  it.each(['', 'localhost', '1.2.3', 'fe80::1%eth0', '*'])('text that is no address is invalid: %j', (text) => {
    expect(addressScope(text)).toBe('invalid');
  });
});

it('knows packets that came to a group or to everybody', () => {
  expect(isInboundMulticast(true, '224.0.0.251')).toBe(true);
  expect(isInboundMulticast(true, '255.255.255.255')).toBe(true);
  expect(isInboundMulticast(true, 'ff02::fb')).toBe(true);
  expect(isInboundMulticast(false, '224.0.0.251')).toBe(false);
  expect(isInboundMulticast(true, '226.0.0.1')).toBe(false);
  expect(isInboundMulticast(true, '10.0.0.1')).toBe(false);
});
