/** Captures of `pcaps/` with their expected flows, for tests that read an output back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PCAPS = fileURLToPath(new URL('../../pcaps/', import.meta.url));

/** Members of a JSON line as the text that they are: numbers would lose digits. */
export type Members = Readonly<Record<string, string>>;

export interface Capture {
  readonly name: string;
  readonly path: string;
  readonly flows: readonly Members[];
}

export const CAPTURES: readonly Capture[] = readdirSync(PCAPS)
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .map((name) => {
    const lines = readFileSync(join(PCAPS, `${name.replace(/\.pcap(ng)?$/, '')}.flows.jsonl`), 'utf8');
    return { name, path: join(PCAPS, name), flows: membersOfLines(lines) };
  });

/** The members of lines of plain objects. Text is without its quotes. */
export function membersOfLines(lines: string): Members[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      Object.fromEntries(
        [...line.matchAll(/"(\w+)":(?:"([^"]*)"|([^,}]+))/g)].map(([, key = '', text, other]) => [key, text ?? other]),
      ),
    ) as Members[];
}

/** The same multiset has the same order. */
export function sorted(lines: readonly string[]): string[] {
  return [...lines].sort();
}
