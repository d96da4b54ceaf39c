/**
 * Shortens a graph of blocks without changing its verdict on frames that contain all fields it reads.
 *
 * The order of tests decides what happens to a frame that ends before a field, and removing a redundant test also
 * removes its requirement on the frame's length. To agree with libpcap on such frames too, the rules and their order
 * are those of its optimizer ("BPF+: Exploiting Global Data-flow Optimization in a Generalized Packet Filter
 * Architecture", Begel, McCanne, Graham, 1999, describes them).
 */
import { JEQ, JMP, K, RET, classOf } from '../bpf/bpf.ts';
import { returnBlock } from '../generate/block.ts';
import type { Block, Statement } from '../generate/block.ts';
import { FlowGraph, NOTHING, REGISTER_A, REGISTERS } from './flow_graph.ts';
import type { Edge, Node } from './flow_graph.ts';
import { StatementRules } from './statement_rules.ts';
import { ValueNumbers } from './values.ts';

/** Graphs with more blocks are not optimized: each edge is compared with those above it, which takes quadratic time. */
const BLOCKS_MAX = 1600;

/** Consecutive passes that only move branches, after which they are assumed to loop. */
const MOVING_PASSES_MAX = 100;

/** The graph, improved. Its blocks are new, their statements may have been changed in place. */
export function optimize(root: Block): Block {
  if (isLarge(root)) return root;
  const graph = new FlowGraph(root);
  improve(graph, false);
  improve(graph, true);
  mergeTwins(graph);
  skipDecidedRoot(graph);
  return blocksOf(graph);
}

function isLarge(root: Block): boolean {
  const seen = new Set<Block>();
  const stack = [root];
  for (let block = stack.pop(); block !== undefined && seen.size <= BLOCKS_MAX; block = stack.pop()) {
    if (seen.has(block)) continue;
    seen.add(block);
    if (block.jf !== undefined) stack.push(block.jf);
    if (block.jt !== undefined) stack.push(block.jt);
  }
  return seen.size > BLOCKS_MAX;
}

/** What a pass did: redirected edges, and thereby removed tests without effect. */
interface Movement {
  moved: boolean;
  skipped: boolean;
}

function improve(graph: FlowGraph, alter: boolean): void {
  for (let movingPasses = 0; movingPasses < MOVING_PASSES_MAX; movingPasses++) {
    graph.analyse(!alter);
    const rules = new StatementRules(new ValueNumbers(), alter, graph.registerMin);
    graph.downward((node) => rules.apply(node));
    const movement: Movement = { moved: false, skipped: false };
    if (!alter) moveBranches(graph, movement);
    if (!rules.changed && !movement.moved) return;
    if (rules.changed || movement.skipped) movingPasses = -1;
  }
}

function moveBranches(graph: FlowGraph, movement: Movement): void {
  graph.upward((node) => {
    shorten(graph, node.whenTrue, movement);
    shorten(graph, node.whenFalse, movement);
  });
  graph.findEdgesInto();
  graph.upward((node) => {
    if (pullUp(graph, node, 'or')) movement.moved = true;
    if (pullUp(graph, node, 'and')) movement.moved = true;
  });
}

/** Redirects an edge past nodes whose test is already decided on the path to them. */
function shorten(graph: FlowGraph, edge: Edge, movement: Movement): void {
  const first = edge.to;
  if (first?.whenTrue.to === undefined) return;
  if (first.whenTrue.to === first.whenFalse.to && !conflicts(graph, edge.from, first.whenTrue.to)) {
    edge.to = first.whenTrue.to;
    movement.moved = true;
    movement.skipped = true;
  }
  for (let next = pastDecided(graph, edge); next !== undefined; next = pastDecided(graph, edge)) {
    edge.to = next;
    movement.moved = true;
    if (next.whenTrue.to === undefined) return;
  }
}

/**
 * The node after the one that the edge leads to, when an edge on every way here decides the test of that one; of
 * several such edges the one with the lowest number.
 */
function pastDecided(graph: FlowGraph, edge: Edge): Node | undefined {
  const { from, to } = edge;
  if (to === undefined) return undefined;
  let lowest = Number.POSITIVE_INFINITY;
  let found: Node | undefined;
  for (let passed: Edge | undefined = edge; passed !== undefined; passed = graph.edgeAbove(passed)) {
    if (passed.id > lowest) continue;
    const next = decidedBy(to, passed);
    if (next === undefined || conflicts(graph, from, next)) continue;
    lowest = passed.id;
    found = next;
  }
  return found;
}

/** Where the test of a node leads when an edge was passed before it, undefined when that does not decide it. */
function decidedBy(node: Node, passed: Edge): Node | undefined {
  const held = passed.code >= 0;
  const code = held ? passed.code : -passed.code;
  if (node.code !== code) return undefined;
  const { from } = passed;
  if (node.values[REGISTER_A] !== from.values[REGISTER_A]) return undefined;
  if (node.operand === from.operand) return held ? node.whenTrue.to : node.whenFalse.to;
  return held && code === (JMP | JEQ | K) ? node.whenFalse.to : undefined;
}

/** Whether a register used after node `after` has different values at the ends of `before` and `after`. */
function conflicts({ registerMin }: FlowGraph, before: Node, after: Node): boolean {
  if (after.usedOut === 0) return false;
  for (let register = registerMin; register < REGISTERS; register++) {
    if (after.usesLater(register) && before.values[register] !== after.values[register]) return true;
  }
  return false;
}

/**
 * In a chain of alternatives, or of conditions, brings a test of a value that was already looked at up to the earlier
 * tests of that value. Dominators are not recomputed during the pass. That is a bug of libpcap 1.10.3, reproduced here
 * so that verdicts are the same: the program of `host A or ip host A or ip host B` drops packets from B. Later releases
 * find dominators again. Lists of hosts that are tested as a set do not have the mistake: of `LIST and LIST` they keep
 * what libpcap drops.
 */
function pullUp(graph: FlowGraph, node: Node, chain: 'or' | 'and'): boolean {
  const first = node.edgesInto;
  if (first === undefined) return false;
  const value = first.from.values[REGISTER_A];
  for (let edge = first.nextInto; edge !== undefined; edge = edge.nextInto) {
    if (edge.from.values[REGISTER_A] !== value) return false;
  }
  const onward = (at: Node): Edge => (chain === 'or' ? at.whenFalse : at.whenTrue);
  const exit = (at: Node): Node | undefined => (chain === 'or' ? at.whenTrue.to : at.whenFalse.to);
  const belongs = (at: Node): boolean => exit(at) === exit(node) && graph.passes(at, node);

  let different = first.from.whenTrue.to === node ? first.from.whenTrue : first.from.whenFalse;
  let atTop = true;
  for (;;) {
    const at = different.to;
    if (at === undefined || !belongs(at)) return false;
    if (at.values[REGISTER_A] !== value) break;
    different = onward(at);
    atTop = false;
  }
  const start = different.to;
  if (start === undefined) return false;
  let same = onward(start);
  let pulled = same.to;
  for (;;) {
    if (pulled === undefined || !belongs(pulled)) return false;
    if (pulled.values[REGISTER_A] === value) break;
    same = onward(pulled);
    pulled = same.to;
  }
  same.to = onward(pulled).to;
  onward(pulled).to = start;
  if (atTop) {
    for (let edge = node.edgesInto; edge !== undefined; edge = edge.nextInto) {
      const { from } = edge;
      if (from.whenTrue.to === node) from.whenTrue.to = pulled;
      else from.whenFalse.to = pulled;
    }
  } else {
    different.to = pulled;
  }
  return true;
}

/** Merges equal nodes, from the returns upwards, so their successors are merged first. */
function mergeTwins(graph: FlowGraph): void {
  const known = new Map<string, Node>();
  const merged = new Map<Node, Node>();
  const merge = (node: Node): Node => {
    const before = merged.get(node);
    if (before !== undefined) return before;
    const { whenTrue, whenFalse } = node;
    if (whenTrue.to !== undefined) whenTrue.to = merge(whenTrue.to);
    if (whenFalse.to !== undefined) whenFalse.to = merge(whenFalse.to);
    const content = contentOf(node);
    const twin = known.get(content) ?? node;
    known.set(content, twin);
    merged.set(node, twin);
    return twin;
  };
  graph.root = merge(graph.root);
}

/** A node's effect and successors as text; equal for equal nodes. */
function contentOf({ code, k, whenTrue, whenFalse, statements }: Node): string {
  let text = `${code} ${k} ${whenTrue.to?.id} ${whenFalse.to?.id}`;
  for (const item of statements) if (item.code !== NOTHING) text += ` ${item.code} ${item.k}`;
  return text;
}

function present(statements: readonly Statement[]): Statement[] {
  return statements.filter((item) => item.code !== NOTHING);
}

/** Starts at the first node whose test matters. */
function skipDecidedRoot(graph: FlowGraph): void {
  const statements = graph.root.statements;
  let node = graph.root;
  node.statements = [];
  while (classOf(node.code) === JMP && node.whenTrue.to !== undefined && node.whenTrue.to === node.whenFalse.to) {
    node = node.whenTrue.to;
  }
  node.statements = classOf(node.code) === RET ? [] : [...statements, ...node.statements];
  graph.root = node;
}

function blocksOf(graph: FlowGraph): Block {
  const blocks = new Map<Node, Block>();
  const blockOf = (node: Node): Block => {
    const known = blocks.get(node);
    if (known !== undefined) return known;
    const { code, k, constants } = node;
    const set = constants === undefined ? {} : { constants };
    const block: Block = { ...returnBlock(k), code, statements: present(node.statements), ...set };
    blocks.set(node, block);
    if (node.whenTrue.to !== undefined) block.jt = blockOf(node.whenTrue.to);
    if (node.whenFalse.to !== undefined) block.jf = blockOf(node.whenFalse.to);
    return block;
  };
  return blockOf(graph.root);
}
