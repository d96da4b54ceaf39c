/** `pcapflow replay`: a capture file played as if it came from an interface. */
import { openReplay } from '../../replay/open_replay.ts';
import type { ValuesAt } from '../../options/table.ts';
import { engineOptionsOf } from '../../reader/options.ts';
import { checkInput } from '../../source/file/open.ts';
import { warn } from '../complain.ts';
import { chosenFormat, flowSettings } from '../flow_options.ts';
import { runFeed } from '../run_feed.ts';

export async function replay(values: ValuesAt<'replay'>, files: readonly string[]): Promise<number> {
  if (files.length === 0) throw new RangeError('no file is named');
  for (const file of files) checkInput(file);
  const write = await chosenFormat(values).loadWriter();
  const reader = await openReplay(files, values.speed, {
    engine: engineOptionsOf(flowSettings(values)),
    filter: values.filter ?? '',
    warn,
  });
  return runFeed(reader, { write, output: values.output, stats: values.stats, endless: false });
}
