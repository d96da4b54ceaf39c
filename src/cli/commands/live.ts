/** `pcapflow live`: flows of interfaces, as they end. */
import { STARTS } from '../../attribution/live_identities.ts';
import type { LiveReader } from '../../reader/live_reader.ts';
import type { ValuesAt } from '../../options/table.ts';
import { openCapture } from '../capture_options.ts';
import { ownerChoice } from '../owner_options.ts';
import type { OwnerChoice } from '../owner_options.ts';
import { warn } from '../print_error.ts';
import { samePacketsNote } from '../same_packets_note.ts';
import { EXIT_OK } from '../exit.ts';
import type { AnnotationSources } from '../write_annotated.ts';
import type { Writer } from '../flow_options.ts';
import { chosenFormat, chosenWindow, flowSettings, openQuery, settledValues } from '../flow_options.ts';
import { furtherOutputs, planOutputs } from '../outputs.ts';
import { openWatch } from '../stats_output.ts';
import type { LiveFigures, ShownProcesses } from '../web/write_live.ts';
import { engineOptionsOf } from '../../reader/engine_options.ts';
import type { TimeWindow } from '../../engine/options.ts';
import { print } from '../print.ts';

const SECOND_MS = 1000;
const NS_PER_MS = 1_000_000n;
/** Between two results. */
const INTERVAL_S = 10;
const HABIT = { isEndless: true, mode: 'inPlace' } as const;

export async function live(
  given: ValuesAt<'live'>,
  interfaces: readonly string[],
  further: readonly ValuesAt<'live'>[],
): Promise<number> {
  const values = given.web ? pageValues(given, further) : settledValues(given);
  const { webShowProcesses: forPage } = values;
  if (forPage && !values.web) throw new RangeError('--web-show-processes is for the page of --web');
  if (values.list) {
    await print((await import('../interface_list.ts')).interfaceList());
    return EXIT_OK;
  }
  const chosen = await chosenFormat(values);
  const { format } = chosen;
  const others = await furtherOutputs(values, further);
  const derived = [chosen, ...others.map((other) => other.chosen)].some((one) => one.derived);
  const owner = ownerChoice(values);
  const engine = { ...engineOptionsOf(flowSettings(values)), derived };
  const lookedUp = { processes: values.process || forPage, owners: owner !== undefined };
  const query = await openQuery(withInterval(values), derived, engine, lookedUp);
  const annotated = format !== 'none' && (values.process || owner !== undefined);
  const byProcess = (annotated && values.process) || forPage;
  if (format === 'none' && owner !== undefined) await (await import('../owners.ts')).checkOwners(owner);
  const limits = {
    derived,
    window: await futureWindow(values),
    ...(byProcess ? { starts: STARTS } : {}),
    ...(values.count === undefined ? {} : { count: values.count }),
    ...(values.duration === undefined ? {} : { durationMs: values.duration * SECOND_MS }),
  };
  const watch = await openWatch(values);
  const reader = await openCapture(interfaces, values, limits, warn);
  query?.answerFrom(reader);
  try {
    const sources = annotated || forPage ? await openAnnotationSources(reader, values, byProcess, owner) : undefined;
    const { user } = values;
    const { dropTo } = await import('../../source/live/rights.ts');
    const { runFeed } = await import('../run_feed.ts');
    const annotations = annotated ? sources : undefined;
    const planned = await planOutputs({ values, chosen }, others, { query, annotations }, HABIT);
    const identities = forPage ? sources?.identities : undefined;
    const shown = identities && { identities, later: query?.later };
    return await runFeed(reader, {
      call: { command: 'live', inputs: interfaces, values },
      ...planned,
      ...(values.web ? { write: await pageWriter(reader, values, shown) } : {}),
      stats: values,
      watch,
      endless: true,
      opened: () => {
        if (user !== undefined) dropTo(user);
        const limit = sources?.limit();
        if (limit !== undefined) warn(limit);
        const twice = values.dedup === undefined ? samePacketsNote(interfaces) : undefined;
        if (twice !== undefined) warn(twice);
      },
    });
  } finally {
    await reader.close();
  }
}

/** Flows go to pages and not to an output. @throws {RangeError} */
function pageValues(given: ValuesAt<'live'>, further: readonly ValuesAt<'live'>[]): ValuesAt<'live'> {
  const { format, output, fields, sort, top, by, process: byProcess, owner } = given;
  if (byProcess) throw new RangeError('--web names processes with --web-show-processes only, in place of --process');
  const others = { format, output, fields, sort, top, by, owner: owner || undefined };
  const other = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  if (other !== undefined) throw new RangeError(`--web shows flows on a page; leave out --${other}`);
  if (further.length > 0) throw new RangeError('--web shows flows on a page; leave out further outputs');
  return settledValues({ ...given, format: 'none' });
}

async function pageWriter(
  reader: LiveReader,
  values: ValuesAt<'live'>,
  shown: ShownProcesses | undefined,
): Promise<Writer> {
  const { liveWriter } = await import('../web/write_live.ts');
  const { listening } = await import('../web/listening.ts');
  const figures = (): LiveFigures => ({
    packetsDroppedRing: reader.engine.packetsDroppedRing,
    packetsDroppedKernel: reader.source.packetsDroppedKernel,
  });
  return liveWriter(reader.source.name, listening(values), figures, shown);
}

/** @throws {RangeError} when it is over already, and as `chosenWindow` */
async function futureWindow(values: ValuesAt<'live'>): Promise<TimeWindow | undefined> {
  const window = await chosenWindow(values);
  if (window?.to?.relative === false && window.to.ns <= BigInt(Date.now()) * NS_PER_MS)
    throw new RangeError(`--to '${values.to}' has passed; a live capture has packets from now on`);
  return window;
}

/** A live capture has no end, so results come after an interval in any case. */
function withInterval(values: ValuesAt<'live'>): ValuesAt<'live'> {
  const { sort, top, by, interval = INTERVAL_S } = values;
  return sort === undefined && top === undefined && by === undefined ? values : { ...values, interval };
}

/** The code that names flows is loaded only when needed. */
async function openAnnotationSources(
  reader: LiveReader,
  { allNamespaces, user, noTrace }: ValuesAt<'live'>,
  byProcess: boolean,
  owner: OwnerChoice | undefined,
): Promise<AnnotationSources & { readonly limit: () => string | undefined }> {
  const owners = owner === undefined ? undefined : await (await import('../owners.ts')).openOwners(owner);
  if (!byProcess) return { owners, identities: undefined, limit: () => undefined };
  const { visibilityWarning, openIdentities } = await import('../identities.ts');
  // The tracing could not be ended after privileges were dropped.
  const identities = await openIdentities(reader, { allNamespaces, user, traces: user === undefined && !noTrace });
  return { owners, identities, limit: visibilityWarning };
}
