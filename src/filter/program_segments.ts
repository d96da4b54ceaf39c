/** Programs cut into segments: runs of instructions that are entered at the start and left at the end. */
import { JA, JMP, RET, classOf, operationOf } from './bpf.ts';
import type { BpfProgram } from './bpf.ts';
import { programError } from './error.ts';

/** Instructions from a jump target to the next jump. */
export interface Segment {
  readonly start: number;
  /** Index of the jump or return at the end, or of the last instruction before a target. */
  readonly end: number;
  /** Segments that control leaves to; a return has none. */
  readonly whenTrue: number | undefined;
  readonly whenFalse: number | undefined;
}

/** Cuts a program at its jumps and their targets; counts how often each segment is arrived at. */
export function segmentsOf(program: BpfProgram, arrivals: Int32Array): Segment[] {
  const target = (from: number, distance: number): number => through(program, from + 1 + distance);
  const starts = new Uint8Array(program.length + 1);
  program.forEach(({ code, jt, jf, k }, index) => {
    if (classOf(code) !== JMP) return;
    if (operationOf(code) === JA) {
      starts[target(index, k | 0)] = 1;
    } else {
      starts[target(index, jt)] = 1;
      starts[target(index, jf)] = 1;
    }
  });
  const segments = new Array<Segment | undefined>(program.length).fill(undefined);
  const waiting = [through(program, 0)];
  const arrive = (start: number): number => {
    arrivals[start] = (arrivals[start] ?? 0) + 1;
    waiting.push(start);
    return start;
  };
  for (let start = waiting.pop(); start !== undefined; start = waiting.pop()) {
    if (segments[start] !== undefined) continue;
    let end = start;
    for (; end < program.length; end += 1) {
      const kind = classOf(program[end]?.code ?? RET);
      if (kind === JMP || kind === RET || starts[end + 1] === 1) break;
    }
    const last = program[end];
    if (last === undefined) throw programError('the last instruction is not a return');
    let whenTrue: number | undefined;
    let whenFalse: number | undefined;
    if (classOf(last.code) === JMP && operationOf(last.code) !== JA) {
      whenTrue = arrive(target(end, last.jt));
      whenFalse = arrive(target(end, last.jf));
    } else if (classOf(last.code) === JMP) {
      whenTrue = arrive(target(end, last.k | 0));
    } else if (classOf(last.code) !== RET) {
      whenTrue = arrive(through(program, end + 1));
    }
    segments[start] = { start, end, whenTrue, whenFalse };
  }
  return segments.filter((segment) => segment !== undefined);
}

/** Where control really comes to: forward jumps that stand alone are followed. */
function through(program: BpfProgram, index: number): number {
  let at = index;
  for (;;) {
    const instruction = program[at];
    if (instruction === undefined || instruction.code !== (JMP | JA) || instruction.k >= 0x80000000) return at;
    at += 1 + instruction.k;
  }
}
