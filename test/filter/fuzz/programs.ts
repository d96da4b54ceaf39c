/** Random programs that pass the check, and random numbers that may not. */
import type { BpfInstruction } from '../../../src/filter/index.ts';
import type { Random } from './random.ts';

const LOADS = [0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x00, 0x80, 0x60, 0x01, 0x81, 0x61, 0xb1] as const;
const ARITHMETIC = [
  0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0x84, 0x94, 0x9c,
  0xa4, 0xac,
] as const;
const JUMPS = [0x05, 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d] as const;
const VALUES = [
  0, 1, 2, 3, 4, 12, 14, 15, 20, 23, 31, 32, 60, 255, 0x800, 0x86dd, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
] as const;

/** A program that `checkProgram` takes. */
export function randomProgram(random: Random, length: number): BpfInstruction[] {
  return Array.from({ length }, (_, index) => randomInstruction(random, length - index - 2));
}

/** `rest` is how many instructions a jump may skip. */
function randomInstruction(random: Random, rest: number): BpfInstruction {
  if (rest < 0 || random.chance(0.04)) {
    return { code: random.pick([0x06, 0x16]), jt: 0, jf: 0, k: random.pick(VALUES) };
  }
  const word = random.below(16);
  switch (random.below(4)) {
    case 0: {
      const code = random.pick(JUMPS);
      const skip = (): number => random.below(Math.min(rest, random.chance(0.8) ? 8 : 255) + 1);
      if (code === 0x05) return { code, jt: 0, jf: 0, k: random.below(rest + 1) };
      return { code, jt: skip(), jf: skip(), k: random.pick(VALUES) };
    }
    case 1: {
      const code = random.pick(ARITHMETIC);
      const shift = (code & 0xf0) === 0x60 || (code & 0xf0) === 0x70;
      return { code, jt: 0, jf: 0, k: shift ? random.below(32) : random.pick(VALUES) || 1 };
    }
    case 2:
      return { code: random.pick([0x02, 0x03, 0x07, 0x87]), jt: 0, jf: 0, k: word };
    default: {
      const code = random.pick(LOADS);
      return { code, jt: 0, jf: 0, k: (code & 0xe0) === 0x60 ? word : random.pick(VALUES) };
    }
  }
}

/** The numbers of a program with some of them changed, as a broken file might have them. */
export function damagedNumbers(random: Random, program: readonly BpfInstruction[]): number[] {
  const numbers = [program.length, ...program.flatMap(({ code, jt, jf, k }) => [code, jt, jf, k])];
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(numbers.length);
    if (random.chance(0.1)) numbers.splice(at, 1);
    else numbers[at] = random.pick([...VALUES, -1, 1.5, Number.NaN, random.word(), random.below(256)]);
  }
  return numbers;
}
