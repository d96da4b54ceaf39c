/** The files of the page, read once: the server never looks up a path that somebody asks for. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { FParserError } from '../errors.ts';

/** Two folders above each built file that loads it; for the TypeScript sources, in dist. */
const FOLDER = import.meta.url.endsWith('.ts') ? '../../dist/web/' : '../../web/';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/** By path. @throws {FParserError} ERR_READ when the page was not built */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const folder = new URL(FOLDER, import.meta.url);
  try {
    const files = readdirSync(folder).map((name): [string, PageFile] => {
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return [name === 'index.html' ? '/' : `/${name}`, { type, body: readFileSync(new URL(name, folder)) }];
    });
    return new Map(files);
  } catch (error) {
    throw new FParserError('ERR_READ', `the page is not there: ${folder.pathname}; run 'npm run build'`, {
      cause: error,
    });
  }
}
