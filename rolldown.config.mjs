/**
 * Bundles the `pcapflow` command, and the thread of a job. At start-up, opening a file costs about as much as running
 * its code. Therefore the modules that nearly every command loads are one chunk, and those that only `read` adds, with
 * its usual format, are another. Rolldown splits the rest.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

const CLI = fileURLToPath(new URL('dist/src/cli/', import.meta.url));
const MAIN = `${CLI}main.js`;
const JOB = fileURLToPath(new URL('dist/src/jobs/worker.js', import.meta.url));
const LIST = `${CLI}command_list.js`;
const READ = [
  `${CLI}commands/read.js`,
  fileURLToPath(new URL('dist/src/write/flows.js', import.meta.url)),
  fileURLToPath(new URL('dist/src/options/flow_options.js', import.meta.url)),
  fileURLToPath(new URL('dist/src/options/owner_options.js', import.meta.url)),
  fileURLToPath(new URL('dist/src/export/jsonl.js', import.meta.url)),
];
/** What `read` adds to say what flows are, with its usual format. */
const IDENTIFY = [
  `${CLI}write_identified.js`,
  fileURLToPath(new URL('dist/src/export/identity_json.js', import.meta.url)),
  fileURLToPath(new URL('dist/src/reader/flow_identities.js', import.meta.url)),
  fileURLToPath(new URL('dist/src/content/node_crypto.js', import.meta.url)),
];
/** Commands that do not read captures. */
const OTHERS = ['filter', 'owner', 'sockets', 'connections', 'lookup'].map((name) => `${CLI}commands/${name}.js`);

/** These modules and everything that they import statically, directly or not. */
function loadedWith(roots, context) {
  const found = new Set(roots);
  for (const id of found) for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}

/** Those of them that nothing else imports. */
function loadedOnlyWith(roots, context) {
  const found = loadedWith(roots, context);
  const isForeign = (id) => context.getModuleInfo(id)?.importers.some((importer) => !found.has(importer)) === true;
  let left;
  do {
    left = found.size;
    for (const id of found) if (isForeign(id)) found.delete(id);
  } while (found.size < left);
  return found;
}

/** Do both `read` and a command that does not read captures load it? */
function isShared(id, context) {
  return loadedWith(READ, context).has(id) && loadedWith(OTHERS, context).has(id);
}

/** A chunk of the modules that `belongs` accepts. A module goes into the first chunk that accepts it. */
function chunk(name, belongs) {
  return { debugName: name, name: (id, context) => (belongs(id, context) ? name : null) };
}

/** Chunks require modules of Node: those whose code is kept (src/cli/compiled_code.ts) cannot import. */
const requiringNode = {
  name: 'requiring-node',
  renderChunk: (code) => code.replace(/\bimport\(("node:[\w/]+")\)/g, 'Promise.resolve().then(() => require($1))'),
};

/** What both bundles share. */
const common = {
  plugins: [requiringNode],
  platform: 'node',
  // Offsets and codes are hundreds of constants: as numbers they need no place in a chunk, and no look-up.
  optimization: { inlineConst: { mode: 'all', pass: 3 } },
  // `codeSplitting` below decides what a command loads, whoever imports it and how.
  checks: { ineffectiveDynamicImport: false },
  logLevel: 'warn',
};
const written = {
  cleanDir: true,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  comments: { legal: true, jsdoc: false, annotation: false },
};

const command = defineConfig({
  ...common,
  input: { main: `${CLI}bin.js`, command: MAIN },
  external: [
    '@aws-sdk/client-s3',
    '@bokuweb/zstd-wasm',
    '@duckdb/node-api',
    'apache-arrow',
    'bullmq',
    'cap',
    'cli-progress',
    'fzstd',
    'ioredis',
    'kafkajs',
    'pcap-parser',
    'prom-client',
    'xxhash-wasm',
  ],
  output: {
    ...written,
    dir: 'dist/bin/pcapflow',
    chunkFileNames: '[name]-[hash].cjs',
    codeSplitting: {
      groups: [
        // Rolldown puts these into command.cjs itself.
        chunk('command', (id, context) => loadedWith([MAIN], context).has(id)),
        chunk('start', (id, context) => loadedWith([LIST], context).has(id) || isShared(id, context)),
        chunk('read', (id, context) => loadedWith(READ, context).has(id)),
        // What others need as well must not bring it all with it.
        chunk('identity', (id, context) => {
          return loadedWith(IDENTIFY, context).has(id) && !loadedOnlyWith(IDENTIFY, context).has(id);
        }),
        chunk('identify', (id, context) => loadedOnlyWith(IDENTIFY, context).has(id)),
      ],
    },
  },
});

/** The thread of a job, for the command and the library alike: one file. */
const job = defineConfig({ ...common, input: JOB, output: { ...written, dir: 'dist/bin/job' } });

export default [command, job];
