/**
 * Classic BPF, as in McCanne and Jacobson, "The BSD Packet Filter" (1993), and net/bpf.h:
 * two 32-bit registers A and X, 16 words of scratch memory, forward jumps, one packet.
 */

/** One instruction. `code` 16 bits, `jt` and `jf` 8 bits (instructions to skip), `k` 32 bits unsigned. */
export interface BpfInstruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export type BpfProgram = readonly BpfInstruction[];

/** Words of scratch memory, M[0] .. M[15]. */
export const MEMORY_WORDS = 16;

// Instruction classes, bits 0..2.
export const LD = 0x00;
export const LDX = 0x01;
export const ST = 0x02;
export const STX = 0x03;
export const ALU = 0x04;
export const JMP = 0x05;
export const RET = 0x06;
export const MISC = 0x07;

// Width of a load, bits 3..4.
export const W = 0x00;
export const H = 0x08;
export const B = 0x10;

// Addressing mode of a load, bits 5..7.
export const IMM = 0x00;
export const ABS = 0x20;
export const IND = 0x40;
export const MEM = 0x60;
export const LEN = 0x80;
export const MSH = 0xa0;

// Arithmetic operation, bits 4..7.
export const ADD = 0x00;
export const SUB = 0x10;
export const MUL = 0x20;
export const DIV = 0x30;
export const OR = 0x40;
export const AND = 0x50;
export const LSH = 0x60;
export const RSH = 0x70;
export const NEG = 0x80;
export const MOD = 0x90;
export const XOR = 0xa0;

// Jump condition, bits 4..7.
export const JA = 0x00;
export const JEQ = 0x10;
export const JGT = 0x20;
export const JGE = 0x30;
export const JSET = 0x40;

// Operand, bit 3; a return may also take A.
export const K = 0x00;
export const X = 0x08;
export const A = 0x10;

export const TAX = 0x00;
export const TXA = 0x80;

/** The instruction class of an opcode. */
export function classOf(code: number): number {
  return code & 0x07;
}

/** The operation of an arithmetic or jump opcode. */
export function operationOf(code: number): number {
  return code & 0xf0;
}

/** The addressing mode of a load opcode. */
export function modeOf(code: number): number {
  return code & 0xe0;
}

/** The width bits of a load opcode. */
export function widthOf(code: number): number {
  return code & 0x18;
}

/** Bytes that a load of these width bits reads. */
export function bytesOf(width: number): number {
  return width === W ? 4 : width === H ? 2 : 1;
}
