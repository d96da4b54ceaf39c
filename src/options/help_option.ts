/** The option that every command has. */
import type { Option } from './option.ts';

/** The last of every command. */
export const HELP_OPTION = [
  {
    name: 'help',
    short: 'h',
    type: 'flag',
    immediate: true,
    help: 'show this text',
    where: [
      'read',
      'live',
      'top',
      'replay',
      'query',
      'web',
      'filter',
      'owner',
      'sockets',
      'connections',
      'lookup',
      'generate',
      'plan',
      'shard',
      'merge',
      'cluster',
      'completion',
    ],
  },
] as const satisfies readonly Option[];
