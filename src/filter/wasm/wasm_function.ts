/**
 * A program to the body of a WebAssembly function over a frame in memory.
 *
 * Jumps of a program lead forward, so each target is the end of a `block`; what drops a frame leaves the outermost
 * one. A and X are locals, scratch memory as well. A load is checked against the captured length unless every way to
 * it has checked a longer one. Long chains of comparisons of A with constants become a binary search.
 */
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
} from '../bpf/bpf.ts';
import type { BpfInstruction, BpfProgram } from '../bpf/bpf.ts';
import { programError } from '../language/error.ts';
import { BACKWARD_JUMPS_MAX } from '../bpf/interpreter.ts';
import { searchBetween, setBody } from './constant_search.ts';
import { segmentsOf } from './program_segments.ts';
import type { Segment } from './program_segments.ts';
import { OP } from './wasm_code.ts';

// Locals: the parameters, then the registers.
const FRAME = 0;
const CAP_LENGTH = 1;
const WIRE_LENGTH = 2;
const REGISTER_A = 3;
const REGISTER_X = 4;
const SPARE = 5;
const BACKWARD = 6;
const MEMORY = 7;

const PARAMETERS = 3;
/** Locals besides the parameters. */
export const LOCALS = MEMORY + MEMORY_WORDS - PARAMETERS;

/** Index of the function of the first set; the filter itself comes before. */
const FIRST_SET = 1;

const LOCAL_NAMES = ['frame', 'capLength', 'wireLength', 'a', 'x', 'spare', 'backward'];

export function localName(index: number): string {
  return LOCAL_NAMES[index] ?? `m${index - MEMORY}`;
}

/** From this many comparisons with one outcome on, the search is a function, shared by chains of the same constants. */
const SET_MIN = 32;
/** From this many comparisons in a row on, a search takes their place. */
const SEARCH_MIN = 8;
/** Instructions of the functions of a program, each without its last `end`. */
export interface FilterFunctions {
  readonly filter: readonly number[];
  /** Functions of A that return 1 when it is one of their constants, else 0. */
  readonly sets: readonly (readonly number[])[];
}

export function filterFunctions(program: BpfProgram): FilterFunctions {
  const writer = new BodyWriter(program);
  return { filter: writer.write(), sets: writer.sets.map(setBody) };
}

class BodyWriter {
  readonly sets: Float64Array[] = [];
  readonly #program: BpfProgram;
  readonly #code: number[] = [];
  /** Segments that can be reached, by the index of their first instruction, in order. */
  readonly #segments: readonly Segment[];
  /** Captured length that is certain at the start of a segment. */
  readonly #certain: Float64Array;
  /** Number of ways into a segment. */
  readonly #arrivals: Int32Array;
  /** Open blocks, the innermost last: the segment before which each ends, or the loop it is. */
  readonly #open: { readonly segment: number; readonly loop: boolean }[] = [];
  /** Where in `open` each of them is. */
  readonly #places = new Map<number, number>();
  #checked = 0;

  constructor(program: BpfProgram) {
    this.#program = program;
    this.#arrivals = new Int32Array(program.length + 1);
    this.#certain = new Float64Array(program.length + 1).fill(Number.POSITIVE_INFINITY);
    this.#segments = segmentsOf(program, this.#arrivals);
  }

  write(): readonly number[] {
    const loops = this.#loops();
    const targets = this.#blockTargets();
    this.#enter(OP.block, -1, false);
    this.#openBlocks(targets.filter((target) => !loops.some(({ start, end }) => start < target && target <= end)));
    this.#certain[this.#segments[0]?.start ?? 0] = 0;
    for (let index = 0; index < this.#segments.length; index++) {
      const segment = this.#segments[index];
      if (segment === undefined) break;
      this.#closeBlocks(segment.start);
      const loop = loops.find(({ start }) => start === segment.start);
      if (loop !== undefined) {
        this.#enter(OP.loop, segment.start, true);
        this.#openBlocks(targets.filter((target) => loop.start < target && target <= loop.end));
      }
      this.#checked = this.#certain[segment.start] ?? 0;
      index += this.#segment(segment, index);
      const next = this.#segments[index + 1];
      for (const { end } of loops) if (end === this.#segments[index]?.start && next !== undefined) this.#leave();
    }
    while (this.#open.length > 0) this.#leave();
    this.#code.push(OP.constant, 0);
    return this.#code;
  }

  #enter(opcode: number, segment: number, loop: boolean): void {
    this.#code.push(opcode);
    this.#places.set(segment, this.#open.length);
    this.#open.push({ segment, loop });
  }

  #leave(): void {
    this.#code.push(OP.end);
    const closed = this.#open.pop();
    if (closed !== undefined) this.#places.delete(closed.segment);
  }

  /** Opens a block for each target, the one that ends last first. */
  #openBlocks(targets: readonly number[]): void {
    for (let index = targets.length - 1; index >= 0; index--) this.#enter(OP.block, targets[index] ?? 0, false);
  }

  #closeBlocks(segment: number): void {
    for (let top = this.#open.at(-1); top?.segment === segment && !top.loop; top = this.#open.at(-1)) this.#leave();
  }

  /** Backward jumps: where each loop starts, and the segment that it ends with. */
  #loops(): { readonly start: number; readonly end: number }[] {
    const ends = new Map<number, number>();
    for (const { start, whenTrue } of this.#segments) {
      if (whenTrue !== undefined && whenTrue <= start) ends.set(whenTrue, start);
    }
    const loops = [...ends].map(([start, end]) => ({ start, end }));
    for (const loop of loops) {
      if (loops.some((other) => other.start > loop.start && other.start <= loop.end)) {
        throw programError('loops inside loops are not compiled');
      }
    }
    return loops;
  }

  /** Segments that are reached by a jump and not only from the segment before them, in order. */
  #blockTargets(): number[] {
    const targets = new Set<number>();
    for (let index = 0; index < this.#segments.length; index++) {
      const segment = this.#segments[index];
      if (segment === undefined) break;
      const { start, whenTrue, whenFalse } = segment;
      const next = this.#segments[index + 1]?.start;
      if (whenFalse !== undefined && whenFalse > start && whenFalse !== next) targets.add(whenFalse);
      if (whenTrue === undefined || whenTrue <= start) continue;
      // A search jumps for every hit, even if the target of its last constant follows immediately.
      if (whenTrue !== next || this.#comparesNext(index - 1)) targets.add(whenTrue);
    }
    return [...targets].sort((a, b) => a - b);
  }

  /** How many blocks outwards the end of a block, or the start of a loop, is. */
  #label(segment: number, deeper = 0): number {
    const place = this.#places.get(segment);
    if (place === undefined) throw programError('a jump leads into a loop');
    return this.#open.length - 1 - place + deeper;
  }

  #drop(deeper = 0): number {
    return this.#open.length - 1 + deeper;
  }

  /** Writes a segment, or a chain of them; returns how many segments of the chain came after the first. */
  #segment(segment: Segment, index: number): number {
    for (let at = segment.start; at < segment.end; at++) this.#statement(this.#program[at]);
    const last = this.#program[segment.end];
    if (last === undefined) return 0;
    if (classOf(last.code) === RET) {
      if ((last.code & 0x18) === A) this.#code.push(OP.get, REGISTER_A, OP.return);
      else this.#code.push(OP.constant, last.k, OP.return);
      return 0;
    }
    if (classOf(last.code) !== JMP || operationOf(last.code) === JA) {
      if (classOf(last.code) !== JMP) this.#statement(last);
      this.#jump(segment.whenTrue, segment.start, this.#segments[index + 1]?.start);
      return 0;
    }
    const length = this.#chainLength(index);
    if (length >= SEARCH_MIN) {
      this.#search(index, length);
      return length - 1;
    }
    this.#branch(last, segment, this.#segments[index + 1]?.start);
    return 0;
  }

  #arrive(target: number): void {
    this.#certain[target] = Math.min(this.#certain[target] ?? 0, this.#checked);
  }

  #jump(target: number | undefined, from: number, next: number | undefined): void {
    if (target === undefined) return;
    if (target <= from) {
      this.#code.push(OP.get, BACKWARD, OP.constant, 1, OP.add, OP.tee, BACKWARD);
      this.#code.push(OP.constant, BACKWARD_JUMPS_MAX, OP.gtU, OP.brIf, this.#drop(), OP.br, this.#label(target));
      return;
    }
    this.#arrive(target);
    if (target !== next) this.#code.push(OP.br, this.#label(target));
  }

  #branch(last: BpfInstruction, { whenTrue, whenFalse, start }: Segment, next: number | undefined): void {
    if (whenTrue === undefined || whenFalse === undefined) return;
    if (whenTrue === whenFalse) {
      this.#jump(whenTrue, start, next);
      return;
    }
    this.#arrive(whenTrue);
    this.#arrive(whenFalse);
    this.#code.push(OP.get, REGISTER_A);
    this.#operand(last);
    const inverse = whenTrue === next;
    switch (operationOf(last.code)) {
      case JEQ:
        this.#code.push(inverse ? OP.ne : OP.eq);
        break;
      case JGT:
        this.#code.push(inverse ? OP.leU : OP.gtU);
        break;
      case JGE:
        this.#code.push(inverse ? OP.ltU : OP.geU);
        break;
      default:
        this.#code.push(OP.and);
        if (inverse) this.#code.push(OP.eqz);
    }
    this.#code.push(OP.brIf, this.#label(inverse ? whenFalse : whenTrue));
    if (!inverse && whenFalse !== next) this.#code.push(OP.br, this.#label(whenFalse));
  }

  /** The segment compares A with a constant, and so does the next one, which comes when that fails. */
  #comparesNext(index: number): boolean {
    const segment = this.#segments[index];
    const next = this.#segments[index + 1];
    if (segment === undefined || next === undefined || segment.whenFalse !== next.start) return false;
    return this.#program[segment.end]?.code === (JMP | JEQ) && this.#program[next.end]?.code === (JMP | JEQ);
  }

  /** How many segments from here on compare A with a constant, each only reached when the one before it failed. */
  #chainLength(index: number): number {
    let length = 0;
    for (let at = index; ; at++) {
      const segment = this.#segments[at];
      if (segment === undefined || this.#program[segment.end]?.code !== (JMP | JEQ)) return length;
      if (at > index && (segment.start !== segment.end || this.#arrivals[segment.start] !== 1)) return length;
      const next = this.#segments[at + 1]?.start;
      if (segment.whenTrue === segment.whenFalse) return length;
      length++;
      if (next !== segment.whenFalse) return length;
    }
  }

  #search(index: number, length: number): void {
    const constants = new Float64Array(length);
    const only = this.#segments[index]?.whenTrue;
    let isSet = only !== undefined && length >= SET_MIN;
    for (let at = 0; at < length; at++) {
      const link = this.#segments[index + at];
      constants[at] = this.#program[link?.end ?? 0]?.k ?? 0;
      isSet &&= link?.whenTrue === only;
    }
    if (isSet && only !== undefined) {
      this.#arrive(only);
      const set = this.#setOf(constants.sort().filter((constant, at, all) => constant !== all[at - 1]));
      this.#code.push(OP.get, REGISTER_A, OP.call, FIRST_SET + set, OP.brIf, this.#label(only));
    } else {
      this.#searchTargets(index, constants);
    }
    const last = this.#segments[index + length - 1];
    if (last !== undefined) this.#jump(last.whenFalse, last.start, this.#segments[index + length]?.start);
  }

  /** A search whose hits lead to different places. */
  #searchTargets(index: number, constants: Float64Array): void {
    // The first of equal constants decides.
    const targets = new Map<number, number>();
    constants.forEach((constant, at) => {
      if (!targets.has(constant)) targets.set(constant, this.#segments[index + at]?.whenTrue ?? -1);
    });
    for (const target of new Set(targets.values())) this.#arrive(target);
    const sorted = Float64Array.from(targets.keys()).sort();
    searchBetween(this.#code, REGISTER_A, sorted, 0, sorted.length, (constant, deeper) =>
      this.#label(targets.get(constant) ?? -1, deeper),
    );
  }

  #setOf(sorted: Float64Array): number {
    const known = this.sets.findIndex(
      (set) => set.length === sorted.length && set.every((constant, index) => constant === sorted[index]),
    );
    return known >= 0 ? known : this.sets.push(sorted) - 1;
  }

  #operand({ code, k }: BpfInstruction): void {
    if ((code & X) === 0) this.#code.push(OP.constant, k);
    else this.#code.push(OP.get, REGISTER_X);
  }

  #statement(instruction: BpfInstruction | undefined): void {
    if (instruction === undefined) return;
    const { code, k } = instruction;
    switch (classOf(code)) {
      case LD:
      case LDX:
        this.#load(code, k);
        return;
      case ST:
        this.#code.push(OP.get, REGISTER_A, OP.set, MEMORY + k);
        return;
      case STX:
        this.#code.push(OP.get, REGISTER_X, OP.set, MEMORY + k);
        return;
      case ALU:
        this.#arithmetic(instruction);
        return;
      case MISC:
        if ((code & 0xf8) === TAX) this.#code.push(OP.get, REGISTER_A, OP.set, REGISTER_X);
        else this.#code.push(OP.get, REGISTER_X, OP.set, REGISTER_A);
        return;
      default:
        return;
    }
  }

  #load(code: number, k: number): void {
    const register = classOf(code) === LD ? REGISTER_A : REGISTER_X;
    switch (modeOf(code)) {
      case IMM:
        this.#code.push(OP.constant, k);
        break;
      case LEN:
        this.#code.push(OP.get, WIRE_LENGTH);
        break;
      case MEM:
        this.#code.push(OP.get, MEMORY + k);
        break;
      case MSH:
        this.#requireLength(k + 1);
        this.#code.push(OP.get, FRAME, OP.load8, k, OP.constant, 0xf, OP.and, OP.constant, 2, OP.shl);
        break;
      case ABS:
        this.#requireLength(k + bytesOf(widthOf(code)));
        this.#code.push(OP.get, FRAME);
        this.#loadBigEndian(widthOf(code), k);
        break;
      case IND: {
        // X + k + size <= capLength, without overflow: first for the constant part, then for X.
        const size = k + bytesOf(widthOf(code));
        this.#requireLength(size);
        this.#code.push(OP.get, REGISTER_X, OP.get, CAP_LENGTH, OP.constant, size, OP.sub, OP.gtU);
        this.#code.push(OP.brIf, this.#drop(), OP.get, FRAME, OP.get, REGISTER_X, OP.add);
        this.#loadBigEndian(widthOf(code), k);
        break;
      }
      default:
        return;
    }
    this.#code.push(OP.set, register);
  }

  /** Drops the frame when fewer bytes than this were captured. */
  #requireLength(length: number): void {
    if (length <= this.#checked) return;
    if (length > 0xffffffff) {
      this.#code.push(OP.br, this.#drop());
      return;
    }
    this.#code.push(OP.get, CAP_LENGTH, OP.constant, length, OP.ltU, OP.brIf, this.#drop());
    this.#checked = length;
  }

  /** The value at the address on the stack plus `offset`, most significant byte first. */
  #loadBigEndian(width: number, offset: number): void {
    if (width === B) {
      this.#code.push(OP.load8, offset);
    } else if (width === H) {
      this.#code.push(OP.load16, offset, OP.tee, SPARE, OP.constant, 8, OP.shrU);
      this.#code.push(OP.get, SPARE, OP.constant, 8, OP.shl, OP.or, OP.constant, 0xffff, OP.and);
    } else {
      this.#code.push(OP.load32, offset, OP.tee, SPARE, OP.constant, 8, OP.rotl, OP.constant, 0x00ff00ff, OP.and);
      this.#code.push(OP.get, SPARE, OP.constant, 8, OP.rotr, OP.constant, 0xff00ff00, OP.and, OP.or);
    }
  }

  #arithmetic(instruction: BpfInstruction): void {
    const operation = operationOf(instruction.code);
    const variable = (instruction.code & X) !== 0;
    if (operation === NEG) {
      this.#code.push(OP.constant, 0, OP.get, REGISTER_A, OP.sub, OP.set, REGISTER_A);
      return;
    }
    if (operation === DIV || operation === MOD) {
      if (variable) this.#code.push(OP.get, REGISTER_X, OP.eqz, OP.brIf, this.#drop());
      else if (instruction.k === 0) {
        this.#code.push(OP.br, this.#drop());
        return;
      }
    }
    this.#code.push(OP.get, REGISTER_A);
    this.#operand(instruction);
    this.#code.push(ARITHMETIC[operation] ?? OP.add);
    if (operation === LSH || operation === RSH) {
      // A shift by 32 or more leaves nothing; WebAssembly would look at the low five bits.
      this.#code.push(OP.constant, 0);
      this.#operand(instruction);
      this.#code.push(OP.constant, 32, OP.ltU, OP.select);
    }
    this.#code.push(OP.set, REGISTER_A);
  }
}

const ARITHMETIC: Readonly<Record<number, number>> = {
  [ADD]: OP.add,
  [SUB]: OP.sub,
  [MUL]: OP.mul,
  [DIV]: OP.divU,
  [MOD]: OP.remU,
  [AND]: OP.and,
  [OR]: OP.or,
  [XOR]: OP.xor,
  [LSH]: OP.shl,
  [RSH]: OP.shrU,
};
