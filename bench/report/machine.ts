/** What the figures depend on: machine, commit, versions of the programs. */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

import type { Program } from '../programs.ts';
import { PACKAGE_FOLDER } from '../workload.ts';
import type { Machine, MeasuredProgram } from './report.ts';

export function machine(loadBefore: readonly number[]): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown CPU',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    loadBefore,
    loadAfter: load(),
  };
}

/** Load averages, rounded to hundredths. */
export function load(): number[] {
  return loadavg().map((average) => Math.round(average * 100) / 100);
}

/** The commit of the working tree, with `+` if it has changes; `unknown` outside of one. */
export function commit(): string {
  const [head, changes] = [
    ['rev-parse', '--short', 'HEAD'],
    ['status', '--porcelain', '--untracked-files=no'],
  ].map((args) => spawnSync('git', args, { cwd: PACKAGE_FOLDER, encoding: 'utf8' }).stdout?.trim());
  if (head === undefined || head === '') return 'unknown';
  return changes === '' ? head : `${head}+`;
}

export function described(program: Program): MeasuredProgram {
  const command = program.command('CAPTURE', 'FOLDER').map(shownWord).join(' ');
  return { name: program.name, version: versionOf(program.version), command };
}

/** A word of a command line as it is typed in the package's folder. */
function shownWord(word: string): string {
  const shown = word === process.execPath ? 'node' : word.replace(PACKAGE_FOLDER, '');
  return /^[\w./=,:-]+$/.test(shown) ? shown : `'${shown}'`;
}

/** The first version number that the program prints. */
function versionOf(command: readonly string[]): string {
  const [program = '', ...args] = command;
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: PACKAGE_FOLDER, timeout: 10_000 });
  return /\d+(\.\d+)+/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0] ?? 'unknown';
}
