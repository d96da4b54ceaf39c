/** What a browser fetches of the page before the flows of a capture are shown. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

export const BUILT = new URL('../dist/web/', import.meta.url.replace(/\/dist\/bench\//, '/bench/'));

/** Bytes of gzip that they may have. */
export const FIRST_MAX = 75_000;

const text = (name: string): string => readFileSync(new URL(name, BUILT), 'utf8');

/** The script and all that it imports at once. */
function loadedWith(script: string): readonly string[] {
  const found = new Set([script]);
  for (const one of found)
    for (const [, name] of text(one).matchAll(/\bfrom\s?["'`]\.\/([\w-]+\.js)["'`]/g)) found.add(name!);
  return [...found];
}

/** Names of files. */
export const firstFiles = (): readonly string[] => [
  'index.html',
  'style.css',
  ...loadedWith('page.js'),
  'engine.wasm',
  ...loadedWith('worker.js'),
];

/** Bytes of gzip. */
export const packedSize = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, BUILT)), { level: 9 }).length, 0);
