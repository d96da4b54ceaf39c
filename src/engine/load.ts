/** Finds and compiles the engine module on disk. Node only: a browser compiles the module that it fetches. */
import { readFileSync } from 'node:fs';

/** Two folders above each built file that loads it; for the TypeScript sources, in dist. */
const FOLDER = import.meta.url.endsWith('.ts') ? '../../dist/' : '../../';
/** The same engine twice: for memory of one thread, and for memory shared by several. */
const MODULES = { plain: 'engine.wasm', shared: 'engine.shared.wasm' } as const;

const compiled: { -readonly [build in keyof typeof MODULES]?: Promise<WebAssembly.Module> } = {};

/** Compiled once per process. */
export function loadEngine(build: keyof typeof MODULES = 'plain'): Promise<WebAssembly.Module> {
  return (compiled[build] ??= WebAssembly.compile(readFileSync(new URL(FOLDER + MODULES[build], import.meta.url))));
}
