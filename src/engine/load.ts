/** Finds and compiles the engine module on disk. Node only: a browser compiles what it has fetched. */
import { readFileSync } from 'node:fs';

/** Two folders above each built file that loads it; run from the sources themselves, where the build puts it. */
const MODULE = import.meta.url.endsWith('.ts') ? '../../dist/engine.wasm' : '../../engine.wasm';

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiled once per process. */
export function loadEngine(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(readFileSync(new URL(MODULE, import.meta.url)));
  return compiled;
}
