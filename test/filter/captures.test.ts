/** Every expression of the shared list on every shared capture keeps as many packets as libpcap does. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FilterError, compile, compileFilter, interpret } from '../../src/filter/index.ts';
import type { CompileOptions } from '../../src/filter/index.ts';
import { readFrames } from './capture_reader.ts';
import type { CapturedFrame } from './capture_reader.ts';

const FOLDER = new URL('../../../shared/captures/', import.meta.url);
const present = existsSync(FOLDER);

interface Expected {
  readonly filters: readonly string[];
  readonly captures: Readonly<Record<string, { readonly filter_counts: readonly (number | 'R' | 'E')[] | null }>>;
}

interface Run {
  readonly kept: number | 'E';
  readonly interpreted: number | 'E';
}

/** The packets kept by the compiled function and by the interpreter; one filter for each kind of frame. */
function keep(expression: string, frames: readonly CapturedFrame[], linkTypes: readonly number[]): Run {
  const filters = new Map<string, ReturnType<typeof compileFilter>>();
  const filterOf = (options: Required<Pick<CompileOptions, 'linkType' | 'byteSwapped'>>) => {
    const key = `${options.linkType} ${options.byteSwapped}`;
    const filter = filters.get(key) ?? compileFilter(expression, options);
    filters.set(key, filter);
    return filter;
  };
  try {
    for (const linkType of linkTypes) compile(expression, { linkType });
    let kept = 0;
    let interpreted = 0;
    for (const { linkType, bytes, wireLength, bigEndian } of frames) {
      const filter = filterOf({ linkType, byteSwapped: bigEndian });
      if (filter.test(bytes, wireLength)) kept++;
      if (interpret(filter.program, bytes, wireLength) !== 0) interpreted++;
    }
    return { kept, interpreted };
  } catch (error) {
    if (error instanceof FilterError) return { kept: 'E', interpreted: 'E' };
    throw error;
  }
}

/** Link types for which this libpcap compiles no such filter, and we do: IPoIB, DSA tags. */
const COMPILED_HERE: ReadonlySet<number> = new Set([242, 284, 285]);

describe.skipIf(!present)('packets kept of the shared captures', () => {
  const expected = present
    ? (JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8')) as Expected)
    : { filters: [], captures: {} };

  for (const [name, { filter_counts: counts }] of Object.entries(expected.captures)) {
    if (counts === null || counts === undefined) continue;
    it(`keeps what libpcap keeps of ${name}`, () => {
      const file = new Uint8Array(readFileSync(new URL(name, FOLDER)));
      const frames = readFrames(file);
      const linkTypes = [...new Set(frames.map(({ linkType }) => linkType))];
      const differences: string[] = [];
      expected.filters.forEach((expression, index) => {
        const count = counts[index];
        // "R": libpcap says that the expression rejects all packets.
        const wanted = count === 'R' ? 0 : count;
        const { kept, interpreted } = keep(expression, frames, linkTypes);
        if (frames.length === 0 && kept === 0) return;
        if (count === 'E' && linkTypes.some((linkType) => COMPILED_HERE.has(linkType))) return;
        if (kept !== wanted || interpreted !== wanted) {
          differences.push(`${expression}: ${kept} compiled, ${interpreted} interpreted, expected ${count}`);
        }
      });
      expect(differences).toEqual([]);
    });
  }
});
