/** `pcapflow filter`: what an expression compiles to. */
import { parseArgs } from 'node:util';
import { compile, formatProgram, formatTree, formatWat, parseFilter } from '../../filter/index.ts';
import { parseLinkType } from '../link_types.ts';
import { warn } from '../complain.ts';
import { EXIT_CANNOT_START, EXIT_OK } from '../exit.ts';
import { runCommand } from '../run_command.ts';

const USAGE = `usage: pcapflow filter EXPRESSION [options]
Compiles a capture filter, as in pcap-filter(7), and shows the result.

  -d                      the program as text (default)
  -ddd                    the program as numbers, the count first
      --tree              the syntax tree
      --wat               the WebAssembly function
      --linktype NAME     link type of the frames, as tcpdump -y names it, or its number (EN10MB)
`;

export function filter(argv: readonly string[]): Promise<number> {
  return runCommand(() => show(argv));
}

function show(argv: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      d: { type: 'boolean', short: 'd', multiple: true },
      tree: { type: 'boolean' },
      wat: { type: 'boolean' },
      linktype: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true || positionals.length === 0) {
    (values.help === true ? process.stdout : process.stderr).write(USAGE);
    return values.help === true ? EXIT_OK : EXIT_CANNOT_START;
  }
  const tree = parseFilter(positionals.join(' '));
  const { program, warnings } = compile(tree, { linkType: parseLinkType(values.linktype ?? 'EN10MB') });
  for (const warning of warnings) warn(warning);
  if (values.tree === true) process.stdout.write(lines(formatTree(tree)));
  else if (values.wat === true) process.stdout.write(lines(formatWat(program)));
  else process.stdout.write(lines(formatProgram(program, programStyle(values.d?.length ?? 1))));
  return EXIT_OK;
}

/** -d once or three times, as tcpdump has it; its -dd prints C, which is of no use here. */
function programStyle(count: number): 'd' | 'ddd' {
  if (count === 1) return 'd';
  if (count === 3) return 'ddd';
  throw new RangeError('-d is given once (text) or three times (numbers)');
}

function lines(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
