/** The benchmark's report: comparing two, and what is published of one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { comparison, differences } from '../../bench/report/compare.ts';
import { KEPT, withSection } from '../../bench/report/kept_sections.ts';
import { plot } from '../../bench/report/plot.ts';
import { published } from '../../bench/report/publish.ts';
import { REPORT_FORMAT, readReport, writeReport } from '../../bench/report/report.ts';
import type { ProgramResult, Report } from '../../bench/report/report.ts';
import { spreadOf, spreadText } from '../../bench/report/spread.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

function reportWith(results: readonly ProgramResult[], machine: Partial<Report['machine']> = {}): Report {
  return {
    ...{ format: REPORT_FORMAT, date: '2026-11-29T03:00:00.000Z', commit: 'abc', runs: 3, scale: 1 },
    machine: {
      ...{ cpu: 'A & B', cores: 2, memoryGiB: 8, system: 'Linux 6', node: 'v20.0.0' },
      ...{ loadBefore: [0, 0, 0], loadAfter: [0, 0, 0] },
      ...machine,
    },
    programs: results.map(({ program }) => ({ name: program, version: '1.0', command: program })),
    sections: [{ section: 'mix', packetCount: 1_000_000, flowCount: 5, durationSeconds: 10, fileSize: 1_000, results }],
  };
}

describe('a spread', () => {
  it('is the median, the least and the greatest, in any order of the values', () => {
    expect(spreadOf([3, 1, 10])).toEqual({ median: 3, least: 1, greatest: 10 });
    expect(spreadOf([4, 2])).toEqual({ median: 3, least: 2, greatest: 4 });
    expect(spreadText([0.4, 0.1, 1], 2)).toBe('0.40 [0.10 1.00]');
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('a report', () => {
  it('is the same after writing and reading', () => {
    const report = reportWith([{ program: 'pcapflow', wallSeconds: [1, 2, 3], cpuSeconds: [1, 1, 1], peakMiB: [9] }]);
    const path = join(folder, 'report.json');
    writeReport(path, report);
    expect(readReport(path)).toEqual(report);
  });

  it.each(['null', '{}', '{"format":0}', '[]'])('is refused when its file holds %s', (text) => {
    const path = join(folder, 'other.json');
    writeFileSync(path, text);
    expect(() => readReport(path)).toThrow(/other\.json: not a report of format 1; make one with/);
  });

  it('calls a change faster or slower only when the runs of both do not overlap', () => {
    const old = reportWith([
      { program: 'faster', wallSeconds: [4, 5, 6], cpuSeconds: [1, 1, 1], peakMiB: [1, 1, 1] },
      { program: 'slower', wallSeconds: [1, 1, 1], cpuSeconds: [2, 2, 2], peakMiB: [1, 1, 1] },
      { program: 'same', wallSeconds: [1, 2, 3] },
      { program: 'gone', wallSeconds: [1] },
    ]);
    const now = reportWith([
      { program: 'faster', wallSeconds: [2, 2.5, 3.9], cpuSeconds: [1, 1, 1], peakMiB: [1, 1, 1] },
      { program: 'slower', wallSeconds: [1.5, 1.1, 2], cpuSeconds: [1, 1, 1], peakMiB: [1, 1, 1] },
      { program: 'same', wallSeconds: [3, 4, 5] },
      { program: 'new', wallSeconds: [1] },
    ]);
    expect(comparison(old, now).slice(1)).toEqual([
      ['mix', 'faster', '2.500', '5.000', '0.500', 'faster', '1.000', '1.000', '1.000', ''],
      ['mix', 'slower', '1.500', '1.000', '1.500', 'slower', '1.000', '2.000', '0.500', 'faster'],
      ['mix', 'same', '4.000', '2.000', '2.000', '', '-', '-', '-', ''],
    ]);
  });

  it('does not compare captures of different sizes', () => {
    const old = reportWith([{ program: 'pcapflow', wallSeconds: [1] }]);
    const now = { ...old, sections: old.sections.map((section) => ({ ...section, packetCount: 7 })) };
    expect(comparison(old, now)).toHaveLength(1);
  });

  it('says what else than the program has changed', () => {
    const old = reportWith([{ program: 'tcpdump', wallSeconds: [1] }]);
    const now = reportWith([{ program: 'tcpdump', wallSeconds: [1] }], { cores: 8, node: 'v22.1.0' });
    const programs = [{ name: 'tcpdump', version: '4.99', command: 'tcpdump' }];
    expect(differences(old, { ...now, programs })).toEqual([
      'cores: was 2, is 8',
      'node: was v20.0.0, is v22.1.0',
      'tcpdump: was 1.0, is 4.99',
    ]);
    expect(differences(old, old)).toEqual([]);
  });
});

describe('the plot', () => {
  const report = reportWith([
    { program: 'pcapflow', wallSeconds: [0.25, 0.2, 0.125] },
    { program: 'tcpdump', wallSeconds: [0.5, 0.4, 0.8] },
  ]);
  const svg = plot(report, report.sections, ['pcapflow', 'tcpdump', 'softflowd']);

  it('has bars as long as the medians, and a line from the slowest to the fastest run', () => {
    const widths = [...svg.matchAll(/<rect class="(?:ours|theirs)"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    const lines = [...svg.matchAll(/class="spread" x1="([\d.]+)" x2="([\d.]+)"/g)].map(([, a, b]) => [
      Number(a),
      Number(b),
    ]);
    expect(widths).toHaveLength(2);
    // 5 and 2 million a second, and from 4 to 8.
    const perMillion = (widths[0] ?? 0) / 5;
    expect(widths[1]).toBeCloseTo(2 * perMillion, 0);
    const [slowest = 0, fastest = 0] = lines[0] ?? [];
    expect(fastest - slowest).toBeCloseTo(4 * perMillion, 0);
  });

  it('names its axis, programs and machine as text that XML allows', () => {
    expect(svg).toContain('million packets per second');
    expect(svg).toContain('>tcpdump<');
    expect(svg).toContain('2 × A &amp; B');
    expect(svg).not.toContain('softflowd');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has colours for a light and a dark page', () => {
    const [light = '', dark = ''] = svg.split('@media (prefers-color-scheme: dark)');
    for (const name of ['.ground', 'text', '.grid', '.ours', '.theirs']) {
      expect(light, name).toContain(`${name} {`);
      expect(dark, name).toContain(`${name} {`);
    }
  });
});

describe('a section with a command of its own', () => {
  const document = withSection('# Benchmarks\n\n## mix\n', 'Formats', 'first');

  it('is behind the others, and takes the place of the one before', () => {
    expect(document).toBe(`# Benchmarks\n\n## mix\n\n${KEPT}\n\n## Formats\n\nfirst\n`);
    const both = withSection(document, 'Groups', 'second');
    expect(withSection(both, 'Formats', 'third')).toBe(both.replace('first', 'third'));
  });

  it('stays when the rest is published again', () => {
    const report = readReport(join(ROOT, 'docs/benchmarks.json'));
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const textOf = (path: string): string => (path === 'README.md' ? readme : document);
    expect(published(report, textOf).get('docs/benchmarks.md')).toMatch(/\n## Formats\n\nfirst\n$/);
  });
});

describe('what is published', () => {
  const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  const files = published(readReport(join(ROOT, 'docs/benchmarks.json')), textOf);

  it.each([...files.keys()])('%s is what docs/benchmarks.json gives', (path) => {
    expect(textOf(path)).toBe(files.get(path));
  });

  it('does not name the folder where it was measured', () => {
    for (const text of [textOf('docs/benchmarks.json'), ...files.values()]) {
      expect(text).not.toContain(ROOT);
      expect(text).not.toMatch(/\/home\/|\/tmp\//);
    }
  });
});
