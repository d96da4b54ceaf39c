/** All commands. The code of a command is loaded when it is called, and its texts (command_texts.ts) when they are shown. */
import { command } from './command.ts';
import type { Command } from './command.ts';

export const COMMANDS: readonly Command[] = [
  command({ name: 'read', takesOperands: true }, async () => (await import('./commands/read.ts')).read),
  command({ name: 'live', takesOperands: true }, async () => (await import('./commands/live.ts')).live),
  command({ name: 'top', takesOperands: true }, async () => (await import('./commands/top.ts')).top),
  command({ name: 'replay', takesOperands: true }, async () => (await import('./commands/replay.ts')).replay),
  command({ name: 'query', takesOperands: true }, async () => (await import('./commands/query.ts')).query),
  command({ name: 'web', takesOperands: true }, async () => (await import('./commands/web.ts')).web),
  command({ name: 'filter', takesOperands: true }, async () => (await import('./commands/filter.ts')).filter),
  command({ name: 'owner', takesOperands: true }, async () => (await import('./commands/owner.ts')).owner),
  command(
    { name: 'sockets', aliases: ['netstat'], takesOperands: false },
    async () => (await import('./commands/sockets.ts')).sockets,
  ),
  command(
    { name: 'connections', takesOperands: false },
    async () => (await import('./commands/connections.ts')).connections,
  ),
  command({ name: 'lookup', takesOperands: true }, async () => (await import('./commands/lookup.ts')).lookup),
  command({ name: 'generate', takesOperands: false }, async () => (await import('./commands/generate.ts')).generate),
  command({ name: 'plan', takesOperands: true }, async () => (await import('./commands/plan.ts')).plan),
  command({ name: 'shard', takesOperands: false }, async () => (await import('./commands/shard.ts')).shard),
  command({ name: 'merge', takesOperands: false }, async () => (await import('./commands/shard.ts')).merge),
  command({ name: 'cluster', takesOperands: true }, async () => (await import('./commands/cluster.ts')).cluster),
  command(
    { name: 'completion', takesOperands: true },
    async () => (await import('./commands/completion.ts')).completion,
  ),
];

/** The command with this name or alias. */
export function commandNamed(name: string): Command | undefined {
  return COMMANDS.find((one) => one.name === name || one.aliases?.includes(name) === true);
}
