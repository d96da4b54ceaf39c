/**
 * Conditions: tests joined by and, or and not. They become a graph of blocks, each some statements and a jump that
 * depends on them; the order of the tests in the text is the order of the tests on a frame.
 */
import { JMP, RET } from '../bpf/bpf.ts';

/** A statement inside a block. `jt` and `jf` lead to statements of the same block. */
export interface Statement {
  code: number;
  k: number;
  jt?: Statement;
  jf?: Statement;
}

/** Statements and the jump after them; a block without successors returns `k`. */
export interface Block {
  statements: Statement[];
  code: number;
  k: number;
  jt: Block | undefined;
  jf: Block | undefined;
  /** When present the test asks whether A is one of these, and `code` stands for the set. */
  readonly constants?: readonly number[];
  /** Place among the blocks of the program that is written, -1 before. */
  place: number;
}

/** A block whose successors are not known yet. */
export interface Test extends Block {
  readonly kind: 'test';
}

export interface Junction {
  readonly kind: 'and' | 'or';
  readonly conditions: Condition[];
}

export interface Negation {
  readonly kind: 'not';
  readonly condition: Condition;
}

export type Condition = Test | Junction | Negation;

export function statement(code: number, k = 0): Statement {
  return { code, k: k >>> 0 };
}

export function test(statements: Statement[], code: number, k = 0): Test {
  return { kind: 'test', statements, code, k: k >>> 0, jt: undefined, jf: undefined, place: -1 };
}

/** A test that holds when A is one of the constants, at least one. Equal `id`s mean the same constants. */
export function setTest(statements: Statement[], constants: readonly number[], id: number): Test {
  return { ...test(statements, JMP | ((id + 1) << 16)), constants };
}

export function and(first: Condition, ...rest: Condition[]): Condition {
  return junction('and', first, rest);
}

export function or(first: Condition, ...rest: Condition[]): Condition {
  return junction('or', first, rest);
}

export function not(condition: Condition): Condition {
  return { kind: 'not', condition };
}

/** A chain of one kind stays one list, so that a long one is not deeply nested. */
function junction(kind: 'and' | 'or', first: Condition, rest: Condition[]): Condition {
  if (first.kind === kind) {
    first.conditions.push(...rest);
    return first;
  }
  return { kind, conditions: [first, ...rest] };
}

/** The test that is made first. */
export function firstTest(condition: Condition): Test {
  let at = condition;
  while (at.kind !== 'test') {
    const next: Condition | undefined = at.kind === 'not' ? at.condition : at.conditions[0];
    if (next === undefined) throw new RangeError('a junction without conditions');
    at = next;
  }
  return at;
}

export function returnBlock(value: number): Block {
  return { statements: [], code: RET, k: value >>> 0, jt: undefined, jf: undefined, place: -1 };
}

/** Makes blocks of the tests; returns the first block of the graph that leads to `whenTrue` or `whenFalse`. */
export function connect(condition: Condition, whenTrue: Block, whenFalse: Block): Block {
  switch (condition.kind) {
    case 'test':
      condition.jt = whenTrue;
      condition.jf = whenFalse;
      return condition;
    case 'not':
      return connect(condition.condition, whenFalse, whenTrue);
    default: {
      let head = condition.kind === 'and' ? whenTrue : whenFalse;
      for (let index = condition.conditions.length - 1; index >= 0; index--) {
        const part = condition.conditions[index];
        if (part === undefined) continue;
        head = condition.kind === 'and' ? connect(part, head, whenFalse) : connect(part, whenTrue, head);
      }
      return head;
    }
  }
}
