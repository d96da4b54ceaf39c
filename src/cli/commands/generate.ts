/** `pcapflow generate`: a capture to measure or test with. */
import { setImmediate } from 'node:timers/promises';
import { generateCapture } from '../../generate/capture.ts';
import type { ValuesAt } from '../../options/table.ts';
import { MissingArguments } from '../command.ts';
import { EXIT_OK, EXIT_PART } from '../exit.ts';
import { workingOn } from '../exit_guard.ts';
import { Interruption } from '../interrupt.ts';
import { openPlanned } from '../output.ts';
import type { RunOutput } from '../output.ts';
import { say } from '../standard_streams.ts';

/** @throws {RangeError} when the capture would go to a terminal @throws {OutputError} */
export async function generate({ profile, packets, seed, output: path }: ValuesAt<'generate'>): Promise<number> {
  if (profile === undefined || packets === undefined)
    throw new MissingArguments(`--${profile === undefined ? 'profile' : 'packets'} is needed`);
  if (path === undefined && process.stdout.isTTY === true)
    throw new RangeError('a capture is not text, and would disturb the terminal; add --output FILE');
  const target: RunOutput = { plan: { path, mode: 'replace' } };
  const interruption = new Interruption({
    stop: () => undefined,
    unwritten: () => target.output?.unwritten,
    atHangup: 'abandon',
  });
  try {
    workingOn('opening the output');
    const output = await openPlanned(target, interruption.signal);
    workingOn('making the capture');
    for (const piece of generateCapture(profile, packets, seed)) {
      await output.addBytes(piece);
      if (output.gone) break;
      // Signals are delivered between turns of the event loop.
      await setImmediate();
      if (interruption.happened) {
        say('pcapflow: interrupted before the capture was whole\n');
        return EXIT_PART;
      }
    }
    await output.close();
    return EXIT_OK;
  } finally {
    target.output?.abandon();
    interruption.end();
  }
}
