/** Each tidy rule is seen to fail, on made-up input. */
import { describe, expect, it } from 'vitest';
import {
  bannedPhrases,
  bannedWords,
  commentsOf,
  deadExports,
  folderTable,
  forbiddenImports,
  forbiddenTexts,
  importsOf,
  longLines,
  looseFiles,
  rawAccess,
  shortTitles,
  undocumentedSwitches,
  upwardRows,
  uses,
  withoutComments,
} from './rules.ts';

const TABLE = `
| folder | what | may import |
|---|---|---|
| \`src/errors.ts\` | errors | nothing; open to all |
| \`src/low/\` | low | nothing |
| \`src/low/inner/\` | inside | \`src/low/\` |
| \`src/high/\` | high | all above |

Prose.
`;
const rows = folderTable(TABLE);
const file = (path: string, ...lines: string[]) => ({ path, text: lines.join('\n') });

describe('tidy rule: the table of folders', () => {
  it('is read row by row; "all above" is the rows above', () => {
    expect(rows).toEqual([
      { folder: 'src/errors.ts', mayImport: [] },
      { folder: 'src/low/', mayImport: ['src/errors.ts'] },
      { folder: 'src/low/inner/', mayImport: ['src/errors.ts', 'src/low/'] },
      { folder: 'src/high/', mayImport: ['src/errors.ts', 'src/low/', 'src/low/inner/'] },
    ]);
  });

  it('may not be missing', () => {
    expect(() => folderTable('# Nothing')).toThrow('there is no table');
  });

  it('may not allow what is below, or the row itself', () => {
    const circle = folderTable(TABLE.replace('low | nothing', 'low | `src/high/`'));
    expect(upwardRows(circle)).toEqual(['src/low/ may import src/high/, which is not above it in the table']);
    expect(upwardRows(rows)).toEqual([]);
  });
});

describe('tidy rule: imports', () => {
  it('are found in every form', () => {
    const text = file(
      'src/high/a.ts',
      "import { a } from './a.ts';",
      'import type { b } from "../low/b";',
      "import '../low/c.ts';",
      "const { d } = await import('../low/d.ts');",
      "export * from '../low/e.ts';",
      "import { readFile } from 'node:fs';",
    );
    expect(importsOf(text)).toEqual(['src/high/a.ts', 'src/low/b.ts', 'src/low/c.ts', 'src/low/d.ts', 'src/low/e.ts']);
  });

  it('that run up, or from or to no folder of the table, are complained about', () => {
    const up = file('src/low/a.ts', "import { b } from '../high/b.ts';");
    const lost = file('src/lost/a.ts', "import { b } from '../low/b.ts';");
    const away = file('src/high/a.ts', "import { b } from '../lost/b.ts';");
    const good = file('src/high/b.ts', "import { b } from '../low/inner/b.ts';");
    expect(forbiddenImports([up, lost, away, good], rows)).toEqual([
      'src/low/a.ts imports src/high/b.ts; src/low/ may not import src/high/',
      'src/lost/a.ts is in no folder of the table',
      'src/high/a.ts imports src/lost/b.ts, which is in no folder of the table',
    ]);
  });

  it('of a subfolder with a row of its own are held to that row', () => {
    const inner = file('src/low/inner/a.ts', "import { b } from '../../high/b.ts';");
    const below = file('src/low/a.ts', "import { b } from './inner/b.ts';");
    expect(forbiddenImports([inner, below], rows)).toHaveLength(2);
  });
});

describe('tidy rule: loose files', () => {
  it('counts files of the folder itself only', () => {
    const files = ['src/a.ts', 'src/b.ts', 'src/low/c.ts'].map((path) => file(path));
    expect(looseFiles(files, 'src', 2)).toEqual([]);
    expect(looseFiles(files, 'src', 1)).toEqual(['src/ has 2 loose files, at most 1: src/a.ts, src/b.ts']);
  });
});

describe('tidy rule: code and comments', () => {
  const text = "const a = 'no // comment'; // one\n/* two\nthree */ const b = `/* none */`;";

  it('comments are taken out, and nothing else', () => {
    expect(withoutComments(text).replace(/ +/g, ' ')).toBe("const a = 'no // comment'; \n \n const b = `/* none */`;");
    expect(commentsOf(text).replace(/ +/g, ' ')).toBe(' // one\n/* two\nthree */ ');
  });
});

describe('tidy rule: raw memory access', () => {
  const raw = file('assembly/a.ts', 'const x = load<u32>(p);');
  const clean = file('assembly/b.ts', '// load<u32>(p)', 'const x = word(p);');

  it('is for accessor files only', () => {
    expect(rawAccess([raw, clean], [])).toEqual([
      'assembly/a.ts reads or writes memory itself; use or add an accessor',
    ]);
    expect(rawAccess([raw, clean], ['assembly/a.ts'])).toEqual([]);
  });

  it('makes a list that only becomes shorter', () => {
    expect(rawAccess([clean], ['assembly/b.ts'])).toEqual([
      'assembly/b.ts has no raw access any more: take it off the list of accessor files',
    ]);
  });
});

describe('tidy rule: dead exports', () => {
  it('values need another file, types at least a use', () => {
    const a = file(
      'src/a.ts',
      'export const USED = 1;',
      'export const DEAD = 2;',
      'export function own() { return DEAD; }',
      'export interface Shape {}',
      'export type Lost = 1;',
      'const shape: Shape = own();',
    );
    const b = file('src/b.ts', "import { USED } from './a.ts';", '// DEAD is only mentioned here');
    expect(deadExports([a, b], [a, b])).toEqual([
      'src/a.ts exports DEAD, which no other file uses',
      'src/a.ts exports own, which no other file uses',
      'src/a.ts exports Lost, which no other file uses',
    ]);
  });
});

describe('tidy rule: clock and chance', () => {
  it('finds uses with their place, and not in comments', () => {
    const text = file('src/engine/a.ts', '// Date.now() is forbidden', 'const t = Date.now();');
    expect(uses([text], /\bDate\.now\b/, 'no')).toEqual(['src/engine/a.ts:2: const t = Date.now();: no']);
  });
});

describe('tidy rule: environment variables', () => {
  it.each([
    ['process.env.SOME_SWITCH'],
    ["process.env['SOME_SWITCH']"],
    ["run({ env: { ...process.env, SOME_SWITCH: '1' } })"],
  ])('%s must be documented', (text) => {
    const user = file('src/a.ts', text);
    expect(undocumentedSwitches([user], '')).toEqual(['SOME_SWITCH (src/a.ts) is not in CONTRIBUTING.md']);
    expect(undocumentedSwitches([user], 'SOME_SWITCH')).toHaveLength(1);
    expect(undocumentedSwitches([user], '`SOME_SWITCH`')).toEqual([]);
  });

  it('those of scripts must be, too', () => {
    const scripts = file('package.json', '"fuzz": "FILTER_DEPTH=3 vitest"');
    expect(undocumentedSwitches([scripts], '')).toEqual(['FILTER_DEPTH (package.json) is not in CONTRIBUTING.md']);
  });
});

describe('tidy rule: line length', () => {
  const long = 'two words '.repeat(3);

  it('holds for code', () => {
    expect(longLines(file('src/a.ts', '', long), 20)).toEqual(['src/a.ts:2 has 30 characters, at most 20']);
  });

  it('holds for prose, not for tables, code and links', () => {
    const text = file('a.md', long, `| ${long} |`, '```', long, '```', `https://example.org/${'x'.repeat(30)}`, long);
    expect(longLines(text, 20)).toEqual([
      'a.md:1 has 30 characters, at most 20',
      'a.md:7 has 30 characters, at most 20',
    ]);
  });
});

describe('tidy rule: words', () => {
  const glossary =
    '| word | means | not |\n|---|---|---|\n| again | once more | anew, de novo |\n| row | a line | |\n\nIt began anew.\n';
  const banned = bannedPhrases(glossary);

  it('are read from the glossary', () => {
    expect(banned).toEqual([
      { phrase: 'anew', instead: 'again' },
      { phrase: 'de novo', instead: 'again' },
    ]);
  });

  it('hold for prose and comments, not for the glossary and code', () => {
    expect(bannedWords({ path: 'a.md', text: glossary }, banned)).toEqual(['a.md:6: "anew"; write "again"']);
    const code = file('src/a.ts', 'const anew = 1; // starts De Novo');
    expect(bannedWords(code, banned)).toEqual(['src/a.ts:1: "de novo"; write "again"']);
  });
});

describe('tidy rule: forbidden texts', () => {
  it('are found anywhere, with their place', () => {
    expect(forbiddenTexts([file('a.json', '', '"TODO"')], [/\bTODO\b/])).toEqual(['a.json:2: TODO']);
    expect(forbiddenTexts([file('a.json', 'TODOS')], [/\bTODO\b/])).toEqual([]);
  });
});

describe('tidy rule: titles of tests', () => {
  it('need three words, in every form', () => {
    const tests = file(
      'test/a.test.ts',
      "it('gzip', () => {});",
      "it.each([['(', 1]])('%s', (text) => {});",
      'it.runIf(f(1))(',
      "  'reads gzip',",
      '  () => {},',
      ');',
      "it('reads a gzip file', () => {});",
      "it.each([1])('refuses port %d', (n) => {});",
      "// it('was here')",
    );
    const remedy = 'says too little; name what is tested, too';
    expect(shortTitles(tests)).toEqual([
      `test/a.test.ts:1: "gzip" ${remedy}`,
      `test/a.test.ts:2: "%s" ${remedy}`,
      `test/a.test.ts:3: "reads gzip" ${remedy}`,
    ]);
  });
});
