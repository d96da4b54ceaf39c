/** `pcapflow read`: captures in, flows out. */
import { statSync } from 'node:fs';
import type { ValuesAt } from '../../options/table.ts';
import { engineOptionsOf } from '../../reader/engine_options.ts';
import { openReader } from '../../reader/open_reader.ts';
import { checkInput } from '../../source/file/open.ts';
import { warn } from '../print_error.ts';
import { chosenFormat, chosenWindow, flowSettings, openQuery, settledValues } from '../flow_options.ts';
import { furtherOutputs, planOutputs, writtenFile } from '../outputs.ts';
import { ownerChoice } from '../owner_options.ts';
import type { FlowFormat } from '../format_traits.ts';
import type { OwnerChoice } from '../owner_options.ts';
import type { AnnotationSources } from '../write_annotated.ts';
import { runRead } from '../run_read.ts';
import { checkOutputs } from '../same_file.ts';
import { openWatch } from '../stats_output.ts';

type ReadValues = ValuesAt<'read'>;

const HABIT = { isEndless: false, mode: 'replace' } as const;

/**
 * Other memory counts as garbage that V8 should soon collect. For the table's 1 GiB of addresses it does so at once,
 * which takes 6 ms: as long as 50,000 packets. (Node 20, x86-64, 2 cores, 2026-11.)
 */
const SHARED_MEMORY = true;

export async function read(
  given: ReadValues,
  operands: readonly string[],
  further: readonly ReadValues[],
): Promise<number> {
  const values = settledValues(given);
  const files = operands.length === 0 ? ['-'] : operands;
  const { stats, order } = values;
  for (const file of files) checkInput(file);
  checkOutputs(files, ...[values, ...further].map(writtenFile), { option: '--stats', path: stats });
  const chosen = await chosenFormat(values);
  const others = await furtherOutputs(values, further);
  const derived = [chosen, ...others.map((other) => other.chosen)].some((one) => one.derived);
  const window = await chosenWindow(values);
  const settings = engineOptionsOf(flowSettings(values), values.blockSize);
  const options = { ...settings, derived, window, sharedMemory: SHARED_MEMORY };
  const owner = ownerChoice(values);
  const query = await openQuery(values, derived, options, { processes: false, owners: owner !== undefined });
  const annotations = owner === undefined ? undefined : await ownerSources(owner, chosen.format);
  const planned = await planOutputs({ values, chosen }, others, { query, annotations }, HABIT);
  const watch = await openWatch(values);
  const { filter, jobs, follow } = values;
  if (follow && jobs !== 1) warn(`--jobs ${jobs}: one core reads this, because the file still grows (--follow)`);
  const shared =
    jobs === 1 || follow
      ? undefined
      : await (await import('../../jobs/open_jobs.ts')).openJobs({ inputs: files, options, filter, order, jobs, warn });
  const reader = shared ?? (await openReader(follow ? [await followed(files)] : files, options, filter, warn, order));
  query?.answerFrom(reader);
  return runRead(reader, {
    call: { command: 'read', inputs: files, values },
    files,
    ...planned,
    stats: values,
    watch,
    format: chosen.format,
    progress: !values.noProgress && !follow,
    follow,
  });
}

/** The file as it grows. @throws {RangeError} for several files, and for what cannot grow */
async function followed(files: readonly string[]): Promise<AsyncIterable<Uint8Array>> {
  const [file = '-', ...others] = files;
  if (others.length > 0 || file === '-' || !statSync(file).isFile())
    throw new RangeError(`--follow takes one regular file, not ${files.join(', ')}; a pipe is read to its end anyway`);
  return (await import('../../source/file/follow.ts')).followFile(file);
}

/** The look-up of owners is loaded when it is asked for. */
async function ownerSources(owner: OwnerChoice, format: FlowFormat): Promise<AnnotationSources | undefined> {
  const { checkOwners, openOwners } = await import('../owners.ts');
  if (format !== 'none') return { owners: await openOwners(owner), identities: undefined };
  await checkOwners(owner);
  return undefined;
}
