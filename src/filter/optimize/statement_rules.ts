/** Rules for single statements: their values, and simpler statements with the same effect. */
import {
  ABS,
  ADD,
  ALU,
  AND,
  B,
  DIV,
  IMM,
  IND,
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
  X,
  XOR,
  classOf,
  modeOf,
  operationOf,
  widthOf,
} from '../bpf/bpf.ts';
import type { Statement } from '../generate/block.ts';
import { syntaxError } from '../language/error.ts';
import {
  NOTHING,
  REGISTER_A,
  REGISTER_X,
  registerDefined,
  registerUsed,
  REGISTERS,
  BOTH_REGISTERS,
} from './flow_graph.ts';
import type { Node } from './flow_graph.ts';
import { UNKNOWN } from './values.ts';
import type { ValueNumbers } from './values.ts';

/** Goes through the statements of nodes, with or without changing them, and remembers whether it did. */
export class StatementRules {
  readonly #numbers: ValueNumbers;
  readonly #alter: boolean;
  readonly #registerMin: number;
  /** The last statement that set a register and whose value is still unused. */
  readonly #unused = new Array<Statement | undefined>(REGISTERS).fill(undefined);
  changed = false;

  /** @param registerMin no statement uses or sets a register below */
  constructor(numbers: ValueNumbers, alter: boolean, registerMin: number) {
    this.#numbers = numbers;
    this.#alter = alter;
    this.#registerMin = registerMin;
  }

  /** Values of the registers at the end of the node, computed from those at the ends of its predecessors. */
  apply(node: Node): void {
    this.#inherit(node);
    const a = node.values[REGISTER_A] ?? UNKNOWN;
    const x = node.values[REGISTER_X] ?? UNKNOWN;
    for (const item of node.statements) if (item.code !== NOTHING) this.#applyStatement(item, node.values);
    const unchanged =
      node.usedOut === 0 &&
      a !== UNKNOWN &&
      node.values[REGISTER_A] === a &&
      x !== UNKNOWN &&
      node.values[REGISTER_X] === x;
    if (this.#alter && (unchanged || classOf(node.code) === RET)) {
      if (node.statements.length > 0) {
        node.statements = [];
        this.changed = true;
      }
    } else {
      this.#simplifyNeighbours(node);
      this.#decideTest(node);
      this.#dropDeadStores(node);
    }
    node.operand = (node.code & X) === 0 ? this.#numbers.ofConstant(node.k) : (node.values[REGISTER_X] ?? UNKNOWN);
    node.whenTrue.code = node.code;
    node.whenFalse.code = -node.code;
  }

  #inherit(node: Node): void {
    let edge = node.edgesInto;
    if (edge === undefined) {
      node.values.fill(UNKNOWN);
      return;
    }
    const { values } = node;
    const registerMin = this.#registerMin;
    const first = edge.from.values;
    for (let register = registerMin; register < REGISTERS; register++) values[register] = first[register] ?? UNKNOWN;
    for (edge = edge.nextInto; edge !== undefined; edge = edge.nextInto) {
      const other = edge.from.values;
      for (let register = registerMin; register < REGISTERS; register++) {
        if (values[register] !== other[register]) values[register] = UNKNOWN;
      }
    }
  }

  /** A statement that gives a register the value it has is removed. */
  #assign(item: Statement, values: number[], register: number, value: number): void {
    if (this.#alter && value !== UNKNOWN && values[register] === value) item.code = NOTHING;
    else values[register] = value;
  }

  #applyStatement(item: Statement, values: number[]): void {
    const numbers = this.#numbers;
    const value = (register: number): number => values[register] ?? UNKNOWN;
    switch (classOf(item.code)) {
      case LD:
        this.#applyLoad(item, values);
        return;
      case LDX:
        if (modeOf(item.code) === IMM) this.#assign(item, values, REGISTER_X, numbers.ofConstant(item.k));
        else if (modeOf(item.code) === MSH) {
          this.#assign(item, values, REGISTER_X, numbers.of(item.code, item.k, 0));
        } else if (modeOf(item.code) === MEM) {
          const stored = value(item.k);
          this.#loadConstant(item, LDX | IMM, stored);
          this.#assign(item, values, REGISTER_X, stored);
        }
        return;
      case ST:
        this.#assign(item, values, item.k, value(REGISTER_A));
        return;
      case STX:
        this.#assign(item, values, item.k, value(REGISTER_X));
        return;
      case ALU:
        this.#applyArithmetic(item, values);
        return;
      case MISC:
        if (item.code === (MISC | TXA)) this.#assign(item, values, REGISTER_A, value(REGISTER_X));
        else this.#assign(item, values, REGISTER_X, value(REGISTER_A));
        return;
      default:
        return;
    }
  }

  #applyLoad(item: Statement, values: number[]): void {
    const numbers = this.#numbers;
    switch (modeOf(item.code)) {
      case ABS:
        this.#assign(item, values, REGISTER_A, numbers.of(item.code, item.k, 0));
        return;
      case IND: {
        const x = values[REGISTER_X] ?? UNKNOWN;
        const constant = numbers.constant(x);
        if (this.#alter && constant !== undefined) {
          item.code = LD | ABS | widthOf(item.code);
          item.k = (item.k + constant) >>> 0;
          this.changed = true;
          this.#assign(item, values, REGISTER_A, numbers.of(item.code, item.k, 0));
        } else {
          this.#assign(item, values, REGISTER_A, numbers.of(item.code, item.k, x));
        }
        return;
      }
      case LEN:
        this.#assign(item, values, REGISTER_A, numbers.of(item.code, 0, 0));
        return;
      case IMM:
        this.#assign(item, values, REGISTER_A, numbers.ofConstant(item.k));
        return;
      case MEM: {
        const stored = values[item.k] ?? UNKNOWN;
        this.#loadConstant(item, LD | IMM, stored);
        this.#assign(item, values, REGISTER_A, stored);
        return;
      }
      default:
        return;
    }
  }

  #loadConstant(item: Statement, code: number, value: number): void {
    const constant = this.#numbers.constant(value);
    if (!this.#alter || constant === undefined) return;
    item.code = code;
    item.k = constant;
    this.changed = true;
  }

  #applyArithmetic(item: Statement, values: number[]): void {
    const numbers = this.#numbers;
    const alter = this.#alter;
    const operation = operationOf(item.code);
    const a = values[REGISTER_A] ?? UNKNOWN;
    const constantA = numbers.constant(a);
    if (operation === NEG) {
      if (alter && constantA !== undefined) {
        item.code = LD | IMM;
        item.k = -constantA >>> 0;
        values[REGISTER_A] = numbers.ofConstant(item.k);
      } else {
        values[REGISTER_A] = numbers.of(item.code, a, 0);
      }
      return;
    }
    if ((item.code & X) === 0) {
      if (alter && item.k === 0 && this.#dropZeroOperand(item, values, operation)) return;
      if (alter && constantA !== undefined) {
        this.#fold(item, operation, constantA, item.k);
        values[REGISTER_A] = numbers.ofConstant(item.k);
        return;
      }
      values[REGISTER_A] = numbers.of(item.code, a, numbers.ofConstant(item.k));
      return;
    }
    const x = values[REGISTER_X] ?? UNKNOWN;
    const constantX = numbers.constant(x);
    if (alter && constantX !== undefined) {
      if (constantA !== undefined) {
        this.#fold(item, operation, constantA, constantX);
        values[REGISTER_A] = numbers.ofConstant(item.k);
        return;
      }
      item.code = ALU | K | operation;
      item.k = constantX;
      if ((operation === LSH || operation === RSH) && item.k > 31) throw syntaxError('shift by more than 31 bits');
      this.changed = true;
      values[REGISTER_A] = numbers.of(item.code, a, numbers.ofConstant(item.k));
      return;
    }
    if (alter && constantA === 0) {
      if (operation === ADD || operation === OR || operation === XOR) {
        item.code = MISC | TXA;
        this.#assign(item, values, REGISTER_A, x);
        return;
      }
      if (operation !== SUB) {
        item.code = LD | IMM;
        item.k = 0;
        this.#assign(item, values, REGISTER_A, numbers.ofConstant(0));
        return;
      }
    }
    values[REGISTER_A] = numbers.of(item.code, a, x);
  }

  /** A constant 0 as operand: nothing changes, or the result is 0. A subtraction may be needed by a comparison. */
  #dropZeroOperand(item: Statement, values: number[], operation: number): boolean {
    switch (operation) {
      case ADD:
      case LSH:
      case RSH:
      case OR:
      case XOR:
        item.code = NOTHING;
        return true;
      case MUL:
      case AND:
        item.code = LD | IMM;
        values[REGISTER_A] = this.#numbers.ofConstant(0);
        return true;
      case DIV:
        throw syntaxError('division by zero');
      case MOD:
        throw syntaxError('modulus by zero');
      default:
        return false;
    }
  }

  #fold(item: Statement, operation: number, a: number, b: number): void {
    item.code = LD | IMM;
    item.k = foldConstants(operation, a, b);
    this.changed = true;
  }

  /** Rules for statements that follow each other. */
  #simplifyNeighbours(node: Node): void {
    const { statements } = node;
    let last = statements[0];
    if (last === undefined) return;
    let at = presentFrom(statements, 0);
    for (;;) {
      const following = presentFrom(statements, at + 1);
      const item = statements[at];
      const next = statements[following];
      if (item === undefined || next === undefined) break;
      last = next;
      if (item.code === ST && next.code === (LDX | MEM) && item.k === next.k) {
        next.code = MISC | TAX;
        this.changed = true;
      }
      if (item.code === (LD | IMM) && next.code === (MISC | TAX)) {
        item.code = LDX | IMM;
        next.code = MISC | TXA;
        this.changed = true;
      }
      if (item.code === (LD | IMM)) this.#foldIndex(node, item, following);
      at = presentFrom(statements, following);
    }
    this.#mergeIntoTest(node, last);
  }

  /** A constant added to X and used as an index becomes part of the indexed load, as in `tcp[13]`. */
  #foldIndex(node: Node, item: Statement, following: number): void {
    if (node.usesLater(REGISTER_X)) return;
    const { statements } = node;
    const isHeaderLength = statements[following]?.code === (LDX | MSH | B);
    const addAt = isHeaderLength ? presentFrom(statements, following + 1) : following;
    const taxAt = presentFrom(statements, addAt + 1);
    const add = statements[addAt];
    const tax = statements[taxAt];
    const load = statements[presentFrom(statements, taxAt + 1)];
    if (add?.code !== (ALU | ADD | X) || tax?.code !== (MISC | TAX)) return;
    if (load === undefined || classOf(load.code) !== LD || modeOf(load.code) !== IND) return;
    load.k = (load.k + item.k) >>> 0;
    item.code = NOTHING;
    add.code = NOTHING;
    tax.code = NOTHING;
    this.changed = true;
  }

  /** A subtraction or an AND right before a comparison with a constant becomes part of the comparison. */
  #mergeIntoTest(node: Node, last: Statement): void {
    if (node.code !== (JMP | JEQ | K) || node.usesLater(REGISTER_A)) return;
    if (last.code === (ALU | SUB | X)) {
      const constant = this.#numbers.constant(node.values[REGISTER_X] ?? UNKNOWN);
      if (constant !== undefined) {
        node.k = (node.k + constant) >>> 0;
      } else if (node.k === 0) {
        node.code = JMP | JEQ | X;
      } else {
        return;
      }
    } else if (last.code === (ALU | SUB | K)) {
      node.k = (node.k + last.k) >>> 0;
    } else if (last.code === (ALU | AND | K) && node.k === 0) {
      node.k = last.k;
      node.code = JMP | JSET | K;
      const { to } = node.whenTrue;
      node.whenTrue.to = node.whenFalse.to;
      node.whenFalse.to = to;
    } else {
      return;
    }
    last.code = NOTHING;
    this.changed = true;
  }

  /** A test with a known result has only one successor. */
  #decideTest(node: Node): void {
    if (node.statements.length === 0 || node.constants !== undefined) return;
    if (node.code === (JMP | JSET | K)) {
      if (node.k === 0) node.whenTrue.to = node.whenFalse.to;
      if (node.k === 0xffffffff) node.whenFalse.to = node.whenTrue.to;
    }
    const x = this.#numbers.constant(node.values[REGISTER_X] ?? UNKNOWN);
    if (x !== undefined && classOf(node.code) === JMP && (node.code & X) !== 0) {
      node.code &= ~X;
      node.k = x;
    }
    const a = this.#numbers.constant(node.values[REGISTER_A] ?? UNKNOWN);
    if (a === undefined || classOf(node.code) !== JMP || (node.code & X) !== 0) return;
    if (node.whenTrue.to !== node.whenFalse.to) this.changed = true;
    if (testHolds(operationOf(node.code), a, node.k)) node.whenFalse.to = node.whenTrue.to;
    else node.whenTrue.to = node.whenFalse.to;
  }

  /** Statements whose result is unused are removed, even if they would have dropped a short frame. */
  #dropDeadStores(node: Node): void {
    const unused = this.#unused;
    unused.fill(undefined);
    for (const item of node.statements) {
      this.#markUsed(item.code, item.k);
      const defined = registerDefined(item.code, item.k);
      if (defined < 0) continue;
      this.#drop(unused[defined]);
      unused[defined] = item;
    }
    this.#markUsed(node.code, node.k);
    for (let register = this.#registerMin; register < REGISTERS; register++) {
      if (!node.usesLater(register)) this.#drop(unused[register]);
    }
  }

  #markUsed(code: number, k: number): void {
    const used = registerUsed(code, k);
    if (used === BOTH_REGISTERS) {
      this.#unused[REGISTER_A] = undefined;
      this.#unused[REGISTER_X] = undefined;
    } else if (used >= 0) {
      this.#unused[used] = undefined;
    }
  }

  #drop(item: Statement | undefined): void {
    if (item === undefined) return;
    item.code = NOTHING;
    this.changed = true;
  }
}

/** Index of the first statement from here on that was not removed, or the count of statements. */
function presentFrom(statements: readonly Statement[], index: number): number {
  let at = index;
  while (statements[at]?.code === NOTHING) at++;
  return at;
}

function foldConstants(operation: number, a: number, b: number): number {
  switch (operation) {
    case ADD:
      return (a + b) >>> 0;
    case SUB:
      return (a - b) >>> 0;
    case MUL:
      return Math.imul(a, b) >>> 0;
    case DIV:
      if (b === 0) throw syntaxError('division by zero');
      return Math.floor(a / b);
    case MOD:
      if (b === 0) throw syntaxError('modulus by zero');
      return a % b;
    case AND:
      return (a & b) >>> 0;
    case OR:
      return (a | b) >>> 0;
    case XOR:
      return (a ^ b) >>> 0;
    case LSH:
      return b < 32 ? (a << b) >>> 0 : 0;
    default:
      return b < 32 ? a >>> b : 0;
  }
}

function testHolds(condition: number, a: number, k: number): boolean {
  switch (condition) {
    case JEQ:
      return a === k;
    case JGT:
      return a > k;
    case JGE:
      return a >= k;
    default:
      return (a & k) !== 0;
  }
}
