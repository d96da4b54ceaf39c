/** `pcapflow connections`: whom a process is talking to. */
import { parseArgs } from 'node:util';
import { HostError } from '../../host/errors.ts';
import type { Connection } from '../../host/resolvers/connection.ts';
import { getConnections } from '../../host/resolvers/get_connections.ts';
import type { ConnectionsOptions } from '../../host/resolvers/get_connections.ts';
import { Resolver } from '../../host/resolvers/resolver.ts';
import { checkChoice } from '../../reader/options.ts';
import { CONNECTION_FORMATS, connectionsText } from '../connection_formats.ts';
import type { ConnectionFormat } from '../connection_formats.ts';
import { complain } from '../complain.ts';
import { EXIT_NOT_FOUND, EXIT_OK } from '../exit.ts';
import { Output } from '../output.ts';
import { runParsed } from '../run_command.ts';

const USAGE = `usage: pcapflow connections --pid N | --name NAME [options]
Lists a process's connections that have a peer: tcp established, udp connected. Other users' processes need root.

  -p, --pid N             the process
  -n, --name NAME         its name, as text; with --pid both must match
  -r, --resolver R        where to look: proc, netstat, netstat-windows, ss, lsof, sockstat, procstat or fstat
                          (the first that this system has)
  -f, --format FORMAT     table, json, ndjson or csv (table)
      --timeout S         seconds until the resolver's program is killed (10)
      --keep-mapped       show ::ffff:a.b.c.d where the resolver tells it from a.b.c.d

exit status: 0 some were found, 1 cannot start (wrong arguments, a name of several processes where the resolver needs
one, resolver not there or not allowed), 4 no such process, or no connections of it can be seen
`;

/** Names of the resolvers on the command line. */
const RESOLVER_NAMES: ReadonlyMap<string, Resolver> = new Map([
  ['proc', Resolver.Proc],
  ['netstat', Resolver.Netstat],
  ['netstat-windows', Resolver.NetstatWindows],
  ['ss', Resolver.Ss],
  ['lsof', Resolver.Lsof],
  ['sockstat', Resolver.BsdSockstat],
  ['procstat', Resolver.BsdProcstat],
  ['fstat', Resolver.BsdFstat],
]);

interface ConnectionsArguments {
  readonly options: ConnectionsOptions;
  readonly format: ConnectionFormat;
}

export function connections(argv: readonly string[]): Promise<number> {
  return runParsed(argv, parse, run);
}

/** Undefined when only help was asked for. @throws for any option that makes no sense */
function parse(argv: readonly string[]): ConnectionsArguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      pid: { type: 'string', short: 'p' },
      name: { type: 'string', short: 'n' },
      resolver: { type: 'string', short: 'r' },
      format: { type: 'string', short: 'f' },
      timeout: { type: 'string' },
      'keep-mapped': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return undefined;
  }
  const { pid, name, resolver, timeout } = values;
  if (pid === undefined && name === undefined)
    throw new RangeError('--pid N or --name NAME is needed; see pcapflow connections --help');
  if (pid !== undefined && !/^[0-9]+$/.test(pid))
    throw new RangeError(`--pid is ${JSON.stringify(pid)}; it must be a number`);
  if (name === '') throw new RangeError('--name is empty; it must be the name of a process');
  const chosen =
    resolver === undefined
      ? undefined
      : RESOLVER_NAMES.get(checkChoice('--resolver', resolver, [...RESOLVER_NAMES.keys()]));
  return {
    format: checkChoice<ConnectionFormat>(
      '--format',
      (values.format ?? 'table') as ConnectionFormat,
      CONNECTION_FORMATS,
    ),
    options: {
      ...(pid === undefined ? {} : { pid }),
      ...(name === undefined ? {} : { name }),
      ...(chosen === undefined ? {} : { resolver: chosen }),
      ...(timeout === undefined ? {} : { timeoutMs: milliseconds(timeout) }),
      keepMapped: values['keep-mapped'] === true,
    },
  };
}

/** The range is checked where it is used. @throws {RangeError} */
function milliseconds(text: string): number {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (!(seconds > 0))
    throw new RangeError(`--timeout is ${JSON.stringify(text)}; it must be a number of seconds above 0`);
  return Math.ceil(seconds * 1000);
}

async function run({ options, format }: ConnectionsArguments): Promise<number> {
  const found = await findConnections(options);
  const output = new Output(undefined);
  for (const text of connectionsText(format, found)) await output.add(text);
  await output.close();
  return found.length === 0 ? EXIT_NOT_FOUND : EXIT_OK;
}

/** None, with the reason on standard error, when there are none. @throws {HostError} */
async function findConnections(options: ConnectionsOptions): Promise<readonly Connection[]> {
  try {
    return await getConnections(options);
  } catch (error) {
    if (!(error instanceof HostError) || (error.code !== 'ERR_NO_CONNECTIONS' && error.code !== 'ERR_PID_UNKNOWN'))
      throw error;
    await complain(error.message);
    return [];
  }
}
