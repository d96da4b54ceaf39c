/** The columns of `pcapflow sockets`: the value of each for a socket, and how a table shows it. */
import { splitScope, withScope } from '../../host/address/link_scope.ts';
import { addressFamily, addressToBytes } from '../../host/address/address.ts';
import { holdersText } from '../../host/process/holder_text.ts';
import type { ProcessDetails } from '../../host/process/process_details.ts';
import type { SocketOwner } from '../../host/process/socket_owners.ts';
import type { SocketRow } from '../../host/sockets/row.ts';
import type { TableName } from '../../host/sockets/table_name.ts';
import { COLUMN_NAMES } from '../../options/host_commands.ts';
import type { Owner } from '../../owner/owner.ts';
import { endpointText } from '../../text/endpoint.ts';
import { stateStyle } from './state_style.ts';
import { isUnixTable } from './unix_rows.ts';
import type { UnixTable } from './unix_rows.ts';
import type { CellStyle as Style } from '../../text/cell_style.ts';

/** What is shown of a socket: one of the Internet, or one of the UNIX domain, whose path is its local address. */
export type ShownRow = Pick<SocketRow, 'local' | 'remote' | 'stateCode' | 'state' | 'inode'> & {
  readonly table: TableName | UnixTable;
  /** Undefined: the kernel does not say. */
  readonly uid: number | undefined;
  readonly txQueue: number | undefined;
  readonly rxQueue: number | undefined;
  /** Interface of its link-local addresses; undefined: it has none, or several interfaces have the address. */
  readonly scope?: string | undefined;
};

/** A socket with the requested details. Details not requested, or not visible, are null. Texts are raw. */
export interface SocketEntry {
  readonly row: ShownRow;
  readonly pid: number | null;
  /** `comm` of the process. */
  readonly name: string | null;
  /**
   * The user that created the socket; the number of one without a name. Null for sockets that no process owns any more.
   */
  readonly user: string | null;
  readonly details: ProcessDetails | null;
  /** Of the remote address. */
  readonly owner: Owner | null;
  readonly service: string | null;
  /** Everyone who has it, the process first. */
  readonly holders: readonly SocketOwner[];
  /** Network namespace; null for the present one. */
  readonly namespace: string | null;
  /** Arguments of the process. */
  readonly command: string | null;
  /** Control group of the process. */
  readonly cgroup: string | null;
}

/** Look-ups that a column needs besides the row. */
export type Need = 'pid' | 'name' | 'user' | 'details' | 'owner' | 'service' | 'command' | 'cgroup';

export type Value = string | number | null;

export interface Column {
  readonly title: string;
  readonly need?: Need;
  /** For json and csv, and to sort by. */
  readonly value: (entry: SocketEntry) => Value;
  /** For a table, where it differs. */
  readonly text?: (entry: SocketEntry) => string;
  readonly style?: (entry: SocketEntry) => Style;
  readonly align?: 'right';
  /** The values are addresses, or prefixes, and sorted as such. */
  readonly addresses?: true;
}

export type ColumnName = (typeof COLUMN_NAMES)[number];

/** Columns that cost no more than finding the sockets' processes. */
export const DEFAULT_COLUMNS: readonly ColumnName[] = [
  'proto',
  'local',
  'localPort',
  'remote',
  'remotePort',
  'state',
  'pid',
  'name',
  'user',
];
export const OWNER_COLUMNS: readonly ColumnName[] = ['asn', 'country', 'asName'];

export const NOTHING = '-';
const MEBIBYTE = 2 ** 20;

export const COLUMNS: Readonly<Record<ColumnName, Column>> = {
  proto: { title: 'PROTO', value: ({ row }) => row.table.replace(/6$/, '') },
  local: { title: 'LOCAL', value: ({ row }) => withScope(row.local.address, row.scope), addresses: true },
  localPort: {
    title: 'LPORT',
    value: ({ row }) => row.local.port,
    text: ({ row }) => portText(row.local.port),
    align: 'right',
  },
  remote: { title: 'REMOTE', value: ({ row }) => withScope(row.remote.address, row.scope), addresses: true },
  remotePort: {
    title: 'RPORT',
    value: ({ row }) => row.remote.port,
    text: ({ row }) => portText(row.remote.port),
    align: 'right',
  },
  state: { title: 'STATE', value: ({ row }) => row.state, style: ({ row }) => stateStyle(row.state) },
  pid: { title: 'PID', need: 'pid', value: ({ pid }) => pid, text: pidText, align: 'right' },
  name: { title: 'NAME', need: 'name', value: ({ name }) => name },
  user: { title: 'USER', need: 'user', value: ({ user }) => user },
  asn: {
    title: 'AS',
    need: 'owner',
    value: ({ owner }) => owner?.asn ?? null,
    text: ({ owner }) => (owner?.asn == null ? NOTHING : `AS${owner.asn}`),
  },
  asName: { title: 'AS NAME', need: 'owner', value: ({ owner }) => owner?.name ?? null, style: scopeStyle },
  prefix: { title: 'PREFIX', need: 'owner', value: ({ owner }) => owner?.prefix ?? null, addresses: true },
  country: { title: 'CC', need: 'owner', value: ({ owner }) => owner?.country ?? null },
  service: { title: 'SERVICE', need: 'service', value: ({ service }) => service },
  rxQueue: { title: 'RXQ', value: ({ row }) => row.rxQueue ?? null, align: 'right' },
  txQueue: { title: 'TXQ', value: ({ row }) => row.txQueue ?? null, align: 'right' },
  umask: { title: 'UMASK', need: 'details', value: ({ details }) => details?.umask ?? null },
  procState: { title: 'PROCESS', need: 'details', value: ({ details }) => details?.state?.word ?? null },
  threads: { title: 'THREADS', need: 'details', value: ({ details }) => details?.threads ?? null, align: 'right' },
  memory: {
    title: 'MEMORY',
    need: 'details',
    align: 'right',
    value: ({ details }) => details?.memory ?? null,
    text: ({ details }) => (details?.memory == null ? NOTHING : `${(details.memory / MEBIBYTE).toFixed(1)}Mi`),
  },
  // The kernel reports 0 for sockets that no process owns any more.
  inode: { title: 'INODE', value: ({ row }) => row.inode || null, align: 'right' },
  descriptor: { title: 'FD', need: 'pid', value: ({ holders }) => holders[0]?.descriptors[0] ?? null, align: 'right' },
  holders: { title: 'HOLDERS', need: 'pid', value: ({ holders }) => holdersText(holders) || null },
  namespace: { title: 'NETNS', value: ({ namespace }) => namespace },
  command: { title: 'COMMAND', need: 'command', value: ({ command }) => command },
  cgroup: { title: 'CGROUP', need: 'cgroup', value: ({ cgroup }) => cgroup },
};

/** @param text names with commas between, or `all` @throws {RangeError} */
export function columnNames(text: string): readonly ColumnName[] {
  if (text === 'all') return COLUMN_NAMES;
  return [...new Set(text.split(',').map((name) => columnNamed('--columns', name.trim())))];
}

/** @param option for the message @throws {RangeError} */
export function columnNamed(option: string, name: string): ColumnName {
  const found = COLUMN_NAMES.find((known) => known === name);
  if (found === undefined) throw new RangeError(`${option} is ${name}; it must be one of ${COLUMN_NAMES.join(', ')}`);
  return found;
}

export function protocolOf({ table }: Pick<ShownRow, 'table'>): 'tcp' | 'udp' {
  return table === 'tcp' || table === 'tcp6' ? 'tcp' : 'udp';
}

/** The end of a socket as tables show it. */
export function endText({ row }: SocketEntry, side: 'local' | 'remote'): string {
  const { address, port } = row[side];
  return isUnixTable(row.table) ? address || NOTHING : endpointText(withScope(address, row.scope), portText(port));
}

/** `812 +2`: two others have the socket as well. */
function pidText({ pid, holders }: SocketEntry): string {
  const others = holders.length - 1;
  return pid === null ? NOTHING : others > 0 ? `${pid} +${others}` : String(pid);
}

/** Order of two values of a column; -1, 0 or 1. What is not known is not a value. */
export function compareValues(column: Column, a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return Math.sign(a - b);
  if (column.addresses === true && isNetwork(a) && isNetwork(b)) return compareAddresses(String(a), String(b));
  return a < b ? -1 : Number(a > b);
}

/** Paths of the UNIX domain are not. */
function isNetwork(value: string | number): boolean {
  return addressFamily(String(value).split(/[/%]/, 1)[0] ?? '') !== undefined;
}

/** IPv4 before IPv6, then byte by byte; of prefixes the shorter one first. */
function compareAddresses(a: string, b: string): number {
  const [addressA = '', bitsA = ''] = a.split('/');
  const [addressB = '', bitsB = ''] = b.split('/');
  const [bytesA, bytesB] = [addressA, addressB].map((text) => addressToBytes(splitScope(text).address)) as [
    Uint8Array,
    Uint8Array,
  ];
  return (
    Math.sign(bytesA.length - bytesB.length) ||
    Buffer.compare(bytesA, bytesB) ||
    Math.sign(Number(bitsA) - Number(bitsB))
  );
}

/** How other tools write "any port" and "no port". */
function portText(port: number): string {
  return port === 0 ? '*' : String(port);
}

/** An address that no network can own has its scope in this column. */
function scopeStyle({ owner }: SocketEntry): Style {
  return owner !== null && owner.scope !== 'global' ? 'faint' : 'plain';
}
