/** Which sockets are wanted. */
import { splitScope } from '../../host/address/link_scope.ts';
import { addressToBytes, isMappedText, isValidPort, unmapAddress } from '../../host/address/address.ts';
import { stateFilter } from '../../host/sockets/state.ts';
import { isIpv6Table, isTcpTable, TABLE_NAMES } from '../../host/sockets/table_name.ts';
import { networkLiteral } from '../../query/literals.ts';
import type { Network } from '../../query/literals.ts';
import type { ShownRow } from './socket_columns.ts';
import { isUnixTable } from './unix_rows.ts';
import { userNumber } from '../../host/process/user_name.ts';
import type { TableName } from '../../host/sockets/table_name.ts';

/** A network, or an address of one interface. */
interface Place extends Network {
  readonly scope: string | undefined;
}

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
  /** Those of this namespace instead: its name, or a process in it. */
  readonly namespace?: string;
  /** Also sockets of the UNIX domain. */
  readonly unix?: boolean;
  /** Only with an address of one of these networks at either end. */
  readonly networks?: readonly Place[];
  /** Only sockets that one of these, or what it has started, has open. */
  readonly roots?: readonly number[];
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
  readonly namespace?: string | undefined;
  readonly unix?: boolean | undefined;
  readonly address?: readonly string[] | undefined;
  readonly tree?: readonly string[] | undefined;
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
  const { namespace, unix, address, tree } = values;
  const of = (one: boolean | undefined, other: boolean | undefined): boolean => one === true || other !== true;
  const isAny = tcp === udp;
  const internet = unix === true && tcp !== true && udp !== true ? [] : TABLES;
  const rare = tcp === true || udp === true || unix === true ? [] : RARE_TABLES;
  const tables = [...internet, ...rare].filter(
    (table) =>
      (isAny || isTcpTable(table) === (tcp === true)) && (isIpv6Table(table) ? of(ipv6, ipv4) : of(ipv4, ipv6)),
  );
  if (name?.includes('') === true) throw new RangeError('--name is empty; it must be the name of a process');
  if (namespace !== undefined && allNamespaces === true)
    throw new RangeError('--namespace is one of --all-namespaces; leave one of them out');
  return {
    kind: all === true ? 'all' : listening === true ? 'listening' : 'connections',
    tables,
    ...(state === undefined ? {} : { states: statesOf(listed(state)) }),
    ...(pid === undefined ? {} : { pids: listed(pid).map((text) => pidOf(text, '--pid')) }),
    ...(name === undefined ? {} : { names: name }),
    ...(port === undefined ? {} : { ports: listed(port).map(portOf) }),
    ...(user === undefined ? {} : { uids: listed(user).map(uidOf) }),
    ...(allNamespaces === true ? { allNamespaces } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(unix === true ? { unix } : {}),
    ...(address === undefined ? {} : { networks: listed(address).map(networkOf) }),
    ...(tree === undefined ? {} : { roots: listed(tree).map((text) => pidOf(text, '--tree')) }),
  };
}

export function isSelected(row: ShownRow, { kind, states, ports, uids, networks }: Selection): boolean {
  if (networks !== undefined && !networks.some((network) => hasEnd(row, network))) return false;
  if (ports?.includes(row.local.port) === false && !ports.includes(row.remote.port)) return false;
  // A row without an inode has no user any more.
  if (uids !== undefined && (row.inode === 0 || row.uid === undefined || !uids.includes(row.uid))) return false;
  if (states !== undefined) return states(row.stateCode);
  return kind === 'all' || (kind === 'listening') === isWaiting(row);
}

/** It waits for any peer: a listener, or a socket of datagrams without a peer. */
export function isWaiting({ table, state }: Pick<ShownRow, 'table' | 'state'>): boolean {
  return state === (table === 'tcp' || table === 'tcp6' || table === 'u_str' || table === 'u_seq' ? 'listen' : 'close');
}

/** An IPv6 socket that speaks IPv4 has its IPv4 address here. */
function hasEnd({ table, local, remote, scope: own }: ShownRow, { version, bytes, mask, scope }: Place): boolean {
  if (isUnixTable(table) || (scope !== undefined && scope !== own)) return false;
  return [local, remote].some(({ address }) => {
    const its = addressToBytes(isMappedText(address) ? unmapAddress(address) : address);
    return its.length === (version === 4 ? 4 : 16) && its.every((byte, n) => (byte & (mask[n] ?? 0)) === bytes[n]);
  });
}

/** @throws {RangeError} */
function networkOf(text: string): Place {
  const { address, scope } = splitScope(text);
  try {
    return { ...networkLiteral(address, 0), scope };
  } catch {
    throw new RangeError(`--address is ${JSON.stringify(text)}; it must be an address or a network, as 10.0.0.0/8`);
  }
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

function pidOf(text: string, option: string): number {
  const pid = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (pid < 1 || !Number.isSafeInteger(pid))
    throw new RangeError(`${option} is ${JSON.stringify(text)}; it must be a number of 1 or more`);
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
