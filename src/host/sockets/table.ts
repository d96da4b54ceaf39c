/**
 * A socket table of the kernel, or several in one view. All methods refer to one read; `refresh` makes another.
 * Returned arrays are frozen and belong to their read. The kernel produces its text piece by piece: sockets opened or
 * closed meanwhile may or may not be in it.
 */
import type { Endpoint } from '../endpoint.ts';
import { readSockets, readSocketsAsync } from './read.ts';
import type { SocketSnapshot, SocketTableOptions } from './read.ts';
import { unmapRow } from './row.ts';
import type { SocketRow } from './row.ts';
import { RowIndex } from './row_index.ts';
import type { EndpointQuery } from './row_index.ts';
import { stateFilter } from './state.ts';
import type { StateSelector } from './state.ts';
import { checkTableName, isTcpTable } from './table_name.ts';
import type { TableName } from './table_name.ts';
import { refuseUnknown } from '../../options/check.ts';

/** Options of every method. */
export interface ViewOptions {
  /** Gives IPv4-mapped addresses as IPv4. Default false. */
  readonly unmap?: boolean;
}

export class SocketTable {
  readonly tables: readonly TableName[];
  readonly #options: SocketTableOptions;
  #snapshot: SocketSnapshot;
  #index: RowIndex;
  #running: Promise<this> | undefined;

  /**
   * Reads at once, and blocks meanwhile; `SocketTable.open` does not.
   * @param first a read that was made already: nothing is read now
   * @throws {RangeError} no such table @throws {HostError} ERR_PROC_UNAVAILABLE, ERR_PERMISSION
   */
  constructor(table: TableName | readonly TableName[], options: SocketTableOptions = {}, first?: SocketSnapshot) {
    refuseUnknown('SocketTable', options);
    this.tables = checkTables(table);
    this.#options = options;
    this.#snapshot = first ?? readSockets(this.tables, options);
    this.#index = new RowIndex(this.#snapshot.rows);
  }

  /** Several tables in one view, in the order given; the four of TCP and UDP by default. */
  static all(
    tables: readonly TableName[] = ['tcp', 'tcp6', 'udp', 'udp6'],
    options: SocketTableOptions = {},
  ): SocketTable {
    return new SocketTable(tables, options);
  }

  /** Reads without blocking. */
  static async open(table: TableName | readonly TableName[], options: SocketTableOptions = {}): Promise<SocketTable> {
    return new SocketTable(table, options, await readSocketsAsync(checkTables(table), options));
  }

  /** When the last read began, milliseconds since the epoch. */
  get readAt(): number {
    return this.#snapshot.readAt;
  }

  /** Lines of the last read that were not rows. */
  get malformed(): number {
    return this.#snapshot.malformed;
  }

  /** Reads again. When that fails, it throws, and the rows stay those of the last read. */
  refresh(): this {
    return this.#take(readSockets(this.tables, this.#options));
  }

  reload(): this {
    return this.refresh();
  }

  /** Reads again without blocking. Calls during a read share it. */
  refreshAsync(): Promise<this> {
    this.#running ??= readSocketsAsync(this.tables, this.#options)
      .then((snapshot) => this.#take(snapshot))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Every row, in the order of the table. */
  connections(options: ViewOptions = {}): readonly SocketRow[] {
    return view(this.#snapshot.rows, options);
  }

  conn(options: ViewOptions = {}): readonly SocketRow[] {
    return this.connections(options);
  }

  /** Rows in a state, or in one of several. @throws {RangeError} no such state */
  byState(selectors: StateSelector | readonly StateSelector[], options: ViewOptions = {}): readonly SocketRow[] {
    const selected = stateFilter(selectors);
    return view(
      this.#snapshot.rows.filter((row) => selected(row.stateCode)),
      options,
    );
  }

  /** For UDP: sockets with a peer. */
  established(options: ViewOptions = {}): readonly SocketRow[] {
    return this.byState('established', options);
  }

  synSent(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('synSent', options);
  }

  /** Half-open connections too: these have inode 0. */
  synRecv(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('synRecv', options);
  }

  finWait1(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('finWait1', options);
  }

  finWait2(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('finWait2', options);
  }

  timeWait(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('timeWait', options);
  }

  /** For UDP: sockets without a peer. */
  closed(options: ViewOptions = {}): readonly SocketRow[] {
    return this.byState('close', options);
  }

  closeWait(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('closeWait', options);
  }

  lastAck(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('lastAck', options);
  }

  /** TCP listeners. @param options.udpAsListen sockets without a peer of the other tables too */
  listening(options: ViewOptions & { readonly udpAsListen?: boolean } = {}): readonly SocketRow[] {
    const rows = this.#snapshot.rows.filter(({ table, state }) =>
      isTcpTable(table) ? state === 'listen' : options.udpAsListen === true && state === 'close',
    );
    return view(rows, options);
  }

  closing(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('closing', options);
  }

  /** Always empty on the text tables: they show half-open connections as `synRecv`. */
  newSynRecv(options: ViewOptions = {}): readonly SocketRow[] {
    return this.#tcpOnly('newSynRecv', options);
  }

  maxState(options: ViewOptions = {}): readonly SocketRow[] {
    return this.newSynRecv(options);
  }

  /** Each once, in rising order, of rows in all states. */
  localPorts(_options: ViewOptions = {}): readonly number[] {
    return distinctPorts(this.#snapshot.rows.map((row) => row.local.port));
  }

  /** @param options.includeZero rows without a peer count too. Default false */
  remotePorts(options: ViewOptions & { readonly includeZero?: boolean } = {}): readonly number[] {
    const ports = distinctPorts(this.#snapshot.rows.map((row) => row.remote.port));
    return options.includeZero === true ? ports : Object.freeze(ports.filter((port) => port !== 0));
  }

  /** The ports of each local address, each once, in rising order. */
  localAddresses(options: ViewOptions = {}): ReadonlyMap<string, readonly number[]> {
    return portsByAddress(this.connections(options).map((row) => row.local));
  }

  /** @param options.includeUnspecified `0.0.0.0` and `::` too. Default false */
  remoteAddresses(
    options: ViewOptions & { readonly includeUnspecified?: boolean } = {},
  ): ReadonlyMap<string, readonly number[]> {
    const peers = this.connections(options).map((row) => row.remote);
    return portsByAddress(
      options.includeUnspecified === true
        ? peers
        : peers.filter(({ address }) => address !== '0.0.0.0' && address !== '::'),
    );
  }

  byInode(inode: number, options: ViewOptions = {}): readonly SocketRow[] {
    return view(this.#index.byInode(inode), options);
  }

  byUid(uid: number, options: ViewOptions = {}): readonly SocketRow[] {
    return view(this.#index.byUid(uid), options);
  }

  byLocalPort(port: number, options: ViewOptions = {}): readonly SocketRow[] {
    return view(this.#index.byLocalPort(port), options);
  }

  /** Rows bound to `local`, with the peer `remote` if it is given. @throws {RangeError} an invalid address */
  byEndpoint(query: EndpointQuery, options: ViewOptions = {}): readonly SocketRow[] {
    return view(this.#index.byEndpoint(query), options);
  }

  #take(snapshot: SocketSnapshot): this {
    this.#snapshot = snapshot;
    this.#index = new RowIndex(snapshot.rows);
    return this;
  }

  /** UDP uses two state codes only; another one in such a table is not a state of TCP. */
  #tcpOnly(state: StateSelector, options: ViewOptions): readonly SocketRow[] {
    return view(
      this.byState(state).filter((row) => isTcpTable(row.table)),
      options,
    );
  }
}

export function tcpTable(options: SocketTableOptions = {}): SocketTable {
  return new SocketTable('tcp', options);
}

export function tcp6Table(options: SocketTableOptions = {}): SocketTable {
  return new SocketTable('tcp6', options);
}

export function udpTable(options: SocketTableOptions = {}): SocketTable {
  return new SocketTable('udp', options);
}

export function udp6Table(options: SocketTableOptions = {}): SocketTable {
  return new SocketTable('udp6', options);
}

/** A table that is named twice is read once. */
function checkTables(table: TableName | readonly TableName[]): readonly TableName[] {
  const tables = [...new Set(typeof table === 'string' ? [table] : table)];
  return Object.freeze(tables.map(checkTableName));
}

function view(rows: readonly SocketRow[], { unmap = false }: ViewOptions): readonly SocketRow[] {
  return Object.freeze(unmap && rows.some((row) => row.mapped) ? rows.map(unmapRow) : rows);
}

function distinctPorts(ports: readonly number[]): readonly number[] {
  return Object.freeze([...new Set(ports)].sort((a, b) => a - b));
}

function portsByAddress(endpoints: readonly Endpoint[]): ReadonlyMap<string, readonly number[]> {
  const ports = new Map<string, Set<number>>();
  for (const { address, port } of endpoints) {
    const known = ports.get(address);
    if (known === undefined) ports.set(address, new Set([port]));
    else known.add(port);
  }
  return new Map([...ports].map(([address, known]) => [address, distinctPorts([...known])]));
}
