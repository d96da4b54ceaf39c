/**
 * `npm run bench`; `npm run bench -- --help` lists its options.
 * Whole processes take turns (A B A B), captures lie in the page cache, and medians are shown with the least and the
 * greatest value. The targets beside the ratios are those of the project; nothing here judges them. Exit code 1 when a
 * program fails to run.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { PROFILE_NAMES } from '../src/options/generate_options.ts';
import { measure, warm } from './measure.ts';
import type { Run } from './measure.ts';
import { FILTERED, NODE, OURS, RIVALS, inScratchFolder } from './programs.ts';
import type { Program, Section } from './programs.ts';
import { comparison, differences } from './report/compare.ts';
import { commit, described, load, machine } from './report/machine.ts';
import { printTable, sectionTable } from './report/print.ts';
import { publish } from './report/publish.ts';
import { REPORT_FORMAT, readReport, writeReport } from './report/report.ts';
import type { ProgramResult, Report, SectionReport } from './report/report.ts';
import { PACKAGE_FOLDER, ensureMany, ensureWorkload, isProfileName } from './workload.ts';
import type { Input } from './workload.ts';

/** `parts` are benchmarks of their own, which no report has. */
const SECTIONS: readonly string[] = [...PROFILE_NAMES, 'filter', 'startup', 'many', 'parts'];
/** Share of `mix` that has ten packets. */
const STARTUP_SCALE = 1e-6;

const HELP = `Usage: npm run bench -- [options]
  --profile LIST  workloads, and 'parts' for the benchmarks of parts and filters
                  (${SECTIONS.join(',')})
  --against LIST  programs to compare with, besides the command itself
                  (${RIVALS.map(({ name }) => name).join(',')})
  --runs N        of each program (5)
  --scale N       size of the workloads (1)
  --json FILE     keep all figures
  --from FILE     take them from a file that was kept, and measure nothing
  --compare FILE  show them beside those of an earlier file
  --publish       write docs/benchmarks.md, its plot and the figures of the README
  -h, --help      this text
`;

interface Wanted {
  readonly sections: readonly Section[];
  readonly rivals: readonly Program[];
  readonly runs: number;
  readonly scale: number;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string', default: SECTIONS.join(',') },
      against: { type: 'string', default: RIVALS.map((program) => program.name).join(',') },
      runs: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
      json: { type: 'string' },
      from: { type: 'string' },
      compare: { type: 'string' },
      publish: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs ${values.runs}: must be a positive integer`);
  const names = values.profile.split(',').map(sectionNamed);
  const sections = names.filter((name) => name !== 'parts');
  // What cannot be read later is found now.
  const old = values.compare === undefined ? undefined : readReport(values.compare);
  const wanted = { sections, rivals: values.against.split(',').map(rivalNamed), runs, scale: Number(values.scale) };
  const report = values.from === undefined ? measured(wanted) : readReport(values.from);
  if (values.json !== undefined) writeReport(values.json, report);
  if (old !== undefined) {
    console.log(`\nnow, and as it was on ${old.date} (${old.commit}):`);
    printTable(comparison(old, report));
    for (const difference of differences(old, report)) console.log(`note: ${difference}`);
  }
  if (values.publish) publish(report, PACKAGE_FOLDER);
  if (values.from === undefined && names.includes('parts')) runParts();
}

function measured({ sections, rivals, runs, scale }: Wanted): Report {
  const date = new Date().toISOString();
  const loadBefore = load();
  const { node, cores, cpu } = machine(loadBefore);
  console.log(`Node ${node}, ${cores} × ${cpu}, load ${loadBefore.join(' ')}, ${date}`);
  for (const { name } of [OURS, ...rivals].filter((program) => !program.installed())) {
    console.log(`skipped: ${name} (not installed)`);
  }
  const used = new Set<Program>();
  const reports = sections.map((section) => {
    const programs = programsOf(section, rivals).filter((program) => program.installed());
    for (const program of programs) used.add(program);
    return compare(section, inputOf(section, scale), programs, runs);
  });
  return {
    ...{ format: REPORT_FORMAT, date, commit: commit(), machine: machine(loadBefore), runs, scale },
    programs: [...used].map(described),
    sections: reports,
  };
}

function programsOf(section: Section, rivals: readonly Program[]): readonly Program[] {
  if (section === 'filter') return [OURS, ...FILTERED];
  return section === 'startup' || section === 'many' ? [OURS, NODE] : [OURS, ...rivals];
}

function inputOf(section: Section, scale: number): Input {
  if (section === 'many') return ensureMany();
  if (section === 'startup') return ensureWorkload('mix', STARTUP_SCALE);
  return ensureWorkload(section === 'filter' ? 'mix' : section, scale);
}

function compare(section: Section, input: Input, programs: readonly Program[], runs: number): SectionReport {
  const { packetCount, flowCount, durationSeconds, fileSize, path } = input;
  console.log(
    `\n${section}: ${packetCount} packets, ${flowCount} flows, ${durationSeconds.toFixed(0)} s, ` +
      `${(fileSize / 1e6).toFixed(1)} MB; medians of ${runs} [least greatest]`,
  );
  if (section !== 'many') warm(path);
  const runsOf = measureInTurns(programs, path, runs);
  const results = [...runsOf].map(([program, list]) => resultFrom(program, list));
  const report: SectionReport = { section, packetCount, flowCount, durationSeconds, fileSize, results };
  printTable(sectionTable(section, report, programs));
  if (section === 'filter') printKept(runsOf);
  else if (isProfileName(section)) compareCounts(path);
  return report;
}

function measureInTurns(programs: readonly Program[], path: string, runs: number): Map<Program, Run[]> {
  const runsOf = new Map<Program, Run[]>(programs.map((program) => [program, []]));
  for (let turn = 0; turn < runs; turn++) {
    for (const [program, list] of runsOf) {
      list.push(inScratchFolder((folder) => measure(program.command(path, folder))));
    }
  }
  return runsOf;
}

function resultFrom({ name }: Program, runs: readonly Run[]): ProgramResult {
  const wallSeconds = runs.map((run) => run.wallSeconds);
  const cpuSeconds = runs.flatMap((run) => run.cpuSeconds ?? []);
  const peakMiB = runs.flatMap((run) => run.peakMiB ?? []);
  if (cpuSeconds.length < runs.length || peakMiB.length < runs.length) return { program: name, wallSeconds };
  return { program: name, wallSeconds, cpuSeconds, peakMiB };
}

/** Says whether ours and the rival saw the same packets and flows. */
function compareCounts(path: string): void {
  const rival = RIVALS.find(({ name }) => name === 'rival');
  if (rival === undefined || !OURS.installed()) return;
  const [ours, theirs] = [OURS, rival].map((program) => countsOf(program, path));
  const same = ours !== undefined && ours === theirs;
  console.log(same ? `counts: ours and rival agree: ${ours}` : `counts: DIFFER: ours ${ours}; rival ${theirs}`);
}

function countsOf(program: Program, path: string): string {
  const { stderr } = inScratchFolder((folder) => measure([...program.command(path, folder), '--stats', '-']));
  const { packetsSeen, flowsStarted } = statsIn(stderr);
  return `${String(packetsSeen)} packets, ${String(flowsStarted)} flows`;
}

/** Share of the packets that each filter kept. */
function printKept(runsOf: ReadonlyMap<Program, readonly Run[]>): void {
  const kept = [...runsOf].flatMap(([program, runs]) => {
    const { packetsSeen, packetsFiltered } = FILTERED.includes(program) ? statsIn(runs.at(-1)?.stderr ?? '') : {};
    if (packetsSeen === undefined) return [];
    return `${program.name} ${(100 * (1 - Number(packetsFiltered) / Number(packetsSeen))).toFixed(2)} %`;
  });
  console.log(`kept: ${kept.join('; ')}`);
}

/** The JSON object of `--stats -`. */
function statsIn(stderr: string): Record<string, unknown> {
  return JSON.parse(stderr.slice(stderr.indexOf('{'))) as Record<string, unknown>;
}

/** Benchmarks of parts and of filters by themselves, each in a process of its own. */
function runParts(): void {
  for (const script of ['bench:parts', 'bench:filter']) {
    console.log(`\n${script}`);
    const { status } = spawnSync('npm', ['run', '--silent', script], { cwd: PACKAGE_FOLDER, stdio: 'inherit' });
    if (status !== 0) throw new Error(`npm run ${script}: exit ${status}`);
  }
}

function rivalNamed(name: string): Program {
  const program = RIVALS.find((known) => known.name === name);
  if (program !== undefined) return program;
  throw new Error(`--against ${name}: not known; there are ${RIVALS.map((known) => known.name).join(', ')}`);
}

function sectionNamed(name: string): Section | 'parts' {
  if (['filter', 'startup', 'many', 'parts'].includes(name) || isProfileName(name)) return name as Section | 'parts';
  throw new Error(`--profile ${name}: not known; there are ${SECTIONS.join(', ')}`);
}

try {
  main();
} catch (error) {
  // A wrong argument, or a program that has failed: where is of no use.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
