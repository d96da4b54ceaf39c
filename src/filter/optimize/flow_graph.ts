/** The graph of blocks during optimization: edges that know their origin, levels, dominators, register uses. */
import { ALU, IND, JMP, LD, LDX, MEM, MEMORY_WORDS, MISC, RET, ST, STX, TXA, X, classOf, modeOf } from '../bpf/bpf.ts';
import type { Block, Statement } from '../generate/block.ts';
import { Dominators } from './dominators.ts';

/** Code of a statement that was removed. */
export const NOTHING = -1;

// Registers are numbered: scratch words first, then A and X.
export const REGISTER_A = MEMORY_WORDS;
export const REGISTER_X = MEMORY_WORDS + 1;
export const REGISTERS = MEMORY_WORDS + 2;
/** Both A and X are used. */
export const BOTH_REGISTERS = REGISTERS;

/** The edge out of a node for one result of its test. */
export class Edge {
  readonly from: Node;
  to: Node | undefined;
  /** The code of the test; negative on the edge for a failed test. */
  code = 0;
  id = 0;
  nextInto: Edge | undefined;

  constructor(from: Node) {
    this.from = from;
  }
}

export class Node {
  statements: Statement[];
  code: number;
  k: number;
  readonly constants: readonly number[] | undefined;
  readonly whenTrue: Edge = new Edge(this);
  readonly whenFalse: Edge = new Edge(this);
  id = 0;
  level = 0;
  /** The last search that visited this node. */
  search = 0;
  /** Registers whose values from before are used here or later, a bit each. */
  usedIn = 0;
  usedOut = 0;
  #killed = 0;
  /** Value numbers of the registers at the end. */
  readonly values: number[] = new Array<number>(REGISTERS).fill(0);
  /** Value number of the operand of the test. */
  operand = 0;
  edgesInto: Edge | undefined;
  /** A node that is the same as this one. */
  twin: Node | undefined;

  constructor(block: Block) {
    this.statements = block.statements;
    this.code = block.code;
    this.k = block.k;
    this.constants = block.constants;
  }

  /** The register is used after this node, with the value it has there. */
  usesLater(register: number): boolean {
    return (this.usedOut & (1 << register)) !== 0;
  }

  /** Which registers are used here with values from before, and which are overwritten first. */
  findUses(): void {
    let defined = 0;
    let used = 0;
    let killed = 0;
    for (const { code, k } of this.statements) {
      if (code === NOTHING) continue;
      used |= bitsOf(registerUsed(code, k)) & ~defined;
      const bits = bitsOf(registerDefined(code, k));
      killed |= bits & ~used;
      defined |= bits;
    }
    if (classOf(this.code) === JMP) used |= bitsOf(registerUsed(this.code, this.k)) & ~defined;
    this.#killed = killed;
    this.usedIn = used;
    this.usedOut = 0;
  }

  passUses(whenTrue: Node, whenFalse: Node): void {
    this.usedOut |= whenTrue.usedIn | whenFalse.usedIn;
    this.usedIn |= this.usedOut & ~this.#killed;
  }
}

/** A bit for each register meant: a register, BOTH_REGISTERS, or -1 for none. */
function bitsOf(register: number): number {
  if (register < 0) return 0;
  return register === BOTH_REGISTERS ? (1 << REGISTER_A) | (1 << REGISTER_X) : 1 << register;
}

/** The register that an instruction uses, BOTH_REGISTERS for A and X, -1 for none. */
export function registerUsed(code: number, k: number): number {
  if (code === NOTHING) return -1;
  switch (classOf(code)) {
    case LD:
    case LDX:
      return modeOf(code) === IND ? REGISTER_X : modeOf(code) === MEM ? k : -1;
    case STX:
      return REGISTER_X;
    case ST:
      return REGISTER_A;
    case ALU:
    case JMP:
      return (code & X) === 0 ? REGISTER_A : BOTH_REGISTERS;
    case MISC:
      return (code & 0xf8) === TXA ? REGISTER_X : REGISTER_A;
    default:
      return -1;
  }
}

/** The register that an instruction sets, -1 for none. */
export function registerDefined(code: number, k: number): number {
  if (code === NOTHING) return -1;
  switch (classOf(code)) {
    case LD:
    case ALU:
      return REGISTER_A;
    case LDX:
      return REGISTER_X;
    case ST:
    case STX:
      return k;
    case MISC:
      return (code & 0xf8) === TXA ? REGISTER_A : REGISTER_X;
    default:
      return -1;
  }
}

export class FlowGraph {
  root: Node;
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** The lowest register in use: most programs do not need scratch memory. */
  readonly registerMin: number;
  /** Nodes by their longest path to a return; the last found comes first. */
  levels: Node[][] = [];
  #nodeDominators = new Dominators(0);
  #edgeDominators = new Dominators(0);
  #searches = 0;

  constructor(root: Block) {
    const nodes: Node[] = [];
    const nodeOf = new Map<Block, Node>();
    const stack: Block[] = [root];
    for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
      if (nodeOf.has(block)) continue;
      const node = new Node(block);
      node.id = nodes.length;
      nodeOf.set(block, node);
      nodes.push(node);
      if (block.jf !== undefined) stack.push(block.jf);
      if (block.jt !== undefined) stack.push(block.jt);
    }
    for (const [block, node] of nodeOf) {
      node.whenTrue.to = block.jt && nodeOf.get(block.jt);
      node.whenFalse.to = block.jf && nodeOf.get(block.jf);
      node.whenTrue.id = node.id;
      node.whenFalse.id = nodes.length + node.id;
    }
    this.nodes = nodes;
    this.edges = [...nodes.map((node) => node.whenTrue), ...nodes.map((node) => node.whenFalse)];
    this.root = nodes[0] ?? new Node(root);
    this.registerMin = lowestRegister(nodes);
  }

  /** Computes everything that depends only on the edges; dominators only when branches are to be moved. */
  analyse(moving: boolean): void {
    this.#findLevels();
    this.#findUses();
    this.findEdgesInto();
    if (!moving) return;
    this.#findDominators();
    this.#findEdgeDominators();
  }

  /** Whether `other` dominates `node`. */
  passes(node: Node, other: Node): boolean {
    return this.#nodeDominators.passes(node.id, other.id);
  }

  /** The last edge on every path to this one. */
  edgeAbove(edge: Edge): Edge | undefined {
    const above = this.#edgeDominators.above(edge.id);
    return above === undefined ? undefined : this.edges[above];
  }

  /** For each node the edges that lead to it, the last found first. */
  findEdgesInto(): void {
    for (const node of this.nodes) node.edgesInto = undefined;
    for (let level = this.root.level; level > 0; level--) {
      for (const { whenTrue, whenFalse } of this.levels[level] ?? []) {
        leadInto(whenTrue);
        leadInto(whenFalse);
      }
    }
  }

  /** From the root to the returns. */
  downward(visit: (node: Node) => void): void {
    for (let level = this.root.level; level >= 0; level--) for (const node of this.levels[level] ?? []) visit(node);
  }

  /** From the nodes right above the returns to the root. */
  upward(visit: (node: Node) => void): void {
    const { level: top } = this.root;
    for (let level = 1; level <= top; level++) for (const node of this.levels[level] ?? []) visit(node);
  }

  /** The nodes that can be reached. */
  reachable(): ReadonlySet<Node> {
    const seen = new Set<Node>();
    const stack: Node[] = [this.root];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (classOf(node.code) === RET) continue;
      if (node.whenTrue.to !== undefined) stack.push(node.whenTrue.to);
      if (node.whenFalse.to !== undefined) stack.push(node.whenFalse.to);
    }
    return seen;
  }

  #findLevels(): void {
    const found: Node[][] = [];
    const search = ++this.#searches;
    const visit = (node: Node): number => {
      if (node.search === search) return node.level;
      node.search = search;
      const { to: whenTrue } = node.whenTrue;
      const { to: whenFalse } = node.whenFalse;
      node.level =
        whenTrue === undefined || whenFalse === undefined ? 0 : Math.max(visit(whenTrue), visit(whenFalse)) + 1;
      (found[node.level] ??= []).push(node);
      return node.level;
    };
    visit(this.root);
    this.levels = found.map((level) => level.reverse());
  }

  #findUses(): void {
    this.downward((node) => node.findUses());
    this.upward((node) => {
      const { to: whenTrue } = node.whenTrue;
      const { to: whenFalse } = node.whenFalse;
      if (whenTrue !== undefined && whenFalse !== undefined) node.passUses(whenTrue, whenFalse);
    });
  }

  #findDominators(): void {
    const nodes = new Dominators(this.nodes.length);
    nodes.arrive(this.root.id, undefined);
    this.downward(({ id, whenTrue, whenFalse }) => {
      if (whenTrue.to !== undefined) nodes.arrive(whenTrue.to.id, id);
      if (whenFalse.to !== undefined) nodes.arrive(whenFalse.to.id, id);
    });
    nodes.number();
    this.#nodeDominators = nodes;
  }

  /** The edges out of a node have the same edges above them; those into it decide which. */
  #findEdgeDominators(): void {
    const edges = new Dominators(this.edges.length);
    edges.arrive(this.root.whenTrue.id, undefined);
    edges.arrive(this.root.whenFalse.id, undefined);
    const pass = ({ id, to }: Edge): void => {
      if (to === undefined) return;
      edges.arrive(to.whenTrue.id, id);
      edges.arrive(to.whenFalse.id, id);
    };
    this.downward(({ whenTrue, whenFalse }) => {
      pass(whenTrue);
      pass(whenFalse);
    });
    this.#edgeDominators = edges;
  }
}

function leadInto(edge: Edge): void {
  const { to } = edge;
  if (to === undefined) return;
  edge.nextInto = to.edgesInto;
  to.edgesInto = edge;
}

/** The lowest register that a statement uses or sets. */
function lowestRegister(nodes: readonly Node[]): number {
  let lowest = REGISTER_A;
  for (const { statements } of nodes) {
    for (const { code, k } of statements) {
      const used = registerUsed(code, k);
      if (used >= 0) lowest = Math.min(lowest, used);
      const defined = registerDefined(code, k);
      if (defined >= 0) lowest = Math.min(lowest, defined);
    }
  }
  return lowest;
}
