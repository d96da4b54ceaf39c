/**
 * Programs and texts of any kind are compiled or refused: no crash, no hang, no module that does not validate. The
 * long form is part of `npm run fuzz:filters`: FILTER_CASES=5000000, each of the three runs ended after FILTER_MINUTES.
 */
import { describe, expect, it } from 'vitest';
import {
  FilterError,
  assembleFilterModule,
  compileProgram,
  formatProgram,
  formatTree,
  formatWat,
  interpret,
  parseFilter,
  parseProgramText,
  checkProgram,
} from '../../src/filter/index.ts';
import { instantiateFilter } from '../../src/filter/wasm/instantiate.ts';
import { damaged, randomExpression } from './fuzz/expressions.ts';
import { FUZZ_LINK_TYPES, randomFrame } from './fuzz/frames.ts';
import { damagedNumbers, randomProgram } from './fuzz/programs.ts';
import { Random } from './fuzz/random.ts';

const CASES = Number(process.env.FILTER_CASES ?? 6000);
const SEED = Number(process.env.FILTER_SEED ?? 30);
const LIMIT_MS = Number(process.env.FILTER_MINUTES ?? 60) * 60_000;
const LONG = { timeout: LIMIT_MS + 60_000 };
/** Cases between two looks at the clock. */
const STRIDE = 100;

const memory = new WebAssembly.Memory({ initial: 2 });
const bytes = new Uint8Array(memory.buffer);

/** Runs what may throw a FilterError; false when it did. */
function accepted(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}

/** Runs so many cases, fewer when the time is over; returns how many. */
function repeat(count: number, run: () => void): number {
  const end = performance.now() + LIMIT_MS;
  let done = 0;
  for (; done < count && (done % STRIDE !== 0 || performance.now() < end); done++) run();
  if (done < count) console.log(`${expect.getState().currentTestName}: time over after ${done} of ${count} cases`);
  return done;
}

describe(`whatever is given, seed ${SEED}`, () => {
  it('runs random programs as the interpreter does', LONG, () => {
    const random = new Random(SEED);
    repeat(CASES / 2, () => {
      const program = randomProgram(random, 1 + random.below(random.chance(0.02) ? 2000 : 40));
      checkProgram(program);
      const compiled = instantiateFilter(assembleFilterModule(program), memory);
      for (let count = 0; count < 4; count++) {
        const { bytes: frame, wireLength } = randomFrame(random, 1);
        // At the very end of the memory: a load beyond the frame would trap.
        const start = bytes.length - frame.length;
        bytes.set(frame, start);
        const wanted = interpret(program, frame, wireLength);
        const result = compiled(start, frame.length, wireLength) >>> 0;
        if (result !== wanted) expect({ program: formatProgram(program, 'ddd'), result }).toEqual({ wanted });
      }
    });
  });

  it('refuses or compiles damaged numbers', LONG, () => {
    const random = new Random(SEED + 1);
    let refused = 0;
    const done = repeat(CASES / 4, () => {
      const numbers = damagedNumbers(random, randomProgram(random, 1 + random.below(20)));
      const ok = accepted(() => {
        const module = assembleFilterModule(parseProgramText(numbers));
        expect(WebAssembly.validate(module as BufferSource)).toBe(true);
      });
      if (!ok) refused++;
    });
    expect(refused).toBeGreaterThan(done / 5);
  });

  it('refuses or compiles damaged text', LONG, () => {
    const random = new Random(SEED + 2);
    repeat(CASES / 4, () => {
      let text = randomExpression(random);
      for (let count = random.below(4); count > 0; count--) text = damaged(random, text);
      accepted(() => {
        const tree = parseFilter(text);
        formatTree(tree);
        const program = compileProgram(tree, { linkType: random.pick(FUZZ_LINK_TYPES) });
        formatProgram(program, 'd');
        if (random.chance(0.1)) formatWat(program);
        expect(WebAssembly.validate(assembleFilterModule(program) as BufferSource)).toBe(true);
      });
    });
  });

  it('refuses or compiles text without end', () => {
    const deep = (open: string, count: number, inside: string, close: string): string =>
      open.repeat(count) + inside + close.repeat(count);
    for (const count of [100, 1000, 20_000]) {
      for (const text of [
        deep('(', count, 'tcp', ')'),
        deep('not ', count, 'tcp', ''),
        deep('(', count, '5', ') = 5'),
        `${deep('ip[', count, '0', ']')} = 1`,
        `len = ${deep('-', count, '1', '')}`,
        `len = ${deep('1 + ', count, '1', '')}`,
        `len = ${deep('1 % ', count, '1', '')}`,
        deep('tcp or ', count, 'udp', ''),
        deep('(tcp and (udp or ', count, 'ip', '))'),
        `port ${deep('(', count, '80', ')')}`,
        `port ${deep('(1 or ', count, '80', ')')}`,
        'a'.repeat(count),
        '('.repeat(count),
        `host ${deep('1.2.3.4 or ', count, '1.2.3.4', '')}`,
        `ip6 host ${':'.repeat(count)}`,
      ]) {
        accepted(() => {
          formatTree(parseFilter(text));
          expect(WebAssembly.validate(assembleFilterModule(compileProgram(text)) as BufferSource)).toBe(true);
        });
      }
    }
  });
});
