/** Every program in bench/ says how it is called, and measures nothing then. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const sources = readdirSync(join(ROOT, 'bench')).filter((name) => name.endsWith('.ts') && name !== 'arguments.ts');
const programs = sources
  .filter((name) => /\b(benchArguments|parseArgs)\(/.test(readFileSync(join(ROOT, 'bench', name), 'utf8')))
  .map((name) => name.slice(0, -3));

describe('the programs of bench/', () => {
  it('are all that a script of package.json runs, and all that no other file imports', () => {
    const run = Object.values(scripts).flatMap((line) => /dist\/bench\/(\S+)\.js/.exec(line)?.[1] ?? []);
    expect(run.length).toBeGreaterThan(10);
    expect(run.filter((name) => !programs.includes(name))).toEqual([]);
    const all = ['bench', 'bench/report', 'bench/parts', 'bench/rival', 'test/bench', 'test/web'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: folder === 'test/web', encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
    );
    const isImported = (name: string): boolean => all.some((text) => text.includes(`/${name}'`));
    expect(sources.filter((name) => !isImported(name) && !programs.includes(name.slice(0, -3)))).toEqual([]);
  });

  it.each(programs)('%s has a help', (name) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [`dist/bench/${name}.js`, '--help'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: (npm run bench|node dist\/bench\/)/i);
  });

  it('refuse an option that they do not have', () => {
    const { status, stderr } = spawnSync(process.execPath, ['dist/bench/ending.js', '--flow', '1'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^Unknown option '--flow'[^\n]*\n$/)]);
  });

  it.each([
    ['--flow', "Unknown option '--flow'"],
    ['--compare=no/such.json', 'no/such.json'],
    ['--profile=mixed', '--profile mixed: not known'],
    ['--against=tcpdumb', '--against tcpdumb: not known'],
  ])('say in one line what is wrong with %s', (option, message) => {
    const { status, stderr } = spawnSync(process.execPath, ['dist/bench/run.js', option], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr.split('\n')).toHaveLength(2);
  });
});
