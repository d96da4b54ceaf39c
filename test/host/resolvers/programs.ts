/** Folders with programs made for a test. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Programs {
  /** Of this folder alone a PATH is made. */
  readonly path = mkdtempSync(join(tmpdir(), 'pcapflow-programs-'));

  /** A shell script that calls itself `name`. */
  add(name: string, script: string, mode = 0o755): string {
    const file = join(this.path, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, mode);
    return file;
  }

  /** A program that prints these lines, whatever it is asked. */
  prints(name: string, lines: readonly string[], exitCode = 0): string {
    const text = join(this.path, `${name}.txt`);
    writeFileSync(text, lines.map((line) => `${line}\n`).join(''));
    return this.add(name, `/bin/cat '${text}'\nexit ${exitCode}`);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
