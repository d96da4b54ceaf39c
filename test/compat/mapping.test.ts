/**
 * The pages of docs/mapping: each row of their tables with an example is called as it stands, and gives what the page
 * says. A page that leaves out a name of `pcapflow/compat` fails too.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as compat from '../../src/compat/index.ts';
import * as host from '../../src/host/index.ts';
import { PAGES } from './scenes.ts';

const FOLDER = new URL('../../docs/mapping/', import.meta.url);
const pages = readdirSync(FOLDER).filter((name) => name !== 'README.md');

interface Row {
  readonly original: string;
  readonly example: string;
  readonly gives: string;
}

/** Cells of a table row; a bar inside backquotes belongs to its cell. */
function cells(line: string): string[] {
  return [...line.matchAll(/\|((?:`[^`]*`|[^|`])*)(?=\|)/g)].map((match) => (match[1] ?? '').trim());
}

const unquoted = (cell: string): string => /^`(.*)`$/.exec(cell)?.[1] ?? cell;

function rowsOf(page: string): readonly Row[] {
  return readFileSync(new URL(page, FOLDER), 'utf8')
    .split('\n')
    .map(cells)
    .filter((row) => row.length === 5 && row[0] !== 'original' && !/^-+$/.test(row[0] ?? ''))
    .map(([original = '', , , example = '', gives = '']) => ({
      original,
      example: unquoted(example),
      gives: unquoted(gives),
    }));
}

function evaluate(text: string, scope: Readonly<Record<string, unknown>>): Promise<unknown> {
  const names = Object.keys(scope);
  return new Function(...names, `return (async () => (${text}))()`)(...Object.values(scope)) as Promise<unknown>;
}

/** The word by which an original name must be called in its example. */
const wordOf = (original: string): string => /`([\w.>-]+)/.exec(original)?.[1] ?? '';

describe.each(pages)('docs/mapping/%s', (page) => {
  const rows = rowsOf(page);

  it('has rows, and each has an example with its value', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ example, gives }) => example === '' || gives === '')).toEqual([]);
  });

  it('calls each original name by its name', () => {
    const named = ({ original, example }: Row): boolean =>
      original.startsWith('iteration') || original === '`len(flow)`' || example.includes(wordOf(original));
    // Shown by what they are part of.
    const exempt = new Set(['umask_human_representation', 'Connection', 'device']);
    expect(rows.filter((row) => !named(row) && !exempt.has(wordOf(row.original)))).toEqual([]);
  });

  it('gives what the page says, in every row', async () => {
    const makeScene = PAGES[page];
    if (makeScene === undefined) throw new Error(`test/compat/scenes.ts has no scene for ${page}`);
    await using scene = await makeScene();
    const scope = { ...host, ...compat, ...scene.names };
    for (const { original, example, gives } of rows) {
      const refusal = /^throws (\w+)$/.exec(gives)?.[1];
      if (refusal !== undefined) {
        await expect(evaluate(example, scope), original).rejects.toMatchObject({ name: refusal });
        continue;
      }
      expect(await evaluate(example, scope), `${original}: ${example}`).toEqual(await evaluate(gives, {}));
    }
  });
});

describe('pcapflow/compat', () => {
  it('is an entry of the package, with its pages', () => {
    const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const { exports, files } = JSON.parse(read('package.json'));
    expect(exports['./compat'].default).toBe('./dist/src/compat/index.js');
    expect(files).toContain('docs/mapping');
  });

  it('loads by its name', () => {
    const program = "import('pcapflow/compat').then((names) => console.log(names.hex2ip('7f000001')))";
    const root = fileURLToPath(new URL('../../', import.meta.url));
    expect(execFileSync(process.execPath, ['-e', program], { cwd: root, encoding: 'utf8' })).toBe('127.0.0.1\n');
  });

  it('exports no name that the pages leave out', () => {
    const all = pages.map((page) => readFileSync(new URL(page, FOLDER), 'utf8')).join('');
    // The class of the flows that FParser gives.
    const missing = Object.keys(compat).filter((name) => !new RegExp(`\\b${name}\\b`).test(all) && name !== 'Flow');
    expect(missing).toEqual([]);
  });
});
