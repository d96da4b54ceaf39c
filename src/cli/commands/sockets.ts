/** `pcapflow sockets`, also called `netstat`: sockets of this host, whose they are, and who is at the other end. */
import { parseArgs } from 'node:util';
import { checkChoice, checkNumber } from '../../reader/options.ts';
import type { OwnerLookup } from '../../owner/index.ts';
import { COLOR_CHOICES } from '../../text/color.ts';
import type { ColorChoice } from '../../text/color.ts';
import { EXIT_OK, EXIT_STRICT } from '../exit.ts';
import { Output } from '../output.ts';
import { OWNER_OPTIONS, OWNER_USAGE, ownerChoice } from '../owner_options.ts';
import type { OwnerChoice } from '../owner_options.ts';
import { runParsed } from '../run_command.ts';
import { columnNames, COLUMN_NAMES, COLUMNS, DEFAULT_COLUMNS, OWNER_COLUMNS } from '../sockets/socket_columns.ts';
import type { ColumnName, Need } from '../sockets/socket_columns.ts';
import { readEntries } from '../sockets/entries.ts';
import type { OwnersOf } from '../sockets/entries.ts';
import { SOCKET_FORMATS } from '../sockets/formats.ts';
import type { SocketFormat } from '../sockets/formats.ts';
import { printerOf } from '../sockets/printer.ts';
import { selectionOf } from '../sockets/selection.ts';
import type { Selection } from '../sockets/selection.ts';
import { sorted, sortKeys } from '../sockets/sort.ts';
import type { SortKey } from '../sockets/sort.ts';

const USAGE = `usage: pcapflow sockets [options]     (or: pcapflow netstat)
Lists the TCP and UDP sockets of this host that have a peer, and their processes. Other users' processes need root.

  -l, --listening         those that wait for any peer instead: TCP listeners, UDP sockets without a peer
  -a, --all               both
  -t, --tcp  -u, --udp    only these; likewise -4, --ipv4 and -6, --ipv6 (an IPv6 socket may speak IPv4: ::ffff:a.b.c.d)
      --state S,...       in these states, such as listen, established, timeWait (udp: established or close)
      --pid N,...         that one of these processes has open
      --name NAME         that a process of this name has open; may be given several times
      --columns C,...     what to show, or all
      --sort C,...        order; -C: largest first
      --watch S           again every S seconds, until Ctrl-C
  -f, --format FORMAT     table, json, ndjson or csv (table)
      --csv-raw           do not protect cells that a spreadsheet would take for formulas
      --color WHEN        auto, always or never (auto: NO_COLOR, FORCE_COLOR, TERM and COLORTERM count)
${OWNER_USAGE}      --strict            exit with 2 when the owners of some addresses could not be asked for

columns: ${COLUMN_NAMES.slice(0, 13).join(' ')}
         ${COLUMN_NAMES.slice(13).join(' ')}
A socket that several processes share has the one with the lowest pid, mostly their parent; --pid and --name find it by
any of them, and show that one. Owners are those of the remote address; without --owner only what the cache knows.

exit status: 0 done, 1 cannot start, 2 see --strict
`;

const INTERVAL_MIN_S = 0.1;
const INTERVAL_MAX_S = 86_400;

interface SocketsArguments {
  readonly selection: Selection;
  readonly columns: readonly ColumnName[];
  readonly sort: readonly SortKey[];
  /** Undefined: once. */
  readonly intervalMs: number | undefined;
  readonly format: SocketFormat;
  readonly csvRaw: boolean;
  readonly color: ColorChoice;
  readonly owner: OwnerChoice | undefined;
  readonly strict: boolean;
}

export function sockets(argv: readonly string[]): Promise<number> {
  return runParsed(argv, parse, run);
}

/** Undefined when only help was asked for. @throws for any option that makes no sense */
function parse(argv: readonly string[]): SocketsArguments | undefined {
  const { values } = parseArgs({
    args: joinSort(argv),
    options: {
      listening: { type: 'boolean', short: 'l' },
      all: { type: 'boolean', short: 'a' },
      tcp: { type: 'boolean', short: 't' },
      udp: { type: 'boolean', short: 'u' },
      ipv4: { type: 'boolean', short: '4' },
      ipv6: { type: 'boolean', short: '6' },
      state: { type: 'string', multiple: true },
      pid: { type: 'string', multiple: true },
      name: { type: 'string', multiple: true },
      columns: { type: 'string' },
      sort: { type: 'string' },
      watch: { type: 'string' },
      format: { type: 'string', short: 'f' },
      'csv-raw': { type: 'boolean' },
      color: { type: 'string' },
      ...OWNER_OPTIONS,
      strict: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return undefined;
  }
  const owner = ownerChoice(values);
  const { columns, sort, watch } = values;
  return {
    selection: selectionOf(values),
    columns:
      columns === undefined
        ? [...DEFAULT_COLUMNS, ...(owner === undefined ? [] : OWNER_COLUMNS)]
        : columnNames(columns),
    sort: sort === undefined ? [] : sortKeys(sort),
    intervalMs: watch === undefined ? undefined : interval(watch),
    format: checkChoice<SocketFormat>('--format', (values.format ?? 'table') as SocketFormat, SOCKET_FORMATS),
    csvRaw: values['csv-raw'] === true,
    color: checkChoice<ColorChoice>('--color', (values.color ?? 'auto') as ColorChoice, COLOR_CHOICES),
    owner,
    strict: values.strict === true,
  };
}

/** `--sort -memory` is no two options. */
function joinSort(argv: readonly string[]): string[] {
  const args = [...argv];
  const at = args.indexOf('--sort');
  if (at >= 0 && /^-[a-z]{2,}/i.test(args[at + 1] ?? '')) args.splice(at, 2, `--sort=${args[at + 1]}`);
  return args;
}

/** @throws {RangeError} */
function interval(text: string): number {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  return 1000 * checkNumber('--watch', seconds, INTERVAL_MIN_S, INTERVAL_MAX_S, ' of seconds');
}

async function run(args: SocketsArguments): Promise<number> {
  const { columns, sort, intervalMs, owner } = args;
  const needs = new Set<Need | undefined>(
    [...columns, ...sort.map(({ column }) => column)].map((name) => COLUMNS[name].need),
  );
  const owners = needs.has('owner')
    ? await (await import('../owners.ts')).openOwners(owner ?? { network: false })
    : undefined;
  const output = new Output(undefined);
  const print = printerOf(args, process.stdout, process.env);
  let denied = 0;
  const show = async (ownersOf: OwnersOf | undefined): Promise<void> => {
    const found = await readEntries(args.selection, needs, ownersOf);
    denied = found.denied;
    // Names are not always ASCII.
    await output.addBytes(Buffer.from(await print(sorted(found.entries, sort))));
  };
  try {
    if (intervalMs === undefined) {
      await show(owners === undefined ? undefined : ownersIn(owners));
    } else {
      const { every, pause } = await import('../sockets/watch.ts');
      await every(intervalMs, async (signal) => {
        await show(owners === undefined ? undefined : ownersIn(owners, () => pause(intervalMs, signal)));
        return !output.gone;
      });
    }
  } finally {
    await owners?.close();
    await output.close();
  }
  if (denied > 0)
    process.stderr.write(
      `pcapflow: the sockets of ${denied} ${denied === 1 ? 'process' : 'processes'} cannot be seen; run as root to see them\n`,
    );
  return args.strict && owners?.sourceFailed === true ? EXIT_STRICT : EXIT_OK;
}

/** @param limit owners are waited for until this has come; without it until they are all known, or cannot be */
function ownersIn(owners: OwnerLookup, limit?: () => Promise<void>): OwnersOf {
  return async (addresses) => {
    const lookup = owners.lookup(new Set(addresses));
    await (limit === undefined ? lookup : Promise.race([lookup, limit()]));
    return (address) => owners.cached(address) ?? null;
  };
}
