/** Output of `--stats`: a file, or standard error for `-`. */
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
  return path === undefined || path === '-' ? undefined : openOutput({ path, mode }, signal);
}

/** One JSON object on a line. @throws {OutputError} */
export async function writeStats(figures: object, output: Output | undefined): Promise<void> {
  const line = `${JSON.stringify(figures)}\n`;
  if (output === undefined) {
    process.stderr.write(line);
    return;
  }
  await output.add(line);
  await output.close();
}
