/** Owners from a local database, which a builder makes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openMmdb } from '../../src/owner/mmdb.ts';
import type { Origin, OwnerSource } from '../../src/owner/owner.ts';
import { mmdb } from '../builders/mmdb.ts';
import type { MmdbValue } from '../builders/mmdb.ts';
import { random } from '../builders/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-mmdb-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function file(bytes: Uint8Array): string {
  const path = join(folder, `${count++}.mmdb`);
  writeFileSync(path, bytes);
  return path;
}

const NETWORKS: Readonly<Record<string, MmdbValue>> = {
  '8.8.8.0/24': { autonomous_system_number: 15169, autonomous_system_organization: 'GOOGLE' },
  '9.9.0.0/16': {
    autonomous_system_number: 19281,
    autonomous_system_organization: 'Ünïcode \u001b[1m',
    country: { iso_code: 'CH' },
  },
  '2a00:1450::/29': { autonomous_system_number: 4294967295, autonomous_system_organization: 'x'.repeat(280) },
  '5.5.5.5/32': { country: { iso_code: 'DE' } },
  '6.6.6.0/24': { autonomous_system_number: 6, autonomous_system_organization: '' },
  '7.7.7.0/24': ['no', 'map'],
};

async function origins(source: OwnerSource, ...addresses: readonly string[]): Promise<(Origin | undefined)[]> {
  const { origins: found, failures } = await source.ask(addresses);
  expect(failures).toEqual([]);
  return addresses.map((address) => found.get(address)?.[0]);
}

const NOBODY = { asn: null, name: null, country: null, prefix: null, registry: null, allocated: null };

describe('a database', () => {
  it('gives AS number, name, country and prefix, in both families', async () => {
    const source = await openMmdb(file(mmdb(NETWORKS)));
    expect(await origins(source, '8.8.8.8', '9.9.9.9', '2a00:1451::1', '6.6.6.6')).toEqual([
      { ...NOBODY, asn: 15169, name: 'GOOGLE', prefix: '8.8.8.0/24' },
      { ...NOBODY, asn: 19281, name: 'Ünïcode \u001b[1m', country: 'CH', prefix: '9.9.0.0/16' },
      { ...NOBODY, asn: 4294967295, name: 'x'.repeat(280), prefix: '2a00:1450::/29' },
      { ...NOBODY, asn: 6, prefix: '6.6.6.0/24' },
    ]);
  });

  it('may know the country only, or nothing', async () => {
    const source = await openMmdb(file(mmdb(NETWORKS)));
    expect(await origins(source, '5.5.5.5', '1.1.1.1', '7.7.7.7', '2606:4700::1')).toEqual([
      { ...NOBODY, country: 'DE' },
      NOBODY,
      NOBODY,
      NOBODY,
    ]);
  });

  it('of IPv4 addresses says nothing of IPv6', async () => {
    const v4 = Object.fromEntries(Object.entries(NETWORKS).filter(([prefix]) => !prefix.includes(':')));
    const source = await openMmdb(file(mmdb(v4, { ipVersion: 4 })));
    expect(await origins(source, '8.8.8.8', '808:808::', '9.9.9.9')).toMatchObject([
      { asn: 15169 },
      NOBODY,
      { prefix: '9.9.0.0/16' },
    ]);
  });

  it('has fields of any kind', async () => {
    const source = await openMmdb(
      file(
        mmdb({
          '1.0.0.0/24': { autonomous_system_number: 'AS1', autonomous_system_organization: 'text' },
          '1.0.1.0/24': { autonomous_system_number: 1, autonomous_system_organization: 5, country: 'NL' },
          '1.0.2.0/24': { autonomous_system_number: 2, country: { iso_code: 'nl' } },
        }),
      ),
    );
    expect(await origins(source, '1.0.0.1', '1.0.1.1', '1.0.2.1')).toEqual([
      NOBODY,
      { ...NOBODY, asn: 1, country: 'NL', prefix: '1.0.1.0/24' },
      { ...NOBODY, asn: 2, prefix: '1.0.2.0/24' },
    ]);
  });
});

describe('schemas', () => {
  const one = async (record: MmdbValue, address = '8.8.8.8', prefix = '8.8.8.0/24') =>
    (await origins(await openMmdb(file(mmdb({ [prefix]: record }))), address))[0];

  it.each<[string, MmdbValue, Partial<Origin>]>([
    [
      'GeoLite2-ASN',
      { autonomous_system_number: 15169, autonomous_system_organization: 'GOOGLE' },
      { asn: 15169, name: 'GOOGLE', prefix: '8.8.8.0/24' },
    ],
    [
      'GeoLite2-Country',
      { continent: { code: 'NA' }, country: { iso_code: 'US', names: { en: 'United States' } } },
      { country: 'US' },
    ],
    ['GeoLite2-Country of a registration', { registered_country: { iso_code: 'DE' } }, { country: 'DE' }],
    [
      'GeoLite2-City',
      { city: { names: { en: 'Zürich' } }, country: { iso_code: 'CH' }, location: { accuracy_radius: 20 } },
      { country: 'CH' },
    ],
    [
      'GeoIP2-Enterprise',
      {
        country: { iso_code: 'US' },
        traits: { autonomous_system_number: 7018, autonomous_system_organization: 'ATT' },
      },
      { asn: 7018, name: 'ATT', country: 'US', prefix: '8.8.8.0/24' },
    ],
    [
      'ipinfo ASN',
      { asn: 'AS15169', domain: 'google.com', name: 'Google LLC', route: '8.8.0.0/16', type: 'hosting' },
      { asn: 15169, name: 'Google LLC', prefix: '8.8.0.0/16' },
    ],
    [
      'ipinfo ASN with the route of another network',
      { asn: 'AS15169', name: 'Google LLC', route: '9.9.0.0/16' },
      { asn: 15169, name: 'Google LLC', prefix: '8.8.8.0/24' },
    ],
    [
      'ipinfo Lite',
      {
        as_name: 'Google LLC',
        asn: 'AS15169',
        continent: 'North America',
        country: 'United States',
        country_code: 'US',
      },
      { asn: 15169, name: 'Google LLC', country: 'US', prefix: '8.8.8.0/24' },
    ],
    ['ipinfo Country', { continent: 'EU', country: 'DE', country_name: 'Germany' }, { country: 'DE' }],
  ])('%s gives what it has, the rest is null', async (_, record, expected) => {
    expect(await one(record)).toEqual({ ...NOBODY, ...expected });
  });

  it('are seen in a database of IPv6 addresses too', async () => {
    expect(await one({ asn: 'AS1' }, '2001:4860::1', '2001:4860::/32')).toMatchObject({ asn: 1 });
    await expect(one({ is_anonymous: 1 }, '2001:4860::1', '2001:4860::/32')).rejects.toThrow('neither AS numbers');
  });

  it('that have nothing of owners are refused in one sentence', async () => {
    const path = file(mmdb({ '8.8.8.0/24': { is_anonymous_proxy: 1 }, '9.9.9.0/24': { connection_type: 'Cable' } }));
    await expect(openMmdb(path)).rejects.toMatchObject({
      code: 'ERR_OWNER_PROTOCOL',
      message:
        `${path} cannot be used as a database of owners: its records (type "Test") have neither AS numbers nor ` +
        'countries; it takes ASN, Country or City of MaxMind, or one of ipinfo',
    });
  });
});

describe('a file', () => {
  const refusal = (path: string): object => ({ code: 'ERR_OWNER_PROTOCOL', message: expect.stringContaining(path) });

  it('that is missing, empty, something else or of another version is refused', async () => {
    const paths = [
      join(folder, 'missing'),
      folder,
      file(new Uint8Array(0)),
      file(Buffer.from('this is text')),
      file(mmdb(NETWORKS, { major: 3 })),
      file(mmdb(NETWORKS).subarray(0, -40)),
    ];
    for (const path of paths) await expect(openMmdb(path)).rejects.toMatchObject(refusal(path));
  });

  it.each([
    ['that is empty', new Uint8Array(0), 'it is empty; download it again'],
    ['that is cut', mmdb(NETWORKS).subarray(0, -200), 'it does not end as a MaxMind DB does: it is cut'],
    ['of another kind', Buffer.from('network,asn\n8.8.8.0/24,15169\n'), 'it does not end as a MaxMind DB does'],
    ['packed by gzip', gzipSync(mmdb(NETWORKS)), 'it is compressed with gzip; unpack it first (gunzip FILE)'],
    ['packed by zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), 'it is compressed with zstd'],
    ['packed by xz', Buffer.from('fd377a585a00', 'hex'), 'it is compressed with xz'],
    ['packed by bzip2', Buffer.from('BZh91AY'), 'it is compressed with bzip2'],
    ['in a zip archive', Buffer.from('PK\x03\x04....'), 'it is a zip archive; unpack it first (unzip FILE)'],
    ['in a tar archive', Buffer.from(`${'\0'.repeat(257)}ustar`), 'it is a tar archive'],
  ])('%s is refused in one sentence', async (_, bytes, reason) => {
    const path = file(bytes);
    await expect(openMmdb(path)).rejects.toMatchObject({
      code: 'ERR_OWNER_PROTOCOL',
      message: expect.stringContaining(`${path} cannot be used as a database of owners: ${reason}`),
    });
  });

  it('whose tree was cut out is refused', async () => {
    const whole = mmdb(NETWORKS);
    await expect(openMmdb(file(whole.subarray(whole.length - 260)))).rejects.toThrow('cut');
  });

  it('that is damaged is refused, or fails some addresses, or says something else, but never breaks', async () => {
    const { seed, below } = random(20261121);
    const good = mmdb(NETWORKS);
    const addresses = ['8.8.8.8', '9.9.9.9', '2a00:1451::1', '5.5.5.5', '1.1.1.1'];
    let refused = 0;
    let failures = 0;
    for (let n = 0; n < 300; n++) {
      const bytes = Uint8Array.from(good);
      for (let k = 0; k < 4; k++) bytes[below(bytes.length)] = below(256);
      let source: OwnerSource;
      try {
        source = await openMmdb(file(bytes));
      } catch (error) {
        expect(error, `seed ${seed}`).toMatchObject({ code: 'ERR_OWNER_PROTOCOL' });
        refused++;
        continue;
      }
      const answers = await source.ask(addresses);
      expect(answers.origins.size + answers.failed, `seed ${seed}`).toBe(addresses.length);
      failures += answers.failed;
    }
    expect(refused).toBeGreaterThan(0);
    expect(failures).toBeGreaterThan(0);
  });
});
