/** Connections of one process, through any resolver that the system has. */
import { debuglog } from 'node:util';
import { HostError } from '../errors.ts';
import { pidsByName } from '../process/pids_by_name.ts';
import { COMMANDS } from './commands.ts';
import type { ResolverCommand } from './commands.ts';
import type { Connection } from './connection.ts';
import { linesOf, pidOf } from './fields.ts';
import { findProgram } from './find_program.ts';
import type { LineFilter } from './parse_lines.ts';
import { procConnections } from './proc.ts';
import { Resolver, RESOLVERS } from './resolver.ts';
import { runCommand } from './run_command.ts';
import type { CommandLimits, CommandOutput } from './run_command.ts';
import { systemResolvers } from './system_resolvers.ts';
import type { ProgramOptions } from './system_resolvers.ts';
import { TASKLIST, tasklistPids } from './tasklist.ts';
import { refuseUnknown } from '../../options/check.ts';

/** Milliseconds: the longest a Node timer can wait. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;
const TIMEOUT_MS = 10_000;

export interface ConnectionsOptions extends ProgramOptions {
  /** Default: the first of `systemResolvers()`. */
  readonly resolver?: Resolver;
  /** 1 or more; a string of digits is a number too. At least one of pid and name is needed. */
  readonly pid?: number | string;
  /** Name of the process, or of several: the connections of all of them. With a pid too, both must match. */
  readonly name?: string;
  /** Milliseconds a command may take, 1..2^31-1, default 10,000. */
  readonly timeoutMs?: number;
  /** Leave `::ffff:192.0.2.1` as it is where the source shows it. Default: IPv4. */
  readonly keepMapped?: boolean;
}

const debug = debuglog('pcapflow');

/**
 * Only connections with a peer (tcp established, udp connected), in the order of the source, each once.
 *
 * @throws {TypeError} neither pid nor name, or a pid that is not a number
 * @throws {RangeError} pid, timeoutMs or resolver out of range
 * @throws {HostError} ERR_NO_RESOLVER, ERR_RESOLVER_UNAVAILABLE, ERR_RESOLVER_TIMEOUT, ERR_PID_UNKNOWN,
 *   ERR_NO_CONNECTIONS; ERR_PERMISSION and ERR_PROC_UNAVAILABLE with `proc`
 */
export async function getConnections(options: ConnectionsOptions): Promise<Connection[]> {
  refuseUnknown('getConnections', options);
  checkOptions(options);
  const resolver = options.resolver ?? (await systemResolvers(undefined, options))[0];
  if (resolver === undefined) {
    throw new HostError(
      'ERR_NO_RESOLVER',
      'nothing here can list connections: /proc is not readable, and no program for it is on the PATH',
    );
  }
  const wanted = await wantedProcess(resolver, options);
  // The pid to look up is not the option `pid` of the socket tables.
  const { pid: _pid, name: _name, resolver: _resolver, timeoutMs: _timeoutMs, path: _path, ...hostOptions } = options;
  const source =
    resolver === Resolver.Proc
      ? { connections: await procConnections(pidsOf(wanted), hostOptions), origin: '/proc' }
      : await commandConnections(resolver, wanted, options);
  if (source.connections.length > 0) return source.connections;
  throw new HostError(
    'ERR_NO_CONNECTIONS',
    `${source.origin} shows no connections of ${described(options)}; ` +
      'it has none, or we may not see them (root sees those of all users)',
  );
}

function checkOptions({ pid, name, resolver, timeoutMs }: ConnectionsOptions): void {
  if (pid === undefined && name === undefined) throw new TypeError('pid or name is needed');
  if (name !== undefined && (typeof name !== 'string' || name === ''))
    throw new TypeError('name must be text, and not empty');
  if (pid !== undefined && typeof pid !== 'number' && !/^[0-9]+$/.test(pid)) {
    throw new TypeError(`pid is ${JSON.stringify(pid)}; it must be a number`);
  }
  if (pid !== undefined && pidOf(String(Number(pid))) === undefined)
    throw new RangeError(`pid is ${pid}; it must be a whole number from 1 on`);
  if (resolver !== undefined && !RESOLVERS.includes(resolver)) {
    throw new RangeError(`resolver is ${resolver}; it must be one of ${RESOLVERS.join(', ')}`);
  }
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= TIMEOUT_MAX_MS)) {
    throw new RangeError(`timeoutMs is ${timeoutMs}; it must be a whole number from 1 to ${TIMEOUT_MAX_MS}`);
  }
}

/** @throws {HostError} ERR_PID_UNKNOWN, ERR_NO_CONNECTIONS, and those of `tasklist` */
async function wantedProcess(resolver: Resolver, options: ConnectionsOptions): Promise<LineFilter> {
  const { name } = options;
  if (options.pid !== undefined) {
    const pid = Number(options.pid);
    if (name === undefined || showsNames(resolver)) return { pid, name };
    if ((await namedPids(resolver, name, options)).includes(pid)) return { pid };
    throw new HostError('ERR_NO_CONNECTIONS', `process ${pid} is not called ${JSON.stringify(name)}`);
  }
  const namesakes = name === undefined ? [] : await namedPids(resolver, name, options);
  if (!showsNames(resolver) && namesakes.length === 0) {
    throw new HostError('ERR_PID_UNKNOWN', `no process is called ${JSON.stringify(name)}; ${resolver} needs its pid`);
  }
  return namesakes.length === 1 ? { pid: namesakes[0] } : { name, namesakes };
}

/** Whether its lines can be compared with a name. */
function showsNames(resolver: Resolver): boolean {
  return resolver !== Resolver.Proc && resolver !== Resolver.NetstatWindows;
}

/** Empty where nothing says the names of processes: a name is then only compared with those in the output. */
async function namedPids(resolver: Resolver, name: string, options: ConnectionsOptions): Promise<readonly number[]> {
  const tasklist = resolver === Resolver.NetstatWindows ? await findProgram(TASKLIST.program, options.path) : undefined;
  if (tasklist !== undefined) {
    return tasklistPids(linesOf((await runCommand(tasklist, TASKLIST.args, limitsOf(options))).output), name);
  }
  try {
    return pidsByName(name, options);
  } catch (error) {
    if (error instanceof HostError && error.code === 'ERR_PROC_UNAVAILABLE') return [];
    throw error;
  }
}

function limitsOf({ timeoutMs = TIMEOUT_MS, signal }: ConnectionsOptions): CommandLimits {
  return { timeoutMs, signal };
}

/** Those that are known; none when only a name is. */
function pidsOf({ pid, namesakes = [] }: LineFilter): readonly number[] {
  return pid === undefined ? namesakes : [pid];
}

interface Source {
  readonly connections: Connection[];
  /** Where they were looked for. */
  readonly origin: string;
}

async function commandConnections(
  resolver: Exclude<Resolver, 'proc'>,
  wanted: LineFilter,
  options: ConnectionsOptions,
): Promise<Source> {
  const command = COMMANDS[resolver];
  const { output, line } = await runResolver(command, pidsOf(wanted), options);
  let unusable = 0;
  const connections = command.parse(linesOf(output), {
    ...wanted,
    keepMapped: options.keepMapped,
    onUnusable: () => void unusable++,
  });
  debug('%s: %d connections, %d lines without usable addresses', line, connections.length, unusable);
  return { connections, origin: line };
}

/**
 * Output of the first form of the command that is accepted. An exit code with output is not a failure: lsof exits with
 * 1 when some process had no files.
 * @throws {HostError} ERR_RESOLVER_UNAVAILABLE, ERR_RESOLVER_TIMEOUT
 */
async function runResolver(
  command: ResolverCommand,
  pids: readonly number[],
  options: ConnectionsOptions,
): Promise<{ readonly output: string; readonly line: string }> {
  const file = await findProgram(command.program, options.path);
  if (file === undefined) {
    throw new HostError(
      'ERR_RESOLVER_UNAVAILABLE',
      `${command.program} not found on the PATH; install it or choose another resolver`,
    );
  }
  let refused: CommandOutput | undefined;
  let line = '';
  for (const args of command.arguments(pids)) {
    line = [command.program, ...args].join(' ');
    const result = await runCommand(file, args, limitsOf(options));
    if (result.exitCode === 0 || result.output !== '' || result.messages === '') return { output: result.output, line };
    refused = result;
  }
  throw new HostError(
    'ERR_RESOLVER_UNAVAILABLE',
    `${line} failed with ${refused?.exitCode ?? 'a signal'}: ${refused?.messages.trim() ?? ''}`,
  );
}

function described({ pid, name }: ConnectionsOptions): string {
  const called = name === undefined ? '' : JSON.stringify(name);
  return pid === undefined ? called : `process ${pid} ${called}`.trimEnd();
}
