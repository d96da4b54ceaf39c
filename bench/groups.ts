/**
 * What the groups of fields cost: CPU time of `pcapflow read -f jsonl` over `mix` with each group, with all of them,
 * and with none. `npm run bench:groups`; `npm run bench:groups -- --help` lists its options.
 *
 * All take turns, forwards and backwards, and the least time of each counts: other programs only make it longer. The
 * bounds are those of the project; nothing here judges them. With `--by` no line is written, so that keeping groups is
 * seen without writing them. Only where GNU time is installed, which reports CPU time.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { planSides } from '../src/engine/side_records.ts';
import type { WithName } from '../src/flow/groups.ts';
import { warm } from './measure.ts';
import { measureInTurns } from './ratios.ts';
import type { TurnFigures } from './ratios.ts';
import { commit, load, machine } from './report/machine.ts';
import { spreadOf } from './report/spread.ts';
import { PACKAGE_FOLDER, ensureWorkload } from './workload.ts';

const HELP = `Usage: npm run bench:groups -- [options]
  --runs N        of each command (7)
  --scale N       size of mix (0.3, 3 million packets)
  --file CAPTURE  read this one in place of mix
  --against DIR   also run the build of another working tree without groups: nothing is to cost nothing
  --by            sums by protocol in place of lines: groups are kept, but not written
  --json FILE     keep all figures
  -h, --help      this text
`;

/** What is measured: names of groups, and how much more CPU time they may take than no group, as a share of it. */
interface Case {
  readonly name: string;
  readonly groups: readonly WithName[];
  readonly most?: number;
}

const ALL: readonly WithName[] = [
  'community-id',
  'tcp',
  'stats',
  'zeek',
  'activity',
  'first-packets',
  'payload',
  'entropy',
  'link',
];
const MOST: Readonly<Record<string, number>> = { 'community-id': 0.05, tcp: 0.2, stats: 0.15, zeek: 0.25 };
const CASES: readonly Case[] = [
  { name: 'none', groups: [] },
  ...ALL.map((name) => ({ name, groups: [name], ...(MOST[name] === undefined ? {} : { most: MOST[name] }) })),
  { name: 'all', groups: ALL, most: 0.6 },
];

interface Figures extends Case {
  readonly cpuSeconds: readonly number[];
  readonly peakMiB: number;
  /** Of a flow, all records together. */
  readonly flowBytes: number;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '7' },
      scale: { type: 'string', default: '0.3' },
      file: { type: 'string' },
      against: { type: 'string' },
      by: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs ${values.runs}: must be a positive integer`);
  const path = values.file ?? ensureWorkload('mix', Number(values.scale)).path;
  const output = values.by ? ['--by', 'protocol'] : ['--format', 'jsonl'];
  const commands = new Map(
    CASES.map((one) => [one, [...commandOf(PACKAGE_FOLDER, path), ...output, ...withGroups(one.groups)]]),
  );
  if (values.against !== undefined) {
    commands.set({ name: 'none, before', groups: [], most: 0 }, [...commandOf(values.against, path), ...output]);
  }
  warm(path);
  const loadBefore = load();
  const date = new Date().toISOString();
  const { cpu, cores, node } = machine(loadBefore);
  console.log(`Node ${node}, ${cores} × ${cpu}, commit ${commit()}, load ${loadBefore.join(' ')}, ${date}`);
  const figures = figuresOf(commands, runs);
  printTable(figures);
  const report = { date, commit: commit(), machine: machine(loadBefore), path, output, runs, figures };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

/** The command of a working tree. @throws {Error} when there is none */
function commandOf(folder: string, path: string): readonly string[] {
  const command = join(resolve(folder), 'dist', 'bin', 'pcapflow', 'main.cjs');
  if (!existsSync(command)) throw new Error(`${command} is not there; run 'npm run setup' in ${folder}`);
  return [process.execPath, command, 'read', path, '--no-progress'];
}

function withGroups(groups: readonly string[]): readonly string[] {
  return groups.length === 0 ? [] : ['--with', groups.join(',')];
}

function figuresOf(commands: ReadonlyMap<Case, readonly string[]>, runs: number): readonly Figures[] {
  const list = [...commands];
  const measured = measureInTurns(
    list.map(
      ([, command]) =>
        () =>
          command,
    ),
    runs,
  );
  return list.map(([one], n) => {
    const { cpuSeconds, peakMiB } = measured[n] as TurnFigures;
    const { flowBytes } = planSides({ directions: false, headersMax: 0, with: one.groups });
    return { ...one, cpuSeconds, peakMiB: Math.max(...peakMiB), flowBytes };
  });
}

/** As a table of Markdown, for the documents. */
function printTable(figures: readonly Figures[]): void {
  const base = spreadOf(figures[0]?.cpuSeconds ?? []);
  console.log('\n| groups | CPU s: least, median | more than none | bound | bytes a flow | peak MiB |');
  console.log('|---|---|---|---|---|---|');
  for (const { name, most, cpuSeconds, peakMiB, flowBytes } of figures) {
    const { least, median } = spreadOf(cpuSeconds);
    const cells = [
      name,
      `${least.toFixed(2)}, ${median.toFixed(2)}`,
      percent(least / base.least - 1),
      most === undefined ? '' : percent(most),
      `${flowBytes}`,
      peakMiB.toFixed(0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

main();
