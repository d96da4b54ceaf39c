import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FileSource } from '../../../src/source/file/file.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a file that is closed is at its end, whatever has its number by then', () => {
  const path = join(folder, 'bytes');
  writeFileSync(path, 'abcd');
  const fd = openSync(path, 'r');
  const source = new FileSource(path, fd, 4);
  const byte = new Uint8Array(1);
  expect([source.read(byte), byte[0]]).toEqual([1, 0x61]);
  source.close();
  source.close();
  const other = openSync(path, 'r');
  expect(source.read(byte)).toBe(0);
  expect([readSync(other, byte), byte[0], source.taken]).toEqual([1, 0x61, 1]);
  closeSync(other);
});
