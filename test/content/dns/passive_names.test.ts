import { describe, expect, it } from 'vitest';
import { isLocalAddress } from '../../../src/content/dns/address_key.ts';
import { PassiveNames } from '../../../src/content/dns/passive_names.ts';
import { keyOfAddress } from '../../builders/address_key.ts';
import type { DnsMessage } from '../../../src/content/dns/message.ts';

const S = 1_000_000_000n;

const isLocal = (address: string): boolean => isLocalAddress(keyOfAddress(address));
const namesOf = (names: PassiveNames, address: string, firstNs: bigint): string[] =>
  names.namesOf({ responderKey: keyOfAddress(address), firstNs });

const query = (name: string, id = 1): DnsMessage => ({
  id,
  response: false,
  opcode: 0,
  rcode: 0,
  question: { name, type: 1 },
  questions: 1,
  addresses: [],
  malformed: false,
  size: 0,
});
const response = (name: string, addresses: readonly string[], ttl = 600, id = 1): DnsMessage => ({
  ...query(name, id),
  response: true,
  addresses: addresses.map((address) => ({ address, key: keyOfAddress(address), ttl })),
});

const learnt = (...answers: readonly [name: string, address: string, atS: bigint, ttl?: number][]): PassiveNames => {
  const names = new PassiveNames();
  for (const [name, address, atS, ttl] of answers)
    names.learn('dns', response(name, [address], ttl), [query(name)], atS * S);
  return names;
};

describe('passive names', () => {
  it('are those of answers at or before the time, newest first', () => {
    const names = learnt(['a', '192.0.2.1', 10n], ['B', '192.0.2.1', 20n]);
    expect(namesOf(names, '192.0.2.1', 9n * S)).toEqual([]);
    expect(namesOf(names, '192.0.2.1', 10n * S)).toEqual(['a']);
    expect(namesOf(names, '192.0.2.1', 20n * S)).toEqual(['b', 'a']);
  });

  it('expire after their time to live, which is at least 300 s', () => {
    const names = learnt(['a', '192.0.2.1', 0n, 5], ['b', '192.0.2.2', 0n, 500]);
    expect(namesOf(names, '192.0.2.1', 300n * S)).toEqual(['a']);
    expect(namesOf(names, '192.0.2.1', 301n * S)).toEqual([]);
    expect(namesOf(names, '192.0.2.2', 500n * S)).toEqual(['b']);
  });

  it('stay valid from the first of several answers on', () => {
    const names = learnt(['a', '192.0.2.1', 0n], ['a', '192.0.2.1', 100n]);
    expect(namesOf(names, '192.0.2.1', 50n * S)).toEqual(['a']);
  });

  it('are four at most', () => {
    const names = learnt(
      ...['a', 'b', 'c', 'd', 'e']
        .map((name, n) => [name, '192.0.2.1', BigInt(n)] as const)
        .map(([a, b, c]): [string, string, bigint] => [a, b, c]),
    );
    expect(namesOf(names, '192.0.2.1', 9n * S)).toEqual(['e', 'd', 'c', 'b']);
  });

  it.each([
    ['another name', response('b', ['192.0.2.1'])],
    ['another id', response('a', ['192.0.2.1'], 600, 2)],
    ['an error', { ...response('a', ['192.0.2.1']), rcode: 3 }],
    ['a query', { ...response('a', ['192.0.2.1']), response: false }],
  ])('are not taken from %s', (_, message) => {
    const names = new PassiveNames();
    names.learn('dns', message, [query('a')], 0n);
    expect(names.size).toBe(0);
  });

  it('of mDNS and LLMNR are for local addresses only', () => {
    const names = new PassiveNames();
    names.learn('mdns', response('host.local', ['192.168.1.2', '8.8.8.8']), [query('host.local')], 0n);
    expect(namesOf(names, '192.168.1.2', 0n)).toEqual(['host.local']);
    expect(namesOf(names, '8.8.8.8', 0n)).toEqual([]);
  });

  it('forget the address that was not used longest when there are 65,536', () => {
    const names = new PassiveNames();
    const addresses = Array.from({ length: 65_536 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    for (const address of addresses) names.learn('dns', response('a', [address]), [query('a')], 0n);
    expect(namesOf(names, addresses[0] ?? '', 0n)).toEqual(['a']);
    names.learn('dns', response('a', ['8.8.8.8']), [query('a')], 0n);
    expect(names.size).toBe(65_536);
    expect(namesOf(names, addresses[0] ?? '', 0n)).toEqual(['a']);
    expect(namesOf(names, addresses[1] ?? '', 0n)).toEqual([]);
  });

  it('know local addresses', () => {
    expect(
      ['10.1.2.3', '172.16.0.1', '172.31.0.1', '192.168.0.1', '169.254.1.1', 'fe80::1', 'fd00::1'].every(isLocal),
    ).toBe(true);
    expect(['11.0.0.1', '172.32.0.1', '192.169.0.1', '8.8.8.8', '2001:db8::1', 'fe::1', '::1'].some(isLocal)).toBe(
      false,
    );
  });
});
