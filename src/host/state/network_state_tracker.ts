/**
 * Finds the process behind a packet, and which end started the exchange.
 *
 * Answers come from the kernel's socket tables, so a socket must still be open, or have been open when a table was
 * read. A TCP exchange is inbound when its local end is a listener's: traffic of a service of this host to itself, on a
 * port that it also listens on, counts as inbound. A UDP exchange has the direction of its first packet, but a socket
 * that is connected to the peer from a port that the kernel chose has opened it. The process is that of the connection's own socket, which an inetd or
 * a forking server has passed on; the listener's only where the connection has no row, or has not been accepted yet. For
 * multicast, two processes bound to one UDP port with different addresses cannot be distinguished.
 */
import { addressFamily, unmapAddress } from '../address/address.ts';
import { isInboundMulticast } from '../address/address_scope.ts';
import type { Endpoint } from '../endpoint.ts';
import type { SocketTableOptions } from '../sockets/index.ts';
import { hasConnectedItself } from '../sockets/local_port_range.ts';
import { LookupError } from './lookup_error.ts';
import { UNDEFINED_PID } from './packet_info.ts';
import type { BindInfo, ConnectionInfo, LookupResult, NetworkState, PacketInfo } from './packet_info.ts';
import { PidFinder } from './pid_finder.ts';
import { systemReader } from './state_reader.ts';
import type { StateReader, StateTable } from './state_reader.ts';
import { TableSnapshot } from './table_snapshot.ts';
import type { StateRow } from './table_snapshot.ts';
import { UDP_CONNECTION_TTL_MS, UdpPeers } from './udp_peers.ts';
import { refuseUnknown } from '../../options/check.ts';

/** How often a table is searched before the packet is reported to have no socket. */
const TRIES = 5;
const TRIES_FAST = 2;

export interface TrackerOptions extends SocketTableOptions {
  /** Access to the system. Default: this system, as the other options describe. */
  readonly reader?: StateReader;
}

export interface LookupOptions {
  /** Fewer attempts: a miss takes at most about 20 ms instead of 50, and sockets just being created may be missed. */
  readonly fast?: boolean;
  /** A socket without a process is an error. */
  readonly requirePid?: boolean;
}

interface Match {
  readonly found: StateRow;
  readonly inbound: boolean;
}

/** Owns its tables and memories: two trackers share nothing. */
export class NetworkStateTracker {
  readonly #reader: StateReader;
  readonly #tables: Readonly<Record<StateTable, TableSnapshot>>;
  readonly #pids: PidFinder;
  readonly #peers = new UdpPeers();
  #tcpDualStack = false;
  #udpDualStack = false;

  constructor(options: TrackerOptions = {}) {
    refuseUnknown('NetworkStateTracker', options);
    const reader = options.reader ?? systemReader(options);
    this.#reader = reader;
    this.#pids = new PidFinder(reader);
    this.#tables = {
      tcp: new TableSnapshot('tcp', reader),
      tcp6: new TableSnapshot('tcp6', reader),
      udp: new TableSnapshot('udp', reader),
      udp6: new TableSnapshot('udp6', reader),
    };
  }

  /** Searches that found a socket but no process, where rights were missing: it takes root, or CAP_SYS_PTRACE and
   *  CAP_DAC_READ_SEARCH. */
  get permissionDenied(): number {
    return this.#pids.permissionDenied;
  }

  /** UDP exchanges whose direction is remembered. */
  get udpStates(): number {
    return this.#peers.size;
  }

  /** UDP exchanges forgotten because there were too many. */
  get udpStatesDropped(): number {
    return this.#peers.dropped;
  }

  /** IPv4 packets are also looked up in tcp6: a listener on `::` has its IPv4 connections there. */
  enableTcpDualStack(): void {
    this.#tcpDualStack = true;
  }

  /** The same for UDP. */
  enableUdpDualStack(): void {
    this.#udpDualStack = true;
  }

  /** @throws {LookupError} ERR_CONNECTION_NOT_FOUND, ERR_UNSUPPORTED_PROTOCOL, and with `requirePid` ERR_PID_NOT_FOUND
   *  @throws {HostError} ERR_PROC_UNAVAILABLE */
  async lookup(packet: PacketInfo, options: LookupOptions = {}): Promise<LookupResult> {
    refuseUnknown('NetworkStateTracker.lookup', options);
    const { fast = false, requirePid = false } = options;
    const tables = this.#tablesFor(packet);
    if (tables === undefined) {
      const reason = `protocol ${packet.protocol} has no sockets to look up; it must be tcp or udp`;
      throw new LookupError('ERR_UNSUPPORTED_PROTOCOL', reason, packet.inbound);
    }
    const { found, inbound } = await this.#search(packet, tables, fast ? TRIES_FAST : TRIES);
    const { inode } = found.row;
    const uid = userOf(found);
    const pid = await this.#pids.find(inode, uid);
    if (pid === UNDEFINED_PID && requirePid) {
      throw new LookupError(
        'ERR_PID_NOT_FOUND',
        `${describe(packet)}: no process can be seen that has its socket`,
        inbound,
      );
    }
    const evidence = found.row.state === 'listen' ? 'listener' : 'socket';
    return { pid, inbound, uid, inode, evidence };
  }

  async #search(packet: PacketInfo, tables: readonly TableSnapshot[], tries: number): Promise<Match> {
    for (let attempt = 1; attempt <= tries; attempt++) {
      for (const table of tables) {
        if (attempt > 1 || packet.seenAt < table.updatedAt || table.updatedAt === Number.NEGATIVE_INFINITY)
          await table.refresh();
        const match = packet.protocol === 'tcp' ? matchTcp(packet, table) : this.#matchUdp(packet, table);
        if (match !== undefined) return match;
      }
    }
    throw new LookupError(
      'ERR_CONNECTION_NOT_FOUND',
      `${describe(packet)}: no socket has this connection`,
      packet.inbound,
    );
  }

  #matchUdp(packet: PacketInfo, table: TableSnapshot): Match | undefined {
    const found = findBind(packet, table);
    if (found === undefined) return undefined;
    const { local, remote } = ends(packet);
    if (remote.port === 0) return { found, inbound: packet.inbound };
    if (packet.inbound && found.row.remote.port !== 0) {
      const isShared = (table.rows.binds.get(local.port) ?? []).some(({ row }) => row.remote.port === 0);
      if (hasConnectedItself(local.port, isShared, this.#reader.localPortRange())) return { found, inbound: false };
    }
    const inbound = this.#peers.direction(bindKey(found), endpointKey(remote), packet.inbound, this.#reader.now());
    return { found, inbound };
  }

  /** Whether the exchange is still there. TCP: a connection, listeners do not count. UDP: a bind, and a packet of this
   *  peer within UDP_CONNECTION_TTL_MS. @throws {HostError} ERR_PROC_UNAVAILABLE */
  async exists(packet: PacketInfo, now = this.#reader.now()): Promise<boolean> {
    for (const table of this.#tablesFor(packet) ?? []) {
      if (table.updatedAt < packet.seenAt) await table.refresh();
      if (packet.protocol === 'tcp') {
        if (findConnection(packet, table) !== undefined) return true;
        continue;
      }
      const bind = findBind(packet, table);
      if (bind === undefined) continue;
      const lastSeen = this.#peers.lastSeen(bindKey(bind), endpointKey(ends(packet).remote));
      return lastSeen !== undefined && now - lastSeen < UDP_CONNECTION_TTL_MS;
    }
    return false;
  }

  /** Everything, read now. Never rejects: tables that cannot be read are named in `errors`. */
  async getInfo(): Promise<NetworkState> {
    const errors = await this.#refreshAll();
    const { tcp, tcp6, udp, udp6 } = this.#tables;
    const all = [tcp, tcp6, udp, udp6].flatMap(({ rows }) => [...each(rows.binds), ...each(rows.connections)]);
    const pids = this.#pids.findAll(all.map(({ row }) => row.inode).filter((inode) => inode !== 0));
    const binds = (table: TableSnapshot): readonly BindInfo[] =>
      Object.freeze(
        each(table.rows.binds).map(({ row, listensAny }) => {
          const { local, uid, inode } = row;
          return Object.freeze({ local, pid: pids.get(inode) ?? UNDEFINED_PID, uid, inode, listensAny });
        }),
      );
    const connections = (table: TableSnapshot): readonly ConnectionInfo[] =>
      Object.freeze(
        each(table.rows.connections).map((connection) => {
          const { local, remote, inode } = connection.row;
          return Object.freeze({
            local,
            remote,
            pid: pids.get(inode) ?? UNDEFINED_PID,
            uid: userOf(connection),
            inode,
          });
        }),
      );
    return Object.freeze({
      tcp4Connections: connections(tcp),
      tcp4Listeners: binds(tcp),
      tcp6Connections: connections(tcp6),
      tcp6Listeners: binds(tcp6),
      udp4Binds: binds(udp),
      udp6Binds: binds(udp6),
      errors,
    });
  }

  /**
   * Removes UDP directions that are no longer needed. Call it every 5 minutes or so. Never rejects; binds of a table
   * that cannot be read are kept.
   */
  async cleanUdpStates(now = this.#reader.now()): Promise<void> {
    const { udp, udp6 } = this.#tables;
    await Promise.allSettled([udp.refresh(), udp6.refresh()]);
    const bound = new Set([udp, udp6].flatMap((table) => each(table.rows.binds)).map(bindKey));
    this.#peers.clean((bind) => bound.has(bind), now);
  }

  async #refreshAll(): Promise<readonly StateTable[]> {
    const tables = Object.values(this.#tables);
    const results = await Promise.allSettled(tables.map((table) => table.refresh()));
    return Object.freeze(tables.filter((_, index) => results[index]?.status === 'rejected').map(({ table }) => table));
  }

  /** Undefined: a protocol without sockets. */
  #tablesFor(packet: PacketInfo): readonly TableSnapshot[] | undefined {
    const { tcp, tcp6, udp, udp6 } = this.#tables;
    const version = packet.version ?? addressFamily(ends(packet).local.address);
    switch (packet.protocol) {
      case 'tcp':
        return version !== 4 ? [tcp6] : this.#tcpDualStack ? [tcp, tcp6] : [tcp];
      case 'udp':
        return version !== 4 ? [udp6] : this.#udpDualStack ? [udp, udp6] : [udp];
      default:
        return undefined;
    }
  }
}

function matchTcp(packet: PacketInfo, table: TableSnapshot): Match | undefined {
  const { local } = ends(packet);
  const listener = table.rows.binds
    .get(local.port)
    ?.find(({ listensAny, localAddress }) => listensAny || localAddress === local.address);
  const connection = findConnection(packet, table);
  const inbound = listener !== undefined;
  if (connection !== undefined && !(inbound && isQueued(connection))) return { found: connection, inbound };
  return inbound ? { found: listener, inbound } : undefined;
}

/** The kernel prints 0 for a connection that has left its process: time-wait, and others that only wait for the end. */
function userOf({ row: { inode, state, uid } }: StateRow): number | null {
  return inode === 0 && state !== 'synRecv' && state !== 'newSynRecv' && state !== 'listen' ? null : uid;
}

/** The listener has not accepted it yet. */
function isQueued({ row: { inode, state } }: StateRow): boolean {
  return inode === 0 && (state === 'synRecv' || state === 'newSynRecv' || state === 'established');
}

function findConnection(packet: PacketInfo, table: TableSnapshot): StateRow | undefined {
  const { local, remote } = ends(packet);
  return table.rows.connections
    .get(local.port)
    ?.find(
      ({ row, localAddress, remoteAddress }) =>
        row.remote.port === remote.port && localAddress === local.address && remoteAddress === remote.address,
    );
}

/** As the kernel chooses: a socket that is connected to the peer, then one on the address, then one on any. */
function findBind(packet: PacketInfo, table: TableSnapshot): StateRow | undefined {
  const { local, remote } = ends(packet);
  const toGroup = isInboundMulticast(packet.inbound, local.address);
  const isPeer = ({ row, remoteAddress }: StateRow): boolean =>
    row.remote.port === remote.port && remoteAddress === remote.address;
  const takes = (bind: StateRow): boolean =>
    (bind.listensAny || toGroup || bind.localAddress === local.address) && (bind.row.remote.port === 0 || isPeer(bind));
  const rank = (bind: StateRow): number => (isPeer(bind) ? 2 : 0) + (bind.listensAny ? 0 : 1);
  const [first, ...others] = (table.rows.binds.get(local.port) ?? []).filter(takes);
  if (first === undefined) return undefined;
  return others.reduce((best, bind) => (rank(bind) > rank(best) ? bind : best), first);
}

/** Both ends in one spelling: canonical, and IPv4 for mapped addresses. */
function ends({ inbound, src, dst }: PacketInfo): { readonly local: Endpoint; readonly remote: Endpoint } {
  return inbound ? { local: unmapped(dst), remote: unmapped(src) } : { local: unmapped(src), remote: unmapped(dst) };
}

function unmapped({ address, port }: Endpoint): Endpoint {
  return { address: unmapAddress(address), port };
}

function bindKey({ row }: StateRow): string {
  return endpointKey(row.local);
}

function endpointKey({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

function each(byPort: ReadonlyMap<number, readonly StateRow[]>): StateRow[] {
  return [...byPort.values()].flat();
}

function describe({ protocol, src, dst }: PacketInfo): string {
  return `${protocol} ${src.address} port ${src.port} to ${dst.address} port ${dst.port}`;
}
