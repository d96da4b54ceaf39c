/** Sockets seen in the last seconds by their addresses, including those that have closed. */
import { ipToHex } from '../host/address/hex_address.ts';
import type { Endpoint } from '../host/endpoint.ts';
import type { ScannedSocket } from './socket_scan.ts';
import type { SocketHolder } from './socket_holders.ts';

/** How long a closed socket is remembered. Milliseconds. */
const KEEP_MS = 5_000;
/** How often closed sockets are removed. Milliseconds. */
const FORGET_EVERY_MS = 1_000;

export interface SeenSocket {
  readonly inode: number;
  readonly uid: number;
  /** What other sockets of the same process may share, in hexadecimal digits: `REMOTE:PORT`; `LOCAL:PORT` and a blank
   *  of an accepted one. */
  readonly habitKey: string;
  /** Of an accepted socket: the one that listens on its local end. */
  readonly listener: SeenSocket | undefined;
  /** When it was last in the table. Milliseconds since the epoch. */
  lastSeenMs: number;
  holder: SocketHolder | undefined;
  /** When the holder was last known to have it. Milliseconds since the epoch. */
  heldAtMs: number;
  /** Failed searches for the holder. */
  searches: number;
  /** The holder and those who share the socket, by ascending pid, and when that was found out. */
  sharers: { readonly holders: readonly SocketHolder[]; readonly atMs: number } | undefined;
}

/** An endpoint in the digits of the tables. */
export interface EndpointKeys {
  /** Undefined for IPv6. */
  readonly ipv4: string | undefined;
  /** Of the IPv4-mapped address for IPv4: IPv6 sockets can have IPv4 connections. */
  readonly ipv6: string;
  readonly ipv4Any: string;
  readonly ipv6Any: string;
}

/** What the digits of an IPv4-mapped address begin with. */
export const MAPPED_PREFIX = ipToHex('::ffff:0.0.0.0').slice(0, 24);

const NO_PEER_IPV4 = '00000000:0000';
const NO_PEER_IPV6 = `${'0'.repeat(32)}:0000`;

/** @param endpoint with a canonical address, IPv4 for mapped addresses */
export function endpointKeys({ address, port }: Endpoint): EndpointKeys {
  const portHex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const ipv6 = address.includes(':');
  return {
    ipv4: ipv6 ? undefined : ipToHex(address) + portHex,
    ipv6: ipToHex(ipv6 ? address : `::ffff:${address}`) + portHex,
    ipv4Any: `00000000${portHex}`,
    ipv6Any: '0'.repeat(32) + portHex,
  };
}

/** Under which the tables may have a connection. */
export function connectionKeys(local: EndpointKeys, remote: EndpointKeys): string[] {
  const ipv6 = `${local.ipv6} ${remote.ipv6}`;
  return local.ipv4 === undefined || remote.ipv4 === undefined ? [ipv6] : [`${local.ipv4} ${remote.ipv4}`, ipv6];
}

/** Sockets of one transport protocol, over IPv4 and IPv6. */
export class SocketHistory {
  /** Connections of the last read that have left their process. */
  left: ReadonlySet<string> = new Set();
  readonly #sockets = new Map<string, SeenSocket>();
  readonly #listeners = new Map<string, SeenSocket>();
  #forgottenAt = Number.NEGATIVE_INFINITY;

  /** @returns the socket when it is new */
  see({ key, listens, uid, inode }: ScannedSocket, nowMs: number): SeenSocket | undefined {
    const split = key.indexOf(' ');
    const sockets = listens ? this.#listeners : this.#sockets;
    const mapKey = listens ? key.slice(0, split) : key;
    const known = sockets.get(mapKey);
    if (known?.inode === inode) {
      known.lastSeenMs = nowMs;
      return undefined;
    }
    const listener = listens ? undefined : this.#listenerOf(key.slice(0, split));
    const socket: SeenSocket = {
      inode,
      uid,
      habitKey: listener === undefined ? key.slice(split + 1) : key.slice(0, split + 1),
      listener,
      lastSeenMs: nowMs,
      holder: undefined,
      heldAtMs: nowMs,
      searches: 0,
      sharers: undefined,
    };
    sockets.set(mapKey, socket);
    return socket;
  }

  /** Removes listeners that a complete read at this time did not show. */
  dropListeners(ipv6: boolean, readAtMs: number): void {
    for (const [key, { lastSeenMs }] of this.#listeners) {
      if (lastSeenMs < readAtMs && (key.length === NO_PEER_IPV6.length) === ipv6) this.#listeners.delete(key);
    }
  }

  /** Removes sockets that closed long ago. */
  forget(nowMs: number): void {
    if (nowMs - this.#forgottenAt < FORGET_EVERY_MS) return;
    this.#forgottenAt = nowMs;
    for (const [key, { lastSeenMs }] of this.#sockets) {
      if (nowMs - lastSeenMs > KEEP_MS) this.#sockets.delete(key);
    }
  }

  /** The listener that accepts connections to an address and port. */
  listener(local: EndpointKeys): SeenSocket | undefined {
    const { ipv4, ipv6, ipv4Any, ipv6Any } = local;
    const listeners = this.#listeners;
    const own = ipv4 === undefined ? undefined : (listeners.get(ipv4) ?? listeners.get(ipv4Any));
    return own ?? listeners.get(ipv6) ?? listeners.get(ipv6Any);
  }

  /** The listener on a socket's local end: the socket was accepted, not made by a connect. */
  #listenerOf(local: string): SeenSocket | undefined {
    const listeners = this.#listeners;
    const port = local.slice(local.indexOf(':'));
    return listeners.get(local) ?? listeners.get(`00000000${port}`) ?? listeners.get(`${'0'.repeat(32)}${port}`);
  }

  /** Whether the connection was in the last read, without a process: in time-wait, or waiting for its end. Only those
   *  that the read was told to look for. */
  hasLeft(local: EndpointKeys, remote: EndpointKeys): boolean {
    return connectionKeys(local, remote).some((key) => this.left.has(key));
  }

  /** The socket with both ends. */
  connected(local: EndpointKeys, remote: EndpointKeys): SeenSocket | undefined {
    for (const key of connectionKeys(local, remote)) {
      const socket = this.#sockets.get(key);
      if (socket !== undefined) return socket;
    }
    return undefined;
  }

  /** A socket without a peer on this address and port, or on this port alone. */
  bound({ ipv4, ipv6, ipv4Any, ipv6Any }: EndpointKeys): SeenSocket | undefined {
    const sockets = this.#sockets;
    const own =
      ipv4 === undefined
        ? undefined
        : (sockets.get(`${ipv4} ${NO_PEER_IPV4}`) ?? sockets.get(`${ipv4Any} ${NO_PEER_IPV4}`));
    return own ?? sockets.get(`${ipv6} ${NO_PEER_IPV6}`) ?? sockets.get(`${ipv6Any} ${NO_PEER_IPV6}`);
  }
}
