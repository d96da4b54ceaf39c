/** `pcapflow generate`: a capture to measure or test with. */
import { generateCapture } from '../../generate/capture.ts';
import type { ValuesAt } from '../../options/table.ts';
import { MissingArguments } from '../command.ts';
import { EXIT_OK } from '../exit.ts';
import { openOutput } from '../output.ts';

/** @throws {RangeError} when the capture would go to a terminal @throws {OutputError} */
export async function generate({ profile, packets, seed, output }: ValuesAt<'generate'>): Promise<number> {
  if (profile === undefined || packets === undefined) throw new MissingArguments();
  if (output === undefined && process.stdout.isTTY === true)
    throw new RangeError('a capture is not text, and would disturb the terminal; add --output FILE');
  const target = await openOutput({ path: output, mode: 'replace' });
  try {
    for (const piece of generateCapture(profile, packets, seed)) {
      await target.addBytes(piece);
      if (target.gone) break;
    }
    await target.close();
  } finally {
    target.abandon();
  }
  return EXIT_OK;
}
