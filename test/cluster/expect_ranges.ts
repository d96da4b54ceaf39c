import { expect } from 'vitest';
import { readRange, writeObject } from '../../src/cluster/storage.ts';
import type { Storage } from '../../src/cluster/storage.ts';

/** Any storage gives the bytes of an object from a place on, as often as wanted. Leaves the object `ten`. */
export async function expectRanges(storage: Storage): Promise<void> {
  await writeObject(storage, 'ten', '0123456789');
  expect((await readRange(storage, 'ten', 3, 4)).toString()).toBe('3456');
  const range = storage.open('ten', 8, 100);
  for (let time = 0; time < 2; time++) {
    const pieces: Uint8Array[] = [];
    for await (const piece of range) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('89');
  }
  await expect(readRange(storage, 'ten', 8, 3)).rejects.toThrow('ten has 2 of 3 bytes from 8 on');
}
