/** `pcapflow completion`, asked by the shells themselves, where they are installed; and help by other spellings. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command_list.ts';
import { flagOf } from '../../src/options/option.ts';
import { optionsAt } from '../../src/options/table.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

const pcapflow = (...args: readonly string[]) => run(process.execPath, ['dist/bin/pcapflow/main.cjs', ...args]);
const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

function script(shell: string): string {
  const path = join(folder, shell);
  writeFileSync(path, pcapflow('completion', shell).out);
  return path;
}

/** What each shell offers for the last of the words, in any order. */
const OFFERS: Readonly<Record<string, (words: readonly string[]) => string[]>> = {
  bash(words) {
    const ask = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pcapflow; printf "%s\\n" "${COMPREPLY[@]}"';
    return linesOf(run('bash', ['-c', ask, script('bash'), ...words]).out);
  },
  fish(words) {
    const line = words.join(' ');
    const { out } = run('fish', ['-c', `source ${script('fish')}; complete -C '${line}'`]);
    return linesOf(out).map((offer) => offer.split('\t')[0] ?? '');
  },
};

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

describe.each(Object.entries(OFFERS))('completion of %s', (shell, offers) => {
  it.skipIf(!isInstalled(shell))('knows commands, options and their words', () => {
    expect(offers(['pcapflow', 're']).toSorted()).toEqual(['read', 'replay']);
    expect(offers(['pcapflow', 'help', 'connec'])).toEqual(['connections']);
    expect(offers(['pcapflow', 'read', '--time-'])).toEqual(['--time-format']);
    const formats = optionsAt('read').find(({ name }) => name === 'format')?.choices ?? [];
    expect(formats).toContain('jsonl');
    expect(offers(['pcapflow', 'read', '--format', '']).toSorted()).toEqual(formats.toSorted());
    expect(offers(['pcapflow', 'netstat', '--colo'])).toEqual(['--color']);
    expect(offers(['pcapflow', 'completion', 'ba'])).toEqual(['bash']);
  });
});

it.skipIf(!isInstalled('zsh'))('completion of zsh is a sound script', () => {
  expect(run('zsh', ['-n', script('zsh')])).toEqual({ status: 0, out: '', err: '' });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('of %s has every command and every option', (shell) => {
    const { out } = pcapflow('completion', shell);
    for (const { name } of COMMANDS) {
      expect(out).toContain(name);
      for (const option of optionsAt(name)) {
        const flag = flagOf(option);
        const shown =
          shell === 'fish' ? `${flag.length === 1 ? '-s' : '-l'} ${flag}` : `${flag.length === 1 ? '-' : '--'}${flag}`;
        expect(out).toContain(shown);
      }
    }
  });

  it.each([
    [[], 'name one shell: bash, zsh, fish'],
    [['bahs'], "unknown shell 'bahs'; did you mean 'bash'?"],
    [['bash', 'zsh'], 'name one shell'],
  ])('refuses the shells %j', (args, message) => {
    const { status, err } = pcapflow('completion', ...args);
    expect(status).toBe(1);
    expect(err).toContain(message);
  });
});

describe('help', () => {
  it('is given for a command by both spellings', () => {
    expect(pcapflow('help', 'read')).toEqual(pcapflow('read', '--help'));
    expect(pcapflow('help', 'raed').err).toContain("unknown command 'raed'; did you mean 'read'?");
  });

  it('-v is the version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(pcapflow('-v')).toEqual({ status: 0, out: `pcapflow ${version}\n`, err: '' });
  });

  it('is a manual page that man reads without complaint', ({ skip }) => {
    if (spawnSync('groff', ['--version']).status !== 0) skip('groff is not installed');
    const { status, out, err } = run('groff', ['-man', '-Tutf8', '-ww', 'man/pcapflow.1']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    // Bold is a letter over itself.
    const plain = out.replaceAll(/.\x08/g, '');
    for (const { name } of COMMANDS) expect(plain).toContain(name.toUpperCase());
  });
});
