/** `pcapflow replay`: a capture file played as if it came from an interface. */
import { openReplay } from '../../replay/open_replay.ts';
import type { ValuesAt } from '../../options/table.ts';
import { engineOptionsOf } from '../../reader/engine_options.ts';
import { checkInput } from '../../source/file/open.ts';
import { warn } from '../print_error.ts';
import { chosenFormat, chosenWindow, flowSettings, openQuery, settledValues } from '../flow_options.ts';
import { furtherOutputs, planOutputs, writtenFile } from '../outputs.ts';
import { runFeed } from '../run_feed.ts';
import { checkOutputs } from '../same_file.ts';
import { openWatch } from '../stats_output.ts';

export async function replay(
  given: ValuesAt<'replay'>,
  files: readonly string[],
  further: readonly ValuesAt<'replay'>[],
): Promise<number> {
  const values = settledValues(given);
  if (files.length === 0) throw new RangeError('no file is named');
  const { stats, order } = values;
  for (const file of files) checkInput(file);
  checkOutputs(files, ...[values, ...further].map(writtenFile), { option: '--stats', path: stats });
  const chosen = await chosenFormat(values);
  const others = await furtherOutputs(values, further);
  const derived = [chosen, ...others.map((other) => other.chosen)].some((one) => one.derived);
  const window = await chosenWindow(values);
  const engine = { ...engineOptionsOf(flowSettings(values)), derived, window };
  const query = await openQuery(values, derived, engine);
  const habit = { isEndless: false, mode: 'replace' } as const;
  const planned = await planOutputs({ values, chosen }, others, { query }, habit);
  const watch = await openWatch(values);
  const reader = await openReplay(files, { speed: values.speed, order }, { engine, filter: values.filter ?? '', warn });
  query?.answerFrom(reader);
  return runFeed(reader, {
    call: { command: 'replay', inputs: files, values },
    ...planned,
    stats: values,
    watch,
    endless: false,
  });
}
