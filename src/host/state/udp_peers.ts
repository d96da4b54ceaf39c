/** Who started a UDP exchange: the first packet between a bind and a peer decides, and is remembered. */

/** How long a direction is remembered after the last packet. Milliseconds. */
export const UDP_CONN_STATE_TTL_MS = 72 * 3_600_000;
/** The same for binds that have very many peers. Milliseconds. */
export const UDP_CONN_STATE_SHORTENED_TTL_MS = 3 * 3_600_000;
/** Binds with more peers than this have the shorter time. A soft limit: younger ones stay. */
export const AGGRESSIVE_CLEANING_THRESHOLD = 256;
/** How long after its last packet a UDP exchange is said to exist. Milliseconds. */
export const UDP_CONNECTION_TTL_MS = 10 * 60_000;
/** Peers remembered at most, of all binds; those not seen for longest are dropped first. */
const UDP_PEERS_MAX = 65_536;

interface Peer {
  readonly bind: string;
  readonly inbound: boolean;
  /** Milliseconds since the epoch. */
  lastSeen: number;
}

export class UdpPeers {
  /** The one not seen for longest is first. */
  readonly #peers = new Map<string, Peer>();
  #dropped = 0;

  get size(): number {
    return this.#peers.size;
  }

  /** Peers forgotten because there were more than UDP_PEERS_MAX. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Direction of the exchange; the given one when it is new. */
  direction(bind: string, remote: string, inbound: boolean, now: number): boolean {
    const key = `${bind} ${remote}`;
    const peer = this.#peers.get(key) ?? { bind, inbound, lastSeen: now };
    peer.lastSeen = now;
    this.#peers.delete(key);
    this.#peers.set(key, peer);
    if (this.#peers.size > UDP_PEERS_MAX) this.#dropOldest();
    return peer.inbound;
  }

  /** When the peer was last seen, without renewing it. */
  lastSeen(bind: string, remote: string): number | undefined {
    return this.#peers.get(`${bind} ${remote}`)?.lastSeen;
  }

  /** Removes peers of closed binds, and those not seen for too long. */
  clean(isBound: (bind: string) => boolean, now: number): void {
    const counts = new Map<string, number>();
    for (const [key, peer] of this.#peers) {
      if (!isBound(peer.bind) || now - peer.lastSeen > UDP_CONN_STATE_TTL_MS) this.#peers.delete(key);
      else counts.set(peer.bind, (counts.get(peer.bind) ?? 0) + 1);
    }
    for (const [key, peer] of this.#peers) {
      const crowded = (counts.get(peer.bind) ?? 0) > AGGRESSIVE_CLEANING_THRESHOLD;
      if (crowded && now - peer.lastSeen > UDP_CONN_STATE_SHORTENED_TTL_MS) this.#peers.delete(key);
    }
  }

  #dropOldest(): void {
    for (const key of this.#peers.keys()) {
      this.#peers.delete(key);
      this.#dropped++;
      return;
    }
  }
}
