/** The graph of blocks while it is improved: edges that know where they start, levels, dominators, register uses. */
import { ALU, IND, JMP, LD, LDX, MEM, MEMORY_WORDS, MISC, RET, ST, STX, TXA, X, classOf, modeOf } from './bpf.ts';
import type { Block, Statement } from './block.ts';

/** Code of a statement that was removed. */
export const NOTHING = -1;

// Registers are numbered: scratch words first, then A and X.
export const REGISTER_A = MEMORY_WORDS;
export const REGISTER_X = MEMORY_WORDS + 1;
export const REGISTERS = MEMORY_WORDS + 2;
/** Both A and X are used. */
export const BOTH_REGISTERS = REGISTERS;

/** The way out of a node when its test holds, or when it does not. */
export class Edge {
  readonly from: Node;
  to: Node | undefined;
  /** The code of the test; negative on the way out when it fails. */
  code = 0;
  id = 0;
  /** Edges on every way to this one, a bit each. */
  dominators = new Uint32Array(0);
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
  /** Nodes on every way to this one, a bit each. */
  dominators = new Uint32Array(0);
  /** Registers whose values from before are used here or later, a bit each. */
  usedIn = 0;
  usedOut = 0;
  private killed = 0;
  /** Value numbers of the registers at the end. */
  readonly values = new Int32Array(REGISTERS);
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
    const use = (register: number): void => {
      if (register < 0) return;
      const bits = register === BOTH_REGISTERS ? (1 << REGISTER_A) | (1 << REGISTER_X) : 1 << register;
      used |= bits & ~defined;
    };
    for (const { code, k } of this.statements) {
      if (code === NOTHING) continue;
      use(registerUsed(code, k));
      const register = registerDefined(code, k);
      if (register < 0) continue;
      killed |= (1 << register) & ~used;
      defined |= 1 << register;
    }
    if (classOf(this.code) === JMP) use(registerUsed(this.code, this.k));
    this.killed = killed;
    this.usedIn = used;
    this.usedOut = 0;
  }

  passUses(whenTrue: Node, whenFalse: Node): void {
    this.usedOut |= whenTrue.usedIn | whenFalse.usedIn;
    this.usedIn |= this.usedOut & ~this.killed;
  }
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
  /** Nodes by their longest way to a return; the last found comes first. */
  levels: Node[][] = [];

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
      node.dominators = new Uint32Array((nodes.length >>> 5) + 1);
      node.whenTrue.dominators = new Uint32Array(((2 * nodes.length) >>> 5) + 1);
      node.whenFalse.dominators = new Uint32Array(((2 * nodes.length) >>> 5) + 1);
    }
    this.nodes = nodes;
    this.edges = [...nodes.map((node) => node.whenTrue), ...nodes.map((node) => node.whenFalse)];
    this.root = nodes[0] ?? new Node(root);
  }

  /** Everything that depends on the edges alone. */
  analyse(): void {
    this.findLevels();
    this.findDominators();
    this.findUses();
    this.findEdgeDominators();
  }

  findDominators(): void {
    for (const node of this.nodes) node.dominators.fill(0xffffffff);
    this.root.dominators.fill(0);
    this.downward((node) => {
      include(node.dominators, node.id);
      const { to: whenTrue } = node.whenTrue;
      const { to: whenFalse } = node.whenFalse;
      if (whenTrue === undefined || whenFalse === undefined) return;
      intersect(whenTrue.dominators, node.dominators);
      intersect(whenFalse.dominators, node.dominators);
    });
  }

  /** For each node the edges that lead to it, the last found first. */
  findEdgesInto(): void {
    for (const node of this.nodes) node.edgesInto = undefined;
    for (let level = this.root.level; level > 0; level -= 1) {
      for (const node of this.levels[level] ?? []) {
        for (const edge of [node.whenTrue, node.whenFalse]) {
          if (edge.to === undefined) continue;
          edge.nextInto = edge.to.edgesInto;
          edge.to.edgesInto = edge;
        }
      }
    }
  }

  /** From the root to the returns. */
  downward(visit: (node: Node) => void): void {
    for (let level = this.root.level; level >= 0; level -= 1) for (const node of this.levels[level] ?? []) visit(node);
  }

  /** From the nodes right above the returns to the root. */
  upward(visit: (node: Node) => void): void {
    const { level: top } = this.root;
    for (let level = 1; level <= top; level += 1) for (const node of this.levels[level] ?? []) visit(node);
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

  private findLevels(): void {
    const found: Node[][] = [];
    const seen = new Set<Node>();
    const visit = (node: Node): number => {
      if (seen.has(node)) return node.level;
      seen.add(node);
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

  private findUses(): void {
    this.downward((node) => node.findUses());
    this.upward((node) => {
      const { to: whenTrue } = node.whenTrue;
      const { to: whenFalse } = node.whenFalse;
      if (whenTrue !== undefined && whenFalse !== undefined) node.passUses(whenTrue, whenFalse);
    });
  }

  private findEdgeDominators(): void {
    for (const edge of this.edges) edge.dominators.fill(0xffffffff);
    this.root.whenTrue.dominators.fill(0);
    this.root.whenFalse.dominators.fill(0);
    this.downward((node) => {
      for (const edge of [node.whenTrue, node.whenFalse]) {
        include(edge.dominators, edge.id);
        if (edge.to === undefined) continue;
        intersect(edge.to.whenTrue.dominators, edge.dominators);
        intersect(edge.to.whenFalse.dominators, edge.dominators);
      }
    });
  }
}

function include(set: Uint32Array, id: number): void {
  set[id >>> 5] = (set[id >>> 5] ?? 0) | (1 << (id & 31));
}

export function includes(set: Uint32Array, id: number): boolean {
  return ((set[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0;
}

function intersect(set: Uint32Array, other: Uint32Array): void {
  for (let index = 0; index < set.length; index += 1) set[index] = (set[index] ?? 0) & (other[index] ?? 0);
}
