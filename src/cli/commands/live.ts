/** `pcapflow live`: flows of interfaces, as they end. */
import { parseArgs } from 'node:util';
import { STARTS } from '../../attribution/live_identities.ts';
import type { LiveReader } from '../../reader/live_reader.ts';
import { checkNumber } from '../../reader/options.ts';
import { CAPTURE_OPTIONS, CAPTURE_USAGE, openCapture, wholeNumber } from '../capture_options.ts';
import { OWNER_OPTIONS, OWNER_USAGE, ownerChoice } from '../owner_options.ts';
import type { OwnerChoice } from '../owner_options.ts';
import { warn } from '../complain.ts';
import { EXIT_OK } from '../exit.ts';
import type { AnnotationSources } from '../write_annotated.ts';
import { chosenFormat, FLOW_OPTIONS, FLOW_USAGE, given, numberOption } from '../flow_options.ts';
import { runCommand } from '../run_command.ts';

const USAGE = `usage: pcapflow live IFACE... [options]
       pcapflow live --list
Captures from interfaces ('any' is all of them) and writes flows as they end; Ctrl-C ends the capture, and all flows that
are active then are written.

      --list              show the interfaces of this machine
      --count N           end after N packets
      --duration S        end after S seconds
${CAPTURE_USAGE}${FLOW_USAGE}      --process           name the process behind each flow, and say whether it is inbound or outbound
${OWNER_USAGE}
exit status: 0 ended by a signal or a limit, 1 cannot start, 3 the interface was lost, 77 no right to capture
`;

const SECOND_MS = 1000;
/** Longest time a timer can be set to. */
const DURATION_MAX_S = 2_147_483;

export function live(argv: readonly string[]): Promise<number> {
  return runCommand(() => run(argv));
}

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...FLOW_OPTIONS,
      list: { type: 'boolean' },
      ...CAPTURE_OPTIONS,
      count: { type: 'string' },
      duration: { type: 'string' },
      process: { type: 'boolean' },
      ...OWNER_OPTIONS,
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return EXIT_OK;
  }
  if (values.list === true) {
    process.stdout.write((await import('../interface_list.ts')).interfaceList());
    return EXIT_OK;
  }
  const { format, fields, loadWriter } = chosenFormat(values);
  const owner = ownerChoice(values);
  const annotated = format !== 'none' && (values.process === true || owner !== undefined);
  const byProcess = annotated && values.process === true;
  const limits = {
    ...given('starts', byProcess ? STARTS : undefined),
    ...given('count', wholeNumber('--count', values.count, Number.MAX_SAFE_INTEGER)),
    ...given('durationMs', duration(values.duration)),
  };
  const reader = await openCapture(positionals, values, limits, warn);
  try {
    const sources = annotated ? await openAnnotationSources(reader, byProcess, owner) : undefined;
    const { user } = values;
    const { dropTo } = await import('../../source/live/rights.ts');
    const { runFeed } = await import('../run_feed.ts');
    return await runFeed(reader, {
      write:
        sources === undefined
          ? await loadWriter()
          : (await import('../write_annotated.ts')).annotatedWriter(format, fields, sources),
      output: values.output,
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

/** What names flows is loaded when it is asked for. */
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

function duration(text: string | undefined): number | undefined {
  const seconds = numberOption('--duration', text);
  if (seconds === undefined) return undefined;
  if (seconds === 0) throw new RangeError('--duration is 0; it must be more than 0');
  return checkNumber('--duration', seconds, 0, DURATION_MAX_S, ' of seconds') * SECOND_MS;
}
