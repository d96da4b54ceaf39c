/** Owners from a local database, which a builder makes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
      { ...NOBODY, asn: 1, prefix: '1.0.1.0/24' },
      { ...NOBODY, asn: 2, prefix: '1.0.2.0/24' },
    ]);
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
