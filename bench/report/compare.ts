/** Two reports side by side. */
import type { Report, SectionReport } from './report.ts';
import { resultOf } from './report.ts';
import { spreadOf } from './spread.ts';

/** Rows for a table: of each program that both have measured on the same capture. The first row is the heading. */
export function comparison(old: Report, now: Report): string[][] {
  const rows = [['capture', 'program', 'wall s', 'was', 'ratio', '', 'cpu s', 'was', 'ratio', '']];
  for (const section of now.sections) {
    const before = old.sections.find((one) => isSameCapture(one, section));
    for (const result of before === undefined ? [] : section.results) {
      const known = before === undefined ? undefined : resultOf(before, result.program);
      if (known === undefined) continue;
      rows.push([
        ...[section.section, result.program],
        ...change(known.wallSeconds, result.wallSeconds),
        ...change(known.cpuSeconds, result.cpuSeconds),
      ]);
    }
  }
  return rows;
}

/** Why the figures of two reports may differ although the program is the same. */
export function differences(old: Report, now: Report): string[] {
  const found: string[] = [];
  for (const part of ['cpu', 'cores', 'system', 'node'] as const) {
    const [was, is] = [old.machine[part], now.machine[part]];
    if (was !== is) found.push(`${part}: was ${was}, is ${is}`);
  }
  for (const { name, version } of now.programs) {
    const was = old.programs.find((program) => program.name === name)?.version;
    if (was !== undefined && was !== version) found.push(`${name}: was ${was}, is ${version}`);
  }
  return found;
}

function isSameCapture(a: SectionReport, b: SectionReport): boolean {
  return a.section === b.section && a.packetCount === b.packetCount && a.fileSize === b.fileSize;
}

/** Medians now and before, their ratio, and `faster` or `slower` when the runs do not overlap. */
function change(old: readonly number[] | undefined, now: readonly number[] | undefined): string[] {
  if (old === undefined || now === undefined) return ['-', '-', '-', ''];
  const [was, is] = [spreadOf(old), spreadOf(now)];
  const verdict = is.greatest < was.least ? 'faster' : is.least > was.greatest ? 'slower' : '';
  return [is.median.toFixed(3), was.median.toFixed(3), (is.median / was.median).toFixed(3), verdict];
}
