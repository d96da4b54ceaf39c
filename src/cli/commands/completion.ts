/** `pcapflow completion`: completions for a shell. */
import type { ValuesAt } from '../../options/table.ts';
import { unknownName } from '../../text/nearest.ts';
import { COMMANDS } from '../command_list.ts';
import { definitionOf } from '../command_texts.ts';
import { COMPLETIONS } from '../completion.ts';
import type { Shell } from '../completion.ts';
import { EXIT_OK } from '../exit.ts';
import { print } from '../print.ts';

/** @throws {RangeError} for a shell that is not known @throws {OutputError} */
export async function completion(_: ValuesAt<'completion'>, operands: readonly string[]): Promise<number> {
  const shells = Object.keys(COMPLETIONS);
  const [shell, ...others] = operands;
  if (shell === undefined || others.length > 0) throw new RangeError(`name one shell: ${shells.join(', ')}`);
  if (!(shell in COMPLETIONS))
    throw new RangeError(unknownName('shell', shell, shells, `known are ${shells.join(', ')}`));
  await print(COMPLETIONS[shell as Shell](COMMANDS.map(definitionOf)));
  return EXIT_OK;
}
