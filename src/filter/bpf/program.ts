/** Programs given as numbers, as `tcpdump -ddd` prints them, and the checks that a program must pass. */
import {
  A,
  ABS,
  ADD,
  ALU,
  AND,
  B,
  DIV,
  H,
  IMM,
  IND,
  JA,
  JEQ,
  JGE,
  JGT,
  JMP,
  JSET,
  K,
  LD,
  LDX,
  LEN,
  LSH,
  MEM,
  MEMORY_WORDS,
  MISC,
  MOD,
  MSH,
  MUL,
  NEG,
  OR,
  RET,
  RSH,
  ST,
  STX,
  SUB,
  TAX,
  TXA,
  W,
  X,
  XOR,
  classOf,
  operationOf,
} from './bpf.ts';
import type { BpfInstruction, BpfProgram } from './bpf.ts';
import { programError } from '../language/error.ts';

/** Most instructions of a program. The kernel accepts 4096; long lists of hosts need more. */
const INSTRUCTIONS_MAX = 1 << 16;

/** Opcodes of the kernel's checker, without its extensions. */
const KNOWN: ReadonlySet<number> = new Set([
  ...[W, H, B].flatMap((width) => [LD | ABS | width, LD | IND | width]),
  LD | IMM,
  LD | LEN,
  LD | MEM,
  LDX | IMM,
  LDX | LEN,
  LDX | MEM,
  LDX | MSH | B,
  ST,
  STX,
  ...[ADD, SUB, MUL, DIV, MOD, AND, OR, XOR, LSH, RSH].flatMap((operation) => [
    ALU | operation | K,
    ALU | operation | X,
  ]),
  ALU | NEG,
  JMP | JA,
  ...[JEQ, JGT, JGE, JSET].flatMap((condition) => [JMP | condition | K, JMP | condition | X]),
  RET | K,
  RET | A,
  MISC | TAX,
  MISC | TXA,
]);

/**
 * The program of `tcpdump -ddd`: its count, then code, jt, jf and k of each instruction, as text or numbers. It is
 * checked. @throws {FilterError} ERR_FILTER_PROGRAM
 */
export function parseProgramText(source: string | readonly number[]): BpfProgram {
  const numbers = typeof source === 'string' ? numbersOf(source) : source;
  const [count, ...fields] = numbers;
  if (count === undefined || fields.length !== count * 4) {
    throw programError(`a program of ${count ?? 0} instructions has ${4 * (count ?? 0)} numbers, not ${fields.length}`);
  }
  const program: BpfInstruction[] = [];
  for (let index = 0; index < fields.length; index += 4) {
    const [code = -1, jt = -1, jf = -1, k = -1] = fields.slice(index, index + 4);
    if (!within(code, 0xffff) || !within(jt, 0xff) || !within(jf, 0xff) || !within(k, 0xffffffff)) {
      throw programError(`instruction ${index / 4}: a number is out of range`);
    }
    program.push({ code, jt, jf, k });
  }
  checkProgram(program);
  return program;
}

function numbersOf(text: string): number[] {
  const words = text.trim().split(/[\s,]+/);
  return words.map((word) => {
    if (!/^\d{1,10}$/.test(word)) throw programError(`'${word.slice(0, 20)}' is not a number of a program`);
    return Number(word);
  });
}

function within(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= maximum;
}

/**
 * What the kernel demands of a filter: known opcodes, jumps forward and inside, a return at the end, no division by a
 * constant 0, no constant shift by more than 31, scratch words that exist.
 * @throws {FilterError} ERR_FILTER_PROGRAM naming the instruction
 */
export function checkProgram(program: BpfProgram): void {
  const { length } = program;
  if (length === 0) throw programError('a program has at least one instruction');
  if (length > INSTRUCTIONS_MAX) throw programError(`a program has at most ${INSTRUCTIONS_MAX} instructions`);
  program.forEach((instruction, index) => {
    const problem = problemOf(instruction, index, length);
    if (problem !== undefined) throw programError(`instruction ${index}: ${problem}`);
  });
  const last = program[length - 1];
  if (last === undefined || classOf(last.code) !== RET) throw programError('the last instruction is not a return');
}

function problemOf({ code, jt, jf, k }: BpfInstruction, index: number, length: number): string | undefined {
  if (!KNOWN.has(code)) return `unknown opcode ${code}`;
  switch (classOf(code)) {
    case LD:
    case LDX:
      return (code & 0xe0) === MEM && k >= MEMORY_WORDS ? `no scratch word ${k}` : undefined;
    case ST:
    case STX:
      return k >= MEMORY_WORDS ? `no scratch word ${k}` : undefined;
    case ALU: {
      const operation = operationOf(code);
      const constant = (code & X) === 0;
      if (constant && k === 0 && (operation === DIV || operation === MOD)) return 'division by zero';
      if (constant && k > 31 && (operation === LSH || operation === RSH)) return 'shift by more than 31 bits';
      return undefined;
    }
    case JMP: {
      const farthest = operationOf(code) === JA ? k : Math.max(jt, jf);
      return index + 1 + farthest >= length ? 'jump behind the end' : undefined;
    }
    default:
      return undefined;
  }
}
