/** A bucket as storage, against a server on the loopback. What it cannot do, conditional writes, nothing relies on. */
import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage, readObject, readRange, writeObject } from '../../src/cluster/storage.ts';
import { expectRanges } from './expect_ranges.ts';
import { S3Server } from './s3_server.ts';

let server: S3Server;
beforeAll(async () => {
  server = await S3Server.start('captures');
  Object.assign(process.env, server.environment);
});
afterAll(async () => server.stop());

describe('a bucket as storage', () => {
  it('lists, in order, all names that begin with a prefix', async () => {
    const storage = openStorage('s3://captures/list');
    expect(await storage.list('')).toEqual([]);
    for (const name of ['work-1/map-2', 'work-1/map-1', 'work-1/reduce-1', 'manifest'])
      await writeObject(storage, name, name);
    await writeObject(openStorage('s3://captures/list-of-another'), 'other', 'x');
    const maps = await storage.list('work-1/map-');
    expect(maps.map(({ name, size }) => [name, size])).toEqual([
      ['work-1/map-1', 12],
      ['work-1/map-2', 12],
    ]);
    expect((await storage.list('')).map(({ name }) => name)).toEqual([
      'manifest',
      'work-1/map-1',
      'work-1/map-2',
      'work-1/reduce-1',
    ]);
    expect((await openStorage('s3://captures').list('list/work-1/')).map(({ name }) => name)).toEqual([
      'list/work-1/map-1',
      'list/work-1/map-2',
      'list/work-1/reduce-1',
    ]);
  });

  it('reads ranges, as often as wanted', async () => {
    const storage = openStorage('s3://captures/ranges');
    await expectRanges(storage);
    await expect(readRange(storage, 'ten', 10, 3)).rejects.toThrow('ten has 0 of 3 bytes from 10 on');
    await expect(readRange(storage, 'none', 0, 3)).rejects.toThrow(/none cannot be read: The specified key does not/);
    expect(await readObject(storage, 'none')).toBeUndefined();
  });

  it('stores files whole, the last of two writers too, and removes their scratch files', async () => {
    const storage = openStorage('s3://captures/put/');
    const [a, b] = [await storage.scratch(), await storage.scratch()];
    writeFileSync(a, 'same');
    writeFileSync(b, 'same');
    await storage.put(a, 'object');
    const first = await storage.stat('object');
    await storage.put(b, 'object');
    expect(await storage.stat('object')).toEqual(first);
    expect((await readObject(storage, 'object'))?.toString()).toBe('same');
    expect([a, b].filter((path) => existsSync(path))).toEqual([]);
    await storage.remove('object');
    await storage.remove('object');
    expect(await storage.stat('object')).toBeUndefined();
  });

  it('sends large files in parts', async () => {
    const storage = openStorage('s3://captures/large');
    const scratch = await storage.scratch();
    const bytes = Buffer.alloc(16 * 2 ** 20 + 100_000, 'abcdefgh');
    writeFileSync(scratch, bytes);
    await storage.put(scratch, 'object');
    expect(await storage.stat('object')).toMatchObject({ size: bytes.length });
    expect((await readObject(storage, 'object'))?.equals(bytes)).toBe(true);
    expect(existsSync(scratch)).toBe(false);
  });

  it('has another tag when the content is another one', async () => {
    const storage = openStorage('s3://captures/tags');
    await writeObject(storage, 'object', 'one');
    const before = await storage.stat('object');
    await writeObject(storage, 'object', 'two');
    expect((await storage.stat('object'))?.tag).not.toBe(before?.tag);
  });

  it('says which bucket is missing', async () => {
    const storage = openStorage('s3://nowhere/prefix');
    await expect(storage.list('')).rejects.toThrow('s3://nowhere/prefix/ cannot be read: there is no such bucket');
    await expect(writeObject(storage, 'object', 'x')).rejects.toThrow(/prefix\/object cannot be written: there is no/);
  });
});
