/** A folder as storage: objects are whole or not there. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { expectRanges } from './expect_ranges.ts';
import { inputAt, LocalStorage, openStorage, readObject, readRange, writeObject } from '../../src/cluster/storage.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pcapflow-storage-'));
  folders.push(path);
  return path;
}

describe('a folder as storage', () => {
  it('lists, in order, what begins with a prefix', async () => {
    const storage = new LocalStorage(join(folder(), 'made/when/needed'));
    expect(await storage.list('')).toEqual([]);
    for (const name of ['work-1/map-2.json', 'work-1/map-1.json', 'work-1/reduce-1.json', 'manifest.json'])
      await writeObject(storage, name, name);
    expect((await storage.list('work-1/map-')).map(({ name, size }) => [name, size])).toEqual([
      ['work-1/map-1.json', 17],
      ['work-1/map-2.json', 17],
    ]);
    expect((await storage.list('')).map(({ name }) => name)).toEqual(['manifest.json']);
    expect(await storage.list('none/')).toEqual([]);
  });

  it('reads ranges, as often as wanted', async () => {
    const storage = openStorage(folder());
    await expectRanges(storage);
    await expect(readRange(storage, 'none', 0, 3)).rejects.toThrow(/none cannot be read: ENOENT/);
    expect(await readObject(storage, 'none')).toBeUndefined();
    expect(await readObject(storage, 'ten/more')).toBeUndefined();
  });

  it('gives a name to what is whole, and leaves nothing else', async () => {
    const path = folder();
    const storage = openStorage(path);
    const [a, b] = [await storage.scratch(), await storage.scratch()];
    expect(a).not.toBe(b);
    writeFileSync(a, 'same');
    writeFileSync(b, 'same');
    expect(await storage.list('')).toEqual([]);
    await storage.put(a, 'object');
    await storage.put(b, 'object');
    expect(readdirSync(path)).toEqual(['object']);
    expect(readFileSync(join(path, 'object'), 'utf8')).toBe('same');
    mkdirSync(join(path, 'folder'));
    const c = await storage.scratch();
    writeFileSync(c, 'other');
    await expect(storage.put(c, 'folder')).rejects.toThrow(/folder cannot be written/);
    expect(readdirSync(path)).toEqual(['folder', 'object']);
    await storage.remove('object');
    await storage.remove('object');
    expect(await storage.stat('object')).toBeUndefined();
  });

  it('has another tag when the content is another one', async () => {
    const path = folder();
    const storage = openStorage(path);
    await writeObject(storage, 'object', 'one');
    const before = await storage.stat('object');
    expect(await storage.stat('object')).toEqual(before);
    utimesSync(join(path, 'object'), 1, 1);
    expect((await storage.stat('object'))?.tag).not.toBe(before?.tag);
  });

  it('removes what processes have left behind, a day later', async () => {
    const path = folder();
    const storage = new LocalStorage(path);
    writeFileSync(await storage.scratch(), 'half');
    writeFileSync(join(path, 'object'), 'whole');
    await storage.sweep(Date.now());
    expect(readdirSync(path)).toHaveLength(2);
    await storage.sweep(Date.now() + 25 * 3600 * 1000);
    expect(readdirSync(path)).toEqual(['object']);
  });

  it('is where a path or the URL of a bucket is, and nothing else', () => {
    const { storage, name } = inputAt('/captures/today/a.pcap');
    expect([storage.url, name]).toEqual(['/captures/today', 'a.pcap']);
    const object = inputAt('s3://bucket/today/a.pcap');
    expect([object.storage.url, object.name]).toEqual(['s3://bucket/today', 'a.pcap']);
    expect(() => openStorage('captures')).toThrow('captures: an absolute path or s3://bucket/prefix is expected');
  });
});
