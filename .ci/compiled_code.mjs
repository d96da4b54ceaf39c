/**
 * Keeps the code of the bundled command as V8 compiles it (src/cli/compiled_code.ts): `node .ci/compiled_code.mjs
 * [FOLDER]`. A second process runs the command over a capture, so that the functions of a plain `read` are in it.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { KeptChunks } from '../dist/src/cli/compiled_code.js';

const CAPTURE = fileURLToPath(new URL('../pcaps/tour.pcap', import.meta.url));
const RUN = 'run';
const [folder = fileURLToPath(new URL('../dist/bin/pcapflow', import.meta.url)), step] = process.argv.slice(2);

function runCommand() {
  const chunks = new KeptChunks(folder, createRequire(`${folder}/main.cjs`));
  process.argv.splice(2, Infinity, 'read', CAPTURE, '--format', 'jsonl');
  process.on('exit', (status) => status === 0 && chunks.keep());
  chunks.load('./command.cjs');
}

if (step === RUN) runCommand();
else {
  const run = [fileURLToPath(import.meta.url), folder, RUN];
  process.exitCode = spawnSync(process.execPath, run, { stdio: ['ignore', 'ignore', 'inherit'] }).status ?? 1;
}
