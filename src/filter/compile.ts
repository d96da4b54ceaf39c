/** From expression text to a program. */
import { connect, firstTest, returnBlock } from "./block.ts";
import type { Block, Condition } from "./block.ts";
import { ABS, ADD, ALU, AND, B, IMM, IND, JA, JEQ, JMP, JSET, K, LD, LDX, LSH, MEM, MISC, OR, RET, ST, TAX, TXA, W, X } from "./bpf.ts";
import type { BpfProgram } from "./bpf.ts";
import { and, statement, test } from "./block.ts";
import type { Statement } from "./block.ts";
import { FilterError, pointAt } from "./error.ts";
import { Generator } from "./generator.ts";
import { linearize } from "./linearize.ts";
import { optimize } from "./optimizer.ts";
import { parseFilter } from "./parser.ts";
import { translate } from "./translate.ts";
import type { FilterTree } from "./tree.ts";

/** What libpcap keeps of a frame when nobody says otherwise. */
export const SNAPLEN_DEFAULT = 262144;

export interface CompileOptions {
  /** LINKTYPE_ number of the frames. Default 1, Ethernet. */
  readonly linkType?: number;
  /** What the program returns for a match. Bytes, 1..2^32-1, default 262144. */
  readonly snaplen?: number;
  /** Network mask of `ip broadcast`, most significant byte first. Default 0, as when reading a file. */
  readonly netmask?: number;
  /** Whether the program is improved. Default true. */
  readonly optimize?: boolean;
  /** The frames are from a big-endian file; only the family of NULL frames depends on it. Default false. */
  readonly byteSwapped?: boolean;
}

/** A program and what is odd about its expression. */
export interface CompiledProgram {
  readonly program: BpfProgram;
  readonly warnings: readonly string[];
}

export const NEVER_MATCHES = "expression rejects all packets";

/**
 * The program of an expression for one link type. An expression that can never match is accepted with a warning.
 * @throws {FilterError} ERR_FILTER_SYNTAX or ERR_FILTER_UNSUPPORTED, with the column
 */
export function compile(source: string | FilterTree, options: CompileOptions = {}): CompiledProgram {
  const tree = typeof source === "string" ? parseFilter(source) : source;
  try {
    const graph = graphOf(tree, options);
    const program = linearize(graph);
    const [first] = program;
    const never = program.length === 1 && first?.code === (RET | K) && first.k === 0;
    return { program, warnings: never ? [NEVER_MATCHES] : [] };
  } catch (error) {
    throw error instanceof FilterError ? pointAt(tree.text, error) : error;
  }
}

/** The program of an expression. @see compile for its warnings as well */
export function compileProgram(source: string | FilterTree, options: CompileOptions = {}): BpfProgram {
  return compile(source, options).program;
}

function graphOf(tree: FilterTree, options: CompileOptions): Block {
  const keep = returnBlock(options.snaplen ?? SNAPLEN_DEFAULT);
  const g = new Generator(options.linkType ?? 1, options.byteSwapped ?? false);
  if (tree.root === undefined) return keep;
  const condition = withHeaderOffsets(g, translate(g, tree.root, { netmask: options.netmask ?? 0 }));
  const graph = connect(condition, keep, returnBlock(0));
  return g.optimizable && options.optimize !== false ? optimize(graph) : graph;
}

/** Puts what finds the headers of variable length before the first test, as far as any test needs it. */
function withHeaderOffsets(g: Generator, condition: Condition): Condition {
  const first = firstTest(condition);
  if (g.linkPayload.register !== -1 && g.linkHeader.variable && g.linkHeader.register === -1) {
    g.linkHeader.register = g.takeRegister();
  }
  // Whatever is asked of a Prism header, its code is not improved.
  if (g.outermost.radio === "prism") g.optimizable = false;
  const radio = radioHeaderLength(g);
  const mac = g.outermost.family === "wifi" ? macHeaderLength(g, first.statements[0]) : [];
  const start = mac.length > 0 && radio.length === 0 ? [statement(LDX | IMM, 0)] : radio;
  first.statements = [...start, ...mac, ...first.statements];
  if (g.link.radio !== "ppi") return condition;
  // PPI may carry anything; only 802.11 inside it is looked at. Its header is little-endian.
  return and(test([statement(LD | ABS | W, 4)], JMP | JEQ | K, 0x69000000), condition);
}

/** Statements that put the length of the radio header into its word and into X. */
function radioHeaderLength(g: Generator): Statement[] {
  const { register } = g.linkHeader;
  if (register === -1) return [];
  const keep = [statement(ST, register), statement(MISC | TAX)];
  switch (g.outermost.radio) {
    case "radiotap":
    case "ppi":
      return [
        statement(LD | ABS | B, 3),
        statement(ALU | LSH | K, 8),
        statement(MISC | TAX),
        statement(LD | ABS | B, 2),
        statement(ALU | OR | X),
        ...keep,
      ];
    case "avs":
      return [statement(LD | ABS | W, 4), ...keep];
    case "prism": {
      // Some drivers send an AVS header under this name; its first word tells.
      const length = statement(LD | ABS | W, 4);
      const fixed = statement(LD | IMM, 144);
      const cookie = statement(JMP | JEQ | K, 0x80211000);
      cookie.jt = length;
      cookie.jf = fixed;
      return [
        statement(LD | ABS | W, 0),
        statement(ALU | AND | K, 0xfffff000),
        cookie,
        length,
        statement(JMP | JA, 1),
        fixed,
        ...keep,
      ];
    }
    case undefined:
      return [];
  }
}

/**
 * Statements that put the offset behind the 802.11 header into its word: 24 bytes, two more for QoS, and with
 * radiotap the padding that its flags announce. They start with the offset of the header in X.
 */
function macHeaderLength(g: Generator, next: Statement | undefined): Statement[] {
  const { register } = g.linkPayload;
  if (register === -1 || next === undefined) return [];
  g.optimizable = false;
  const isData = statement(JMP | JSET | K, 0x08);
  const isReserved = statement(JMP | JSET | K, 0x04);
  const hasQos = statement(JMP | JSET | K, 0x80);
  const qos = statement(LD | MEM, register);
  isData.jt = isReserved;
  isData.jf = next;
  isReserved.jt = next;
  isReserved.jf = hasQos;
  hasQos.jt = qos;
  const statements = [
    statement(MISC | TXA),
    statement(ALU | ADD | K, 24),
    statement(ST, register),
    statement(LD | IND | B, 0),
    isData,
    isReserved,
    hasQos,
    qos,
    statement(ALU | ADD | K, 2),
    statement(ST, register),
  ];
  if (g.link.radio !== "radiotap") {
    hasQos.jf = next;
    return statements;
  }
  const padding = radiotapPadding(register, next);
  hasQos.jf = padding[0] ?? next;
  return [...statements, ...padding];
}

/** Statements that round the offset up when the flags of a radiotap header say that the 802.11 header is padded. */
function radiotapPadding(register: number, next: Statement): Statement[] {
  const flagsPresent = statement(JMP | JSET | K, 0x02000000);
  const extended = statement(JMP | JSET | K, 0x00000080);
  const timePresent = statement(JMP | JSET | K, 0x01000000);
  const flagsAfterTime = statement(LD | ABS | B, 16);
  const paddedAfterTime = statement(JMP | JSET | K, 0x20);
  const flags = statement(LD | ABS | B, 8);
  const padded = statement(JMP | JSET | K, 0x20);
  const round = statement(LD | MEM, register);
  flagsPresent.jt = extended;
  flagsPresent.jf = next;
  extended.jt = next;
  extended.jf = timePresent;
  timePresent.jt = flagsAfterTime;
  timePresent.jf = flags;
  paddedAfterTime.jt = round;
  paddedAfterTime.jf = next;
  padded.jt = round;
  padded.jf = next;
  return [
    statement(LD | ABS | W, 4),
    flagsPresent,
    extended,
    timePresent,
    flagsAfterTime,
    paddedAfterTime,
    flags,
    padded,
    round,
    statement(ALU | ADD | K, 3),
    statement(ALU | AND | K, 0xfffffffc),
    statement(ST, register),
  ];
}
