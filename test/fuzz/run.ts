/**
 * `npm run fuzz [-- --inputs N] [--seconds N] [--seed N] [--captures N]`: mutated inputs through readers and decoder, or
 * with `--captures` mutated captures in containers.
 *
 * Default: 20,000,000 inputs, seed from the clock. A finding is written to test/fuzz/found/, from where the tests run
 * it again ever after. Exit code 1 when there was one.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from '../builders/index.ts';
import { ContainerFinding, fuzzContainers } from './container_files.ts';
import { fuzz, FuzzFinding, type FuzzReport } from './fuzz.ts';

const HELP = `Usage: npm run fuzz -- [options]
Runs mutated frames and captures through the engine and its readers. A finding is written to test/fuzz/found/.
  --inputs N    how many (20,000,000)
  --seconds N   for so long
  --captures N  so many mutated captures in containers (gzip, zstd) in their place
  --seed N      of the mutations (from the clock)
  -h, --help    this text
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    inputs: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    captures: { type: 'string' },
  },
});
if (values.help === true) {
  process.stdout.write(HELP);
  process.exit();
}
const inputs = Number(values.inputs ?? 20_000_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 32);

const line = ({ frames, files, compared }: FuzzReport): string =>
  `${frames + files} inputs (${frames} frames, ${files} files), ${compared} more compared with the model`;

let shown = performance.now();
/** Now and then. */
const show = (text: string): void => {
  if (performance.now() - shown < 10_000) return;
  shown = performance.now();
  process.stderr.write(`${text}\n`);
};

/** Writes what was found to where the tests run it again. */
function keep(name: string, bytes: Uint8Array): void {
  const path = `${fileURLToPath(new URL('../../../test/fuzz/found/', import.meta.url))}${name}`;
  writeFileSync(path, bytes);
  process.stderr.write(`written to ${path}\n`);
}

async function fuzzFrames(): Promise<void> {
  process.stderr.write(`seed ${seed}, ${inputs} inputs\n`);
  const report = await fuzz({
    seed,
    inputs,
    ...(values.seconds === undefined ? {} : { seconds: Number(values.seconds) }),
    progress: (state) => show(line(state)),
  });
  process.stdout.write(`${line(report)}: 0 traps, 0 findings\n`);
}

async function fuzzCaptures(count: number): Promise<void> {
  process.stderr.write(`seed ${seed}, ${count} captures\n`);
  const files = await fuzzContainers(random(seed), count, (read) => show(`${read} files`));
  process.stdout.write(`${count} captures of ${files} files: 0 hangs, 0 findings\n`);
}

try {
  if (values.captures === undefined) await fuzzFrames();
  else await fuzzCaptures(Number(values.captures));
} catch (error) {
  if (error instanceof FuzzFinding) keep(`seed-${seed}.pcap`, error.capture);
  else if (error instanceof ContainerFinding)
    for (const [n, file] of error.files.entries()) keep(`seed-${seed}-${n}.container`, file);
  else throw error;
  process.stderr.write(`seed ${seed}: ${error.message}\n`);
  process.exitCode = 1;
}
