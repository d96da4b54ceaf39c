/** A process that is killed with SIGKILL while it writes the cache, at 200 random moments. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { parseCache } from '../../src/owner/cache_entry.ts';
import { random } from '../builders/random.ts';

const KILLS = 200;
/** Children at once. */
const LANES = 4;
/** Moments within a round of writing at which a child is killed. */
const SHARES = 100;
/** More than Node writes in one piece, so that there is a moment at which half of it is written. */
const ENTRIES = 1_600;

const built = fileURLToPath(new URL('../../dist/src/owner/cache_file.js', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'pcapflow-kill-'));
afterAll(() => rmSync(base, { recursive: true }));

/** Writes without end; each round has another time in all of its entries. Says how long the second round took. */
const WRITER = `
  import { CacheFile } from ${JSON.stringify(built)};
  const file = new CacheFile(process.argv[1]);
  const entry = (n, fetchedAt) => ({ prefix: '8.' + (n >> 8) + '.' + (n & 255) + '.0/24', asn: n, asName: 'x'.repeat(300), country: 'NL', registry: 'ripencc', allocated: '2001-02-03', fetchedAt });
  for (let round = Date.now(), rounds = 0; ; round++, rounds++) {
    const began = performance.now();
    await file.write(Array.from({ length: ${ENTRIES} }, (_, n) => entry(n, round)));
    if (rounds === 1) process.stdout.write(String(performance.now() - began));
  }
`;

/** Ends when the child, which was killed after a share of one round of writing, is gone. */
function writeAndKill(folder: string, share: number): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', WRITER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (_, signal) => resolve(signal));
    child.stdout.once('data', (roundMs) => setTimeout(() => child.kill('SIGKILL'), Number(roundMs) * share));
  });
}

it(`killed ${KILLS} times while writing, the file is always whole`, async () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const { below } = random(seed);
  let left = KILLS;
  await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      const folder = join(base, String(lane), 'pcapflow');
      const path = join(folder, 'owners.json');
      while (left-- > 0) {
        expect(await writeAndKill(folder, below(SHARES) / SHARES)).toBe('SIGKILL');
        const entries = parseCache(readFileSync(path, 'utf8'));
        expect(entries, `seed ${seed}`).toHaveLength(ENTRIES);
        expect(new Set(entries.map(({ fetchedAt }) => fetchedAt)).size).toBe(1);
      }
    }),
  );
  // The kills did hit the writing: many left a new file that was not finished.
  const unfinished = readdirSync(base, { recursive: true }).filter((name) => String(name).endsWith('.new')).length;
  expect(unfinished, `seed ${seed}`).toBeGreaterThan(KILLS / 40);
});
