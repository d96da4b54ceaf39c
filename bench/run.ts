/**
 * `npm run bench -- [--profile mix,churn,elephant,full,filter,startup,parts] [--runs 5]
 * [--against tcpdump,softflowd,nfpcapd,rival,jsonl] [--scale 1]`.
 * Whole processes take turns (A B A B), captures lie in the page cache, and medians are shown. The targets beside the
 * ratios are those of the project; nothing here judges them. `parts` runs the benchmarks of parts and filters. Exit
 * code 1 when a program fails to run.
 */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { measure, median, warm } from './measure.ts';
import type { Run } from './measure.ts';
import { FILTERED, NODE, OURS, RIVALS, inScratchFolder } from './programs.ts';
import type { Program, Section, Target } from './programs.ts';
import { PROFILES } from '../src/generate/profiles.ts';
import { PACKAGE_FOLDER, ensureWorkload, isProfileName } from './workload.ts';

const SECTIONS: readonly string[] = [...Object.keys(PROFILES), 'filter', 'startup', 'parts'];

/** Peak resident memory the project allows itself, MiB. */
const PEAK_MIB_MAX: Partial<Record<Section, number>> = { churn: 280, elephant: 110 };
/** Share of `mix` that has ten packets. */
const STARTUP_SCALE = 1e-6;

/** Medians of one program's runs. */
interface Result {
  readonly program: Program;
  readonly wallSeconds: number;
  readonly cpuSeconds: number | undefined;
  readonly peakMiB: number | undefined;
  /** Of the last run. */
  readonly stderr: string;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string', default: SECTIONS.join(',') },
      against: { type: 'string', default: RIVALS.map((program) => program.name).join(',') },
      runs: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs ${values.runs}: must be a positive integer`);
  const rivals = values.against.split(',').map(rivalNamed);
  const sections = values.profile.split(',').map(sectionNamed);
  printMachine();
  for (const { name } of [OURS, ...rivals].filter((program) => !program.installed())) {
    console.log(`skipped: ${name} (not installed)`);
  }
  for (const section of sections) {
    if (section === 'parts') runParts();
    else if (section === 'startup') compare(section, STARTUP_SCALE, [OURS, NODE], runs);
    else if (section === 'filter') compare(section, Number(values.scale), [OURS, ...FILTERED], runs);
    else compare(section, Number(values.scale), [OURS, ...rivals], runs);
  }
}

function compare(section: Section, scale: number, programs: readonly Program[], runs: number): void {
  const workload = ensureWorkload(section === 'startup' || section === 'filter' ? 'mix' : section, scale);
  const { packetCount, flowCount, durationSeconds, fileSize, path } = workload;
  console.log(
    `\n${section}: ${packetCount} packets, ${flowCount} flows, ${durationSeconds.toFixed(0)} s, ` +
      `${(fileSize / 1e6).toFixed(1)} MB; medians of ${runs}`,
  );
  warm(path);
  const results = measureInTurns(
    programs.filter((program) => program.installed()),
    path,
    runs,
  );
  const ours = results.find(({ program }) => program === OURS);
  printTable([
    ['program', 'wall s', 'cpu s', 'peak MiB', 'Mpkt/s', 'ratio of', 'wall', 'cpu', 'target'],
    ...results.map((result) => resultRow(section, packetCount, result, ours)),
  ]);
  if (section === 'filter') printKept(results.filter(({ program }) => FILTERED.includes(program)));
  else if (section !== 'startup') compareCounts(path);
}

function measureInTurns(programs: readonly Program[], path: string, runs: number): Result[] {
  const runsOf = new Map<Program, Run[]>(programs.map((program) => [program, []]));
  for (let turn = 0; turn < runs; turn++) {
    for (const [program, list] of runsOf) {
      list.push(inScratchFolder((folder) => measure(program.command(path, folder))));
    }
  }
  return [...runsOf].map(([program, list]) => ({
    program,
    wallSeconds: median(list.map((run) => run.wallSeconds)) ?? Number.NaN,
    cpuSeconds: median(list.map((run) => run.cpuSeconds)),
    peakMiB: median(list.map((run) => run.peakMiB)),
    stderr: list.at(-1)?.stderr ?? '',
  }));
}

function resultRow(section: Section, packetCount: number, result: Result, ours: Result | undefined): string[] {
  const { program, wallSeconds, cpuSeconds, peakMiB } = result;
  const peakMax = PEAK_MIB_MAX[section];
  const measured = [
    program.name,
    wallSeconds.toFixed(3),
    cpuSeconds?.toFixed(2) ?? '-',
    peakMiB?.toFixed(0) ?? '-',
    (packetCount / wallSeconds / 1e6).toFixed(2),
  ];
  if (ours === undefined) return measured;
  if (result === ours) return [...measured, '', '', '', peakMax === undefined ? '' : `peak at most ${peakMax} MiB`];
  const target = program.targets[section];
  const ratio = target?.ratio ?? 'theirs/ours';
  return [
    ...measured,
    ratio,
    ratioText(ratio, ours.wallSeconds, wallSeconds),
    ratioText(ratio, ours.cpuSeconds, cpuSeconds),
    target === undefined ? '' : `${target.comparison} ${target.bound}`,
  ];
}

function ratioText(ratio: Target['ratio'], ours: number | undefined, theirs: number | undefined): string {
  if (ours === undefined || theirs === undefined) return '-';
  return (ratio === 'ours/theirs' ? ours / theirs : theirs / ours).toFixed(2);
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
function printKept(results: readonly Result[]): void {
  const kept = results.map(({ program, stderr }) => {
    const { packetsSeen, packetsFiltered } = statsIn(stderr);
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
  if (name === 'filter' || name === 'startup' || name === 'parts' || isProfileName(name)) return name;
  throw new Error(`--profile ${name}: not known; there are ${SECTIONS.join(', ')}`);
}

function printMachine(): void {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? 'unknown CPU';
  const load = loadavg().map((average) => average.toFixed(2));
  console.log(
    `Node ${process.version}, ${cores.length} × ${model}, load ${load.join(' ')}, ${new Date().toISOString()}`,
  );
}

/** Prints rows in columns: the first flush left, numbers flush right. */
function printTable(rows: readonly string[][]): void {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
}

main();
