/** The names of the Python classes `Conn` and `UDPConn` for `SocketTable`: docs/mapping/conn.md. */
import { SocketTable } from '../host/index.ts';
import type { SocketRow, TableName } from '../host/index.ts';
import { IfaceInfoTools } from './interface_tools.ts';

export interface ConnEndpoint {
  /** Digits as the kernel prints them. */
  readonly x_addr: string;
  readonly x_port: string;
  readonly ip: string;
  readonly port: number;
}

/** A row with the original's keys. Each has its own column: the original read several of them two columns too far. */
export interface ConnRow {
  readonly sl: string;
  readonly local_address: ConnEndpoint;
  readonly rem_address: ConnEndpoint;
  readonly st: string;
  readonly tx_queue: number;
  readonly rx_queue: number;
  readonly tr: string;
  readonly 'tm->when': number;
  readonly retrnsmt: number;
  readonly uid: number;
  readonly timeout: number;
  readonly inode: number;
  readonly protocole: TableName;
  readonly status: string;
}

export class Conn extends IfaceInfoTools {
  readonly #table: SocketTable;

  /**
   * Reads at once.
   * @param procfilename `/proc/net/tcp`, or a table below `net/` of a recorded tree
   * @throws {RangeError} another path, or no such table @throws {HostError} ERR_PROC_UNAVAILABLE, ERR_PERMISSION
   */
  constructor(procfilename: string, protocole: TableName) {
    super();
    this.#table = new SocketTable(protocole, { procRoot: procRootOf(procfilename, protocole) });
  }

  connexion(): ConnRow[] {
    return this.#table.connections().map(connRow);
  }

  conn(): ConnRow[] {
    return this.connexion();
  }

  /** @param connstatus `'0x01'`, `'01'` or `'established'`, `'syn_sent'` ... @throws {RangeError} no such state */
  conn_by_status(connstatus: string): ConnRow[] {
    return this.#table.byState(stateOf(connstatus)).map(connRow);
  }

  get_established_conn(): ConnRow[] {
    return this.conn_by_status('0x01');
  }

  get_syn_sent_conn(): ConnRow[] {
    return this.conn_by_status('0x02');
  }

  get_syn_recv_conn(): ConnRow[] {
    return this.conn_by_status('0x03');
  }

  get_fin_wait1_conn(): ConnRow[] {
    return this.conn_by_status('0x04');
  }

  get_fin_wait2_conn(): ConnRow[] {
    return this.conn_by_status('0x05');
  }

  get_time_wait_conn(): ConnRow[] {
    return this.conn_by_status('0x06');
  }

  get_close_conn(): ConnRow[] {
    return this.conn_by_status('0x07');
  }

  get_close_wait_conn(): ConnRow[] {
    return this.conn_by_status('0x08');
  }

  get_last_ack_conn(): ConnRow[] {
    return this.conn_by_status('0x09');
  }

  get_listen_conn(): ConnRow[] {
    return this.conn_by_status('0x0A');
  }

  get_closing_conn(): ConnRow[] {
    return this.conn_by_status('0x0B');
  }

  get_max_state_conn(): ConnRow[] {
    return this.conn_by_status('0x0C');
  }

  /** Ascending; 0 of rows without a peer too. */
  remote_ports(): number[] {
    return [...this.#table.remotePorts({ includeZero: true })];
  }

  /** Ascending. */
  local_ports(): number[] {
    return [...this.#table.localPorts()];
  }

  remote_addrs(): Record<string, number[]> {
    return dictOf(this.#table.remoteAddresses({ includeUnspecified: true }));
  }

  local_addrs(): Record<string, number[]> {
    return dictOf(this.#table.localAddresses());
  }

  /** Reads again. */
  refresh(): void {
    this.#table.refresh();
  }

  reload(): void {
    this.refresh();
  }
}

/** The table of UDP over IPv4. */
export class UDPConn extends Conn {
  constructor(procfilename = '/proc/net/udp', protocole: TableName = 'udp') {
    super(procfilename, protocole);
  }
}

function procRootOf(file: string, table: TableName): string {
  const end = `/net/${table}`;
  if (!file.endsWith(end))
    throw new RangeError(`${JSON.stringify(file)} is not a table ${table}; it must end in ${end}`);
  return file.slice(0, -end.length);
}

/** `fin_wait1` is `finWait1` here, `max_states` `newSynRecv`. */
function stateOf(status: string): string {
  if (status === 'max_states') return 'newSynRecv';
  return status.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function statusOf(state: string): string {
  if (state === 'newSynRecv') return 'max_states';
  return state.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function connRow(row: SocketRow): ConnRow {
  return {
    sl: String(row.slot),
    local_address: endpointOf(row.localHex, row.local),
    rem_address: endpointOf(row.remoteHex, row.remote),
    st: row.stateCode.toString(16).toUpperCase().padStart(2, '0'),
    tx_queue: row.txQueue,
    rx_queue: row.rxQueue,
    tr: row.timer,
    'tm->when': row.timerExpiresTicks,
    retrnsmt: row.retransmits,
    uid: row.uid,
    timeout: row.timeout,
    inode: row.inode,
    protocole: row.table,
    status: statusOf(row.state),
  };
}

function endpointOf(hex: string, { address, port }: SocketRow['local']): ConnEndpoint {
  const [x_addr = '', x_port = ''] = hex.split(':');
  return { x_addr, x_port, ip: address, port };
}

function dictOf(ports: ReadonlyMap<string, readonly number[]>): Record<string, number[]> {
  return Object.fromEntries([...ports].map(([address, all]) => [address, [...all]]));
}
