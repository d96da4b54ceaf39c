/** A graph of blocks to a program: every block before its successors, jumps relative, long ones over a JA. */
import { JA, JEQ, JMP, K } from '../bpf/bpf.ts';
import type { BpfInstruction, BpfProgram } from '../bpf/bpf.ts';
import type { Block, Statement } from '../generate/block.ts';
import { programError } from '../language/error.ts';

/** The farthest a conditional jump reaches. */
const REACH = 255;

/** Comparisons of a set that share the jump of a hit. */
const GROUP = 250;

/** Place of a block that was found but not yet put in order. */
const WAITING = -2;

/** Which of the two jumps of a block go over a JA of their own. */
const LONG_TRUE = 1;
const LONG_FALSE = 2;

/** The program of a graph. */
export function linearize(root: Block): BpfProgram {
  const order = inOrder(root);
  const whenTrue = new Int32Array(order.length);
  const whenFalse = new Int32Array(order.length);
  for (const { place, jt, jf } of order) {
    whenTrue[place] = jt?.place ?? -1;
    whenFalse[place] = jf?.place ?? -1;
  }
  const long = new Uint8Array(order.length);
  const starts = new Int32Array(order.length);
  const lengths = Int32Array.from(order, lengthOf);
  const distance = (place: number, to: number): number =>
    (starts[to] ?? 0) - (starts[place] ?? 0) - (lengths[place] ?? 0);
  // A jump over a JA takes room and may move the targets of other jumps out of reach.
  for (let grown = true; grown; ) {
    let at = 0;
    for (let place = 0; place < order.length; place++) {
      starts[place] = at;
      const flags = long[place] ?? 0;
      at += (lengths[place] ?? 0) + (flags & LONG_TRUE) + (flags >> 1);
    }
    grown = false;
    for (let place = 0; place < order.length; place++) {
      const to = whenTrue[place] ?? -1;
      const otherwise = whenFalse[place] ?? -1;
      if (to < 0 || otherwise < 0 || order[place]?.constants !== undefined) continue;
      const flags =
        (distance(place, to) > REACH ? LONG_TRUE : 0) | (distance(place, otherwise) > REACH ? LONG_FALSE : 0);
      const before = long[place] ?? 0;
      if ((flags | before) === before) continue;
      long[place] = flags | before;
      grown = true;
    }
  }
  const program: BpfInstruction[] = [];
  for (let place = 0; place < order.length; place++) {
    const block = order[place];
    if (block === undefined) break;
    if (block.statements.length > 0) emitStatements(program, block.statements);
    const to = whenTrue[place] ?? -1;
    const otherwise = whenFalse[place] ?? -1;
    if (to < 0) program.push({ code: block.code, jt: 0, jf: 0, k: block.k });
    else if (block.constants !== undefined) emitSet(program, block.constants, starts[to] ?? 0, starts[otherwise] ?? 0);
    else emitTest(program, block, distance(place, to), distance(place, otherwise), long[place] ?? 0);
  }
  return program;
}

/** Instructions of a block without the JAs of its jumps. */
function lengthOf({ statements, constants }: Block): number {
  if (constants === undefined) return statements.length + 1;
  return statements.length + constants.length + Math.ceil(constants.length / GROUP) + 1;
}

/** Comparisons in groups, each group with one JA for a hit, and a JA for none at all. */
function emitSet(program: BpfInstruction[], constants: readonly number[], whenTrue: number, whenFalse: number): void {
  for (let from = 0; from < constants.length; from += GROUP) {
    const to = Math.min(from + GROUP, constants.length);
    for (let index = from; index < to; index++) {
      const rest = to - 1 - index;
      program.push({ code: JMP | JEQ | K, jt: rest, jf: rest === 0 ? 1 : 0, k: constants[index] ?? 0 });
    }
    program.push({ code: JMP | JA, jt: 0, jf: 0, k: whenTrue - program.length - 1 });
  }
  program.push({ code: JMP | JA, jt: 0, jf: 0, k: whenFalse - program.length - 1 });
}

function emitTest(program: BpfInstruction[], { code, k }: Block, toTrue: number, toFalse: number, long: number): void {
  const isLongTrue = (long & LONG_TRUE) !== 0;
  const isLongFalse = (long & LONG_FALSE) !== 0;
  const falseJa = isLongTrue ? 1 : 0;
  program.push({ code, jt: isLongTrue ? 0 : toTrue, jf: isLongFalse ? falseJa : toFalse, k });
  if (isLongTrue) program.push({ code: JMP | JA, jt: 0, jf: 0, k: toTrue - 1 });
  if (isLongFalse) program.push({ code: JMP | JA, jt: 0, jf: 0, k: toFalse - falseJa - 1 });
}

/** Depth first, the false branch last: what is reached when a test fails comes right after what follows its success. */
function inOrder(root: Block): Block[] {
  const order: Block[] = [];
  const stack: Block[] = [root];
  const steps: number[] = [0];
  root.place = WAITING;
  while (stack.length > 0) {
    const top = stack.length - 1;
    const block = stack[top];
    const step = steps[top] ?? 0;
    steps[top] = step + 1;
    if (block === undefined || step > 1) {
      if (block !== undefined) order.push(block);
      stack.pop();
      steps.pop();
      continue;
    }
    const next = step === 0 ? block.jf : block.jt;
    if (next === undefined || next.place !== -1) continue;
    next.place = WAITING;
    stack.push(next);
    steps.push(0);
  }
  order.reverse();
  for (let place = 0; place < order.length; place++) {
    const block = order[place];
    if (block !== undefined) block.place = place;
  }
  return order;
}

function emitStatements(program: BpfInstruction[], statements: readonly Statement[]): void {
  statements.forEach((item, index) => {
    const distance = (target: Statement | undefined): number => {
      if (target === undefined) return 0;
      const skipped = statements.indexOf(target) - index - 1;
      if (skipped < 0 || skipped > REACH) throw programError('a jump inside a block leads out of it');
      return skipped;
    };
    program.push({ code: item.code, jt: distance(item.jt), jf: distance(item.jf), k: item.k });
  });
}
