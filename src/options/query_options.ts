/** Options of `pcapflow query`, besides those of flows. */
import type { Option } from './option.ts';

export const QUERY_OPTIONS = [
  {
    name: 'format',
    short: 'f',
    type: 'choice',
    argument: 'FORMAT',
    choices: ['table', 'jsonl', 'csv'],
    without: 'table on a terminal, else jsonl',
    help: 'form of the result',
    where: ['query'],
  },
  {
    name: 'memoryLimit',
    type: 'text',
    argument: 'SIZE',
    without: 'half of the memory',
    help: 'memory that DuckDB takes at most, as 4GiB',
    where: ['query'],
  },
  {
    name: 'threads',
    type: 'integer',
    argument: 'N',
    range: [1, 1024],
    without: 'as many as cores',
    help: 'threads of DuckDB',
    where: ['query'],
  },
  {
    name: 'allowFiles',
    type: 'flag',
    help: 'SQL may read and write other files; without it only the captures are read',
    where: ['query'],
  },
] as const satisfies readonly Option[];
