/** Options of `pcapflow generate`. */
import type { Option } from './option.ts';

/** Kinds of captures that can be made; src/generate/profiles.ts says what is in them. */
export const PROFILE_NAMES = ['mix', 'churn', 'churn-held', 'elephant', 'full'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** The seed of the captures that `npm run bench` measures with. */
export const DEFAULT_SEED = 0x7063_6170;

export const GENERATE_OPTIONS = [
  {
    name: 'profile',
    type: 'choice',
    argument: 'NAME',
    choices: PROFILE_NAMES,
    help: 'what the capture is like: see below',
    where: ['generate'],
  },
  {
    name: 'packets',
    short: 'n',
    type: 'integer',
    argument: 'N',
    range: [1, 1_000_000_000],
    help: 'packets in it; the flows grow with them, the time from the first to the last does not',
    where: ['generate'],
  },
  {
    name: 'seed',
    type: 'integer',
    argument: 'N',
    range: [0, 2 ** 32 - 1],
    default: DEFAULT_SEED,
    help: 'another number gives other flows of the same kind',
    where: ['generate'],
  },
  {
    name: 'output',
    short: 'o',
    type: 'text',
    argument: 'FILE',
    without: 'standard output',
    help: 'the capture, which has its name once it is whole',
    where: ['generate'],
  },
] as const satisfies readonly Option[];
