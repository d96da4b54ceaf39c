/**
 * The tidy rules: what the folders may import, what the words are, what no file may hold. The rules are in
 * tidy/rules.ts; the tables they read are in ARCHITECTURE.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  bannedPhrases,
  bannedWords,
  deadExports,
  folderTable,
  forbiddenImports,
  forbiddenTexts,
  longLines,
  looseFiles,
  rawAccess,
  shortTitles,
  undocumentedSwitches,
  upwardRows,
  uses,
} from './tidy/rules.ts';
import type { SourceFile } from './tidy/rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const FOLDERS = ['assembly', 'src', 'web', 'test', 'bench', 'pcaps', 'docs', 'examples', '.ci'];
/** Made by programs, or inputs of tests. */
/** Made or foreign; `docs/api` is the reference that typedoc writes. */
const SKIPPED = new Set(['node_modules', 'data', 'found', 'api', '__snapshots__', 'recorded']);
const LOOSE_FILES_MAX = 3;
const LINE_LENGTH_MAX = 120;

/**
 * The only files of the engine that read or write memory themselves, besides the header files of wire/, and those of
 * side/, each of which has records of its own. The list may only become shorter.
 */
const ACCESSORS = [
  'assembly/capture/capture.ts',
  'assembly/capture/convert.ts',
  'assembly/capture/interfaces.ts',
  'assembly/capture/magic.ts',
  'assembly/capture/pcap.ts',
  'assembly/capture/pcapng.ts',
  'assembly/capture/ring.ts',
  'assembly/capture/route.ts',
  'assembly/decode/entry.ts',
  'assembly/decode/entry_frame.ts',
  'assembly/out/serial_rows.ts',
  'assembly/table/serial_order.ts',
  'assembly/control.ts',
  'assembly/out/columns.ts',
  'assembly/out/digits.ts',
  'assembly/decode/tags.ts',
  'assembly/out/lists.ts',
  'assembly/out/data_records.ts',
  'assembly/out/rows.ts',
  'assembly/out/decimal.ts',
  'assembly/out/text.ts',
  'assembly/out/zeek_lines.ts',
  'assembly/table/flow.ts',
  'assembly/table/give_way.ts',
  'assembly/table/order.ts',
  'assembly/table/table.ts',
  'assembly/track/eviction_heap.ts',
  'assembly/track/held_syn.ts',
  'assembly/track/waiting.ts',
  'assembly/track/wheel.ts',
  'assembly/decode/decode.ts',
  'assembly/decode/duplicates.ts',
  'assembly/decode/fragments.ts',
  'assembly/decode/key.ts',
  'assembly/decode/packet.ts',
];

/** Lines of code that are still too long, at most. The numbers may only become smaller. Documents have none. */
const LONG_LINES_LEFT: Readonly<Record<string, number>> = {
  assembly: 45,
  src: 125,
  web: 0,
  test: 65,
  bench: 16,
  pcaps: 8,
};

/** Comments that still use a phrase which the glossary replaces, at most. Documents have none. */
const BANNED_LEFT = 30;

function filesIn(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) && path !== 'src/api' ? [] : filesIn(path);
    return /\.(ts|mjs|md|json)$|^run$/.test(entry.name) ? [read(path)] : [];
  });
}

function read(path: string): SourceFile {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

const atRoot = readdirSync(ROOT).filter((name) => /\.(md|json)$/.test(name) && name !== 'package-lock.json');
const files = [...FOLDERS.flatMap(filesIn), ...atRoot.map(read)];
const code = files.filter(({ path }) => /\.(ts|mjs)$/.test(path));
const documents = files.filter(({ path }) => path.endsWith('.md'));
const engine = code.filter(({ path }) => path.startsWith('assembly/'));
const shipped = code.filter(({ path }) => /^(assembly|src|web)\//.test(path));
const architecture = read('ARCHITECTURE.md').text;

describe('tidy: folders', () => {
  const table = folderTable(architecture);

  it('the table of ARCHITECTURE.md allows imports downwards only', () => {
    expect(table.length).toBeGreaterThan(30);
    expect(upwardRows(table)).toEqual([]);
  });

  it('every import of assembly/ and src/ is in that table', () => {
    expect(forbiddenImports(shipped, table)).toEqual([]);
  });

  it('the roots have few loose files', () => {
    expect(looseFiles(shipped, 'src', LOOSE_FILES_MAX)).toEqual([]);
    expect(looseFiles(shipped, 'assembly', LOOSE_FILES_MAX)).toEqual([]);
  });
});

describe('tidy: code', () => {
  it('only accessor files of the engine read or write memory themselves', () => {
    const inside = engine.filter(({ path }) => !/^assembly\/(wire|side)\//.test(path));
    expect(rawAccess(inside, ACCESSORS)).toEqual([]);
  });

  it('nothing is exported that no other file uses', () => {
    // Every constant of the layout has its own test: test/engine/layout.test.ts.
    expect(
      deadExports(
        shipped.filter(({ path }) => !/^assembly\/layout[./]/.test(path)),
        code,
      ),
    ).toEqual([]);
  });

  it('the engine depends on neither the clock nor chance', () => {
    const inside = shipped.filter(({ path }) => /^(assembly|src\/engine)\//.test(path));
    expect(uses(inside, /\bDate\.now\b|\bMath\.random\b/, 'the same input gives the same output')).toEqual([]);
  });

  it('every environment variable that is read is in CONTRIBUTING.md', () => {
    const scripts = files.filter(({ path }) => path === 'package.json');
    expect(
      undocumentedSwitches(
        [...code.filter(({ path }) => !path.startsWith('test/tidy/')), ...scripts],
        read('CONTRIBUTING.md').text,
      ),
    ).toEqual([]);
  });
});

describe('tidy: text', () => {
  it('lines of documents are short enough to read', () => {
    expect(documents.flatMap((file) => longLines(file, LINE_LENGTH_MAX))).toEqual([]);
  });

  it.each(Object.entries(LONG_LINES_LEFT))('lines of code in %s/ are short enough to read', (folder, left) => {
    const inside = code.filter(({ path }) => path.startsWith(`${folder}/`));
    const long = inside.flatMap((file) => longLines(file, LINE_LENGTH_MAX));
    expect(long.length, long.join('\n')).toBeLessThanOrEqual(left);
  });

  it('documents and comments use the words of the glossary', () => {
    const banned = bannedPhrases(architecture);
    expect(banned.length).toBeGreaterThan(3);
    expect(documents.flatMap((file) => bannedWords(file, banned))).toEqual([]);
    const inComments = shipped.flatMap((file) => bannedWords(file, banned));
    expect(inComments.length, inComments.join('\n')).toBeLessThanOrEqual(BANNED_LEFT);
  });

  it('no file names a place on the machine of its author', () => {
    const places = [ROOT, join(ROOT, '..', 'shared')].filter((place) => place.split('/').length > 2);
    const patterns = places.map((place) => new RegExp(`(?<![\\w.])${place.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\b`));
    expect(forbiddenTexts(files, patterns)).toEqual([]);
  });

  it('titles of tests can be understood and searched for', () => {
    const tests = code.filter(({ path }) => path.endsWith('.test.ts') && !path.startsWith('test/tidy'));
    expect(tests.flatMap(shortTitles)).toEqual([]);
  });

  it('nothing is left to be done later', () => {
    expect(forbiddenTexts(shipped, [/\bTODO\b|\bFIXME\b/])).toEqual([]);
  });
});
