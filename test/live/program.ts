/**
 * Programs that run inside a namespace: `test/live/programs/NAME.ts`, bundled with what it imports, since Node 20 does
 * not read TypeScript. They report lines of JSON on standard output.
 */
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { finished, type Namespace } from './netns.ts';
import { LIMIT_MS, waitFor } from '../source/live/collecting_sink.ts';

const bundles = new Map<string, Promise<string>>();

/** Path of the program, ready for `node`. It is below the repository, where its packages are found. */
export function bundled(name: string): Promise<string> {
  const known = bundles.get(name);
  if (known !== undefined) return known;
  const made = bundle(name);
  bundles.set(name, made);
  return made;
}

async function bundle(name: string): Promise<string> {
  const directory = fileURLToPath(new URL(`../../dist/test-programs/${process.pid}-${name}`, import.meta.url));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const build = await rolldown({
    input: fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url)),
    platform: 'node',
    external: (id) => !/^[./]/.test(id),
    logLevel: 'silent',
  });
  await build.write({ dir: directory, format: 'esm', entryFileNames: 'program.mjs' });
  await build.close();
  return `${directory}/program.mjs`;
}

/** A program that runs. */
export class Program {
  readonly child: ChildProcess;
  /** What it has reported so far. */
  readonly reports: unknown[] = [];
  /** Resolves when it has ended well, else rejects with what it wrote to standard error. */
  readonly ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.child = child;
    this.ended = finished(child);
    this.ended.catch(() => {});
    if (child.stdout !== null) createInterface(child.stdout).on('line', (line) => this.reports.push(JSON.parse(line)));
  }

  static async start(inside: Namespace, name: string, ...args: readonly string[]): Promise<Program> {
    return new Program(inside.start(process.execPath, '--enable-source-maps', await bundled(name), ...args));
  }

  /** The report number `index`, from 0, once it is there. @throws {Error} when the program ends before */
  async report(index: number): Promise<unknown> {
    await waitFor(
      () => this.reports.length > index || this.child.exitCode !== null || this.child.signalCode !== null,
      () => `report ${index} of ${this.child.spawnargs.join(' ')}`,
      // So what the program has waited for in vain is in its report.
      2 * LIMIT_MS,
    );
    if (this.reports.length <= index) await this.ended;
    if (this.reports.length <= index)
      throw new Error(`${this.child.spawnargs.join(' ')} ended without report ${index}`);
    return this.reports[index];
  }
}
