/** Which sockets are wanted. */
import { isValidPort } from '../../host/address/address.ts';
import type { SocketRow } from '../../host/sockets/row.ts';
import { stateFilter } from '../../host/sockets/state.ts';
import { isIpv6Table, isTcpTable, TABLE_NAMES } from '../../host/sockets/table_name.ts';
import { userNumber } from '../../host/process/user_name.ts';
import type { TableName } from '../../host/sockets/table_name.ts';

export interface Selection {
  /** `listening`: those that wait for any peer, tcp listeners and udp sockets without a peer. `connections`: the others. */
  readonly kind: 'connections' | 'listening' | 'all';
  /** State codes; if given, the kind is ignored. */
  readonly states?: (code: number) => boolean;
  readonly tables: readonly TableName[];
  /** Only sockets that one of these has open. */
  readonly pids?: readonly number[];
  /** Only sockets that a process of one of these names has open. */
  readonly names?: readonly string[];
  /** Only with one of these ports, at either end. */
  readonly ports?: readonly number[];
  /** Only of these users. */
  readonly uids?: readonly number[];
  /** Also those of the other network namespaces of this host. */
  readonly allNamespaces?: boolean;
}

export interface SelectionValues {
  readonly listening?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly tcp?: boolean | undefined;
  readonly udp?: boolean | undefined;
  readonly ipv4?: boolean | undefined;
  readonly ipv6?: boolean | undefined;
  readonly pid?: readonly string[] | undefined;
  readonly name?: readonly string[] | undefined;
  readonly state?: readonly string[] | undefined;
  readonly port?: readonly string[] | undefined;
  readonly user?: readonly string[] | undefined;
  readonly allNamespaces?: boolean | undefined;
}

const TABLES: readonly TableName[] = ['tcp', 'tcp6', 'udp', 'udp6'];
/** Where neither TCP nor UDP is asked for: UDP-Lite, raw and ping sockets. */
const RARE_TABLES = TABLE_NAMES.filter((table) => !TABLES.includes(table));

/** State names of `ss` that are not in the kernel's list. */
const SS_STATES: ReadonlyMap<string, string> = new Map([
  ['estab', 'established'],
  ['listening', 'listen'],
  ['unconn', 'close'],
  ['unconnected', 'close'],
  ['closed', 'close'],
]);

/** @throws {RangeError} for an invalid pid, an empty name, or no such state */
export function selectionOf(values: SelectionValues): Selection {
  const { listening, all, tcp, udp, ipv4, ipv6, pid, name, state, port, user, allNamespaces } = values;
  const of = (one: boolean | undefined, other: boolean | undefined): boolean => one === true || other !== true;
  const isAny = tcp === udp;
  const tables = [...TABLES, ...(isAny ? RARE_TABLES : [])].filter(
    (table) =>
      (isAny || isTcpTable(table) === (tcp === true)) && (isIpv6Table(table) ? of(ipv6, ipv4) : of(ipv4, ipv6)),
  );
  if (name?.includes('') === true) throw new RangeError('--name is empty; it must be the name of a process');
  return {
    kind: all === true ? 'all' : listening === true ? 'listening' : 'connections',
    tables,
    ...(state === undefined ? {} : { states: statesOf(listed(state)) }),
    ...(pid === undefined ? {} : { pids: listed(pid).map(pidOf) }),
    ...(name === undefined ? {} : { names: name }),
    ...(port === undefined ? {} : { ports: listed(port).map(portOf) }),
    ...(user === undefined ? {} : { uids: listed(user).map(uidOf) }),
    ...(allNamespaces === true ? { allNamespaces } : {}),
  };
}

export function isSelected(row: SocketRow, { kind, states, ports, uids }: Selection): boolean {
  if (ports?.includes(row.local.port) === false && !ports.includes(row.remote.port)) return false;
  // A row without an inode has no user any more.
  if (uids !== undefined && (row.inode === 0 || !uids.includes(row.uid))) return false;
  if (states !== undefined) return states(row.stateCode);
  return kind === 'all' || (kind === 'listening') === isWaiting(row);
}

/** It waits for any peer: a listener, or a UDP socket without a peer. */
export function isWaiting({ table, state }: SocketRow): boolean {
  return state === (isTcpTable(table) ? 'listen' : 'close');
}

/** An option may be given several times, and with commas. */
function listed(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(',')).map((value) => value.trim());
}

/** `time-wait` and TIME_WAIT are timeWait. */
function statesOf(states: readonly string[]): (code: number) => boolean {
  return stateFilter(
    states.map((state) => {
      const name = state.replaceAll(/[-_]/g, '');
      return SS_STATES.get(name.toLowerCase()) ?? (name === '' ? state : name);
    }),
  );
}

function pidOf(text: string): number {
  const pid = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (pid < 1 || !Number.isSafeInteger(pid))
    throw new RangeError(`--pid is ${JSON.stringify(text)}; it must be a number of 1 or more`);
  return pid;
}

function portOf(text: string): number {
  if (!isValidPort(text)) throw new RangeError(`--port is ${JSON.stringify(text)}; it must be from 1 to 65535`);
  return Number(text);
}

function uidOf(text: string): number {
  const uid = /^[0-9]+$/.test(text) ? Number(text) : userNumber(text);
  if (uid === undefined)
    throw new RangeError(`--user is ${JSON.stringify(text)}; it must be a user of /etc/passwd, or a number`);
  return uid;
}
