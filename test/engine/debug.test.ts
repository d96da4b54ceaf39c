/** The debug build: its assertions hold on the same captures, and it gives the same flows. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileEngine } from '../../.ci/asc.mjs';
import { fuzz } from '../fuzz/fuzz.ts';
import { difference, run } from './harness.ts';
import { scenario } from './scenario.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const SCENARIOS = Number(process.env.PCAPFLOW_SCENARIOS ?? 70);

describe('the debug build', () => {
  let module: WebAssembly.Module;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcapflow-debug-'));
    const outFile = join(folder, 'engine.debug.wasm');
    await compileEngine(['--target', 'debug', '--outFile', outFile]);
    module = await WebAssembly.compile(readFileSync(outFile));
    rmSync(folder, { recursive: true });
  });

  it('gives the flows of the release build for every capture of pcaps/', async () => {
    const folder = join(root, 'pcaps');
    for (const name of readdirSync(folder).filter((one) => /\.pcap(ng)?$/.test(one))) {
      const file = readFileSync(join(folder, name));
      for (const decapsulate of [false, true]) {
        const want = await run(file, { decapsulate });
        const got = await run(file, { decapsulate, module });
        expect(difference(want.lines, got.lines), name).toBeUndefined();
        expect(got.counters, name).toEqual(want.counters);
      }
    }
  });

  it('gives the flows of the release build for random captures', async () => {
    for (let seed = 1; seed <= SCENARIOS; seed++) {
      const { file, options } = scenario(seed);
      expect(
        difference((await run(file, options)).lines, (await run(file, { ...options, module })).lines),
        `seed ${seed}`,
      ).toBeUndefined();
    }
  });

  it('asserts nothing on mutated captures', async () => {
    const { frames } = await fuzz({ seed: 5, inputs: 100_000, module });
    expect(frames).toBeGreaterThan(90_000);
  });
});
