/** Which sockets are wanted. */
import type { SocketRow } from '../../host/sockets/row.ts';
import { stateFilter } from '../../host/sockets/state.ts';
import { isIpv6Table, isTcpTable } from '../../host/sockets/table_name.ts';
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
}

const TABLES: readonly TableName[] = ['tcp', 'tcp6', 'udp', 'udp6'];

/** State names of `ss` that are not in the kernel's list. */
const SS_STATES: ReadonlyMap<string, string> = new Map([
  ['estab', 'established'],
  ['listening', 'listen'],
  ['unconn', 'close'],
  ['unconnected', 'close'],
  ['closed', 'close'],
]);

/** @throws {RangeError} for an invalid pid, an empty name, or no such state */
export function selectionOf({ listening, all, tcp, udp, ipv4, ipv6, pid, name, state }: SelectionValues): Selection {
  const of = (one: boolean | undefined, other: boolean | undefined): boolean => one === true || other !== true;
  const tables = TABLES.filter(
    (table) =>
      (isTcpTable(table) ? of(tcp, udp) : of(udp, tcp)) && (isIpv6Table(table) ? of(ipv6, ipv4) : of(ipv4, ipv6)),
  );
  if (name?.includes('') === true) throw new RangeError('--name is empty; it must be the name of a process');
  return {
    kind: all === true ? 'all' : listening === true ? 'listening' : 'connections',
    tables,
    ...(state === undefined ? {} : { states: statesOf(listed(state)) }),
    ...(pid === undefined ? {} : { pids: listed(pid).map(pidOf) }),
    ...(name === undefined ? {} : { names: name }),
  };
}

export function isSelected(row: SocketRow, { kind, states }: Selection): boolean {
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
