/** What is built: nothing of Node reaches the browser, and the page stays small. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BUILT, FIRST_MAX, firstFiles, packedSize } from '../../bench/first_load.ts';
import { RESPONSE_HEADERS } from '../../src/cli/web/request_rules.ts';

const names = readdirSync(BUILT);
const text = (name: string): string => readFileSync(new URL(name, BUILT), 'utf8');

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
    const first = firstFiles();
    expect(first).toEqual(expect.arrayContaining(['page.js', 'worker.js', 'engine.wasm']));
    expect(packedSize(first)).toBeLessThanOrEqual(FIRST_MAX);
    const further = names.filter((name) => !first.includes(name) && name !== 'NOTICES.txt');
    expect(packedSize(further)).toBeLessThanOrEqual(150_000);
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
