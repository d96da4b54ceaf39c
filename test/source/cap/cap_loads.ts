/** Whether the optional package is installed. Asked in a process of its own: it is native, and tests run in workers. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

export const capLoads: boolean = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', path()]).status === 0;

function path(): string {
  try {
    return createRequire(import.meta.url).resolve('cap');
  } catch {
    return 'cap';
  }
}
