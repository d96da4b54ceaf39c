/** `pcapflow replay`: a capture file played as if it came from an interface. */
import { parseArgs } from 'node:util';
import { openReplay } from '../../replay/open_replay.ts';
import { checkNumber, engineOptions } from '../../reader/options.ts';
import { checkInput } from '../../source/file/open.ts';
import { warn } from '../complain.ts';
import { EXIT_OK } from '../exit.ts';
import { chosenFormat, FLOW_OPTIONS, FLOW_USAGE, flowOptions, numberOption } from '../flow_options.ts';
import { runCommand } from '../run_command.ts';
import { runFeed } from '../run_feed.ts';

const USAGE = `usage: pcapflow replay FILE... [options]
Plays captures (all that 'read' takes) at the pace at which they were recorded, through the ring of a live capture, and
writes their flows as they end.

      --speed N           N times the recorded pace, or 'max' (1)
      --snaplen N         keep the first N bytes of each frame only (64 to 262144)
${FLOW_USAGE}
exit status: 0 all was played, 1 cannot start, 3 played in part (truncated, corrupt, or interrupted)
`;

export function replay(argv: readonly string[]): Promise<number> {
  return runCommand(() => run(argv));
}

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { ...FLOW_OPTIONS, speed: { type: 'string' } },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return EXIT_OK;
  }
  if (positionals.length === 0) throw new RangeError('no file is named');
  for (const file of positionals) checkInput(file);
  const write = await chosenFormat(values).loadWriter();
  const options = flowOptions(values);
  const reader = await openReplay(positionals, speedOf(values.speed), {
    engine: engineOptions(options),
    filter: options.filter ?? '',
    warn,
  });
  return runFeed(reader, { write, output: values.output, stats: values.stats, endless: false });
}

/** @throws {RangeError} */
function speedOf(text: string | undefined): number | 'max' {
  if (text === 'max') return 'max';
  const speed = numberOption('--speed', text) ?? 1;
  if (speed === 0) throw new RangeError("--speed is 0; it must be more than 0, or 'max'");
  return checkNumber('--speed', speed, 0, Number.MAX_VALUE);
}
