/** The view as a user meets it, in a real terminal (tmux). */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Terminal, tmuxFound } from './tmux.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-top-'));
const program = join(folder, 'program.mjs');
const pidFile = join(folder, 'pid');

beforeAll(async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('fake_program.ts', import.meta.url)),
    platform: 'node',
    logLevel: 'warn',
  });
  await bundle.write({ file: program, format: 'esm' });
  await bundle.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

let terminal: Terminal | undefined;
afterEach(() => {
  terminal?.close();
  terminal = undefined;
  rmSync(pidFile, { force: true });
});

/** A terminal in which the view has begun to show flows. */
async function start(
  mode: string,
  env: Readonly<Record<string, string>> = {},
  [columns, rows] = [100, 30],
): Promise<Terminal> {
  terminal = new Terminal(columns, rows, env);
  await terminal.untilReady();
  terminal.command('stty -g; echo line before');
  await terminal.untilText(/^line before/m);
  const term = env.TERM === undefined ? '' : `TERM=${env.TERM}`;
  terminal.command(`PID_FILE=${pidFile} env -u COLORTERM ${term} '${process.execPath}' ${program} ${mode}`);
  return terminal;
}

const FLOWS = / [1-9]\d*-\d+ of [1-9]/;

/** The last part of source addresses in sight. */
function sources(lines: readonly string[]): string {
  return lines
    .flatMap((line) => [...line.matchAll(/^(?:TCP|UDP) +10\.0\.0\.(\d+):/g)].map((match) => match[1]))
    .join(' ');
}

describe.skipIf(!tmuxFound)('in a terminal (needs tmux)', () => {
  it('sorts by rate, bytes, packets and age, both ways', async () => {
    const top = await start('few');
    await top.until((lines) => sources(lines) === '14 11 12 13');
    for (const [key, order] of [
      ['b', /^11 /],
      ['p', /^12 11 /],
      ['a', /^13 /],
      ['a', / 13$/],
      ['r', /^14 /],
      ['r', / 14$/],
    ] as const) {
      top.type(key);
      await top.until((lines) => order.test(sources(lines)));
    }
  });

  it('filters while words are typed', async () => {
    const top = await start('few');
    await top.untilText(FLOWS);
    top.type('/udp 10.0.');
    await top.until((lines) => sources(lines) === '12' && (lines.at(-1) ?? '').startsWith('/udp 10.0._'));
    top.keys('Enter');
    await top.until((lines) => /^filter: udp 10\.0\. +1-1 of 1 \(4\)$/.test(lines.at(-1) ?? ''));
    top.keys('Escape');
    await top.until((lines) => lines.filter((line) => /^(TCP|UDP)/.test(line)).length === 4);
    top.type('/udp');
    await top.untilText('1-1 of 1 (4)');
    // Without a pause between them these are the same bytes as Alt-p.
    top.keys('Escape', 'p');
    await top.until((lines) => /PKTS v/.test(lines[2] ?? '') && sources(lines).startsWith('12 11'));
  });

  it('pauses the table and goes on', async () => {
    const top = await start('few');
    await top.untilText(FLOWS);
    top.keys('Space');
    const paused = (await top.untilText('PAUSED')).slice(2);
    const packets = (lines: readonly string[]): string | undefined => /in ([\d,]+) packets/.exec(lines[1] ?? '')?.[1];
    const seen = packets(top.lines());
    // The header goes on: so refreshes have come and gone.
    expect((await top.until((lines) => packets(lines) !== seen)).slice(2)).toEqual(paused);
    top.keys('Space');
    await top.until((lines) => !lines.join().includes('PAUSED') && lines.slice(2).join() !== paused.join());
  });

  it('follows the size of the terminal, down to 20x5 and less', async () => {
    const top = await start('few');
    await top.untilText(FLOWS);
    for (const [columns, rows] of [
      [60, 12],
      [20, 5],
      [5, 2],
      [1, 1],
      [200, 50],
    ] as const) {
      top.resize(columns, rows);
      // The time of the header keeps its place in all sizes that have one; the last row is ours alone.
      const wide = await top.until(
        (lines) =>
          lines.length === rows &&
          (rows < 5 || /^q quit/.test(lines.at(-1) ?? '')) &&
          (rows < 5 || lines.some((line) => line.includes('10.0.'))),
      );
      for (const line of wide) expect(line.length).toBeLessThanOrEqual(columns);
    }
    expect(top.lines().at(-1)).toMatch(/1-4 of 4$/);
  });

  it('scrolls and shows help', async () => {
    const top = await start('many');
    await top.untilText('1-26 of 100,000');
    for (const [key, range] of [
      ['Down', '2-27'],
      ['NPage', '28-53'],
      ['PPage', '2-27'],
      ['Up', '1-26'],
      ['End', '99,975-100,000'],
      ['Home', '1-26'],
    ] as const) {
      top.keys(key);
      await top.untilText(` ${range} of 100,000`);
    }
    top.type('?');
    await top.untilText('sort by rate, bytes, packets, age');
    top.type('x');
    await top.untilText('DESTINATION');
  });

  it('answers keys with 100,000 flows', async () => {
    const top = await start('many');
    await top.untilText('1-26 of 100,000');
    top.type('b');
    await top.untilText('BYTES v');
    top.type('/tcp :443 10.1.');
    await top.untilText(/\/tcp :443 10\.1\._ .* of [\d,]+ \(100,000\)/);
    top.keys('C-u', 'Enter', 'a');
    await top.untilText('AGE v');
    await top.untilText('1-26 of 100,000');
    top.keys('q');
    await top.untilText('ended: quit');
  });

  it('shows text from outside without obeying it', async () => {
    const top = await start('hostile', {}, [160, 20]);
    const lines = await top.untilText(FLOWS);
    expect(lines[0]).toContain('eth\\x1b[2J0');
    expect(lines.join('\n')).toContain('\\x1b]0;owned\\x07');
    expect(top.state('pane_title')).not.toContain('owned');
  });

  describe('gives the terminal back', () => {
    const ways: readonly (readonly [string, string, (top: Terminal) => void, RegExp])[] = [
      ['q', 'few', (top) => top.type('q'), /ended: quit/],
      ['Ctrl-C', 'few', (top) => top.keys('C-c'), /ended: quit/],
      ['Ctrl-C in the filter line', 'few', (top) => top.keys('/', 'C-c'), /ended: quit/],
      ['SIGINT', 'few', () => process.kill(pid(), 'SIGINT'), /ended: SIGINT/],
      ['SIGTERM', 'few', () => process.kill(pid(), 'SIGTERM'), /ended: SIGTERM/],
      ['SIGHUP', 'few', () => process.kill(pid(), 'SIGHUP'), /ended: SIGHUP/],
      ['the end of the capture', 'over', () => {}, /ended: over/],
      ['an error of the source', 'throws', () => {}, /failed: the source has failed/],
      ['an error that nobody catches', 'uncaught', () => {}, /Error: nobody catches this/],
    ];
    it.each(ways)('the terminal is restored after %s', async (_, mode, leave, message) => {
      const top = await start(mode);
      const settings = /^[0-9a-f]+(:[0-9a-f]+)+$/m;
      if (mode === 'few') await top.untilText(FLOWS);
      leave(top);
      await top.untilText(message);
      const lines = await top.untilReady();
      expect(lines).toContain('line before');
      expect(top.state('alternate_on', 'cursor_flag', 'wrap_flag')).toBe('0 1 1');
      top.command('clear; stty -g');
      const after = (await top.untilText(settings)).join('\n');
      expect(settings.exec(after)?.[0]).toBe(lines.find((line) => settings.test(line)));
    });

    it('and ends when the terminal goes away', async () => {
      const top = await start('few');
      await top.untilText(FLOWS);
      const number = pid();
      top.close();
      terminal = undefined;
      await expect.poll(() => isAlive(number), { timeout: 120_000, interval: 25 }).toBe(false);
    });

    function pid(): number {
      return Number(readFileSync(pidFile, 'utf8'));
    }

    function isAlive(number: number): boolean {
      try {
        process.kill(number, 0);
        return true;
      } catch {
        return false;
      }
    }

    it('and takes it again after a stop', async () => {
      const top = await start('few');
      await top.untilText(FLOWS);
      process.kill(pid(), 'SIGSTOP');
      await top.untilStopped();
      top.command('fg');
      await top.until((lines) => (lines.at(-1) ?? '').startsWith('q quit') && sources(lines) === '14 11 12 13');
      top.type('q');
      await top.untilText('ended: quit');
      expect(top.state('alternate_on', 'cursor_flag')).toBe('0 1');
    });
  });

  describe('colours', () => {
    // Palette entries of text and ground, basic or of 256.
    const COLOUR = /\x1b\[[0-9;]*\b(?:3[0-7]|4[0-7]|9[0-7]|[34]8;5;\d+)\b/;

    it('are those of 256 where the terminal has them, of 16 where not', async () => {
      const rich = await start('drops', { TERM: 'screen-256color' });
      await rich.untilText('DROPS');
      expect(rich.codes()).toContain('48;5;160');
      rich.close();
      const plain = await start('drops', { TERM: 'screen' });
      await plain.untilText('DROPS');
      expect(plain.codes()).toMatch(/\x1b\[[0-9;]*41m/);
      expect(plain.codes()).not.toContain('8;5;');
    });

    it('are none with NO_COLOR, and no codes at all with TERM=dumb: drops are told by capitals', async () => {
      const plain = await start('drops', { NO_COLOR: '1' });
      await plain.untilText('DROPS: ring 1,234, kernel 5');
      expect(plain.codes()).not.toMatch(COLOUR);
      expect(plain.codes()).toMatch(/\x1b\[(?:[0-9]+;)*7m/);
      plain.close();
      const dumb = await start('drops', { TERM: 'dumb' });
      await dumb.untilText('DROPS: ring 1,234, kernel 5');
      expect(dumb.codes()).not.toContain('\x1b[');
    });
  });
});

describe('without a terminal', () => {
  it('top says so and does not begin', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, 'few'], {
      encoding: 'utf8',
      env: { ...process.env, PID_FILE: pidFile },
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe("top: standard output is not a terminal; use 'pcapflow live'\n");
    expect(existsSync(pidFile)).toBe(false);
  });
});
