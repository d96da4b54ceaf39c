/** Command lines of ours that are compared with the first of them: CPU time and peak memory, and bounds for both. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { measure, warm } from './measure.ts';
import { inScratchFolder } from './programs.ts';
import { withSection } from './report/kept_sections.ts';
import { commit, load, machine } from './report/machine.ts';
import { thousands } from './report/plot.ts';
import { printTable } from './report/print.ts';
import type { Machine } from './report/report.ts';
import { spreadOf, spreadText } from './report/spread.ts';
import { PACKAGE_FOLDER } from './workload.ts';
import type { Input } from './workload.ts';

/** One of the command lines. */
export interface Variant {
  readonly name: string;
  /** `folder` is empty, and removed after the run. */
  readonly command: (capture: string, folder: string) => readonly string[];
  /** CPU time at most, as a multiple of that of the first. */
  readonly cpuRatioMax?: number;
}

export interface RatioReport {
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly input: Omit<Input, 'path'>;
  /** MiB more than the first at most. */
  readonly peakMiBMoreMax: number;
  readonly results: readonly VariantResult[];
}

interface VariantResult extends TurnFigures {
  readonly name: string;
  readonly cpuRatioMax?: number;
}

/** Of each run. */
export interface TurnFigures {
  readonly cpuSeconds: readonly number[];
  readonly peakMiB: readonly number[];
}

/**
 * Whole processes take turns, in this order and then in the opposite one.
 * @param commands each is given a folder that is empty, and removed after the run
 * @throws {Error} when one fails, or when GNU time is not installed
 */
export function measureInTurns(
  commands: readonly ((folder: string) => readonly string[])[],
  runs: number,
): TurnFigures[] {
  const figures = commands.map(() => ({ cpuSeconds: [] as number[], peakMiB: [] as number[] }));
  for (let turn = 0; turn < runs; turn++) {
    const order = [...commands.entries()];
    for (const [n, command] of turn % 2 === 0 ? order : order.reverse()) {
      const { cpuSeconds, peakMiB } = inScratchFolder((folder) => measure(command(folder)));
      if (cpuSeconds === undefined || peakMiB === undefined) throw new Error('GNU time is needed: apt install time');
      figures[n]?.cpuSeconds.push(cpuSeconds);
      figures[n]?.peakMiB.push(peakMiB);
    }
  }
  return figures;
}

const HEADING = ['output', 'CPU s: median [least greatest]', 'ratio of medians', 'of the least', 'at most', 'peak MiB'];

/** @throws {Error} as measureInTurns */
export function measureRatios(
  variants: readonly Variant[],
  { path, ...input }: Input,
  runs: number,
  peakMiBMoreMax: number,
): RatioReport {
  const loadBefore = load();
  // As it is now: the tree may change meanwhile.
  const measured = commit();
  const date = new Date().toISOString();
  warm(path);
  const figures = measureInTurns(
    variants.map(
      ({ command }) =>
        (folder) =>
          command(path, folder),
    ),
    runs,
  );
  const results = variants.map(({ name, cpuRatioMax }, n) => ({
    ...{ name, ...(figures[n] as TurnFigures) },
    ...(cpuRatioMax === undefined ? {} : { cpuRatioMax }),
  }));
  return { date, commit: measured, machine: machine(loadBefore), input, peakMiBMoreMax, results };
}

/** A row for each command line, a heading first. */
export function ratioRows({ results, peakMiBMoreMax }: RatioReport): string[][] {
  const [first] = results;
  if (first === undefined) return [HEADING];
  const [cpu, peak] = [spreadOf(first.cpuSeconds), spreadOf(first.peakMiB)];
  return [
    HEADING,
    ...results.map((result) => {
      const own = spreadOf(result.cpuSeconds);
      const ownPeak = spreadOf(result.peakMiB).median;
      const more = ownPeak - peak.median > peakMiBMoreMax ? ' (too much)' : '';
      return [
        result.name,
        spreadText(result.cpuSeconds, 2),
        (own.median / cpu.median).toFixed(2),
        (own.least / cpu.least).toFixed(2),
        result.cpuRatioMax?.toFixed(1) ?? '',
        `${ownPeak.toFixed(0)}${more}`,
      ];
    }),
  ];
}

export function printRatios(report: RatioReport): void {
  const { machine: on, date, input } = report;
  console.log(`Node ${on.node}, ${on.cores} × ${on.cpu}, load ${on.loadBefore.join(' ')}, ${date}`);
  console.log(`${input.packetCount} packets, ${input.flowCount} flows`);
  printTable(ratioRows(report));
}

const DOCUMENT = join(PACKAGE_FOLDER, 'docs', 'benchmarks.md');

/** Puts the table into docs/benchmarks.md, in place of the one with this title. @param about a sentence or more */
export function publishRatios(title: string, about: string, command: string, report: RatioReport): void {
  const { date, commit: of, machine: on, input, results } = report;
  const runs = results[0]?.cpuSeconds.length ?? 0;
  const [heading = [], ...rows] = ratioRows(report);
  const text = [
    about,
    '',
    `Measured ${date.slice(0, 16).replace('T', ' ')} UTC with commit ${of} on ${on.cores} × ${on.cpu},`,
    `Node ${on.node.slice(1)}; load ${on.loadBefore[0]} before and ${on.loadAfter[0]} after;`,
    `${thousands(input.packetCount)} packets, ${thousands(input.flowCount)} flows;`,
    `medians of ${runs} runs of each, which take turns. \`${command}\` measures it again.`,
    '',
    ...[heading, heading.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
  writeFileSync(DOCUMENT, withSection(readFileSync(DOCUMENT, 'utf8'), title, text));
}
