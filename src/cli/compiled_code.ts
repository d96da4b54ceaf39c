/**
 * Chunks of the bundled command with their code as V8 compiled it, which the build keeps beside them
 * (.ci/compiled_code.mjs). Compiling takes half of the time of a small capture. Code is used by the Node and on the
 * processor that it was made for; where there is none, as in the package, Node loads and compiles the chunks.
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Module } from 'node:module';
import { Script } from 'node:vm';

/** Beside the chunks: a file for each one. */
const FOLDER = `compiled/${process.version}-${process.arch}`;
/** A file begins with the size of the chunk, in bytes, and its time, in milliseconds: two f64. */
const HEADER_SIZE = 16;
/** As Node wraps a module that is required, so that places in messages are the same. */
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) { ', '\n})'] as const;

type Load = (name: string) => unknown;
type Wrapped = (exports: unknown, require: Load, module: Module, file: string, folder: string) => void;

export function hasCompiledCode(folder: string): boolean {
  return existsSync(`${folder}/${FOLDER}`);
}

/** Loads chunks as `require` does, with their compiled code. */
export class Chunks {
  readonly #folder: string;
  readonly #require: NodeJS.Require;

  /** @param folder as Node names it: without links */
  constructor(folder: string, require: NodeJS.Require) {
    this.#folder = folder;
    this.#require = require;
  }

  /** @param name as chunks name each other: `./main.cjs` */
  readonly load: Load = (name) => {
    const path = `${this.#folder}/${name.slice(2)}`;
    if (!name.startsWith('./') || this.#require.cache[path] !== undefined) return this.#require(name);
    const script = this.script(path);
    if (script === undefined) return this.#require(name);
    const module = new Module(path);
    module.filename = path;
    // Chunks that Node loads find it there.
    this.#require.cache[path] = module;
    (script.runInThisContext() as Wrapped)(module.exports, this.load, module, path, this.#folder);
    module.loaded = true;
    return module.exports;
  };

  /** Undefined: Node is to load it. */
  protected script(path: string): Script | undefined {
    const cachedData = codeOf(path);
    return cachedData && scriptOf(path, cachedData);
  }
}

/**
 * Undefined: there is none for this source. V8 checks versions and the length of the source, but does not look for
 * damage; the code is there twice, because to compare is the fastest check.
 */
function codeOf(path: string): Uint8Array | undefined {
  try {
    const file = readFileSync(codeFile(path));
    const { size, mtimeMs } = statSync(path);
    const second = (file.length + HEADER_SIZE) / 2;
    const code = file.subarray(HEADER_SIZE, second);
    const isOfSource = file.readDoubleLE(0) === size && file.readDoubleLE(8) === mtimeMs;
    return isOfSource && code.equals(file.subarray(second)) ? code : undefined;
  } catch {
    return undefined;
  }
}

function codeFile(path: string): string {
  const name = path.lastIndexOf('/');
  return `${path.slice(0, name)}/${FOLDER}${path.slice(name)}.code`;
}

function scriptOf(path: string, cachedData?: Uint8Array): Script {
  const code = cachedData === undefined ? {} : { cachedData };
  const source = WRAPPER.join(readFileSync(path, 'utf8'));
  return new Script(source, { filename: path, columnOffset: -WRAPPER[0].length, ...code });
}

/** Chunks whose code is to be kept. */
export class KeptChunks extends Chunks {
  readonly #scripts = new Map<string, Script>();

  /** Kept code cannot `import()`: Node 20 does not know any more who imports. */
  protected override script(path: string): Script | undefined {
    if (readFileSync(path, 'utf8').includes('import(')) return undefined;
    const script = scriptOf(path);
    this.#scripts.set(path, script);
    return script;
  }

  /** Keeps the code of what was loaded, with all functions that have run. */
  keep(): void {
    for (const [path, script] of this.#scripts) {
      const { size, mtimeMs } = statSync(path);
      const header = Buffer.alloc(HEADER_SIZE);
      header.writeDoubleLE(size, 0);
      header.writeDoubleLE(mtimeMs, 8);
      const code = script.createCachedData();
      const file = codeFile(path);
      mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
      writeFileSync(file, Buffer.concat([header, code, code]));
    }
  }
}
