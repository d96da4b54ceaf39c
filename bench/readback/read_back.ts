/** How flows that the command wrote are read back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../workload.ts';
import type { FlowLine } from './flow_lines.ts';

export interface ReadBack {
  readonly name: string;
  /** Undefined: the line of JSON Lines as it is. */
  readonly wanted: FlowLine | undefined;
  /** What is needed and not here. */
  readonly missing: string | undefined;
  /** Lines as `wanted` gives them, from flows that the command wrote into the folder. @throws for what is no flow */
  read(command: Command, folder: string): AsyncIterable<string>;
}

/** Runs `pcapflow read CAPTURE` with these options. @throws when it fails */
export type Command = (...options: readonly string[]) => Promise<void>;

const MAIN = join(PACKAGE_FOLDER, 'dist', 'bin', 'pcapflow', 'main.cjs');

export function commandFor(capture: string): Command {
  return async (...options) => {
    const child = spawn(process.execPath, [MAIN, 'read', '--no-progress', ...options, capture], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`read ${options.join(' ')} ended with ${code}`);
  };
}
