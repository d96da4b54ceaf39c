/** From expression text to a program. */
import { connect, returnBlock } from './generate/block.ts';
import type { Block } from './generate/block.ts';
import { K, RET } from './bpf/bpf.ts';
import type { BpfProgram } from './bpf/bpf.ts';
import { FilterError, pointAt } from './language/error.ts';
import { Generator } from './generate/generator.ts';
import { linearize } from './optimize/linearize.ts';
import { optimize } from './optimize/optimizer.ts';
import { parseFilter } from './language/parser.ts';
import { translate } from './generate/translate.ts';
import type { FilterTree } from './language/tree.ts';
import { withHeaderOffsets } from './generate/variable_headers.ts';

/** libpcap's default snapshot length. */
export const SNAPLEN_DEFAULT = 262144;

export interface CompileOptions {
  /** LINKTYPE_ number of the frames. Default 1, Ethernet. */
  readonly linkType?: number;
  /** What the program returns for a match. Bytes, 1..2^32-1, default 262144. */
  readonly snaplen?: number;
  /** Network mask of `ip broadcast`, most significant byte first. Default 0, as when reading a file. */
  readonly netmask?: number;
  /** Whether the program is optimized. Default true. */
  readonly optimize?: boolean;
  /** The frames are from a big-endian file; only the family of NULL frames depends on it. Default false. */
  readonly byteSwapped?: boolean;
}

/** A program, and warnings about its expression. */
export interface CompiledProgram {
  readonly program: BpfProgram;
  readonly warnings: readonly string[];
}

export const NEVER_MATCHES = 'expression rejects all packets';

/**
 * The program of an expression for one link type. An expression that can never match is accepted with a warning.
 * @throws {FilterError} ERR_FILTER_SYNTAX or ERR_FILTER_UNSUPPORTED, with the column
 */
export function compile(source: string | FilterTree, options: CompileOptions = {}): CompiledProgram {
  const tree = typeof source === 'string' ? parseFilter(source) : source;
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
  const generator = new Generator(options.linkType ?? 1, options.byteSwapped ?? false);
  if (tree.root === undefined) return keep;
  const condition = withHeaderOffsets(generator, translate(generator, tree.root, { netmask: options.netmask ?? 0 }));
  const graph = connect(condition, keep, returnBlock(0));
  return generator.optimizable && options.optimize !== false ? optimize(graph) : graph;
}
