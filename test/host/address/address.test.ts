import { isIPv4, isIPv6 } from 'node:net';

import { describe, expect, it } from 'vitest';

import {
  addressFamily,
  addressToBinary,
  addressToBytes,
  addressToInt,
  bytesToAddress,
  canonicalAddress,
  compressIpv6,
  expandIpv6,
  intToAddress,
  isPrivateAddress,
  isValidIpv4,
  isValidIpv6,
  isValidPort,
  maskIpv4,
  maskIpv6,
  maskedBits,
  networkAddress,
  sameAddress,
  unmapAddress,
} from '../../../src/host/address/address.ts';
import { random } from '../../builders/random.ts';
import type { Random } from '../../builders/random.ts';

const SEED = 20261121;
const NOT_ADDRESSES = ['', 'a', '1.2.3', '1.2.3.4.5', '::1%lo', '1.2.3.4/8', '[::1]', ' ::1', '::1\n'];

describe('isValidIpv4', () => {
  it.each(['0.0.0.0', '1.2.3.4', '192.168.0.1', '255.255.255.255'])('takes %s, as text and as bytes', (text) => {
    expect(isValidIpv4(text)).toBe(true);
    expect(isValidIpv4(Buffer.from(text))).toBe(true);
  });

  it.each([
    '0.0.00.0',
    '1.2.3.001',
    '0.0.0',
    '1.2.3.256',
    '1.2.3.-1',
    '0.0.0.a',
    'a.b.c.d',
    '',
    '1.2.3.4\n',
    '١.٢.٣.٤',
    '1.2.3.4.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.+4',
    '1.2.3.4 ',
    '::',
  ])('isValidIpv4 refuses %j', (text) => {
    expect(isValidIpv4(text)).toBe(false);
    expect(isValidIpv4(Buffer.from(text))).toBe(false);
  });

  it.each([
    undefined,
    null,
    1,
    1.2,
    16909060n,
    true,
    {},
    ['1.2.3.4'],
    Symbol('1.2.3.4'),
    new Uint8Array(0),
    new Uint8Array([1, 2, 3, 4]),
  ])('refuses what is no text', (value) => expect(isValidIpv4(value)).toBe(false));
});

describe('isValidIpv6', () => {
  it.each([
    'fe80:0000:0000:0000:0202:b3ff:fe1e:8329',
    'fe80:0:0:0:202:b3ff:fe1e:8329',
    'fe80::202:b3ff:fe1e:8329',
    '::ffff:5.9.158.75',
    '5.9.158.75::ffff',
    '::5.9.158.75:ffff',
    '::',
    '1:2:3:4:5:6:7::',
    '1:2:3:4:5:6:1.2.3.4',
    '1.2.3.4:1:2:3:4:5:6',
    '::1',
    'ABCD:EF01::',
  ])('isValidIpv6 takes %s', (text) => expect(isValidIpv6(text)).toBe(true));

  it.each([
    'fe80:0000:0000:0000:0202:b3ff:fe1e:829g',
    'fe80:0000:0000:0000:0202: b3ff:fe1e:8329',
    '2001:db8::aaaa::1',
    '::ffff:5.9.158.75.12',
    '::ffff:5.9.158',
    '::ffff:5.9',
    ':::',
    '::::',
    ':',
    '',
    '::G',
    '::_',
    '::`',
    '1:2:3:4:5:6:7:',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '1:2:3:4:5:6:7',
    '1.2.3.4',
    'fe80::1%eth0',
    '::1\n',
    '::12345',
    '1.2.3.4::5.6.7.8',
    '1.2.3.4:5.6.7.8::',
    '::1.2.3.04',
    '[::1]',
  ])('isValidIpv6 refuses %j', (text) => expect(isValidIpv6(text)).toBe(false));

  it('takes whole brackets only where they are allowed', () => {
    expect(isValidIpv6('[::1]', { allowBrackets: true })).toBe(true);
    expect(isValidIpv6('::1', { allowBrackets: true })).toBe(true);
    for (const text of ['[::1', '::1]', '[]', '[[::1]]', '[', ']', '[::1]]', '::1[]']) {
      expect(isValidIpv6(text, { allowBrackets: true })).toBe(false);
    }
  });

  it.each([undefined, null, 1, {}, ['::1'], Buffer.from('::1')])('refuses what is no text', (value) => {
    expect(isValidIpv6(value)).toBe(false);
  });
});

describe('validity by chance', () => {
  it('agrees with node:net on 100,000 random texts', () => {
    const rng = random(SEED);
    let valid4 = 0;
    let valid6 = 0;
    for (let n = 0; n < 100_000; n++) {
      const text = randomText(rng);
      const where = `seed ${SEED}, text ${n}: ${JSON.stringify(text)}`;
      expect(isValidIpv4(text), where).toBe(isIPv4(text));
      if (isIPv4(text)) valid4++;
      // node:net takes zones, and wants the dotted quad last.
      if (text.includes('%') || quadElsewhere(text)) continue;
      expect(isValidIpv6(text), where).toBe(isIPv6(text));
      if (isIPv6(text)) valid6++;
    }
    // The generator must make enough of both kinds for the comparison to mean something.
    expect(valid4).toBeGreaterThan(1000);
    expect(valid6).toBeGreaterThan(1000);
  });

  it('gives back every address through bytes, numbers, text and expansion', () => {
    const rng = random(SEED + 1);
    for (let n = 0; n < 20_000; n++) {
      const bytes = rng.bytes(rng.oneIn(2) ? 4 : 16).map((byte) => (rng.oneIn(2) ? 0 : byte));
      const text = bytesToAddress(bytes);
      const where = `seed ${SEED + 1}, address ${n}: ${text}`;
      const family = bytes.length === 4 ? 4 : 6;
      expect(addressToBytes(text), where).toEqual(bytes);
      expect(canonicalAddress(text), where).toBe(text);
      expect(addressFamily(text), where).toBe(family);
      expect(intToAddress(addressToInt(text), family), where).toBe(text);
      expect(BigInt(`0b${addressToBinary(text)}`), where).toBe(addressToInt(text));
      if (family === 4) continue;
      expect(isIPv6(text), where).toBe(true);
      expect(expandIpv6(compressIpv6(text)), where).toBe(expandIpv6(text));
      expect(compressIpv6(expandIpv6(text).toUpperCase()), where).toBe(text);
      // The platform's own parser of URLs follows RFC 5952, but for the dotted quad.
      if (!text.includes('.')) expect(new URL(`http://[${text}]/`).hostname, where).toBe(`[${text}]`);
    }
  });
});

describe('isValidPort', () => {
  it.each([[1], ['1'], [1234], ['1234'], [65535], ['65535'], [[1, '2']], [[]]])('isValidPort takes %j', (port) => {
    expect(isValidPort(port)).toBe(true);
  });

  it.each([
    [0],
    ['0'],
    [65536],
    ['65536'],
    ['abc'],
    ['*'],
    [' 15'],
    ['01'],
    ['+1'],
    ['1.0'],
    [1.5],
    [true],
    [{}],
    [null],
    [-1],
    [undefined],
    [''],
    [Number.NaN],
    [10n],
    ['1e3'],
    ['0x10'],
    [[1, 0]],
    [[[1]]],
    [new Array(1)],
  ])('isValidPort refuses %s', (port) => expect(isValidPort(port)).toBe(false));

  it('takes 0 only where it is allowed', () => {
    for (const port of [0, '0', [0, 1]]) expect(isValidPort(port, { allowZero: true })).toBe(true);
    for (const port of ['00', '-0', '', null, false]) expect(isValidPort(port, { allowZero: true })).toBe(false);
  });
});

describe('isPrivateAddress', () => {
  it.each([
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.0',
    '192.168.255.255',
    '127.0.0.1',
  ])('%s is private', (address) => expect(isPrivateAddress(address)).toBe(true));
  it.each([
    '172.15.0.0',
    '172.32.0.0',
    '74.125.28.103',
    '9.255.255.255',
    '11.0.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '128.0.0.0',
  ])('%s is not', (address) => expect(isPrivateAddress(address)).toBe(false));
  it.each(['', '::1', '::ffff:10.0.0.1', '10.0.0', 'localhost'])('%j is an error', (address) => {
    expect(() => isPrivateAddress(address)).toThrow(RangeError);
  });
});

describe('numbers', () => {
  it.each([
    ['0.0.0.1', 1n],
    ['0.0.1.0', 256n],
    ['127.0.0.1', 2130706433n],
    ['fe80:0000:0000:0000:0202:b3ff:fe1e:8329', 338288524927261089654163772891438416681n],
    ['255.255.255.255', 2n ** 32n - 1n],
    ['::', 0n],
  ])('%s is %s', (address, value) => expect(addressToInt(address)).toBe(value));

  it('are turned into addresses', () => {
    expect(intToAddress(2130706433n, 4)).toBe('127.0.0.1');
    expect(intToAddress(2130706433n, 6)).toBe('::7f00:1');
    expect(intToAddress(2n ** 128n - 1n, 6)).toBe('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
  });

  it('numbers of addresses have bounds', () => {
    expect(() => intToAddress(-1n, 4)).toThrow(RangeError);
    expect(() => intToAddress(2n ** 32n, 4)).toThrow(RangeError);
    expect(() => intToAddress(2n ** 128n, 6)).toThrow(RangeError);
    expect(() => intToAddress(1 as unknown as bigint, 4)).toThrow(RangeError);
    expect(() => intToAddress(1n, 5 as 4)).toThrow(RangeError);
  });

  it('are written in binary', () => {
    expect(addressToBinary('127.0.0.1')).toBe('01111111000000000000000000000001');
    expect(addressToBinary('::1')).toBe(`${'0'.repeat(127)}1`);
  });
});

describe('text of IPv6', () => {
  it.each([
    ['::', '0000:0000:0000:0000:0000:0000:0000:0000'],
    ['2001:db8::ff00:42:8329', '2001:0db8:0000:0000:0000:ff00:0042:8329'],
    ['1::1', '0001:0000:0000:0000:0000:0000:0000:0001'],
    ['::ffff:5.9.158.75', '0000:0000:0000:0000:0000:ffff:0509:9e4b'],
    ['5.9.158.75::ffff', '0509:9e4b:0000:0000:0000:0000:0000:ffff'],
    ['::5.9.158.75:ffff', '0000:0000:0000:0000:0000:0509:9e4b:ffff'],
  ])('%s expands to %s', (address, expanded) => expect(expandIpv6(address)).toBe(expanded));

  it.each([
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:0509:9e4b', '::ffff:5.9.158.75'],
    ['5.9.158.75::ffff', '509:9e4b::ffff'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::ffff:0.0.0.0', '::ffff:0.0.0.0'],
    ['::1.2.3.4', '::102:304'],
  ])('%s is canonically %s', (address, canonical) => {
    expect(compressIpv6(address)).toBe(canonical);
    expect(canonicalAddress(address)).toBe(canonical);
  });

  it('is nothing else', () => {
    for (const text of [...NOT_ADDRESSES, '127.0.0.1']) {
      expect(() => expandIpv6(text)).toThrow(RangeError);
      expect(() => compressIpv6(text)).toThrow(RangeError);
    }
  });
});

describe('masks', () => {
  it.each([
    [0, '0.0.0.0'],
    [23, '255.255.254.0'],
    [29, '255.255.255.248'],
    [32, '255.255.255.255'],
  ])('of %d bits is %s', (bits, mask) => expect(maskIpv4(bits)).toBe(mask));

  it('of IPv6 are full and in upper case', () => {
    expect(maskIpv6(128)).toBe(Array(8).fill('FFFF').join(':'));
    expect(maskIpv6(111)).toBe('FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFE:0000');
    expect(maskIpv6(0)).toBe(Array(8).fill('0000').join(':'));
  });

  it('give back their bits', () => {
    for (let bits = 0; bits <= 32; bits++) expect(maskedBits(maskIpv4(bits))).toBe(bits);
    for (let bits = 0; bits <= 128; bits++) expect(maskedBits(maskIpv6(bits))).toBe(bits);
  });

  it('lengths of masks have bounds', () => {
    for (const bits of [-1, 33, 1.5, Number.NaN, '8' as unknown as number])
      expect(() => maskIpv4(bits)).toThrow(RangeError);
    for (const bits of [-1, 129, 0.1, Number.POSITIVE_INFINITY]) expect(() => maskIpv6(bits)).toThrow(RangeError);
  });

  it.each(['255.255.0.255', '0.0.0.1', 'ffff::1', ...NOT_ADDRESSES])('%j is none', (mask) => {
    expect(() => maskedBits(mask)).toThrow(RangeError);
  });

  it('cut the network out of an address', () => {
    expect(networkAddress('192.168.17.5', '255.255.240.0')).toBe('192.168.16.0');
    expect(networkAddress('192.168.17.5', 20)).toBe('192.168.16.0');
    expect(networkAddress('192.168.17.5', 0)).toBe('0.0.0.0');
    expect(networkAddress('2001:db8:1:2::3', 48)).toBe('2001:db8:1::');
    expect(networkAddress('2001:db8:1:2::3', 'ffff:ffff::')).toBe('2001:db8::');
    expect(() => networkAddress('192.168.17.5', 'ffff::')).toThrow(RangeError);
    expect(() => networkAddress('::1', '255.0.0.0')).toThrow(RangeError);
    expect(() => networkAddress('192.168.17.5', 33)).toThrow(RangeError);
  });
});

describe('mapped addresses', () => {
  it('are the same as their IPv4 address', () => {
    expect(sameAddress('::ffff:127.0.0.1', '127.0.0.1')).toBe(true);
    expect(sameAddress('127.0.0.1', '0:0:0:0:0:FFFF:7F00:1')).toBe(true);
    expect(sameAddress('::1', '0:0:0:0:0:0:0:1')).toBe(true);
    expect(sameAddress('::127.0.0.1', '127.0.0.1')).toBe(false);
    expect(sameAddress('1.2.3.4', '1.2.3.5')).toBe(false);
  });

  it('are turned into it', () => {
    expect(unmapAddress('::ffff:5.9.158.75')).toBe('5.9.158.75');
    expect(unmapAddress('::FFFF:0509:9E4B')).toBe('5.9.158.75');
    expect(unmapAddress('1.2.3.4')).toBe('1.2.3.4');
    expect(unmapAddress('::FFFE:1.2.3.4')).toBe('::fffe:102:304');
  });
});

it('refuses what is no address, naming it', () => {
  for (const text of NOT_ADDRESSES) {
    expect(addressFamily(text)).toBeUndefined();
    for (const work of [canonicalAddress, unmapAddress, addressToInt, addressToBinary, addressToBytes]) {
      expect(() => work(text)).toThrow(JSON.stringify(text));
    }
  }
  expect(() => bytesToAddress(new Uint8Array(5))).toThrow(RangeError);
});

/** Texts near addresses: pieces of them in random order, or an address with one place changed. */
function randomText(rng: Random): string {
  if (rng.oneIn(3)) {
    const text = rng.oneIn(2)
      ? bytesToAddress(rng.bytes(4))
      : bytesToAddress(rng.bytes(16).map((byte) => (rng.oneIn(2) ? 0 : byte)));
    if (rng.oneIn(2)) return text;
    const at = rng.below(text.length + 1);
    return (
      text.slice(0, at) + rng.pick(['', ':', '.', '0', 'f', 'g', ' ', '%', '::', '256']) + text.slice(at + rng.below(2))
    );
  }
  const ipv4 = rng.oneIn(2);
  const pieces = ipv4
    ? ['0', '1', '25', '255', '256', '01', 'a', '-1', '']
    : ['0', '1', 'ff', 'FFFF', '12345', 'g', '', '1.2.3.4', '1.2.3'];
  const count = ipv4 ? rng.between(3, 5) : rng.between(1, 9);
  return Array.from({ length: count }, () => rng.pick(rng.oneIn(4) ? pieces : pieces.slice(0, 4))).join(
    ipv4 ? '.' : ':',
  );
}

function quadElsewhere(text: string): boolean {
  return text.slice(0, text.lastIndexOf(':')).includes('.');
}
