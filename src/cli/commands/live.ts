/** `pcapflow live`: flows of interfaces, as they end. */
import { STARTS } from '../../attribution/live_identities.ts';
import type { LiveReader } from '../../reader/live_reader.ts';
import type { ValuesAt } from '../../options/table.ts';
import { openCapture } from '../capture_options.ts';
import { ownerChoice } from '../owner_options.ts';
import type { OwnerChoice } from '../owner_options.ts';
import { warn } from '../print_error.ts';
import { EXIT_OK } from '../exit.ts';
import type { OutputPlan } from '../output.ts';
import type { AnnotationSources } from '../write_annotated.ts';
import { networkOptions } from '../binary_formats.ts';
import { chosenFormat, flowSettings, loadWriter, openQuery, settledValues } from '../flow_options.ts';
import { engineOptionsOf } from '../../reader/engine_options.ts';

const SECOND_MS = 1000;
/** Between two results. */
const INTERVAL_S = 10;

export async function live(given: ValuesAt<'live'>, interfaces: readonly string[]): Promise<number> {
  const values = settledValues(given);
  if (values.list) {
    process.stdout.write((await import('../interface_list.ts')).interfaceList());
    return EXIT_OK;
  }
  const chosen = await chosenFormat(values);
  const { format, derived } = chosen;
  const query = await openQuery(withInterval(values), chosen, { ...engineOptionsOf(flowSettings(values)), derived });
  const network = networkOptions(format, values, true);
  const owner = ownerChoice(values);
  const annotated = format !== 'none' && (values.process || owner !== undefined);
  const byProcess = annotated && values.process;
  const limits = {
    derived,
    ...(byProcess ? { starts: STARTS } : {}),
    ...(values.count === undefined ? {} : { count: values.count }),
    ...(values.duration === undefined ? {} : { durationMs: values.duration * SECOND_MS }),
  };
  const reader = await openCapture(interfaces, values, limits, warn);
  query?.answerFrom(reader);
  try {
    const sources = annotated ? await openAnnotationSources(reader, values, byProcess, owner) : undefined;
    const { user } = values;
    const { dropTo } = await import('../../source/live/rights.ts');
    const { runFeed } = await import('../run_feed.ts');
    return await runFeed(reader, {
      call: { command: 'live', inputs: interfaces, values },
      write: await loadWriter(chosen, { query, annotations: sources }),
      output: {
        path: values.output,
        mode: values.append ? 'append' : 'inPlace',
        isRaw: format !== 'table',
        network,
        ...headingOf(format),
      },
      stats: values.stats,
      endless: true,
      opened: () => {
        if (user !== undefined) dropTo(user);
        const limit = sources?.limit();
        if (limit !== undefined) warn(limit);
      },
    });
  } finally {
    await reader.close();
  }
}

/** What a file needs that is begun while the capture runs. */
function headingOf(format: ValuesAt<'live'>['format']): Pick<OutputPlan, 'heading' | 'isWhole'> {
  switch (format) {
    case 'csv':
    case 'cic':
      return { heading: 'line' };
    case 'zeek':
      return { heading: 'comments' };
    case 'arrow':
    case 'parquet':
      return { isWhole: true };
    default:
      return {};
  }
}

/** A live capture has no end, so results come after an interval in any case. */
function withInterval(values: ValuesAt<'live'>): ValuesAt<'live'> {
  const { sort, top, by, interval = INTERVAL_S } = values;
  return sort === undefined && top === undefined && by === undefined ? values : { ...values, interval };
}

/** The code that names flows is loaded only when needed. */
async function openAnnotationSources(
  reader: LiveReader,
  { allNamespaces }: ValuesAt<'live'>,
  byProcess: boolean,
  owner: OwnerChoice | undefined,
): Promise<AnnotationSources & { readonly limit: () => string | undefined }> {
  const owners = owner === undefined ? undefined : await (await import('../owners.ts')).openOwners(owner);
  if (!byProcess) return { owners, identities: undefined, limit: () => undefined };
  const { visibilityWarning, openIdentities } = await import('../identities.ts');
  return { owners, identities: await openIdentities(reader, allNamespaces), limit: visibilityWarning };
}
