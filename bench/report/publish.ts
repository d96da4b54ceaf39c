/**
 * What is published of a report: the plot, docs/benchmarks.md and the figures of the README. Nothing in them is written
 * by hand, so `npm run bench -- --from docs/benchmarks.json --publish` gives the same again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PROFILES } from '../../src/generate/profiles.ts';
import { isProfileName } from '../workload.ts';
import { KEPT } from './kept_sections.ts';
import { plot, thousands } from './plot.ts';
import { resultOf, writeReport } from './report.ts';
import type { ProgramResult, Report, SectionReport } from './report.ts';
import { spreadOf, spreadText } from './spread.ts';

const REPORT = 'docs/benchmarks.json';
const PLOT = 'docs/bench.svg';
const DOCUMENT = 'docs/benchmarks.md';
const README = 'README.md';
/** Measures and writes all of it. */
const COMMAND = 'npm run bench:publish';

const BEGIN = `<!-- figures: written by \`${COMMAND}\` -->`;
const END = '<!-- end of figures -->';
/** As long as lines of documents may be. */
const LINE_LENGTH_MAX = 120;
/** What is measured besides the profiles. */
const ABOUT: Readonly<Record<string, string>> = {
  filter: 'the capture of mix with capture filters',
  startup: 'a capture of ten packets, beside Node doing nothing: what a run costs before its first packet',
  many: 'the packets are in 1,000 files, which one call reads, beside Node doing nothing',
};
/** Programs of the plot, from above. */
const PLOTTED = ['pcapflow', 'jobs', 'tcpdump', 'rival', 'softflowd', 'nfpcapd'];

/** @param folder the package's */
export function publish(report: Report, folder: string): void {
  writeReport(join(folder, REPORT), report);
  for (const [path, text] of published(report, (name) => readFileSync(join(folder, name), 'utf8')))
    writeFileSync(join(folder, path), text);
}

/** Path -> text of each file that is made from a report. @param textOf the text that a file has now */
export function published(report: Report, textOf: (path: string) => string): ReadonlyMap<string, string> {
  return new Map([
    [PLOT, plot(report, captureSections(report), PLOTTED)],
    [DOCUMENT, documentOf(report) + keptSections(textOf(DOCUMENT))],
    [README, withFigures(textOf(README), report)],
  ]);
}

/** The sections of the document that other commands write. */
function keptSections(document: string): string {
  const at = document.indexOf(KEPT);
  return at === -1 ? '' : `\n${document.slice(at)}`;
}

/** Sections that have a capture of some size. */
function captureSections({ sections }: Report): SectionReport[] {
  return sections.filter(({ section }) => isProfileName(section));
}

function withFigures(text: string, report: Report): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${README}: the markers '${BEGIN}' and '${END}' are missing`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${headlines(report).map(wrapped).join('\n')}\n\n${text.slice(end)}`;
}

/** Three figures. @throws {Error} when the report does not have what they need */
function headlines(report: Report): string[] {
  const [mix, held] = ['mix', 'churn-held'].map((name) => sectionNamed(report, name));
  if (mix === undefined || held === undefined) throw new Error('mix and churn-held are needed');
  const one = resultNamed(mix, 'pcapflow');
  const two = resultNamed(mix, 'jobs');
  const table = resultNamed(held, 'pcapflow');
  const times = (rival: string): string => (wall(resultNamed(mix, rival)) / wall(one)).toFixed(1);
  const { cores, cpu } = report.machine;
  const load = Math.max(...report.machine.loadBefore, ...report.machine.loadAfter);
  const busy = load > report.machine.cores ? `, on a busy machine (load up to ${load})` : '';
  return [
    `- **${rate(mix, one)} million packets a second** from a capture of ${thousands(mix.packetCount)} packets, ` +
      `${rate(mix, two)} million with \`--jobs 2\`; tcpdump, which only copies the packets, takes ` +
      `${rate(mix, resultNamed(mix, 'tcpdump'))} million.`,
    `- **${times('softflowd')} times as fast as softflowd, ${times('nfpcapd')} times as fast as nfpcapd** on it.`,
    `- **${peak(table)} MiB of memory** at most with ${thousands(held.flowCount)} active flows, in ` +
      `${wall(table).toFixed(2)} s.`,
    '',
    `Measured ${report.date.slice(0, 10)} on ${cores} × ${cpu}${busy}: medians of ${report.runs} whole runs. ` +
      `\`${COMMAND}\` measures it again; [docs/benchmarks.md](docs/benchmarks.md) has all figures with their spread.`,
  ];
}

function sectionNamed(report: Report, name: string): SectionReport | undefined {
  return report.sections.find(({ section }) => section === name);
}

function resultNamed(section: SectionReport, program: string): ProgramResult {
  const result = resultOf(section, program);
  if (result === undefined) throw new Error(`${section.section}: ${program} was not measured; is it installed?`);
  return result;
}

const wall = ({ wallSeconds }: ProgramResult): number => spreadOf(wallSeconds).median;
const rate = ({ packetCount }: SectionReport, result: ProgramResult): string =>
  (packetCount / wall(result) / 1e6).toFixed(2);
const peak = ({ peakMiB }: ProgramResult): string =>
  peakMiB === undefined ? '-' : spreadOf(peakMiB).median.toFixed(0);

function documentOf(report: Report): string {
  const { cpu, cores, memoryGiB, system, node, loadBefore, loadAfter } = report.machine;
  return `# Benchmarks

\`${COMMAND}\` measures all of this and writes this page, the plot and the figures of the README from
[benchmarks.json](benchmarks.json). Whole processes take turns, their captures lie in the page cache, their output goes
nowhere. \`npm run bench -- --json NEW.json --compare OLD.json\` compares two runs.

![Million packets per second for each capture and program](bench.svg)

| | |
|---|---|
| date | ${report.date} |
| pcapflow | commit ${report.commit} |
| machine | ${cores} × ${cpu}, ${memoryGiB} GiB |
| system | ${system}, Node ${node.slice(1)} |
| load before, after | ${loadBefore.join(', ')}; ${loadAfter.join(', ')} |
| runs | ${report.runs} of each program on each capture |
| size of the captures | ${report.scale} of the usual one ([generate.md](generate.md)) |

A load above the number of cores means that other programs were running: then times are too long and the least one says
most.
${report.sections.map(sectionText).join('')}
## Command lines

CAPTURE is the capture, FOLDER an empty folder.

| program | version | command line |
|---|---|---|
${report.programs.map(({ name, version, command }) => `| ${name} | ${version} | \`${command}\` |`).join('\n')}
`;
}

function sectionText(section: SectionReport): string {
  const { packetCount, flowCount, fileSize, durationSeconds } = section;
  const about = isProfileName(section.section) ? PROFILES[section.section].about : (ABOUT[section.section] ?? '');
  const size = `${thousands(packetCount)} packets, ${thousands(flowCount)} flows, ${durationSeconds.toFixed(0)} s`;
  const ours = resultOf(section, 'pcapflow');
  return `
## ${section.section}

${wrapped(`${size}, ${(fileSize / 1e6).toFixed(1)} MB: ${about}.`)}

| program | wall s: median [least greatest] | CPU s | peak MiB | million packets/s | wall, of pcapflow's |
|---|---|---|---|---|---|
${section.results.map((result) => `| ${cells(section, result, ours).join(' | ')} |`).join('\n')}
`;
}

function cells(section: SectionReport, result: ProgramResult, ours: ProgramResult | undefined): string[] {
  return [
    result.program,
    spreadText(result.wallSeconds, 3),
    result.cpuSeconds === undefined ? '-' : spreadText(result.cpuSeconds, 2),
    peak(result),
    rate(section, result),
    ours === undefined ? '-' : (wall(result) / wall(ours)).toFixed(2),
  ];
}

/** One paragraph, or one point of a list, in lines of a document. */
function wrapped(text: string): string {
  const indent = text.startsWith('- ') ? '  ' : '';
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + 1 + word.length > LINE_LENGTH_MAX) lines.push(indent + word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}
