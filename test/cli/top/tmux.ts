/** A shell in a real terminal: a window of tmux, with a server of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const tmuxFound = spawnSync('tmux', ['-V']).status === 0;

const PROMPT = 'ready>';
const LIMIT_MS = 120_000;
const POLL_MS = 25;

export class Terminal {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pcapflow-tmux-'));

  /** @param env added to that of this process */
  constructor(columns: number, rows: number, env: Readonly<Record<string, string>> = {}) {
    this.#tmux(
      ['new-session', '-d', '-x', String(columns), '-y', String(rows), 'bash', '--noprofile', '--norc', '-i'],
      { PS1: `${PROMPT} `, ...env },
    );
    this.#tmux(['set-option', '-g', 'status', 'off']);
    this.#tmux(['resize-window', '-x', String(columns), '-y', String(rows)]);
  }

  #tmux(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
    const { TMUX: _outer, NO_COLOR: _colour, FORCE_COLOR: _forced, ...outer } = process.env;
    return execFileSync('tmux', ['-u', '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...outer, TMUX_TMPDIR: this.#folder, LC_ALL: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Presses keys: characters, or names such as Enter, PPage, C-c. */
  keys(...keys: readonly string[]): void {
    this.#tmux(['send-keys', ...keys]);
  }

  /** Types text as it is. */
  type(text: string): void {
    this.#tmux(['send-keys', '-l', text]);
  }

  /** Types a command. */
  command(text: string): void {
    this.type(text);
    this.keys('Enter');
  }

  /** The lines in sight. */
  lines(): string[] {
    return this.#tmux(['capture-pane', '-p']).split('\n').slice(0, -1);
  }

  /** The same with codes for colours and the like. */
  codes(): string {
    return this.#tmux(['capture-pane', '-p', '-e']);
  }

  resize(columns: number, rows: number): void {
    this.#tmux(['resize-window', '-x', String(columns), '-y', String(rows)]);
  }

  /** What tmux knows about the terminal, such as cursor_flag. */
  state(...names: readonly string[]): string {
    return this.#tmux(['display-message', '-p', names.map((name) => `#{${name}}`).join(' ')]).trim();
  }

  /** Waits until the lines in sight are as wanted. @throws with what was there instead */
  async until(wanted: (lines: readonly string[]) => boolean): Promise<string[]> {
    const limit = performance.now() + LIMIT_MS;
    for (;;) {
      const lines = this.lines();
      if (wanted(lines)) return lines;
      if (performance.now() > limit)
        throw new Error(`not within ${LIMIT_MS} ms: ${wanted.toString()}\n${lines.join('\n')}`);
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
  }

  /** Waits for text anywhere. */
  untilText(text: string | RegExp): Promise<string[]> {
    return this.until((lines) =>
      typeof text === 'string' ? lines.join('\n').includes(text) : text.test(lines.join('\n')),
    );
  }

  /** Waits until the shell waits for a command. */
  untilReady(): Promise<string[]> {
    return this.until(
      (lines) =>
        lines
          .filter((line) => line !== '')
          .at(-1)
          ?.trimEnd() === PROMPT,
    );
  }

  /** The same where the picture of a stopped program is still there. */
  untilStopped(): Promise<string[]> {
    return this.until((lines) => lines.some((line) => line.trimEnd() === PROMPT));
  }

  close(): void {
    try {
      this.#tmux(['kill-server']);
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}
