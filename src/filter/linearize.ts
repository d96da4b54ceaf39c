/** A graph of blocks to a program: every block before its successors, jumps relative, long ones over a JA. */
import { JA, JMP } from "./bpf.ts";
import type { BpfInstruction, BpfProgram } from "./bpf.ts";
import type { Block, Statement } from "./block.ts";
import { programError } from "./error.ts";

/** The farthest a conditional jump reaches. */
const REACH = 255;

/** The program of a graph. */
export function linearize(root: Block): BpfProgram {
  const order = inOrder(root);
  // Which of the two jumps of a block need a JA of their own; more of them may move others out of reach.
  const longTrue = new Set<Block>();
  const longFalse = new Set<Block>();
  for (;;) {
    const starts = new Map<Block, number>();
    let at = 0;
    for (const block of order) {
      starts.set(block, at);
      at += block.statements.length + 1 + Number(longTrue.has(block)) + Number(longFalse.has(block));
    }
    let grown = false;
    for (const block of order) {
      if (block.jt === undefined || block.jf === undefined) continue;
      const next = (starts.get(block) ?? 0) + block.statements.length + 1;
      if ((starts.get(block.jt) ?? 0) - next > REACH && !longTrue.has(block)) {
        longTrue.add(block);
        grown = true;
      }
      if ((starts.get(block.jf) ?? 0) - next > REACH && !longFalse.has(block)) {
        longFalse.add(block);
        grown = true;
      }
    }
    if (!grown) return emit(order, starts, longTrue, longFalse);
  }
}

/** Depth first, the false branch last: what is reached when a test fails comes right after what follows its success. */
function inOrder(root: Block): Block[] {
  const reversed: Block[] = [];
  const seen = new Set<Block>([root]);
  const stack: { readonly block: Block; visited: number }[] = [{ block: root, visited: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.visited === 0 ? top.block.jf : top.visited === 1 ? top.block.jt : undefined;
    top.visited += 1;
    if (next !== undefined && !seen.has(next)) {
      seen.add(next);
      stack.push({ block: next, visited: 0 });
    } else if (top.visited > 2) {
      reversed.push(top.block);
      stack.pop();
    }
  }
  return reversed.reverse();
}

function emit(
  order: readonly Block[], starts: ReadonlyMap<Block, number>, longTrue: ReadonlySet<Block>,
  longFalse: ReadonlySet<Block>,
): BpfProgram {
  const program: BpfInstruction[] = [];
  for (const block of order) {
    emitStatements(program, block.statements);
    const { code, k, jt, jf } = block;
    if (jt === undefined || jf === undefined) {
      program.push({ code, jt: 0, jf: 0, k });
      continue;
    }
    const next = program.length + 1;
    const toTrue = (starts.get(jt) ?? 0) - next;
    const toFalse = (starts.get(jf) ?? 0) - next;
    const long: number[] = [];
    const place = (distance: number, isLong: boolean): number => (isLong ? long.push(distance) - 1 : distance);
    const shortTrue = place(toTrue, longTrue.has(block));
    const shortFalse = place(toFalse, longFalse.has(block));
    program.push({ code, jt: shortTrue, jf: shortFalse, k });
    long.forEach((distance, index) => {
      program.push({ code: JMP | JA, jt: 0, jf: 0, k: distance - index - 1 });
    });
  }
  return program;
}

function emitStatements(program: BpfInstruction[], statements: readonly Statement[]): void {
  statements.forEach((item, index) => {
    const distance = (target: Statement | undefined): number => {
      if (target === undefined) return 0;
      const skipped = statements.indexOf(target) - index - 1;
      if (skipped < 0 || skipped > REACH) throw programError("a jump inside a block leads out of it");
      return skipped;
    };
    program.push({ code: item.code, jt: distance(item.jt), jf: distance(item.jf), k: item.k });
  });
}
