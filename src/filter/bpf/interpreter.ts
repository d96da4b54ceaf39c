/** Runs a program on a frame, instruction by instruction: simple, slow, and the reference for the compiled function. */
import {
  A,
  ABS,
  ADD,
  ALU,
  AND,
  DIV,
  IMM,
  IND,
  JA,
  JEQ,
  JGE,
  JGT,
  JMP,
  JSET,
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
  X,
  XOR,
  bytesOf,
  classOf,
  modeOf,
  operationOf,
  widthOf,
} from './bpf.ts';
import type { BpfProgram } from './bpf.ts';

/**
 * Backward jumps that are taken on one frame before it is given up. Only `protochain` makes any; a chain of headers
 * is never that long, and a chain that leads back to itself must end.
 */
export const BACKWARD_JUMPS_MAX = 65536;

/**
 * What the program returns for a frame: 0 to drop it, else how many of its bytes to keep. `wireLength` is what
 * `len` sees. Scratch memory and registers start as 0.
 */
export function interpret(program: BpfProgram, frame: Uint8Array, wireLength: number = frame.length): number {
  const memory = new Uint32Array(MEMORY_WORDS);
  let a = 0;
  let x = 0;
  let backward = 0;
  for (let pc = 0; pc < program.length; pc++) {
    const instruction = program[pc];
    if (instruction === undefined) return 0;
    const { code, k } = instruction;
    switch (classOf(code)) {
      case LD:
      case LDX: {
        const value = loadValue(code, k, x, memory, frame, wireLength);
        if (value === undefined) return 0;
        if (classOf(code) === LD) a = value;
        else x = value;
        break;
      }
      case ST:
        memory[k] = a;
        break;
      case STX:
        memory[k] = x;
        break;
      case ALU: {
        const operand = (code & X) === 0 ? k : x;
        const result = calculate(operationOf(code), a, operand);
        if (result === undefined) return 0;
        a = result;
        break;
      }
      case JMP: {
        if (operationOf(code) === JA) {
          if (k >= 0x80000000) backward++;
          if (backward > BACKWARD_JUMPS_MAX) return 0;
          pc += k | 0;
          break;
        }
        const operand = (code & X) === 0 ? k : x;
        pc += holds(operationOf(code), a, operand) ? instruction.jt : instruction.jf;
        break;
      }
      case RET:
        return (code & 0x18) === A ? a : k;
      case MISC:
        if ((code & 0xf8) === TAX) x = a;
        else a = x;
        break;
    }
  }
  return 0;
}

/** The value of a load, undefined when it reaches beyond the frame. */
function loadValue(
  code: number,
  k: number,
  x: number,
  memory: Uint32Array,
  frame: Uint8Array,
  wireLength: number,
): number | undefined {
  switch (modeOf(code)) {
    case IMM:
      return k;
    case LEN:
      return wireLength >>> 0;
    case MEM:
      return memory[k] ?? 0;
    case MSH:
      return k < frame.length ? 4 * ((frame[k] ?? 0) & 0xf) : undefined;
    case ABS:
    case IND: {
      const start = modeOf(code) === ABS ? k : x + k;
      const size = bytesOf(widthOf(code));
      if (start + size > frame.length) return undefined;
      let value = 0;
      for (let index = start; index < start + size; index++) value = value * 256 + (frame[index] ?? 0);
      return value;
    }
    default:
      return undefined;
  }
}

/** 32-bit unsigned arithmetic; undefined for a division by zero, which drops the frame. */
function calculate(operation: number, a: number, operand: number): number | undefined {
  switch (operation) {
    case ADD:
      return (a + operand) >>> 0;
    case SUB:
      return (a - operand) >>> 0;
    case MUL:
      return Math.imul(a, operand) >>> 0;
    case DIV:
      return operand === 0 ? undefined : Math.floor(a / operand);
    case MOD:
      return operand === 0 ? undefined : a % operand;
    case AND:
      return (a & operand) >>> 0;
    case OR:
      return (a | operand) >>> 0;
    case XOR:
      return (a ^ operand) >>> 0;
    case LSH:
      return operand < 32 ? (a << operand) >>> 0 : 0;
    case RSH:
      return operand < 32 ? a >>> operand : 0;
    case NEG:
      return -a >>> 0;
    default:
      return undefined;
  }
}

function holds(condition: number, a: number, operand: number): boolean {
  switch (condition) {
    case JEQ:
      return a === operand;
    case JGT:
      return a > operand;
    case JGE:
      return a >= operand;
    case JSET:
      return (a & operand) !== 0;
    default:
      return false;
  }
}
