/** Output of `--stats`: a file, or standard error for `-`. */
import { defaultOf, flagOf } from '../options/option.ts';
import type { CommandName } from '../options/option.ts';
import { commandOptions } from '../options/command_options.ts';
import { openOutput } from './output.ts';
import type { Output } from './output.ts';
import type { WriteMode } from './output_target.ts';

/**
 * Undefined where it is standard error, or not wanted.
 * @param mode `inPlace` where rights are given up in between: a new file could not get its name any more
 * @throws {FParserError}
 */
export async function openStats(
  path: string | undefined,
  mode: WriteMode,
  signal: AbortSignal,
): Promise<Output | undefined> {
  if (path === undefined) return undefined;
  // When they are written, rights may have been given up, and with them those to read the program.
  (await import('./version.ts')).version();
  return path === '-' ? undefined : openOutput({ path, mode }, signal);
}

/** What was run. */
export interface Call {
  readonly command: CommandName;
  /** Files or interfaces. */
  readonly inputs: readonly string[];
  /** Of all options of the command. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Options that are not as they are by default, by their names on the command line. */
async function givenOptions({ command, values }: Call): Promise<object> {
  const options = await commandOptions(command);
  const given = options.filter((option) => values[option.name] !== defaultOf(option, command));
  return Object.fromEntries(given.map((option) => [flagOf(option), values[option.name]]));
}

/** One JSON object on a line: version, command, inputs and options, then the figures. @throws {OutputError} */
export async function writeStats(call: Call, figures: object, output: Output | undefined): Promise<void> {
  const { command, inputs } = call;
  const { version } = await import('./version.ts');
  const options = await givenOptions(call);
  const line = `${JSON.stringify({ version: version(), command, inputs, options, ...figures })}\n`;
  if (output === undefined) {
    process.stderr.write(line);
    return;
  }
  await output.add(line);
  await output.close();
}
