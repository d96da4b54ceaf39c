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

/** What is there before a capture is chosen, and what reads it. */
const SHELL = ['index.html', 'style.css', 'page.js'];
const READING = ['engine.wasm', ...loadedWith('worker.js')];

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

  it('has the engine of the command, unchanged', () => {
    expect(readFileSync(new URL('engine.wasm', BUILT)).equals(readFileSync(new URL('../engine.wasm', BUILT)))).toBe(
      true,
    );
  });

  it('is small, in bytes of gzip', () => {
    const further = names.filter((name) => ![...SHELL, ...READING].includes(name));
    expect(sum(SHELL)).toBeLessThan(16_000);
    expect(sum(READING) - packed('engine.wasm')).toBeLessThan(38_000);
    expect(sum(further)).toBeLessThan(75_000);
  });

  it('has in its own policy what the server says, except what only a header can', () => {
    const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(text('index.html'))!;
    const rules = RESPONSE_HEADERS['content-security-policy'].split('; ');
    expect(policy!.split('; ')).toEqual(rules.filter((rule) => !rule.startsWith('frame-ancestors')));
  });
});
