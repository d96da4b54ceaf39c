/**
 * Finds and compiles the engine module on disk, and asks the system for a hash key. Node only: a browser compiles the
 * module that it fetches.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { CONFIG_HASH_KEY_WORDS } from '../../assembly/layout.ts';
import { FParserError, messageOf } from '../errors.ts';

/**
 * Two folders above each built file that loads it; in a bundle that somebody made of the package, beside it or, for a
 * chunk in a folder, above it; for the TypeScript sources, in dist.
 */
const FOLDERS = import.meta.filename.endsWith('.ts') ? ['../../dist/'] : ['../../', '', '../'];
/** The same engine twice: for memory of one thread, and for memory shared by several. */
const MODULES = { plain: 'engine.wasm', shared: 'engine.shared.wasm' } as const;

const compiled: { -readonly [build in keyof typeof MODULES]?: Promise<WebAssembly.Module> } = {};

/** Compiled once per process. */
export function loadEngine(build: keyof typeof MODULES = 'plain'): Promise<WebAssembly.Module> {
  return (compiled[build] ??= WebAssembly.compile(engineBytes(build)));
}

let provided: Uint8Array<ArrayBuffer> | undefined;

/**
 * The engine for a bundle that has it inside, or at a place of its own; all captures that are read from now on use it.
 * @param engine contents of `pcapflow/engine.wasm`, or where they are: a path, or a URL (`file:`, `data:` in base64)
 * @throws {FParserError} ERR_ENGINE when it cannot be read, or is not WebAssembly
 */
export function provideEngine(engine: Uint8Array | URL | string): void {
  const bytes = Uint8Array.from(engine instanceof Uint8Array ? engine : bytesAt(engine));
  if (!WebAssembly.validate(bytes))
    throw new FParserError('ERR_ENGINE', 'the engine that is provided is not WebAssembly');
  provided = bytes;
  delete compiled.plain;
}

function bytesAt(place: URL | string): Uint8Array {
  const [, base64] = /^data:[^,]*;base64,(.*)$/s.exec(String(place)) ?? [];
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  try {
    return readFileSync(typeof place === 'string' && place.startsWith('file:') ? new URL(place) : place);
  } catch (error) {
    throw new FParserError('ERR_ENGINE', `the engine that is provided cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The module as it is on disk. @throws {FParserError} ERR_ENGINE when it is not there */
export function engineBytes(build: keyof typeof MODULES = 'plain'): Uint8Array<ArrayBuffer> {
  if (build === 'plain' && provided !== undefined) return provided;
  const name = MODULES[build];
  let missing: unknown;
  for (const folder of FOLDERS) {
    try {
      return readFileSync(`${import.meta.dirname}/${folder}${name}`);
    } catch (error) {
      missing ??= error;
    }
  }
  const remedy = `a bundle needs a copy of it at its side, or provideEngine (pcapflow/${name} in the package)`;
  throw new FParserError('ERR_ENGINE', `${name} cannot be read: ${messageOf(missing)}; ${remedy}`, { cause: missing });
}

/** Where the system gives random bytes. */
const RANDOM_DEVICE = '/dev/urandom';

let systemKey: Uint32Array | undefined;

/**
 * A random hash key, one per process. Undefined where the system has no random device: then the engine asks Web Crypto,
 * which takes Node 4 ms to load.
 */
export function randomHashKey(): Uint32Array | undefined {
  if (systemKey !== undefined) return systemKey;
  const key = new Uint32Array(CONFIG_HASH_KEY_WORDS);
  try {
    const fd = openSync(RANDOM_DEVICE, 'r');
    try {
      if (readSync(fd, key) === key.byteLength) systemKey = key;
    } finally {
      closeSync(fd);
    }
  } catch {
    // There is no such device, or it cannot be read here.
  }
  return systemKey;
}
