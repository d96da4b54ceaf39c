/** Output formats against JSON Lines: `npm run bench:formats -- --help`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { measureRatios, printRatios, publishRatios } from './ratios.ts';
import type { Variant } from './ratios.ts';
import { ensureWorkload, PACKAGE_FOLDER } from './workload.ts';

const HELP = `Usage: npm run bench:formats -- [--runs 5] [--scale 1] [--formats csv,parquet,...] [--json FILE] [--publish]

CPU time and peak memory of each output format, and of a query, as a ratio to JSON Lines; the capture is churn of
\`pcapflow generate\`, 1,000,000 flows. Whole processes take turns; their output goes nowhere. GNU time is needed.

  --runs N       runs of each, default 5
  --scale SHARE  share of the capture, above 0, at most 1, default 1
  --formats LIST these, beside jsonl; default: all
  --json FILE    keep all figures
  --publish      put the table into docs/benchmarks.md
`;

const MAIN = join(PACKAGE_FOLDER, 'dist', 'bin', 'pcapflow', 'main.cjs');
const SQL = 'SELECT srcAddress, count(*) AS flows FROM flows GROUP BY ALL ORDER BY flows DESC, srcAddress LIMIT 10';
/** Bounds that the project has set itself. */
const CPU_RATIO_MAX = {
  csv: 1.3,
  ecs: 1.2,
  zeek: 1.2,
  'zeek-json': 1.2,
  ipfix: 1.2,
  arrow: 1.3,
  parquet: 2,
} as const;
const QUERY_RATIO_MAX = 3;
const PEAK_MIB_MORE_MAX = 200;

const reading = (format: string): Variant['command'] => {
  return (capture) => [process.execPath, MAIN, 'read', capture, '--no-progress', '-f', format, '-o', '/dev/null'];
};
const REFERENCE: Variant = { name: 'jsonl', command: reading('jsonl') };
const VARIANTS: readonly Variant[] = [
  ...Object.entries(CPU_RATIO_MAX).map(([name, cpuRatioMax]) => ({ name, command: reading(name), cpuRatioMax })),
  {
    name: 'query',
    command: (capture) => [process.execPath, MAIN, 'query', SQL, capture],
    cpuRatioMax: QUERY_RATIO_MAX,
  },
];

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
      formats: { type: 'string', default: VARIANTS.map(({ name }) => name).join(',') },
      json: { type: 'string' },
      publish: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs ${values.runs}: must be a positive integer`);
  const variants = [REFERENCE, ...values.formats.split(',').map(variantNamed)];
  const report = measureRatios(variants, ensureWorkload('churn', Number(values.scale)), runs, PEAK_MIB_MORE_MAX);
  printRatios(report);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (!values.publish) return;
  const about = [
    `Output formats against JSON Lines, and \`query\` with`,
    `\`${SQL}\`.`,
    '`zeek` and `zeek-json` read with the rules of Zeek, the others as usual.',
  ].join('\n');
  publishRatios('Formats', about, 'npm run bench:formats -- --publish', report);
}

function variantNamed(name: string): Variant {
  const variant = VARIANTS.find((one) => one.name === name);
  if (variant === undefined)
    throw new RangeError(`--formats ${name}: not measured; there are ${VARIANTS.map((one) => one.name).join(', ')}`);
  return variant;
}

main();
