/** `pcapflow live`: flows of interfaces, as they end. */
import { STARTS } from '../../attribution/live_identities.ts';
import type { LiveReader } from '../../reader/live_reader.ts';
import type { ValuesAt } from '../../options/table.ts';
import { openCapture } from '../capture_options.ts';
import { ownerChoice } from '../owner_options.ts';
import type { OwnerChoice } from '../owner_options.ts';
import { warn } from '../print_error.ts';
import { EXIT_OK } from '../exit.ts';
import type { AnnotationSources } from '../write_annotated.ts';
import { chosenFormat } from '../flow_options.ts';

const SECOND_MS = 1000;

export async function live(values: ValuesAt<'live'>, interfaces: readonly string[]): Promise<number> {
  if (values.list) {
    process.stdout.write((await import('../interface_list.ts')).interfaceList());
    return EXIT_OK;
  }
  const { format, fields, loadWriter } = chosenFormat(values);
  const owner = ownerChoice(values);
  const annotated = format !== 'none' && (values.process || owner !== undefined);
  const byProcess = annotated && values.process;
  const limits = {
    ...(byProcess ? { starts: STARTS } : {}),
    ...(values.count === undefined ? {} : { count: values.count }),
    ...(values.duration === undefined ? {} : { durationMs: values.duration * SECOND_MS }),
  };
  const reader = await openCapture(interfaces, values, limits, warn);
  try {
    const sources = annotated ? await openAnnotationSources(reader, byProcess, owner) : undefined;
    const { user } = values;
    const { dropTo } = await import('../../source/live/rights.ts');
    const { runFeed } = await import('../run_feed.ts');
    return await runFeed(reader, {
      write:
        sources === undefined || format === 'none'
          ? await loadWriter()
          : (await import('../write_annotated.ts')).annotatedWriter(format, fields, sources),
      output: { path: values.output, mode: values.append ? 'append' : 'inPlace', isRaw: format !== 'table' },
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

/** The code that names flows is loaded only when needed. */
async function openAnnotationSources(
  reader: LiveReader,
  byProcess: boolean,
  owner: OwnerChoice | undefined,
): Promise<AnnotationSources & { readonly limit: () => string | undefined }> {
  const owners = owner === undefined ? undefined : await (await import('../owners.ts')).openOwners(owner);
  if (!byProcess) return { owners, identities: undefined, limit: () => undefined };
  const { visibilityWarning, openIdentities } = await import('../identities.ts');
  return { owners, identities: await openIdentities(reader), limit: visibilityWarning };
}
