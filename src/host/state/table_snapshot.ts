/** One socket table in memory, and when it is read again. */
import { unmapAddress } from '../address/address.ts';
import type { SocketRow } from '../sockets/index.ts';
import type { StateReader, StateTable } from './state_reader.ts';

/** A table is read at most this often. Milliseconds. */
const READ_INTERVAL_MS = 10;

/** A row as look-ups see it: mapped addresses are IPv4. */
export interface StateRow {
  readonly row: SocketRow;
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** Bound to the unspecified address. */
  readonly listensAny: boolean;
}

/** The rows by their local port. `binds`: TCP listeners, and every UDP socket. */
export interface StateRows {
  readonly binds: ReadonlyMap<number, readonly StateRow[]>;
  readonly connections: ReadonlyMap<number, readonly StateRow[]>;
}

const NO_ROWS: StateRows = { binds: new Map(), connections: new Map() };

export class TableSnapshot {
  readonly table: StateTable;
  readonly #reader: StateReader;
  #rows = NO_ROWS;
  #updatedAt = Number.NEGATIVE_INFINITY;
  #startedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(table: StateTable, reader: StateReader) {
    this.table = table;
    this.#reader = reader;
  }

  get rows(): StateRows {
    return this.#rows;
  }

  /** When the read of the present rows began. Milliseconds since the epoch; -Infinity before the first. */
  get updatedAt(): number {
    return this.#updatedAt;
  }

  /** Rows read later than now, or by a read that is under way. All who ask meanwhile share one read.
   *  A failed read rejects and leaves the rows as they are. @throws {HostError} ERR_PROC_UNAVAILABLE */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const early = this.#startedAt + READ_INTERVAL_MS - this.#reader.now();
    // If the clock was set back, do not wait for it to catch up.
    if (early > 0) await this.#reader.wait(Math.min(early, READ_INTERVAL_MS));
    const startedAt = this.#reader.now();
    this.#startedAt = startedAt;
    this.#rows = rowsOf(await this.#reader.readTable(this.table), this.table);
    this.#updatedAt = startedAt;
  }
}

function rowsOf(rows: readonly SocketRow[], table: StateTable): StateRows {
  const binds = new Map<number, StateRow[]>();
  const connections = new Map<number, StateRow[]>();
  for (const row of rows) {
    const localAddress = unmapAddress(row.local.address);
    const state: StateRow = {
      row,
      localAddress,
      remoteAddress: unmapAddress(row.remote.address),
      listensAny: localAddress === '0.0.0.0' || localAddress === '::',
    };
    const isBind = row.state === 'listen' || table === 'udp' || table === 'udp6';
    const byPort = isBind ? binds : connections;
    const samePort = byPort.get(row.local.port);
    if (samePort === undefined) byPort.set(row.local.port, [state]);
    else samePort.push(state);
  }
  return { binds, connections };
}
