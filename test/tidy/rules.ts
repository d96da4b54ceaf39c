/**
 * The rules of test/tidy.test.ts as functions over texts: each gives its complaints, one line each, and knows nothing
 * of the files on disk. rules.test.ts shows each of them failing on made-up input.
 */
import { posix } from 'node:path';

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const CODE = /\.(ts|mjs)$/;
const MARKDOWN = /\.md$/;

// ---- Imports
// ---------------------------------------------------------------------------------------------------------

export interface FolderRow {
  /** `src/engine/` or `src/errors.ts`. */
  readonly folder: string;
  /** Folders above it in the table. */
  readonly mayImport: readonly string[];
}

/**
 * The table "folder | what | may import" of ARCHITECTURE.md. Folders are in backquotes; `all above` and `nothing` are
 * words.
 */
export function folderTable(markdown: string): FolderRow[] {
  const lines = markdown.split('\n');
  const head = lines.findIndex((line) => /^\|\s*folder\s*\|\s*what\s*\|\s*may import\s*\|/.test(line));
  if (head === -1) throw new Error('there is no table "folder | what | may import"');
  const rows: FolderRow[] = [];
  const open: string[] = [];
  for (let n = head + 2; lines[n]?.startsWith('|'); n++) {
    const [, cell = '', , allowed = ''] = lines[n]!.split('|').map((text) => text.trim());
    const folder = cell.replaceAll('`', '');
    const named = [...allowed.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
    const above = rows.map((row) => row.folder);
    rows.push({ folder, mayImport: allowed === 'all above' ? above : [...open, ...named] });
    if (allowed.endsWith('open to all')) open.push(folder);
  }
  return rows;
}

/** Rows that allow something that is not above them: a way up, or a circle. */
export function upwardRows(rows: readonly FolderRow[]): string[] {
  return rows.flatMap(({ folder, mayImport }, n) => {
    const above = new Set(rows.slice(0, n).map((row) => row.folder));
    return mayImport
      .filter((name) => !above.has(name))
      .map((name) => `${folder} may import ${name}, which is not above it in the table`);
  });
}

const IMPORT = /(?:\bfrom|\bimport\()\s*["'](\.[^"']+)["']|^import\s*["'](\.[^"']+)["']/gm;

/** Paths of the files that a file imports, as they are in the repository. */
export function importsOf({ path, text }: SourceFile): string[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const target = posix.join(posix.dirname(path), (match[1] ?? match[2])!);
    return CODE.test(target) ? target : `${target}.ts`;
  });
}

/** Imports that the table does not allow. */
export function forbiddenImports(files: readonly SourceFile[], rows: readonly FolderRow[]): string[] {
  const rowOf = (path: string): FolderRow | undefined =>
    rows.reduce<FolderRow | undefined>(
      (best, row) => (path.startsWith(row.folder) && row.folder.length > (best?.folder.length ?? 0) ? row : best),
      undefined,
    );
  return files.flatMap((file) => {
    const from = rowOf(file.path);
    if (from === undefined) return [`${file.path} is in no folder of the table`];
    return importsOf(file).flatMap((target) => {
      const to = rowOf(target);
      if (to === undefined) return [`${file.path} imports ${target}, which is in no folder of the table`];
      if (to === from || from.mayImport.includes(to.folder)) return [];
      return [`${file.path} imports ${target}; ${from.folder} may not import ${to.folder}`];
    });
  });
}

/** Files that lie directly in a folder, when there are more than `most`. */
export function looseFiles(files: readonly SourceFile[], folder: string, most: number): string[] {
  const loose = files.map((file) => file.path).filter((path) => posix.dirname(path) === folder);
  return loose.length <= most
    ? []
    : [`${folder}/ has ${loose.length} loose files, at most ${most}: ${loose.join(', ')}`];
}

// ---- Code
// ------------------------------------------------------------------------------------------------------------

const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
const isComment = (token: string): boolean => token.startsWith('/*') || token.startsWith('//');

/** Code with blanks in place of its comments. Quotes and templates are respected. */
export function withoutComments(text: string): string {
  return text.replace(TOKEN, (token) => (isComment(token) ? blank(token) : token));
}

/** The comments, with blanks in place of the code. */
export function commentsOf(text: string): string {
  let comments = '';
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (!isComment(match[0])) continue;
    comments += blank(text.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return comments + blank(text.slice(end));
}

/** Files with raw memory access that are not on the list of accessor files, and list entries that need none. */
export function rawAccess(files: readonly SourceFile[], accessors: readonly string[]): string[] {
  const raw = files.filter((file) => /\b(?:load|store)</.test(withoutComments(file.text))).map((file) => file.path);
  return [
    ...raw
      .filter((path) => !accessors.includes(path))
      .map((path) => `${path} reads or writes memory itself; use or add an accessor`),
    ...accessors
      .filter((path) => !raw.includes(path))
      .map((path) => `${path} has no raw access any more: take it off the list of accessor files`),
  ];
}

const EXPORT =
  /^export (?:declare )?(?:abstract )?(?:async )?(const|let|function\*?|class|interface|type|enum) (\w+)/gm;

/**
 * Exported values that no other file names, and exported types that nothing names at all.
 * @param users all files that may use them, the given ones among them
 */
export function deadExports(files: readonly SourceFile[], users: readonly SourceFile[]): string[] {
  const namedIn = new Map<string, Set<string>>();
  for (const { path, text } of users) {
    for (const [word] of withoutComments(text).matchAll(/\b[A-Za-z_]\w*\b/g)) {
      const paths = namedIn.get(word);
      if (paths === undefined) namedIn.set(word, new Set([path]));
      else paths.add(path);
    }
  }
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(EXPORT)].flatMap(([, kind, name = '']) => {
      const elsewhere = [...(namedIn.get(name) ?? [])].some((user) => user !== path);
      const type = kind === 'interface' || kind === 'type';
      const used =
        elsewhere || (type && [...withoutComments(text).matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length > 1);
      return used ? [] : [`${path} exports ${name}, which no other file uses`];
    }),
  );
}

/** Uses of a pattern in code, comments aside. */
export function uses(files: readonly SourceFile[], pattern: RegExp, remedy: string): string[] {
  return files.flatMap(({ path, text }) =>
    withoutComments(text)
      .split('\n')
      .flatMap((line, n) => (pattern.test(line) ? [`${path}:${n + 1}: ${line.trim()}: ${remedy}`] : [])),
  );
}

/** Environment variables that the code or the scripts name and the document does not. */
export function undocumentedSwitches(files: readonly SourceFile[], document: string): string[] {
  const patterns = [
    /\benv\.([A-Z][A-Z0-9_]+)/g,
    /\benv\['([A-Z][A-Z0-9_]+)'\]/g,
    /\benv: \{ (?:\.\.\.process\.env, )?([A-Z][A-Z0-9_]+):/g,
    /\b((?:PCAPFLOW|FILTER|LIVE)_[A-Z0-9_]+)=/g,
  ];
  const missing = new Map<string, string>();
  for (const { path, text } of files) {
    for (const pattern of patterns) {
      for (const [, name = ''] of withoutComments(text).matchAll(pattern)) {
        if (!document.includes(`\`${name}\``) && !missing.has(name)) missing.set(name, path);
      }
    }
  }
  return [...missing].map(([name, path]) => `${name} (${path}) is not in CONTRIBUTING.md`);
}

// ---- Text
// ------------------------------------------------------------------------------------------------------------

/** Lines that are too long. In Markdown only prose counts: no tables, code or bare links. */
export function longLines({ path, text }: SourceFile, most: number): string[] {
  let fenced = false;
  return text.split('\n').flatMap((line, n) => {
    if (MARKDOWN.test(path)) {
      if (line.startsWith('```')) fenced = !fenced;
      if (fenced || line.startsWith('|') || /^\S+$/.test(line.trim())) return [];
    }
    return line.length > most ? [`${path}:${n + 1} has ${line.length} characters, at most ${most}`] : [];
  });
}

export interface BannedPhrase {
  readonly phrase: string;
  readonly instead: string;
}

/** The glossary of ARCHITECTURE.md: phrases of its last column, with the word to use instead. */
export function bannedPhrases(markdown: string): BannedPhrase[] {
  const lines = markdown.split('\n');
  const head = lines.findIndex((line) => /^\|\s*word\s*\|\s*means\s*\|\s*not\s*\|/.test(line));
  if (head === -1) throw new Error('there is no glossary "word | means | not"');
  const banned: BannedPhrase[] = [];
  for (let n = head + 2; lines[n]?.startsWith('|'); n++) {
    const [, word = '', , not = ''] = lines[n]!.split('|').map((cell) => cell.trim());
    for (const phrase of not.split(',').map((part) => part.trim())) {
      if (phrase !== '') banned.push({ phrase, instead: word });
    }
  }
  return banned;
}

/**
 * Prose of a file: a document without its glossary and code, or the comments of a program. Lines stay where they are.
 */
export function proseOf({ path, text }: SourceFile): string {
  if (!MARKDOWN.test(path)) return commentsOf(text);
  const glossary = /^\|\s*word\s*\|\s*means\s*\|\s*not\s*\|.*\n(?:\|.*\n)*/m;
  return text.replace(/```[\s\S]*?```/g, blank).replace(glossary, blank);
}

export function bannedWords(file: SourceFile, banned: readonly BannedPhrase[]): string[] {
  const lines = proseOf(file).split('\n');
  return banned.flatMap(({ phrase, instead }) => {
    const pattern = new RegExp(`\\b${phrase}\\b`, 'i');
    return lines.flatMap((line, n) =>
      pattern.test(line) ? [`${file.path}:${n + 1}: "${phrase}"; write "${instead}"`] : [],
    );
  });
}

/** Texts that must not be in any file. */
export function forbiddenTexts(files: readonly SourceFile[], texts: readonly RegExp[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, n) => {
      const found = texts.map((pattern) => pattern.exec(line)?.[0]).find((match) => match !== undefined);
      return found === undefined ? [] : [`${path}:${n + 1}: ${found}`];
    }),
  );
}

/** Words that a title of a test has at least; a placeholder counts as one. */
const TITLE_WORDS_MIN = 3;

/** Titles of tests that say nothing when they fail alone. */
export function shortTitles({ path, text }: SourceFile): string[] {
  return [...withoutComments(text).matchAll(/\bit(?=\.(?:each|runIf|skipIf)\(|\()/g)].flatMap(({ index }) => {
    const call = /^it\.\w+/.test(text.slice(index)) ? endOfBrackets(text, index) : index + 'it'.length;
    const title = /^\(\s*(['"`])((?:\\.|(?!\1).)*)\1/s.exec(text.slice(call))?.[2];
    if (title === undefined) return [];
    const words = title.replace(/\$\{[^}]*\}/g, 'X').split(/\s+/).length;
    const line = text.slice(0, index).split('\n').length;
    return words >= TITLE_WORDS_MIN ? [] : [`${path}:${line}: "${title}" says too little; name what is tested, too`];
  });
}

/** Behind the bracket that closes the first one from `start` on. */
function endOfBrackets(text: string, start: number): number {
  let depth = 0;
  for (const { 0: token, index } of text
    .slice(start)
    .matchAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[([{}\])]/g)) {
    if (/^['"`]/.test(token)) continue;
    depth += '([{'.includes(token) ? 1 : -1;
    if (depth === 0) return start + index + 1;
  }
  return text.length;
}
