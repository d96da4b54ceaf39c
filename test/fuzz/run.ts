/**
 * `npm run fuzz [-- --inputs N] [--seconds N] [--seed N]`: mutated inputs through readers and decoder.
 *
 * Default: 20,000,000 inputs, seed from the clock. A finding is written to test/fuzz/found/, from where the tests run
 * it again ever after. Exit code 1 when there was one.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzz, FuzzFinding, type FuzzReport } from './fuzz.ts';

const { values } = parseArgs({
  options: { inputs: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
});
const inputs = Number(values.inputs ?? 20_000_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 32);

const line = ({ frames, files, compared }: FuzzReport): string =>
  `${frames + files} inputs (${frames} frames, ${files} files), ${compared} more compared with the model`;

process.stderr.write(`seed ${seed}, ${inputs} inputs\n`);
let shown = performance.now();
try {
  const report = await fuzz({
    seed,
    inputs,
    ...(values.seconds === undefined ? {} : { seconds: Number(values.seconds) }),
    progress: (state) => {
      if (performance.now() - shown < 10_000) return;
      shown = performance.now();
      process.stderr.write(`${line(state)}\n`);
    },
  });
  process.stdout.write(`${line(report)}: 0 traps, 0 findings\n`);
} catch (error) {
  if (!(error instanceof FuzzFinding)) throw error;
  const folder = fileURLToPath(new URL('../../../test/fuzz/found/', import.meta.url));
  const path = `${folder}seed-${seed}.pcap`;
  writeFileSync(path, error.capture);
  process.stderr.write(`seed ${seed}: ${error.message}\nwritten to ${path}\n`);
  process.exitCode = 1;
}
