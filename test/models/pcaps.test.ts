import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { files } from '../../pcaps/files.ts';

const folder = new URL('../../pcaps/', import.meta.url);

describe('pcaps/make.ts', () => {
  const made = files();

  it('makes the committed files byte for byte', () => {
    for (const [name, contents] of made)
      expect(Buffer.compare(readFileSync(new URL(name, folder)), contents), name).toBe(0);
  });

  it('makes every file of the folder that is not code', () => {
    expect(
      readdirSync(folder)
        .filter((name) => !name.endsWith('.ts'))
        .sort(),
    ).toEqual([...made.keys()].sort());
  });

  it('makes the same bytes a second time', () => {
    for (const [name, contents] of files())
      expect(Buffer.compare(made.get(name) ?? new Uint8Array(0), contents), name).toBe(0);
  });
});
