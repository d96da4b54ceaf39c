/** `pcapflow replay`: a capture file played as if it came from an interface. */
import { openReplay } from '../../replay/open_replay.ts';
import type { ValuesAt } from '../../options/table.ts';
import { engineOptionsOf } from '../../reader/engine_options.ts';
import { checkInput } from '../../source/file/open.ts';
import { warn } from '../print_error.ts';
import { networkOptions } from '../binary_formats.ts';
import { chosenFormat, chosenWindow, flowSettings, loadWriter, openQuery, settledValues } from '../flow_options.ts';
import { runFeed } from '../run_feed.ts';
import { checkOutputs } from '../same_file.ts';

export async function replay(given: ValuesAt<'replay'>, files: readonly string[]): Promise<number> {
  const values = settledValues(given);
  if (files.length === 0) throw new RangeError('no file is named');
  const { output, stats, order, append } = values;
  for (const file of files) checkInput(file);
  checkOutputs(files, { option: '--output', path: output }, { option: '--stats', path: stats });
  const chosen = await chosenFormat(values);
  const network = networkOptions(chosen.format, values, false);
  const window = await chosenWindow(values);
  const engine = { ...engineOptionsOf(flowSettings(values)), derived: chosen.derived, window };
  const query = await openQuery(values, chosen, engine);
  const write = await loadWriter(chosen, { query });
  const reader = await openReplay(files, { speed: values.speed, order }, { engine, filter: values.filter ?? '', warn });
  query?.answerFrom(reader);
  return runFeed(reader, {
    call: { command: 'replay', inputs: files, values },
    write,
    output: { path: output, mode: append ? 'append' : 'replace', isRaw: chosen.format !== 'table', network },
    stats,
    endless: false,
  });
}
