/** `pcapflow connections`: connections of a process. */
import { HostError } from '../../host/errors.ts';
import type { Connection } from '../../host/resolvers/connection.ts';
import { getConnections } from '../../host/resolvers/get_connections.ts';
import type { ConnectionsOptions } from '../../host/resolvers/get_connections.ts';
import { Resolver } from '../../host/resolvers/resolver.ts';
import type { ValuesAt } from '../../options/table.ts';
import { connectionsText } from '../connection_formats.ts';
import { printError } from '../print_error.ts';
import { EXIT_NOT_FOUND, EXIT_OK } from '../exit.ts';
import { Output } from '../output.ts';

/** Resolvers by their names on the command line. */
const RESOLVERS: Readonly<Record<NonNullable<ValuesAt<'connections'>['resolver']>, Resolver>> = {
  proc: Resolver.Proc,
  netstat: Resolver.Netstat,
  'netstat-windows': Resolver.NetstatWindows,
  ss: Resolver.Ss,
  lsof: Resolver.Lsof,
  sockstat: Resolver.BsdSockstat,
  procstat: Resolver.BsdProcstat,
  fstat: Resolver.BsdFstat,
};

const SECOND_MS = 1000;

export async function connections(values: ValuesAt<'connections'>): Promise<number> {
  const { pid, name, resolver, format, timeout, keepMapped } = values;
  if (pid === undefined && name === undefined)
    throw new RangeError('--pid N or --name NAME is needed; see pcapflow connections --help');
  if (name === '') throw new RangeError('--name is empty; it must be the name of a process');
  const found = await findConnections({
    ...(pid === undefined ? {} : { pid }),
    ...(name === undefined ? {} : { name }),
    ...(resolver === undefined ? {} : { resolver: RESOLVERS[resolver] }),
    timeoutMs: Math.ceil(timeout * SECOND_MS),
    keepMapped,
  });
  const output = new Output(undefined, format !== 'table');
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
    await printError(error.message);
    return [];
  }
}
