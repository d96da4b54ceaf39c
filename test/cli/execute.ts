/** Runs a command in this process, as `pcapflow NAME ARGS...` does. */
import { commandNamed } from '../../src/cli/command_list.ts';

export function execute(name: string, args: readonly string[]): Promise<number> {
  const command = commandNamed(name);
  if (command === undefined) throw new RangeError(`there is no command ${name}`);
  return command.execute(args);
}
