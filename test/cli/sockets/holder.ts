/** A process that has the sockets that a test asks it to open. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const HOLDER = fileURLToPath(new URL('holder.mjs', import.meta.url));

export class Holder {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  /** An answer that will never come is not waited for. */
  readonly #ended = new AbortController();

  /** @param prefix a program and its arguments that becomes the process, such as `ip netns exec NAME`
   *  @param program what it runs: it takes and answers lines as holder.mjs does */
  constructor({
    prefix = [],
    program = HOLDER,
  }: { readonly prefix?: readonly string[]; readonly program?: string } = {}) {
    const [command = '', ...args] = [...prefix, process.execPath, program];
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.once('close', () => this.#ended.abort());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask<T>(work: string, options: object = {}): Promise<T> {
    const answer = once(this.#lines, 'line', { signal: this.#ended.signal });
    this.#child.stdin.write(`${JSON.stringify([work, options])}\n`);
    return JSON.parse(String((await answer)[0])) as T;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}
