/** The examples of the documents print what the documents say: each `$ pcapflow ...` in a block `console`. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTS = [
  'docs/flows.md',
  'docs/for-analysts.md',
  'docs/for-operators.md',
  'docs/for-pipelines.md',
  'docs/for-researchers.md',
];

interface Example {
  readonly call: string;
  readonly printed: string;
}

function examplesOf(document: string): readonly Example[] {
  const text = readFileSync(`${ROOT}${document}`, 'utf8');
  return [...text.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const end = example.indexOf('\n');
        return { call: example.slice(0, end), printed: example.slice(end + 1) };
      }),
  );
}

describe.each(DOCUMENTS)('examples of %s', (document) => {
  const examples = examplesOf(document);

  it('are found in the document', () => expect(examples.length).toBeGreaterThan(2));

  it.each(examples)('prints what the document says: $call', ({ call, printed }) => {
    const command = `'${process.execPath}' dist/bin/pcapflow/main.cjs`;
    const script = call.replaceAll(/(^|\| )pcapflow/g, (_, before: string) => before + command);
    const { stdout, stderr, status } = spawnSync('sh', ['-c', script], { cwd: ROOT, encoding: 'utf8' });
    // A table is followed by a summary on standard error.
    expect(status === 0 ? stdout : stderr).toBe(printed);
  });
});

it('the README compares as docs/comparison.md does, where each cell has its source', () => {
  const [readme, comparison] = ['README.md', 'docs/comparison.md'].map((name) => {
    const [table = ''] = /^\| \| pcapflow .*?\n\n/ms.exec(readFileSync(`${ROOT}${name}`, 'utf8')) ?? [];
    return table.trim();
  });
  expect(readme!.split('\n').length).toBeGreaterThan(8);
  expect(readme).toBe(comparison!.replaceAll(/ \[\d+\]/g, ''));
  const sources = readFileSync(`${ROOT}docs/comparison.md`, 'utf8');
  const cells = comparison!
    .split('\n')
    .slice(2, -1)
    .flatMap((row) => row.split(' | ').slice(1));
  for (const cell of cells) {
    const [, number] = /\[(\d+)\]/.exec(cell) ?? [];
    expect(number, cell).toBeDefined();
    expect(sources).toMatch(new RegExp(`^${number}\\. `, 'm'));
  }
});
