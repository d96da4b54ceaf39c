/** The pages for newcomers: the README links to them, links lead somewhere, their programs print what they say. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = ['analysts', 'node-developers', 'researchers', 'operators', 'pipelines'].map(
  (kind) => `docs/for-${kind}.md`,
);
const text = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

it.each(PAGES)('%s is linked from the first screen of the README', (page) => {
  expect(text('README.md').split('\n').slice(0, 40).join('\n')).toContain(`(${page})`);
});

it.each(PAGES)('%s links to pages that are there', (page) => {
  const links = [...text(page).matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, link = '']) => link);
  for (const link of links) expect(text(`docs/${link}`).length, link).toBeGreaterThan(100);
});

interface Program {
  readonly first: string;
  readonly code: string;
  readonly printed: string;
}

/** Blocks of JavaScript; comments at the end of one are what it prints. */
const programs = [...text('docs/for-node-developers.md').matchAll(/^```js\n(.*?)^```$/gms)].map(
  ([, block = '']): Program => {
    const lines = block.trimEnd().split('\n');
    const isOutput = (line: string): boolean => line.startsWith('// ');
    const printed = lines.slice(lines.findLastIndex((line) => !isOutput(line)) + 1);
    return {
      first: lines.find((line) => line.includes('readFlows(')) ?? '',
      code: block,
      printed: printed.map((line) => `${line.slice(3)}\n`).join(''),
    };
  },
);

describe('the programs for Node developers', () => {
  it('are found in the page', () => expect(programs.length).toBeGreaterThan(2));

  it.each(programs)('print what the page says: $first', ({ code, printed }) => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe(printed);
  });
});
