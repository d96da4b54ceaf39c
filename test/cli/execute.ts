/**
 * Runs a command in this process, as `pcapflow NAME ARGS...` does. Its table has room for what tests have: one of usual
 * size, made again and again in one process, costs more than the work.
 */
import { commandNamed } from '../../src/cli/command_list.ts';

const TABLE = ['--max-flows', '20000'];

export function execute(name: string, args: readonly string[]): Promise<number> {
  const command = commandNamed(name);
  if (command === undefined) throw new RangeError(`there is no command ${name}`);
  const isGiven = name !== 'read' || args.includes(TABLE[0] as string);
  return command.execute(isGiven ? args : [...TABLE, ...args]);
}
