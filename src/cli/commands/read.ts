/** `pcapflow read`: captures in, flows out. */
import type { ValuesAt } from '../../options/table.ts';
import { engineOptionsOf } from '../../reader/options.ts';
import { openReader } from '../../reader/open_reader.ts';
import { checkInput } from '../../source/file/open.ts';
import { warn } from '../print_error.ts';
import { chosenFormat, flowSettings } from '../flow_options.ts';
import type { Writer } from '../flow_options.ts';
import { ownerChoice } from '../owner_options.ts';
import { runRead } from '../run_read.ts';
import { checkOutputs } from '../same_file.ts';

type ReadValues = ValuesAt<'read'>;

export async function read(values: ReadValues, operands: readonly string[]): Promise<number> {
  const files = operands.length === 0 ? ['-'] : operands;
  const { output, stats, order } = values;
  for (const file of files) checkInput(file);
  checkOutputs(files, { option: '--output', path: output }, { option: '--stats', path: stats });
  const chosen = chosenFormat(values);
  const isTable = chosen.format === 'table';
  const write = await writer(chosen, values);
  const options = engineOptionsOf(flowSettings(values), values.blockSize);
  return runRead(await openReader(files, options, values.filter, warn, order), {
    files,
    write,
    output: { path: output, mode: values.append ? 'append' : 'replace', isRaw: !isTable },
    stats,
    isTable,
    progress: !values.noProgress,
  });
}

/** The look-up of owners is loaded when it is asked for. */
async function writer(
  { format, fields, loadWriter }: ReturnType<typeof chosenFormat>,
  values: ReadValues,
): Promise<Writer> {
  const owner = ownerChoice(values);
  if (owner === undefined || format === 'none') return loadWriter();
  return (await import('../write_annotated.ts')).ownedWriter(format, fields, owner);
}
