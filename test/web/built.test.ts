/** What is built: nothing of Node reaches the browser, and the page stays small. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RESPONSE_HEADERS } from '../../src/cli/web/request_rules.ts';

const BUILT = new URL('../../dist/web/', import.meta.url);
const names = readdirSync(BUILT);
const text = (name: string): string => readFileSync(new URL(name, BUILT), 'utf8');
const packed = (name: string): number => gzipSync(readFileSync(new URL(name, BUILT)), { level: 9 }).length;
const sum = (some: readonly string[]): number => some.reduce((total, name) => total + packed(name), 0);

/** What is fetched before the flows of a capture are shown. */
const FIRST = ['index.html', 'style.css', 'page.js', 'engine.wasm', ...loadedWith('worker.js')];

/** The script and all that it imports at once. */
function loadedWith(script: string): readonly string[] {
  const found = new Set([script]);
  for (const one of found)
    for (const [, name] of text(one).matchAll(/\bfrom\s?["'`]\.\/([\w-]+\.js)["'`]/g)) found.add(name!);
  return [...found];
}

describe('dist/web', () => {
  it('imports nothing from Node', () => {
    const scripts = names.filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(4);
    for (const name of scripts)
      expect(text(name), name).not.toMatch(/["'`]node:\w+["'`]|\brequire\(|process\.(env|stdout)/);
  });

  it('has the engine of the command with fewer exports', async () => {
    const engine = async (url: URL): Promise<WebAssembly.Module> => WebAssembly.compile(readFileSync(url));
    const exportsOf = async (name: string): Promise<WebAssembly.ModuleExportDescriptor[]> =>
      WebAssembly.Module.exports(await engine(new URL(name, BUILT)));
    const [reader, writer, whole] = await Promise.all(['engine.wasm', 'writer.wasm', '../engine.wasm'].map(exportsOf));
    expect(reader!.length).toBeGreaterThan(10);
    expect(whole).toEqual(expect.arrayContaining([...reader!, ...writer!]));
    const names = (some: readonly WebAssembly.ModuleExportDescriptor[] = []): string[] => some.map(({ name }) => name);
    expect(names(reader)).not.toContain('writeText');
    expect(names(writer)).not.toContain('walkCapture');
  });

  it('is small, in bytes of gzip', () => {
    const further = names.filter((name) => !FIRST.includes(name) && name !== 'NOTICES.txt');
    expect(sum(FIRST)).toBeLessThanOrEqual(72_000);
    expect(sum(further)).toBeLessThanOrEqual(150_000);
  });

  it('names the packages in its scripts with their licences', () => {
    const notices = text('NOTICES.txt');
    for (const name of ['fzstd', 'xxhash-wasm', '@noble/ciphers', '@noble/hashes'])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    expect(notices.match(/Permission (to use|is hereby granted)/g)?.length).toBeGreaterThanOrEqual(4);
    expect(notices).not.toMatch(/undefined|regex/);
  });

  it('has in its own policy what the server says, except what only a header can', () => {
    const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(text('index.html'))!;
    const rules = RESPONSE_HEADERS['content-security-policy'].split('; ');
    expect(policy!.split('; ')).toEqual(rules.filter((rule) => !rule.startsWith('frame-ancestors')));
  });
});
