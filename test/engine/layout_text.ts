/** The text of the layout: its files in the order in which assembly/layout.ts has them. */
import { readFileSync } from 'node:fs';

export const LAYOUT_FOLDER = new URL('../../assembly/layout/', import.meta.url);

const LIST = readFileSync(new URL('../../assembly/layout.ts', import.meta.url), 'utf8');

export const LAYOUT_FILES: readonly string[] = [...LIST.matchAll(/^export \* from '\.\/layout\/(\w+\.ts)';$/gm)].map(
  ([, name]) => name as string,
);

/** Without what the files import from each other: a constant is made of those before it. */
export function layoutText(): string {
  return LAYOUT_FILES.map((name) => readFileSync(new URL(name, LAYOUT_FOLDER), 'utf8'))
    .join('\n')
    .replace(/^import [^;]*;\n/gm, '');
}
