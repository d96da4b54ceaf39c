/** Reads the socket tables repeatedly and tracks which processes have the sockets. */
import type { HostOptions } from '../host/options.ts';
import { hasConnectedItself, localPortRange } from '../host/sockets/local_port_range.ts';
import type { PortLimits } from '../host/sockets/local_port_range.ts';
import { PeerHabits } from './peer_habits.ts';
import { MAPPED_PREFIX, SocketHistory } from './socket_history.ts';
import type { EndpointKeys, SeenSocket } from './socket_history.ts';
import { SocketHolders } from './socket_holders.ts';
import type { SocketHolder } from './socket_holders.ts';
import { LeftConnections, scanSockets } from './socket_scan.ts';
import type { ScannedSocket } from './socket_scan.ts';

/** Searches after which a socket's process is considered unknown. */
const SEARCHES_MAX = 3;
/** A socket missing from the tables for this long has closed. Milliseconds. */
const GONE_MS = 50;
/** How long a holder is trusted before it is checked again. Milliseconds. */
const HELD_MS = 200;

const NONE: ReadonlySet<string> = new Set();

export interface Tables {
  readonly tcp: boolean;
  readonly tcp6: boolean;
  readonly udp: boolean;
}

export class SocketWatch {
  readonly tcp = new SocketHistory();
  readonly udp = new SocketHistory();
  readonly habits: PeerHabits;
  readonly holders: SocketHolders;
  readonly #net: string;
  readonly #portRange: PortLimits;
  readonly #now: () => number;
  /** Sockets whose process is being searched for. */
  readonly #unheld = new Set<SeenSocket>();

  #mappedSeenMs = Number.NEGATIVE_INFINITY;

  /** @param options.namespace a process in the network namespace that is meant */
  constructor(options: HostOptions & { readonly namespace?: number }) {
    this.holders = new SocketHolders(options);
    const { procRoot = '/proc', namespace } = options;
    this.#net = namespace === undefined ? `${procRoot}/net` : `${procRoot}/${namespace}/net`;
    this.#portRange = localPortRange(options);
    this.#now = options.now ?? Date.now;
    this.habits = new PeerHabits(this.#now);
  }

  /**
   * Reads tables and searches for the processes of new sockets. Yields where the caller can pause.
   * @param perhapsLeft TCP connections that are looked for among those without a process, too, by their keys
   */
  *read(tables: Tables, perhapsLeft: readonly string[] = []): Generator<undefined> {
    const nowMs = this.#now();
    const left = perhapsLeft.length === 0 ? undefined : new LeftConnections(perhapsLeft);
    if (tables.udp) {
      yield* this.#scan('udp', this.udp, nowMs);
      yield* this.#scan('udp6', this.udp, nowMs);
    }
    if (tables.tcp6) {
      yield* this.#scan('tcp6', this.tcp, nowMs, left);
      this.tcp.dropListeners(true, nowMs);
    }
    // Read last, because it has most of the short-lived sockets: their processes are searched for at once.
    if (tables.tcp) {
      yield* this.#scan('tcp', this.tcp, nowMs, left);
      this.tcp.dropListeners(false, nowMs);
    }
    if (tables.tcp || tables.tcp6) this.tcp.left = left?.found ?? NONE;
    yield* this.#search(nowMs);
    this.tcp.forget(nowMs);
    this.udp.forget(nowMs);
  }

  *#scan(
    table: 'tcp' | 'tcp6' | 'udp' | 'udp6',
    history: SocketHistory,
    nowMs: number,
    left?: LeftConnections,
  ): Generator<undefined> {
    const ipv6 = table.endsWith('6');
    const see = (scanned: ScannedSocket): void => {
      const socket = history.see(scanned, nowMs);
      if (socket === undefined) return;
      if (scanned.key.startsWith(MAPPED_PREFIX)) this.#mappedSeenMs = nowMs;
      this.#unheld.add(socket);
    };
    yield* scanSockets(`${this.#net}/${table}`, ipv6, see, left);
  }

  /** Time since the last IPv6 socket that made an IPv4 connection. Milliseconds. */
  get mappedSeenAgoMs(): number {
    return this.#now() - this.#mappedSeenMs;
  }

  *#search(nowMs: number): Generator<undefined> {
    const sockets = [...this.#unheld];
    const byInode = new Map(sockets.map((socket) => [socket.inode, socket]));
    const wanted = sockets.map(({ inode, uid, habitKey, listener }) => ({
      inode,
      uid,
      hints: [...this.habits.processes(habitKey), ...(listener?.holder === undefined ? [] : [listener.holder.pid])],
    }));
    yield* this.holders.search(wanted, (inode, holder) => {
      const socket = byInode.get(inode);
      if (socket === undefined) return;
      socket.holder = holder;
      socket.heldAtMs = nowMs;
      this.#unheld.delete(socket);
      this.habits.note(socket.habitKey, holder.pid);
    });
    for (const socket of sockets) {
      socket.searches++;
      // A socket that has left the table no longer has a process.
      if (socket.holder !== undefined || (socket.searches < SEARCHES_MAX && nowMs - socket.lastSeenMs <= GONE_MS))
        continue;
      this.#unheld.delete(socket);
      socket.searches = SEARCHES_MAX;
      this.habits.note(socket.habitKey);
    }
  }

  /** Whether a UDP socket with a peer opened the exchange. @param port of its local end */
  hasConnectedItself(local: EndpointKeys, port: number): boolean {
    return hasConnectedItself(port, this.udp.bound(local) !== undefined, this.#portRange);
  }

  /** Whether the socket's process may still be found: it is searched for with the next read. */
  isSearched(socket: SeenSocket): boolean {
    if (socket.holder === undefined && socket.searches < SEARCHES_MAX) this.#unheld.add(socket);
    return this.#unheld.has(socket);
  }

  /** The holder, and its parent and children that have the socket too: the same descriptor, as after a fork. */
  sharers(socket: SeenSocket, holder: SocketHolder): readonly SocketHolder[] {
    const nowMs = this.#now();
    const known = socket.sharers;
    if (known !== undefined && nowMs - known.atMs < HELD_MS && known.holders.includes(holder)) return known.holders;
    const holders = [holder, ...this.holders.relatives(socket.inode, holder)].sort((a, b) => a.pid - b.pid);
    socket.sharers = { holders, atMs: nowMs };
    return holders;
  }

  /** Checks that a long-lived socket still has the same holder, and updates its name. */
  renew(socket: SeenSocket): void {
    const nowMs = this.#now();
    if (socket.holder === undefined || nowMs - socket.heldAtMs < HELD_MS) return;
    socket.heldAtMs = nowMs;
    socket.holder = this.holders.current(socket.inode, socket.holder);
    socket.searches = 0;
  }
}
