/** A named pipe whose writer keeps it open, and writes only what it is asked to. */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const canMakePipes = spawnSync('mkfifo', ['--version']).error === undefined;

export class MutePipe implements Disposable {
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'pcapflow-pipe-'));
  readonly #fd: number;

  constructor(begun: Uint8Array = new Uint8Array(0)) {
    this.path = join(this.#folder, 'pipe');
    if (spawnSync('mkfifo', [this.path]).status !== 0) throw new Error(`mkfifo ${this.path} failed`);
    this.#fd = openSync(this.path, constants.O_RDWR | constants.O_NONBLOCK);
    if (begun.length > 0) this.write(begun);
  }

  /** At most 64 KiB that nobody has read. */
  write(bytes: Uint8Array): void {
    writeSync(this.#fd, bytes);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
    rmSync(this.#folder, { recursive: true });
  }
}
