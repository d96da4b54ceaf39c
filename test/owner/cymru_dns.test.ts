/** The DNS form of the owner service, with a local server. */
import { afterEach, describe, expect, it } from 'vitest';
import { CymruDnsSource } from '../../src/owner/cymru_dns.ts';
import type { OwnerAnswers } from '../../src/owner/owner.ts';
import { startDns } from './dns_server.ts';
import type { DnsServer } from './dns_server.ts';
import { globalAddresses } from './service.ts';

let server: DnsServer | undefined;
afterEach(async () => server?.close());

type Zone = Readonly<Record<string, readonly string[] | number | null>>;

async function ask(
  addresses: readonly string[],
  zone: Zone,
  options: { timeoutMs?: number; wholeMs?: number } = {},
  signal?: AbortSignal,
): Promise<OwnerAnswers> {
  server = await startDns((name) => zone[name]);
  return new CymruDnsSource({ servers: [server.address], ...options }).ask(addresses, signal);
}

const ZONE: Zone = {
  '4.3.2.8.origin.asn.cymru.com': ['15169 | 8.2.3.0/24 | US | arin | 2023-12-28'],
  [`1${'.0'.repeat(19)}.1.0.0.4.0.5.4.1.0.0.a.2.origin6.asn.cymru.com`]: [
    '64500 | 2a00:1450:4001::/48 | NL | ripencc | 2001-02-03',
  ],
  'as15169.asn.cymru.com': ['15169 | US | arin | 2000-03-30 | GOOGLE | with a bar, US'],
  'as64500.asn.cymru.com': ['64500 | NL | ripencc | 2001-02-03 | EXAMPLE-AS, NL'],
};

describe('DNS', () => {
  it('is asked for the address and for the name of the AS, in both families', async () => {
    const { origins, failures, failed } = await ask(['8.2.3.4', '2a00:1450:4001::1'], ZONE);
    expect([failures, failed]).toEqual([[], 0]);
    expect(origins.get('8.2.3.4')).toEqual([
      {
        asn: 15169,
        name: 'GOOGLE | with a bar, US',
        country: 'US',
        prefix: '8.2.3.0/24',
        registry: 'arin',
        allocated: '2023-12-28',
      },
    ]);
    expect(origins.get('2a00:1450:4001::1')).toEqual([
      {
        asn: 64500,
        name: 'EXAMPLE-AS, NL',
        country: 'NL',
        prefix: '2a00:1450:4001::/48',
        registry: 'ripencc',
        allocated: '2001-02-03',
      },
    ]);
  });

  it('is asked for a name once', async () => {
    const addresses = globalAddresses(300);
    const zone = Object.fromEntries(
      addresses.map((address) => [
        `${address.split('.').reverse().join('.')}.origin.asn.cymru.com`,
        [`64500 | ${address}/32 | NL | ripencc | 2001-02-03`],
      ]),
    );
    const { origins } = await ask(addresses, { ...zone, ...ZONE });
    expect(origins.size).toBe(300);
    expect(server?.names).toHaveLength(301);
  });

  it('may say several origins, in one record or in several, and texts longer than one string', async () => {
    const name = 'N'.repeat(250);
    const { origins } = await ask(['8.2.3.4'], {
      ...ZONE,
      '4.3.2.8.origin.asn.cymru.com': [
        '15169 64500 | 8.2.3.0/24 | US | arin | 2023-12-28',
        '7 | 8.2.0.0/16 | US | arin | 2023-12-28',
      ],
      'as7.asn.cymru.com': [`7 | US | arin | 2000-03-30 | ${name}`],
    });
    const found = origins.get('8.2.3.4')?.map((origin) => [origin.asn, origin.name]) ?? [];
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        [15169, 'GOOGLE | with a bar, US'],
        [64500, 'EXAMPLE-AS, NL'],
        [7, name],
      ]),
    );
  });

  it('gives the same for records in any order', async () => {
    const records = ['7 | 8.2.3.0/24 | US | arin | 2023-12-28', '15169 | 8.2.3.0/24 | US | arin | 2023-12-28'];
    const name = '4.3.2.8.origin.asn.cymru.com';
    const asns: unknown[] = [];
    for (const order of [records, records.toReversed()]) {
      const { origins } = await ask(['8.2.3.4'], { ...ZONE, [name]: order });
      asns.push(origins.get('8.2.3.4')?.map(({ asn }) => asn));
      await server?.close();
      server = undefined;
    }
    expect(asns[0]).toHaveLength(2);
    expect(asns[1]).toEqual(asns[0]);
  });

  it('without the name means: not announced; an AS may have no name', async () => {
    const { origins, failures } = await ask(['9.9.9.9', '8.2.3.4'], {
      '4.3.2.8.origin.asn.cymru.com': ['15169 | 8.2.3.0/24 | US | arin | 2023-12-28'],
    });
    expect(origins.get('9.9.9.9')?.[0]).toMatchObject({ asn: null, prefix: null });
    expect(origins.get('8.2.3.4')?.[0]).toMatchObject({ asn: 15169, name: null });
    expect(failures).toEqual([]);
  });

  it('that makes no sense is no answer', async () => {
    const { origins, failures } = await ask(['8.2.3.4'], {
      '4.3.2.8.origin.asn.cymru.com': [
        ' ',
        '|||',
        'x',
        '1 | 9.9.9.0/24 | US | arin | 2023-12-28',
        '1 2 x | 8.2.3.0/24 | | |',
      ],
    });
    expect([origins.size, failures]).toEqual([0, []]);
  });

  it('that fails for one address answers the others', async () => {
    const { origins, failures, failed } = await ask(['8.2.3.4', '9.9.9.9', '2a00:1450:4001::1'], {
      ...ZONE,
      '9.9.9.9.origin.asn.cymru.com': 2,
    });
    expect([origins.size, failed]).toEqual([2, 1]);
    expect(failures[0]).toMatchObject({ code: 'ERR_OWNER_PROTOCOL', message: expect.stringContaining('ESERVFAIL') });
  });

  it('whose answer for the name of an AS fails leaves the address without an answer: it can be asked again', async () => {
    const { origins, failed } = await ask(['8.2.3.4'], { ...ZONE, 'as15169.asn.cymru.com': 2 });
    expect([origins.size, failed]).toEqual([0, 1]);
  });

  it('that is silent is given up', async () => {
    const { failures, failed } = await ask(['8.2.3.4'], { '4.3.2.8.origin.asn.cymru.com': null }, { timeoutMs: 20 });
    expect(failed).toBe(1);
    expect(failures[0]?.code).toBe('ERR_OWNER_TIMEOUT');
  });

  it('has a bound for all questions together, and can be stopped', async () => {
    const addresses = globalAddresses(100);
    const silent = Object.fromEntries(
      addresses.map((address) => [`${address.split('.').reverse().join('.')}.origin.asn.cymru.com`, null]),
    );
    const late = await ask(addresses, silent, { wholeMs: 50 });
    expect([late.failed, late.failures.map(({ code }) => code)]).toEqual([100, ['ERR_OWNER_TIMEOUT']]);
    const stop = new AbortController();
    const asking = ask(addresses, silent, {}, stop.signal);
    setImmediate(() => stop.abort());
    expect((await asking).failed).toBe(100);
  });
});
