/**
 * The AssemblyScript compiler for this project: `node .ci/asc.mjs [ENTRY...] --target NAME`, with the options of asc.
 * Without an entry it compiles the whole engine, `assembly/index.ts`.
 * Files that both compilers read name their imports as tsc needs them, with `.ts`; asc adds a second one, which is taken
 * off here.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Null: there is no such file, and asc looks elsewhere. */
async function read(name, folder) {
  try {
    return await readFile(resolve(folder, name.replace(/\.ts\.ts$/, '.ts')), 'utf8');
  } catch {
    return null;
  }
}

const ENTRY = 'assembly/index.ts';

/** @param args entries and options of asc @throws {Error} with the compiler's messages */
export async function compileEngine(args) {
  const entries = args.some((arg) => arg.endsWith('.ts')) ? [] : [ENTRY];
  const config = ['--config', resolve(ROOT, 'asconfig.json'), '--baseDir', ROOT];
  const { error, stderr } = await main([...entries, ...args, ...config], { readFile: read });
  if (error !== null) throw new Error(`${stderr}`, { cause: error });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await compileEngine(process.argv.slice(2));
  } catch ({ message }) {
    process.stderr.write(message);
    process.exitCode = 1;
  }
}
