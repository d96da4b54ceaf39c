/** The cache on disk: what is written and read, what is refused, what is set aside. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheText, parseCache } from '../../src/owner/cache_entry.ts';
import type { CacheEntry } from '../../src/owner/cache_entry.ts';
import { CACHE_BYTES_MAX, CacheFile } from '../../src/owner/cache_file.ts';
import { defaultCacheFolder } from '../../src/owner/cache_folder.ts';

const isRoot = process.geteuid?.() === 0;
const base = mkdtempSync(join(tmpdir(), 'pcapflow-cache-'));
afterAll(() => rmSync(base, { recursive: true }));

let home = '';
let folder = '';
let path = '';
let count = 0;
beforeEach(() => {
  home = join(base, String(count++));
  mkdirSync(home);
  folder = join(home, 'pcapflow');
  path = join(folder, 'owners.json');
});
const umask = process.umask();
afterEach(() => void process.umask(umask));

const ENTRY: CacheEntry = {
  prefix: '8.8.8.0/24',
  asn: 15169,
  asName: 'GOOGLE \u001b[31m, US',
  country: 'US',
  registry: 'arin',
  allocated: '2023-12-28',
  fetchedAt: 1_700_000_000_000,
};
const GONE: CacheEntry = {
  ...ENTRY,
  prefix: '2a00::1/128',
  asn: null,
  asName: null,
  country: null,
  registry: null,
  allocated: null,
};
const ENTRIES = [ENTRY, GONE];

const mode = (of: string): string => (statSync(of).mode & 0o7777).toString(8);
const refusal = { code: 'ERR_CACHE_UNSAFE' };

/** Both reading and writing refuse, and nothing is changed. */
async function expectRefused(reason: string): Promise<void> {
  const file = new CacheFile(folder);
  for (const task of [(): Promise<unknown> => file.read(), (): Promise<unknown> => file.write(ENTRIES)]) {
    await expect(task()).rejects.toMatchObject({ ...refusal, message: expect.stringContaining(reason) });
  }
}

describe('the file', () => {
  it('gives back what was written', async () => {
    await new CacheFile(folder).write(ENTRIES);
    expect(await new CacheFile(folder).read()).toEqual(ENTRIES);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 1, entries: ENTRIES });
    expect(readdirSync(folder)).toEqual(['owners.json']);
  });

  it('is empty where there is none, and reading makes nothing', async () => {
    expect(await new CacheFile(folder).read()).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder, { mode: 0o700 });
    expect(await new CacheFile(folder).read()).toEqual([]);
  });

  it('is for its user only, whatever the umask', async () => {
    process.umask(0);
    await new CacheFile(join(home, 'a', 'b', 'pcapflow')).write(ENTRIES);
    expect(['a', 'a/b', 'a/b/pcapflow', 'a/b/pcapflow/owners.json'].map((one) => mode(join(home, one)))).toEqual([
      '700',
      '700',
      '700',
      '600',
    ]);
    chmodSync(join(home, 'a/b/pcapflow/owners.json'), 0o644);
    await new CacheFile(join(home, 'a', 'b', 'pcapflow')).write(ENTRIES);
    expect(mode(join(home, 'a/b/pcapflow/owners.json'))).toBe('600');
  });

  it('is a new one each time: who holds the old one open still reads the old one', async () => {
    await new CacheFile(folder).write(ENTRIES);
    const old = join(home, 'old');
    linkSync(path, old);
    await new CacheFile(folder).write([]);
    expect(parseCache(readFileSync(old, 'utf8'))).toEqual(ENTRIES);
    expect(await new CacheFile(folder).read()).toEqual([]);
  });

  it('is whole when many write at once', async () => {
    const lists = Array.from({ length: 20 }, (_, n) => Array.from({ length: 50 * n }, () => ({ ...ENTRY, asn: n })));
    await Promise.all(lists.map((entries) => new CacheFile(folder).write(entries)));
    const entries = await new CacheFile(folder).read();
    expect(lists).toContainEqual(entries);
    expect(readdirSync(folder)).toEqual(['owners.json']);
  });

  it('stays below what would be read, by leaving out the older half', async () => {
    const long = Array.from({ length: 40_000 }, (_, n) => ({ ...ENTRY, asn: n, asName: 'x'.repeat(1_000) }));
    await new CacheFile(folder).write(long);
    expect(statSync(path).size).toBeLessThanOrEqual(CACHE_BYTES_MAX);
    expect((await new CacheFile(folder).read()).map(({ asn }) => asn)).toEqual(
      long.slice(20_000).map(({ asn }) => asn),
    );
  });

  it('has old leavings of killed processes removed beside it, and nothing else', async () => {
    mkdirSync(folder, { mode: 0o700 });
    const names = ['owners.json.1.0123456789ab.new', 'owners.json.2.0123456789ab.new', 'owners.json.new', 'other'];
    for (const name of names) writeFileSync(join(folder, name), '');
    for (const name of names.filter((one) => !one.startsWith('owners.json.2'))) utimesSync(join(folder, name), 0, 0);
    await new CacheFile(folder).write(ENTRIES);
    expect(readdirSync(folder).sort()).toEqual([
      'other',
      'owners.json',
      'owners.json.2.0123456789ab.new',
      'owners.json.new',
    ]);
  });
});

describe('a file that makes no sense is set aside', () => {
  const fields: readonly (readonly [string, unknown])[] = [
    ['prefix', '8.8.8.8/24'],
    ['prefix', ''],
    ['prefix', 8],
    ['asn', -1],
    ['asn', 2 ** 32],
    ['asn', 1.5],
    ['asn', '1'],
    ['asn', undefined],
    ['asName', 5],
    ['asName', 'x'.repeat(1_025)],
    ['asName', undefined],
    ['country', 'us'],
    ['country', 'USA'],
    ['country', 1],
    ['registry', {}],
    ['allocated', []],
    ['fetchedAt', -1],
    ['fetchedAt', 1e17],
    ['fetchedAt', null],
    ['fetchedAt', '2020-01-01'],
  ];
  const texts: readonly (readonly [string, string])[] = [
    ['empty', ''],
    ['half', cacheText(ENTRIES).slice(0, 100)],
    ['no JSON', '\0\0\0'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no version', '{"entries":[]}'],
    ['version 2', '{"version":2,"entries":[]}'],
    ['version "1"', '{"version":"1","entries":[]}'],
    ['no entries', '{"version":1}'],
    ['entries that are none', '{"version":1,"entries":[1,null,[]]}'],
    ['deep', `{"version":1,"entries":${'['.repeat(100_000)}`],
    ...fields.map(
      ([field, value]) =>
        [
          `${field} ${String(JSON.stringify(value)).slice(0, 20)}`,
          JSON.stringify({ version: 1, entries: [ENTRY, { ...ENTRY, [field]: value }] }),
        ] as const,
    ),
  ];
  it.each(texts)('a cache file is set aside: %s', async (_, text) => {
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(path, text);
    expect(await new CacheFile(folder).read()).toEqual([]);
    expect(readdirSync(folder)).toEqual(['owners.json.bad']);
    expect(readFileSync(`${path}.bad`, 'utf8')).toBe(text);
    await new CacheFile(folder).write(ENTRIES);
    expect(await new CacheFile(folder).read()).toEqual(ENTRIES);
  });

  it('too large: 32 MiB are read, one byte more is not', async () => {
    mkdirSync(folder, { mode: 0o700 });
    const text = cacheText(ENTRIES);
    writeFileSync(path, text + ' '.repeat(CACHE_BYTES_MAX - text.length));
    expect(await new CacheFile(folder).read()).toEqual(ENTRIES);
    truncateSync(path, CACHE_BYTES_MAX + 1);
    expect(await new CacheFile(folder).read()).toEqual([]);
    expect(readdirSync(folder)).toEqual(['owners.json.bad']);
    expect(CACHE_BYTES_MAX).toBe(33_554_432);
  });

  it('and takes the place of one that was set aside before', async () => {
    mkdirSync(folder, { mode: 0o700 });
    for (const text of ['first', 'second']) {
      writeFileSync(path, text);
      await new CacheFile(folder).read();
    }
    expect(readFileSync(`${path}.bad`, 'utf8')).toBe('second');
  });
});

describe('the cache is off', () => {
  it('when the folder is a symbolic link', async () => {
    const other = join(home, 'other');
    mkdirSync(other, { mode: 0o700 });
    symlinkSync(other, folder);
    await expectRefused('is a symbolic link');
    expect(readdirSync(other)).toEqual([]);
  });

  it('when the folder is a symbolic link to nothing', async () => {
    symlinkSync(join(home, 'nothing'), folder);
    await expect(new CacheFile(folder).read()).rejects.toMatchObject(refusal);
    await expect(new CacheFile(folder).write(ENTRIES)).rejects.toMatchObject(refusal);
    expect(existsSync(join(home, 'nothing'))).toBe(false);
  });

  it('when the file is a symbolic link, to something or to nothing', async () => {
    mkdirSync(folder, { mode: 0o700 });
    const target = join(home, 'target');
    for (const text of [undefined, cacheText(ENTRIES)]) {
      if (text !== undefined) writeFileSync(target, text);
      rmSync(path, { force: true });
      symlinkSync(target, path);
      await expectRefused('is a symbolic link');
      expect(lstatSync(path).isSymbolicLink()).toBe(true);
      expect(existsSync(target) ? readFileSync(target, 'utf8') : undefined).toBe(text);
    }
  });

  it('when others can write to the folder', async () => {
    mkdirSync(folder);
    for (const bits of [0o722, 0o720, 0o702, 0o777]) {
      chmodSync(folder, bits);
      await expectRefused('can be written to by others');
    }
    chmodSync(folder, 0o755);
    await new CacheFile(folder).write(ENTRIES);
    expect(await new CacheFile(folder).read()).toEqual(ENTRIES);
  });

  it('when others can write to the file', async () => {
    await new CacheFile(folder).write(ENTRIES);
    for (const bits of [0o622, 0o620, 0o602]) {
      chmodSync(path, bits);
      await expectRefused('can be written to by others');
    }
    chmodSync(path, 0o644);
    expect(await new CacheFile(folder).read()).toEqual(ENTRIES);
  });

  it.skipIf(!isRoot)('when the file belongs to somebody else (needs root)', async () => {
    await new CacheFile(folder).write(ENTRIES);
    chownSync(path, 1, 1);
    await expectRefused('belongs to user 1, not to user 0; remove it');
  });

  it('when the folder or the file is something else', async () => {
    writeFileSync(folder, '');
    await expect(new CacheFile(folder).read()).rejects.toMatchObject(refusal);
    rmSync(folder);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    await expectRefused('is not a regular file');
    rmSync(path, { recursive: true });
    // A pipe without a writer would hold its reader up for ever.
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    await expectRefused('is not a regular file');
  });

  it.skipIf(!isRoot)('when the folder, or the one it is in, belongs to somebody else (needs root)', async () => {
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, 1, 1);
    await expectRefused('belongs to user 1, not to user 0');
    chownSync(folder, 0, 0);
    chownSync(home, 1, 1);
    await expectRefused('belongs to user 1, not to user 0');
  });

  it.skipIf(isRoot)('when the folder cannot be written (not as root)', async () => {
    chmodSync(home, 0o500);
    await expect(new CacheFile(folder).write(ENTRIES)).rejects.toMatchObject(refusal);
    chmodSync(home, 0o700);
  });
});

describe('a full disk', () => {
  const tryMount = join(base, 'mount');
  mkdirSync(tryMount);
  const canMount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', tryMount]).status === 0;
  afterAll(() => void (canMount && spawnSync('umount', [tryMount])));

  it.skipIf(!canMount)('is an error that leaves the old file as it was (needs the right to mount)', async () => {
    const file = new CacheFile(join(tryMount, 'pcapflow'));
    await file.write(ENTRIES);
    const many = Array.from({ length: 20_000 }, () => ENTRY);
    await expect(file.write(many)).rejects.toMatchObject({ ...refusal, message: expect.stringContaining('ENOSPC') });
    expect(await file.read()).toEqual(ENTRIES);
    expect(readdirSync(join(tryMount, 'pcapflow'))).toEqual(['owners.json']);
  });
});

describe('the folder', () => {
  const user = (uid: number): { uid: number; home: () => string } => ({ uid, home: () => '/root-of-passwd' });

  it('is that of XDG, or below the home folder', () => {
    expect(defaultCacheFolder({ XDG_CACHE_HOME: '/x', HOME: '/h' }, user(1000))).toBe('/x/pcapflow');
    expect(defaultCacheFolder({ HOME: '/h' }, user(1000))).toBe('/h/.cache/pcapflow');
    for (const relative of ['', 'x', './x'])
      expect(defaultCacheFolder({ XDG_CACHE_HOME: relative, HOME: '/h' }, user(1000))).toBe('/h/.cache/pcapflow');
  });

  it("is root's under sudo, whatever the environment of the caller says", () => {
    const env = { SUDO_UID: '1000', XDG_CACHE_HOME: '/home/user/.cache', HOME: '/home/user' };
    expect(defaultCacheFolder(env, user(0))).toBe('/root-of-passwd/.cache/pcapflow');
    // sudo -u other: not root.
    expect(defaultCacheFolder(env, user(1000))).toBe('/home/user/.cache/pcapflow');
    expect(defaultCacheFolder({ HOME: '/root' }, user(0))).toBe('/root/.cache/pcapflow');
  });
});
