/**
 * The library in a bundle of one file, as a program that is run: with the engine copied beside it, inside it, or at a
 * URL; and as a package that CommonJS requires.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';
import type { Loader } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { build as viteBuild } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CAPTURE = join(ROOT, 'pcaps', 'tour.pcap');
const LIBRARY = join(ROOT, 'dist', 'src', 'index.js');
const ENGINE = join(ROOT, 'dist', 'engine.wasm');

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
// As if it were installed.
mkdirSync(join(folder, 'node_modules'));
symlinkSync(ROOT, join(folder, 'node_modules', 'pcapflow'));
const PROGRAM = `
import { compileFilter, readFlows } from ${JSON.stringify(LIBRARY)};
let packets = 0;
for await (const flow of readFlows(process.argv[2], { filter: 'tcp', with: ['identify'] }))
  packets += flow.packetsForward + flow.packetsReverse;
console.log(packets, typeof compileFilter('udp'));
`;
function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const entry = program('entry.mjs', PROGRAM);
/** The same, with an engine that the bundler has found; `import` says how. */
const withEngine = (name: string, imported: string, engine: string): string =>
  program(
    name,
    `import { provideEngine } from 'pcapflow';
import engine from ${JSON.stringify(imported)};
provideEngine(${engine});${PROGRAM.replace(JSON.stringify(LIBRARY), "'pcapflow'")}`,
  );
const inlined = withEngine('inlined.mjs', 'pcapflow/engine.wasm', 'engine');
const byUrl = withEngine('by_url.mjs', 'pcapflow/engine.wasm', 'new URL(engine, import.meta.url)');
const viteInlined = withEngine('vite_inlined.mjs', 'pcapflow/engine.wasm?url&inline', 'engine');
const expected = execFileSync(process.execPath, [entry, CAPTURE], { encoding: 'utf8' });

async function withVite(outDir: string, from = entry): Promise<void> {
  await viteBuild({
    root: folder,
    logLevel: 'error',
    configFile: false,
    ssr: { noExternal: true },
    build: { ssr: from, outDir, emptyOutDir: true, rolldownOptions: { output: { entryFileNames: 'app.mjs' } } },
  });
}

async function withEsbuild(outDir: string, from = entry, loader: Loader = 'empty'): Promise<void> {
  await esbuild({
    entryPoints: [from],
    loader: { '.wasm': loader },
    outfile: join(outDir, 'app.mjs'),
    bundle: true,
    target: 'node20',
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
    expect(stdout, stderr.slice(-1000)).toBe(expected);
    expect(expected).toMatch(/^\d+ object\n$/);
  });
});

describe.each([
  { name: 'inside, by esbuild as bytes', build: (to: string) => withEsbuild(to, inlined, 'binary'), engines: 0 },
  { name: 'inside, by esbuild as a URL', build: (to: string) => withEsbuild(to, inlined, 'dataurl'), engines: 0 },
  { name: 'at a URL, by esbuild', build: (to: string) => withEsbuild(to, byUrl, 'file'), engines: 1 },
  { name: 'inside, by vite', build: (to: string) => withVite(to, viteInlined), engines: 0 },
])('an engine $name', ({ name, build, engines }) => {
  it('is that of a bundle which needs nothing else', async () => {
    const outDir = join(folder, name.replaceAll(/\W+/g, '_'));
    await build(outDir);
    const files = readdirSync(outDir, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.wasm'))).toHaveLength(engines);
    const { stdout, stderr } = spawnSync(process.execPath, [join(outDir, 'app.mjs'), CAPTURE], { encoding: 'utf8' });
    expect(stdout, stderr.slice(-1000)).toBe(expected);
  });
});

describe('an engine that is provided', () => {
  it.each([
    ['no WebAssembly', 'new Uint8Array([1, 2, 3])', 'is not WebAssembly'],
    ['not there', "'/nowhere/engine.wasm'", 'cannot be read'],
  ])('is refused at once when it is %s', (_, engine, message) => {
    const path = program(
      'refused.mjs',
      `import { provideEngine } from ${JSON.stringify(LIBRARY)};provideEngine(${engine});`,
    );
    const { status, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).toContain("code: 'ERR_ENGINE'");
  });
});

/** From Node 20.19 and 22.12 on a module without top-level await can be required. */
const canRequire = process.features.require_module === true;

describe.skipIf(!canRequire)('CommonJS (needs Node 20.19 or 22.12)', () => {
  it('requires the package and its parts, without a warning', () => {
    const text = `
const { readFlows } = require('pcapflow');
const parts = ['host', 'attribution', 'owner', 'compat'].map((name) => require('pcapflow/' + name));
(async () => {
  let packets = 0;
  for await (const flow of readFlows(process.argv[2], { filter: 'tcp' })) packets += flow.packetsForward + flow.packetsReverse;
  console.log(packets, typeof require('pcapflow').compileFilter('udp'));
  console.error(parts.map((part) => Object.keys(part).length > 0).join());
})();`;
    const path = program('required.cjs', text);
    const { stdout, stderr } = spawnSync(process.execPath, ['--preserve-symlinks', path, CAPTURE], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: 'true,true,true,true\n' });
  });
});
