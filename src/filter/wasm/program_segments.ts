/** Programs cut into segments: runs of instructions that are entered at the start and left at the end. */
import { JA, JMP, RET, classOf, operationOf } from '../bpf/bpf.ts';
import type { BpfProgram } from '../bpf/bpf.ts';
import { programError } from '../language/error.ts';

/** Instructions from a jump target to the next jump. */
export interface Segment {
  readonly start: number;
  /** Index of the jump or return at the end, or of the last instruction before a target. */
  readonly end: number;
  /** Segments that control leaves to; a return has none. */
  readonly whenTrue: number | undefined;
  readonly whenFalse: number | undefined;
}

/** Cuts a program at its jumps and their targets, and counts the ways into each segment. In order of start. */
export function segmentsOf(program: BpfProgram, arrivals: Int32Array): Segment[] {
  const { length } = program;
  const places = destinations(program);
  const starts = new Uint8Array(length + 1);
  for (let index = 0; index < length; index++) {
    const instruction = program[index];
    if (instruction === undefined || classOf(instruction.code) !== JMP) continue;
    if (operationOf(instruction.code) === JA) {
      starts[placeOf(places, index + 1 + (instruction.k | 0))] = 1;
    } else {
      starts[placeOf(places, index + 1 + instruction.jt)] = 1;
      starts[placeOf(places, index + 1 + instruction.jf)] = 1;
    }
  }
  const segments: Segment[] = [];
  arrivals[placeOf(places, 0)] = 1;
  // A loop is entered from above, so the target of a backward jump was reached before.
  for (let start = 0; start < length; start++) {
    if (arrivals[start] === 0) continue;
    const segment = segmentAt(program, places, start, endOf(program, start, starts));
    arrive(arrivals, start, segment.whenTrue);
    arrive(arrivals, start, segment.whenFalse);
    segments.push(segment);
  }
  return segments;
}

function arrive(arrivals: Int32Array, from: number, target: number | undefined): void {
  if (target === undefined) return;
  const before = arrivals[target] ?? 0;
  if (target < from && before === 0) throw programError('a jump leads back to what was left out');
  arrivals[target] = before + 1;
}

function endOf(program: BpfProgram, start: number, starts: Uint8Array): number {
  let end = start;
  for (; end < program.length; end++) {
    const kind = classOf(program[end]?.code ?? RET);
    if (kind === JMP || kind === RET || starts[end + 1] === 1) break;
  }
  return end;
}

function segmentAt(program: BpfProgram, places: Int32Array, start: number, end: number): Segment {
  const last = program[end];
  if (last === undefined) throw programError('the last instruction is not a return');
  const next = end + 1;
  let whenTrue: number | undefined;
  let whenFalse: number | undefined;
  if (classOf(last.code) === JMP && operationOf(last.code) !== JA) {
    whenTrue = placeOf(places, next + last.jt);
    whenFalse = placeOf(places, next + last.jf);
  } else if (classOf(last.code) === JMP) {
    whenTrue = placeOf(places, next + (last.k | 0));
  } else if (classOf(last.code) !== RET) {
    whenTrue = placeOf(places, next);
  }
  return { start, end, whenTrue, whenFalse };
}

/** The effective target of each place: unconditional forward jumps are followed. */
function destinations(program: BpfProgram): Int32Array {
  const places = new Int32Array(program.length + 1);
  places[program.length] = program.length;
  for (let index = program.length - 1; index >= 0; index--) {
    const instruction = program[index];
    const isJump = instruction !== undefined && instruction.code === (JMP | JA) && instruction.k < 0x80000000;
    places[index] = isJump ? placeOf(places, index + 1 + instruction.k) : index;
  }
  return places;
}

function placeOf(places: Int32Array, index: number): number {
  return places[index] ?? index;
}
