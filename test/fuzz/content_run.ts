/**
 * `npm run fuzz:content [-- --conversations N] [--seed N]`: mutated conversations through the content parsers.
 *
 * Default: 5,000,000 conversations, seed from the clock. Exit code 1 when one throws or takes longer than a
 * millisecond.
 */

import { parseArgs } from 'node:util';
import { fuzzContent } from './content.ts';

const HELP = `Usage: npm run fuzz:content -- [options]
Runs mutated conversations through the parsers of content; fails if one throws or takes longer than a millisecond.
  --conversations N  how many (5,000,000)
  --seed N           of the mutations (from the clock)
  -h, --help         this text
`;

const { values } = parseArgs({
  options: {
    conversations: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help === true) {
  process.stdout.write(HELP);
  process.exit();
}
const conversations = Number(values.conversations ?? 5_000_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 32);

process.stderr.write(`seed ${seed}, ${conversations} conversations\n`);
const report = fuzzContent({
  seed,
  conversations,
  progress: (done) => process.stderr.write(`\r${done}`),
});
const apps = [...report.apps].sort(([, a], [, b]) => b - a).map(([app, count]) => `${app} ${count}`);
process.stdout.write(
  `\n${report.conversations} conversations, slowest ${report.slowestMs.toFixed(2)} ms\n${apps.join(', ')}\n`,
);
