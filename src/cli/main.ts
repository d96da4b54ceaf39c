/** The `pcapflow` command: finds the command and runs it. */
import type { Command } from './command.ts';
import { finish, guardExit } from './exit_guard.ts';
import { say } from './standard_streams.ts';

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-V' || name === '-v')
    return printOnly(`pcapflow ${(await import('../write/version.ts')).version()}\n`);
  const { COMMANDS, commandNamed } = await import('./command_list.ts');
  const found = name === undefined ? undefined : commandNamed(name);
  if (found !== undefined) return found.execute(rest);
  if (name === 'help' && rest[0] !== undefined) return main([rest[0], '--help']);
  const [{ generalHelp }, { definitionOf }] = await Promise.all([import('./help.ts'), import('./command_texts.ts')]);
  const help = generalHelp(COMMANDS.map(definitionOf));
  if (name === '--help' || name === '-h' || name === 'help') return printOnly(help);
  say(name === undefined ? help : `${await unknownCommand(name, COMMANDS)}\n${help}`);
  return 1;
}

async function printOnly(text: string): Promise<number> {
  return (await import('./print.ts')).printOnly(text);
}

async function unknownCommand(name: string, commands: readonly Command[]): Promise<string> {
  const { unknownName } = await import('../text/nearest.ts');
  const { sanitizeText } = await import('../text/sanitize.ts');
  const known = commands.flatMap((one) => [one.name, ...(one.aliases ?? [])]);
  return `pcapflow: ${sanitizeText(unknownName('command', name, known))}`;
}

// No top-level await: the command is bundled for require, which starts faster than import.
guardExit();
void main(process.argv.slice(2)).then(finish);
