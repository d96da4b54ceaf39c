/** How many colours a stream supports. */

/** Bits of colour: none, the 16 that a terminal chooses itself, the 256 of the palette, or all. */
export type ColorDepth = 0 | 4 | 8 | 24;

export type ColorChoice = 'auto' | 'always' | 'never';

type Environment = Readonly<Record<string, string | undefined>>;

/** FORCE_COLOR, which overrides everything else. */
const FORCED: ReadonlyMap<string | undefined, ColorDepth> = new Map([
  ['0', 0],
  ['1', 4],
  ['2', 8],
  ['3', 24],
]);

/** The colour depth of a stream by the environment: FORCE_COLOR, NO_COLOR (no-color.org), TERM and COLORTERM. */
export function colorDepth(env: Environment, stream: { readonly isTTY?: boolean | undefined }): ColorDepth {
  const forced = FORCED.get(env.FORCE_COLOR);
  if (forced !== undefined) return forced;
  if (stream.isTTY !== true || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return 0;
  return termDepth(env);
}

/** The same with the user's choice before it: `always` is 16 colours at least, whatever the stream is. */
export function chosenColorDepth(
  choice: ColorChoice,
  env: Environment,
  stream: { readonly isTTY?: boolean | undefined },
): ColorDepth {
  if (choice === 'never') return 0;
  return choice === 'always' ? termDepth(env) : colorDepth(env, stream);
}

function termDepth(env: Environment): ColorDepth {
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return 24;
  return env.TERM?.includes('256color') === true ? 8 : 4;
}
