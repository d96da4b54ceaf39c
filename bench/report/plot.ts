/** The plot of docs/bench.svg: for each capture a bar for each program. */
import { resultOf } from './report.ts';
import type { Report, SectionReport } from './report.ts';
import { spreadOf } from './spread.ts';

const WIDTH = 760;
const LEFT = 150;
const RIGHT = 90;
const TOP = 56;
const BAR = 16;
const ROW = 22;
const TITLE = 30;
const GAP = 10;
const AXIS = 52;
const TICKS_MAX = 8;

/** Colours by the reader's preference; text and lines have at least a contrast of 4.5 to their ground. */
const STYLE = `
  .ground { fill: #ffffff } text { fill: #1f2328; font: 12px system-ui, sans-serif }
  .title { font-weight: 600 } .quiet { fill: #59636e } .grid { stroke: #d1d9e0 } .axis, .spread { stroke: #1f2328 }
  .ours { fill: #0969da } .theirs { fill: #9198a1 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #f0f6fc } .quiet { fill: #9198a1 } .grid { stroke: #3d444d }
    .axis, .spread { stroke: #f0f6fc } .ours { fill: #4493f8 } .theirs { fill: #656c76 }
  }`;

/** Programs whose bars are drawn as ours. */
const OURS = /^(pcapflow|jobs)/;
const LABELS: Readonly<Record<string, string>> = { jobs: 'pcapflow --jobs 2', rival: 'plain TypeScript' };

export function plot(report: Report, sections: readonly SectionReport[], programs: readonly string[]): string {
  const bars = sections.flatMap((section) => programs.flatMap((name) => barOf(section, name) ?? []));
  const step = tickStep(Math.max(...bars.map(({ greatest }) => greatest)));
  const top = Math.max(...bars.map(({ greatest }) => Math.ceil(greatest / step) * step));
  const x = (rate: number): number => LEFT + (rate / top) * (WIDTH - LEFT - RIGHT);
  const lines: string[] = [];
  let y = TOP;
  for (const section of sections) {
    lines.push(text(LEFT + 6, y + 18, 'title', `${section.section}: ${thousands(section.packetCount)} packets`));
    y += TITLE;
    for (const name of programs) {
      const bar = barOf(section, name);
      if (bar === undefined) continue;
      const middle = y + BAR / 2;
      lines.push(
        text(LEFT - 8, middle + 4, '', LABELS[name] ?? name, 'end'),
        `<rect class="${OURS.test(name) ? 'ours' : 'theirs'}" x="${LEFT}" y="${y}" ` +
          `width="${round(x(bar.median) - LEFT)}" height="${BAR}"/>`,
        `<line class="spread" x1="${round(x(bar.least))}" x2="${round(x(bar.greatest))}" ` +
          `y1="${middle}" y2="${middle}"/>`,
        text(round(x(bar.greatest)) + 6, middle + 4, '', bar.median.toFixed(2)),
      );
      y += ROW;
    }
    y += GAP;
  }
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, n) => n * step);
  const grid = ticks.map((rate) => {
    const at = round(x(rate));
    const label = text(at, y + 18, 'quiet', shortNumber(rate), 'middle');
    return `<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${y}"/>${label}`;
  });
  const height = y + AXIS;
  const { cores, cpu, node } = report.machine;
  const about =
    `${report.date.slice(0, 10)}, ${cores} × ${cpu}, Node ${node.slice(1)}; ` +
    `bar: median of ${report.runs}, line: slowest to fastest run`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">Packets per second of pcapflow and other programs on made captures</title>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
${text(16, 24, 'title', 'Whole runs over captures in the page cache')}
${text(16, 42, 'quiet', about)}
${grid.join('\n')}
<line class="axis" x1="${LEFT}" x2="${LEFT}" y1="${TOP}" y2="${y}"/>
${lines.join('\n')}
${text((LEFT + WIDTH - RIGHT) / 2, y + 40, '', 'million packets per second', 'middle')}
</svg>
`;
}

interface Bar {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** Millions of packets per second; undefined: the program was not measured on this capture. */
function barOf(section: SectionReport, program: string): Bar | undefined {
  const result = resultOf(section, program);
  if (result === undefined) return undefined;
  return spreadOf(result.wallSeconds.map((seconds) => section.packetCount / seconds / 1e6));
}

/** The least round step (1, 2 or 5 times a power of ten) that needs no more than so many ticks. */
function tickStep(greatest: number): number {
  for (let power = 10 ** Math.floor(Math.log10(greatest / TICKS_MAX)); ; power *= 10) {
    const step = [1, 2, 5].map((times) => times * power).find((size) => greatest / size <= TICKS_MAX);
    if (step !== undefined) return step;
  }
}

function text(x: number, y: number, kind: string, content: string, anchor = 'start'): string {
  const classes = kind === '' ? '' : ` class="${kind}"`;
  const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${x}" y="${y}"${classes}${anchored}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

const round = (value: number): number => Math.round(value * 10) / 10;
const shortNumber = (value: number): string => String(Number(value.toPrecision(3)));
export const thousands = (count: number): string => count.toLocaleString('en-US');
