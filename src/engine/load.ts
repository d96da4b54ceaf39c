/** Finds and compiles the engine module on disk. Node only: a browser compiles what it has fetched. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiled once per process. */
export function loadEngine(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(readFileSync(createRequire(import.meta.url).resolve('#engine.wasm')));
  return compiled;
}
