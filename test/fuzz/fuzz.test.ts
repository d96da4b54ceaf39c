/** A short form of `npm run fuzz`, and everything that it has found so far. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { random } from '../builders/index.ts';
import { checkContainers, fuzzContainers } from './container_files.ts';
import { agree, fuzz } from './fuzz.ts';
import { ALL_GROUPS } from './groups.ts';

const folder = new URL('found/', import.meta.url);

describe('mutated captures', () => {
  it('never trap the engine, and give the flows of the model', async () => {
    for (const seed of [1, 20, 300]) {
      const { frames, files, compared } = await fuzz({ seed, inputs: 200_000 });
      expect(frames + files, `seed ${seed}`).toBeGreaterThanOrEqual(200_000);
      expect(compared, `seed ${seed}`).toBeGreaterThan(1000);
    }
  });

  it('in containers, changed anywhere, are read to their end, the same in pieces', async () => {
    expect(await fuzzContainers(random(5), 300)).toBeGreaterThan(300);
  });

  const names = readdirSync(folder);
  const first = names.filter((name) => name.endsWith('-0.container'));
  it.each(first)('in containers, like %s and those with it, are the same in pieces', async (name) => {
    const files = names.filter((other) => other.startsWith(name.replace('0.container', '')));
    await checkContainers(files.map((file) => readFileSync(new URL(file, folder))));
  });

  const found = names.filter((name) => name.includes('.pcap'));
  it('that were found once are kept', () => expect(found.length).toBeGreaterThan(0));

  for (const name of found) {
    it(`like ${name} are read`, async () => {
      const stored = readFileSync(new URL(name, folder));
      const capture = name.endsWith('.gz') ? gunzipSync(stored) : stored;
      for (const decapsulate of [false, true]) {
        for (const direction of ['bi', 'uni'] as const)
          for (const groups of [[], ALL_GROUPS])
            await agree(capture, { decapsulate, direction, flowTimeout: 1, finTimeout: 0, with: groups });
      }
    });
  }
});
