/** Figures on the terminal. */
import type { Program, Section, Target } from '../programs.ts';
import { resultOf } from './report.ts';
import type { ProgramResult, SectionReport } from './report.ts';
import { spreadOf, spreadText } from './spread.ts';

/** Peak resident memory the project allows itself, MiB. */
const PEAK_MIB_MAX: Partial<Record<Section, number>> = { churn: 180, 'churn-held': 180, elephant: 110 };

/** Rows of a section, a heading first: each program, and how it compares with the first one, which is ours. */
export function sectionTable(section: Section, report: SectionReport, programs: readonly Program[]): string[][] {
  const ours = report.results[0];
  const rows = programs.map((program) => {
    const result = resultOf(report, program.name);
    if (result === undefined || ours === undefined) return [program.name];
    return [
      ...figures(report, result),
      ...(result === ours ? bounds(section) : ratios(section, program, ours, result)),
    ];
  });
  return [['program', 'wall s', 'cpu s', 'peak MiB', 'Mpkt/s', 'ratio of', 'wall', 'cpu', 'target'], ...rows];
}

function figures(
  { packetCount }: SectionReport,
  { program, wallSeconds, cpuSeconds, peakMiB }: ProgramResult,
): string[] {
  return [
    program,
    spreadText(wallSeconds, 3),
    cpuSeconds === undefined ? '-' : spreadText(cpuSeconds, 2),
    peakMiB === undefined ? '-' : spreadOf(peakMiB).median.toFixed(0),
    (packetCount / spreadOf(wallSeconds).median / 1e6).toFixed(2),
  ];
}

function bounds(section: Section): string[] {
  const peakMax = PEAK_MIB_MAX[section];
  return peakMax === undefined ? [] : ['', '', '', `peak at most ${peakMax} MiB`];
}

function ratios(section: Section, program: Program, ours: ProgramResult, theirs: ProgramResult): string[] {
  const target = program.targets[section];
  const ratio = target?.ratio ?? 'theirs/ours';
  return [
    ratio,
    ratioText(ratio, ours.wallSeconds, theirs.wallSeconds),
    ratioText(ratio, ours.cpuSeconds, theirs.cpuSeconds),
    target === undefined ? '' : `${target.comparison} ${target.bound}`,
  ];
}

function ratioText(
  ratio: Target['ratio'],
  ours: readonly number[] | undefined,
  theirs: readonly number[] | undefined,
): string {
  if (ours === undefined || theirs === undefined) return '-';
  const quotient = spreadOf(ours).median / spreadOf(theirs).median;
  return (ratio === 'ours/theirs' ? quotient : 1 / quotient).toFixed(2);
}

/** Prints rows in columns: the first flush left, the others flush right. */
export function printTable(rows: readonly (readonly string[])[]): void {
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
