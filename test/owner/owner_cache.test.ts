/** Longest prefix match, ages and bounds of the cache in memory, against a list that is searched from end to end. */
import { describe, expect, it } from 'vitest';
import { intToAddress } from '../../src/host/address/address.ts';
import type { CacheEntry } from '../../src/owner/cache_entry.ts';
import { NOT_ANNOUNCED } from '../../src/owner/owner.ts';
import type { Origin } from '../../src/owner/owner.ts';
import { CACHE_ENTRIES_MAX, NOT_ANNOUNCED_TTL_MS, OWNER_TTL_MS, OwnerCache } from '../../src/owner/owner_cache.ts';
import { addressNumber, bitsOf, contains, parsePrefix, prefixOf, prefixText } from '../../src/owner/prefix.ts';
import type { AddressNumber, Prefix } from '../../src/owner/prefix.ts';
import { PrefixTable } from '../../src/owner/prefix_table.ts';
import { random } from '../builders/random.ts';

const NOW = 1_700_000_000_000;

function at(text: string): AddressNumber {
  const number = addressNumber(text);
  if (number === undefined) throw new Error(text);
  return number;
}

function origin(asn: number | null, prefix: string | null, name = `AS${asn}`): Origin {
  return {
    ...NOT_ANNOUNCED,
    asn,
    prefix,
    name: asn === null ? null : name,
    country: 'NL',
    registry: 'ripencc',
    allocated: '2001-02-03',
  };
}

describe('prefixes', () => {
  it('are an address and a length, and no bits behind it', () => {
    for (const text of ['0.0.0.0/0', '8.8.8.0/24', '8.8.8.8/32', '::/0', '2001:db8::/32', '2001:db8::1/128']) {
      const prefix = parsePrefix(text);
      expect(prefix === undefined ? undefined : prefixText(prefix)).toBe(text);
    }
    for (const text of [
      '',
      '/',
      '8.8.8.0',
      '8.8.8.0/',
      '8.8.8.0/33',
      '8.8.8.0/24 ',
      '8.8.8.0/+24',
      '8.8.8.0/024',
      '8.8.8.0/2.4',
      '8.8.8.8/24',
      '::/129',
      '2001:db8::1/64',
      '8.8.8.0/24/24',
      '8.8.8/24',
      'NA',
    ]) {
      expect(parsePrefix(text), text).toBeUndefined();
    }
  });

  it('are matched longest first, in both families, like a list searched from end to end', () => {
    const { below: pick } = random(7);
    const table = new PrefixTable<Prefix>();
    const list: Prefix[] = [];
    const address = (): AddressNumber => {
      const family = pick(2) === 0 ? 4 : 6;
      // Few different bits, so that prefixes lie in each other.
      const bits = Array.from({ length: bitsOf(family) }, (_, n) => (n % 7 === 0 ? pick(2) : 0)).join('');
      return { family, value: BigInt(`0b${bits}`) };
    };
    for (let n = 0; n < 600; n++) {
      const one = address();
      const prefix = prefixOf(one, pick(bitsOf(one.family) + 1));
      table.set(prefix, prefix);
      if (!list.some((other) => prefixText(other) === prefixText(prefix))) list.push(prefix);
      if (n % 5 === 0) {
        const [gone] = list.splice(pick(list.length), 1);
        if (gone !== undefined) table.delete(gone);
      }
    }
    expect(table.size).toBe(list.length);
    let found = 0;
    for (let n = 0; n < 2_000; n++) {
      const one = address();
      const accept = (prefix: Prefix): boolean => prefix.length % 3 !== 0;
      const best = list
        .filter((prefix) => contains(prefix, one) && accept(prefix))
        .sort((a, b) => b.length - a.length)[0];
      expect(table.match(one, accept)).toEqual(best);
      if (best !== undefined) found++;
    }
    expect(found).toBeGreaterThan(500);
  });
});

describe('the cache', () => {
  it('gives one answer to the whole prefix, the longest one first', () => {
    const cache = new OwnerCache(() => NOW);
    expect(cache.add(at('8.8.8.8'), [origin(1, '8.0.0.0/9')])).toBe(true);
    expect(cache.add(at('8.8.8.8'), [origin(2, '8.8.8.0/24')])).toBe(true);
    expect(cache.get(at('8.8.8.1'))?.asn).toBe(2);
    expect(cache.get(at('8.8.9.1'))?.asn).toBe(1);
    expect(cache.get(at('8.200.0.1'))).toBeUndefined();
    expect(cache.get(at('::808:808'))).toBeUndefined();
  });

  it('keeps what is not announced for that address only', () => {
    const cache = new OwnerCache(() => NOW);
    cache.add(at('8.8.8.8'), [NOT_ANNOUNCED]);
    expect(cache.get(at('8.8.8.8'))).toMatchObject({ asn: null, prefix: null, scope: 'global' });
    expect(cache.get(at('8.8.8.9'))).toBeUndefined();
  });

  it('keeps all origins of the longest prefix, in order, each AS once', () => {
    const cache = new OwnerCache(() => NOW);
    cache.add(at('8.8.8.8'), [
      origin(2, '8.8.0.0/16'),
      origin(3, '8.8.8.0/24'),
      origin(1, '8.8.8.0/24'),
      origin(3, '8.8.8.0/24', 'again'),
    ]);
    expect(cache.get(at('8.8.7.7')), 'a /16 may have other, longer prefixes').toBeUndefined();
    expect(cache.get(at('8.8.8.8'))?.origins.map(({ asn }) => asn)).toEqual([3, 1]);
    const again = new OwnerCache(() => NOW, cache.entries());
    expect(again.get(at('8.8.8.8'))).toEqual(cache.get(at('8.8.8.8')));
  });

  it('keeps no prefix that would answer for a large part of the Internet, or for another one', () => {
    const cache = new OwnerCache(() => NOW);
    for (const prefix of ['0.0.0.0/0', '8.0.0.0/7', '9.9.9.0/24', '::/0', 'nonsense'])
      expect(cache.add(at('8.8.8.8'), [origin(1, prefix)]), prefix).toBe(false);
    expect(cache.add(at('2a00::1'), [origin(1, '2000::/3')])).toBe(false);
    expect(cache.entries()).toEqual([]);
    expect(cache.changed).toBe(false);
  });

  it('forgets after 7 days, or after one day when not announced, to the millisecond', () => {
    for (const [asn, ttl] of [
      [1, OWNER_TTL_MS],
      [null, NOT_ANNOUNCED_TTL_MS],
    ] as const) {
      let now = NOW;
      const cache = new OwnerCache(() => now);
      cache.add(at('8.8.8.8'), [origin(asn, asn === null ? null : '8.8.8.0/24')]);
      now = NOW + ttl - 1;
      expect(cache.get(at('8.8.8.8'))?.asn).toBe(asn);
      expect(cache.entries()).toHaveLength(1);
      now = NOW + ttl;
      expect(cache.get(at('8.8.8.8'))).toBeUndefined();
      expect(cache.entries()).toEqual([]);
    }
    expect([OWNER_TTL_MS, NOT_ANNOUNCED_TTL_MS]).toEqual([7 * 24 * 3600 * 1000, 24 * 3600 * 1000]);
  });

  it('does not trust an answer from the future', () => {
    let now = NOW;
    const cache = new OwnerCache(() => now);
    cache.add(at('8.8.8.8'), [origin(1, '8.8.8.0/24')]);
    now = NOW - 1;
    expect(cache.get(at('8.8.8.8'))).toBeUndefined();
  });

  it('does not fall back to a wider prefix when the longest is too old', () => {
    let now = NOW;
    const cache = new OwnerCache(() => now);
    cache.add(at('8.8.8.8'), [origin(2, '8.8.8.0/24')]);
    now += 1_000;
    cache.add(at('8.8.9.1'), [origin(1, '8.8.0.0/16')]);
    now = NOW + OWNER_TTL_MS;
    expect(cache.get(at('8.8.8.8'))).toBeUndefined();
    expect(cache.get(at('8.8.9.2'))?.asn).toBe(1);
  });

  it('holds 50,000 origins; the oldest go first', () => {
    let now = NOW;
    const cache = new OwnerCache(() => now);
    const address = (n: number): string => intToAddress(BigInt(0x0b000000 + n), 4);
    for (let n = 0; n < CACHE_ENTRIES_MAX + 10; n++) {
      now = NOW + n;
      cache.add(at(address(n)), [origin(n, `${address(n)}/32`)]);
    }
    expect(cache.entries()).toHaveLength(50_000);
    expect(cache.get(at(address(9)))).toBeUndefined();
    expect(cache.get(at(address(10)))?.asn).toBe(10);
    // An answer that came again is young.
    now++;
    cache.add(at(address(10)), [origin(10, `${address(10)}/32`)]);
    cache.add(at('9.9.9.9'), [origin(1, '9.9.9.9/32'), origin(2, '9.9.9.9/32')]);
    expect(cache.get(at(address(10)))?.asn).toBe(10);
    expect(cache.get(at(address(12)))).toBeUndefined();
    expect(cache.get(at(address(13)))?.asn).toBe(13);
    const entries = cache.entries();
    expect(entries).toHaveLength(50_000);
    expect(entries.map(({ fetchedAt }) => fetchedAt)).toEqual(
      entries.map(({ fetchedAt }) => fetchedAt).sort((a, b) => a - b),
    );
  });

  it('takes the youngest of too many entries, in whatever order they come', () => {
    const entry = (n: number): CacheEntry => ({
      prefix: `${intToAddress(BigInt(0x0b000000 + n), 4)}/32`,
      asn: n,
      asName: null,
      country: null,
      registry: null,
      allocated: null,
      fetchedAt: NOW - n,
    });
    const cache = new OwnerCache(
      () => NOW,
      Array.from({ length: 50_100 }, (_, n) => entry(n)),
    );
    expect(cache.entries()).toHaveLength(50_000);
    expect(cache.get(at('11.0.0.0'))?.asn).toBe(0);
    expect(cache.get(at('11.0.195.180'))).toBeUndefined();
    expect(cache.changed).toBe(false);
  });
});
