/** Commands that look up owners: each test has a cache folder of its own, and a local service when it starts one. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach } from 'vitest';
import { startService } from '../owner/service.ts';
import type { Service } from '../owner/service.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MAIN = join(ROOT, 'dist/bin/pcapflow/main.cjs');

export interface Result {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export class OwnerCommand {
  /** Stays for all tests of the file. */
  readonly folder = mkdtempSync(join(tmpdir(), 'pcapflow-owner-'));
  /** Where the cache folder is. */
  home = '';
  service: Service | undefined;
  readonly #name: string;

  /** @param name of the command. To be made outside of tests, once in a file */
  constructor(name: string) {
    this.#name = name;
    let count = 0;
    beforeEach(() => {
      this.home = join(this.folder, `home${count++}`);
      mkdirSync(this.home);
    });
    afterEach(async () => {
      await this.service?.close();
      this.service = undefined;
    });
    afterAll(() => rmSync(this.folder, { recursive: true }));
  }

  /** Under sudo the cache is that of root's home folder: not in these tests. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, XDG_CACHE_HOME: this.home, SUDO_UID: undefined };
  }

  run(
    args: readonly string[],
    { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<Result> {
    const child = spawn(process.execPath, [MAIN, this.#name, ...args], { cwd: ROOT, env: { ...this.env, ...env } });
    child.stdin.on('error', () => undefined).end(input);
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
  }

  /** Starts a service. Gives its port. */
  async serve(answer: Parameters<typeof startService>[0]): Promise<string> {
    this.service = await startService(answer);
    return String(this.service.port);
  }
}
