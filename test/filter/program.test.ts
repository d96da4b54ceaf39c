import { describe, expect, it } from 'vitest';
import {
  FilterError,
  checkProgram,
  compileFilter,
  compileProgram,
  formatProgram,
  parseProgramText,
} from '../../src/filter/index.ts';

const ACCEPT = { code: 6, jt: 0, jf: 0, k: 1 };

describe('a program given as numbers', () => {
  it('survives printing and reading', () => {
    const program = compileProgram('tcp port 80 and ip[2:2] > 500');
    expect(parseProgramText(formatProgram(program, 'ddd'))).toEqual(program);
  });

  it('filters like the expression it was made of', () => {
    const numbers = formatProgram(compileProgram('ip'), 'ddd').trim().split(/\s/).map(Number);
    const filter = compileFilter(numbers);
    const frame = new Uint8Array(14);
    expect(filter.test(frame)).toBe(false);
    frame.set([0x08, 0x00], 12);
    expect(filter.test(frame)).toBe(true);
  });

  it.each([
    ['', 'not a number'],
    ['0', 'at least one'],
    ['1\n6 0 0', '4 numbers'],
    ['1\n6 0 0 0 0', '4 numbers'],
    ['1\n6 0 0 x', 'not a number'],
    ['1\n6 0 256 0', 'out of range'],
    ['1\n6 0 0 4294967296', 'out of range'],
    ['1\n32 0 0 0', 'not a return'],
    ['1\n65 0 0 0', 'unknown opcode'],
    ['2\n5 0 0 1\n6 0 0 0', 'behind the end'],
    ['2\n5 0 0 4294967295\n6 0 0 0', 'behind the end'],
    ['2\n21 0 1 0\n6 0 0 0', 'behind the end'],
    ['2\n52 0 0 0\n6 0 0 0', 'division by zero'],
    ['2\n148 0 0 0\n6 0 0 0', 'division by zero'],
    ['2\n100 0 0 32\n6 0 0 0', 'more than 31'],
    ['2\n2 0 0 16\n6 0 0 0', 'scratch word'],
    ['2\n96 0 0 16\n6 0 0 0', 'scratch word'],
    ['2\n97 0 0 99\n6 0 0 0', 'scratch word'],
  ])('is refused when it is %j', (text, reason) => {
    expect(() => parseProgramText(text)).toThrowError(expect.objectContaining({ code: 'ERR_FILTER_PROGRAM' }));
    expect(() => parseProgramText(text)).toThrowError(reason);
  });

  it('names the instruction that is wrong', () => {
    expect(() => checkProgram([ACCEPT, { ...ACCEPT, code: 0x3c + 0x100 }, ACCEPT])).toThrowError(/^instruction 1: /);
    expect(() => checkProgram([])).toThrowError(FilterError);
  });
});
