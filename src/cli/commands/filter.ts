/** `pcapflow filter`: what an expression compiles to. */
import { compile, formatProgram, formatTree, formatWat, parseFilter } from '../../filter/index.ts';
import type { ValuesAt } from '../../options/table.ts';
import { MissingArguments } from '../command.ts';
import { parseLinkType } from '../link_types.ts';
import { warn } from '../print_error.ts';
import { EXIT_OK } from '../exit.ts';
import { print } from '../print.ts';

export async function filter(
  { d, tree: showTree, wat, linktype }: ValuesAt<'filter'>,
  words: readonly string[],
): Promise<number> {
  if (words.length === 0) throw new MissingArguments('a filter is needed');
  const tree = parseFilter(words.join(' '));
  const { program, warnings } = compile(tree, { linkType: parseLinkType(linktype) });
  for (const warning of warnings) warn(warning);
  if (showTree) await print(lines(formatTree(tree)));
  else if (wat) await print(lines(formatWat(program)));
  else await print(lines(formatProgram(program, programStyle(d))));
  return EXIT_OK;
}

/** -d not at all, once or three times, as tcpdump has it; its -dd prints C, which is of no use here. */
function programStyle(count: number): 'd' | 'ddd' {
  if (count <= 1) return 'd';
  if (count === 3) return 'ddd';
  throw new RangeError('-d is given once (text) or three times (numbers)');
}

function lines(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
