/** What a run of the benchmark has measured, as its JSON file holds it. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Goes up when older files cannot be read any more. */
export const REPORT_FORMAT = 1;

export interface Report {
  readonly format: typeof REPORT_FORMAT;
  /** When the run began, ISO 8601, UTC. */
  readonly date: string;
  /** Commit of the working tree; `+` behind it: with changes. */
  readonly commit: string;
  readonly machine: Machine;
  /** Runs of each program on each capture. */
  readonly runs: number;
  /** Share of the usual size of the captures. */
  readonly scale: number;
  readonly programs: readonly MeasuredProgram[];
  readonly sections: readonly SectionReport[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Load averages of 1, 5 and 15 minutes before the first run and after the last. */
  readonly loadBefore: readonly number[];
  readonly loadAfter: readonly number[];
}

export interface MeasuredProgram {
  readonly name: string;
  /** As the program says it. */
  readonly version: string;
  /** The command line, for a capture named CAPTURE, with FOLDER as an empty folder. */
  readonly command: string;
}

/** All programs on one capture. */
export interface SectionReport {
  readonly section: string;
  readonly packetCount: number;
  readonly flowCount: number;
  readonly durationSeconds: number;
  /** Bytes. */
  readonly fileSize: number;
  readonly results: readonly ProgramResult[];
}

/** Figures of each run of a program, in order. Without GNU time there is only `wallSeconds`. */
export interface ProgramResult {
  readonly program: string;
  readonly wallSeconds: readonly number[];
  /** User and system time. */
  readonly cpuSeconds?: readonly number[];
  readonly peakMiB?: readonly number[];
}

export function resultOf({ results }: SectionReport, program: string): ProgramResult | undefined {
  return results.find((result) => result.program === program);
}

/** @throws {Error} when the file cannot be read, or is not a report of this format */
export function readReport(path: string): Report {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<Report> | null;
  if (report?.format !== REPORT_FORMAT)
    throw new Error(`${path}: not a report of format ${REPORT_FORMAT}; make one with npm run bench -- --json FILE`);
  return report as Report;
}

export function writeReport(path: string, report: Report): void {
  writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
}
