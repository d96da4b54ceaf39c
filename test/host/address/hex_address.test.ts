import { describe, expect, it } from 'vitest';

import { bytesToAddress } from '../../../src/host/address/address.ts';
import {
  hexToIp,
  hexToIpNetworkOrder,
  ipToHex,
  ipToHexNetworkOrder,
  reverseIp,
} from '../../../src/host/address/hex_address.ts';
import { random } from '../../builders/random.ts';

const LITTLE = { endianness: 'LE' } as const;
const BIG = { endianness: 'BE' } as const;
const SEED = 53;

describe('addresses in socket tables', () => {
  it.each([
    ['0100007F', '127.0.0.1'],
    ['00000000', '0.0.0.0'],
    ['4B9E0905', '5.9.158.75'],
    ['00000000000000000000000001000000', '::1'],
    ['F804012A4A5190010000000002000000', '2a01:4f8:190:514a::2'],
    ['0000000000000000FFFF00000100007F', '::ffff:127.0.0.1'],
    ['00000000000000000000000000000000', '::'],
  ])('%s is %s on a little-endian host', (hex, address) => {
    expect(hexToIp(hex, LITTLE)).toBe(address);
    expect(hexToIp(hex.toLowerCase(), LITTLE)).toBe(address);
    expect(ipToHex(address, LITTLE)).toBe(hex);
  });

  it.each([
    ['7F000001', '127.0.0.1'],
    ['00000000000000000000000000000001', '::1'],
    ['2A0104F80190514A0000000000000002', '2a01:4f8:190:514a::2'],
    ['00000000000000000000FFFF7F000001', '::ffff:127.0.0.1'],
  ])('%s is %s on a big-endian host and in network order', (hex, address) => {
    expect(hexToIp(hex, BIG)).toBe(address);
    expect(ipToHex(address, BIG)).toBe(hex);
    expect(hexToIpNetworkOrder(hex)).toBe(address);
    expect(ipToHexNetworkOrder(address)).toBe(hex);
  });

  it('are given back by both directions', () => {
    const rng = random(SEED);
    for (let n = 0; n < 5000; n++) {
      const address = bytesToAddress(rng.bytes(rng.oneIn(2) ? 4 : 16));
      for (const order of [LITTLE, BIG, {}]) {
        const hex = ipToHex(address, order);
        expect(hexToIp(hex, order), `seed ${SEED}: ${address}`).toBe(address);
        expect(ipToHex(hexToIp(hex, order), order)).toBe(hex);
      }
    }
  });

  it.each([
    '',
    '0100007',
    '0100007F0',
    '0100007G',
    '0x00007F',
    ' 100007F',
    '0'.repeat(31),
    '0'.repeat(33),
    '0'.repeat(16),
    '-100007F',
    '0100007F\n',
  ])('are not %j', (hex) => {
    expect(() => hexToIp(hex)).toThrow(RangeError);
    expect(() => hexToIpNetworkOrder(hex)).toThrow(RangeError);
  });

  it('are made of addresses only', () => {
    for (const text of ['', '1.2.3', '[::1]', 'localhost']) {
      expect(() => ipToHex(text)).toThrow(RangeError);
      expect(() => ipToHexNetworkOrder(text)).toThrow(RangeError);
      expect(() => reverseIp(text)).toThrow(RangeError);
    }
  });
});

it('reverses addresses for reverse name look-ups', () => {
  expect(reverseIp('1.2.3.4')).toBe('4.3.2.1');
  // The example of RFC 3596 §2.5.
  expect(reverseIp('4321:0:1:2:3:4:567:89ab')).toBe('b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4');
});
