/** The library in a bundle of one file, with the engine copied beside it, as a program that is run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { build as viteBuild } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CAPTURE = join(ROOT, 'pcaps', 'tour.pcap');
const LIBRARY = join(ROOT, 'dist', 'src', 'index.js');
const ENGINE = join(ROOT, 'dist', 'engine.wasm');

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const PROGRAM = `
import { compileFilter, readFlows } from ${JSON.stringify(LIBRARY)};
let packets = 0;
for await (const flow of readFlows(process.argv[2], { filter: 'tcp', with: ['identify'] }))
  packets += flow.packetsForward + flow.packetsReverse;
console.log(packets, typeof compileFilter('udp'));
`;
const entry = join(folder, 'entry.mjs');
writeFileSync(entry, PROGRAM);
const expected = execFileSync(process.execPath, [entry, CAPTURE], { encoding: 'utf8' });

async function withVite(outDir: string): Promise<void> {
  await viteBuild({
    root: folder,
    logLevel: 'error',
    configFile: false,
    ssr: { noExternal: true },
    build: { ssr: entry, outDir, emptyOutDir: true, rolldownOptions: { output: { entryFileNames: 'app.mjs' } } },
  });
}

async function withEsbuild(outDir: string): Promise<void> {
  await esbuild({
    entryPoints: [entry],
    outfile: join(outDir, 'app.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
}

const BUNDLERS = [
  { name: 'vite', build: withVite },
  { name: 'esbuild', build: withEsbuild },
];

describe.each(BUNDLERS)('a bundle by $name', ({ name, build }) => {
  const outDir = join(folder, name);
  const run = () => spawnSync(process.execPath, [join(outDir, 'app.mjs'), CAPTURE], { encoding: 'utf8' });

  it('reads a capture as the library does, and says what is missing without the engine', async () => {
    await build(outDir);
    const without = run();
    expect([without.status, without.stderr]).toEqual([1, expect.stringContaining('a bundle needs a copy of it')]);
    copyFileSync(ENGINE, join(outDir, 'engine.wasm'));
    const { stdout, stderr } = run();
    expect(stdout, stderr).toBe(expected);
    expect(expected).toMatch(/^\d+ object\n$/);
  });
});
