/** Query and answer of a look-up. */
import type { Endpoint } from '../endpoint.ts';
import type { TableName } from '../sockets/index.ts';

/** One packet. Its local end is `inbound ? dst : src`. */
export interface PacketInfo {
  /** Default: 4 when the local address is IPv4 or IPv4-mapped, else 6. */
  readonly version?: 4 | 6;
  /** Another number is an IP protocol without ports. */
  readonly protocol: 'tcp' | 'udp' | number;
  /** The way this packet went, seen from this host. */
  readonly inbound: boolean;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
}

export interface LookupResult {
  /** UNDEFINED_PID when no process is found or visible. */
  readonly pid: number;
  /** Whether the other end started the exchange. */
  readonly inbound: boolean;
  /** User of the socket; null when the connection has left its process: time-wait, and others that wait for their end. */
  readonly uid: number | null;
  /** Inode of the socket; 0 for time-wait and half-open ones. */
  readonly inode: number;
  /** Whose row it is: that of the connection, or only of the listener that will accept it. */
  readonly evidence: 'socket' | 'listener';
}

/** No process. */
export const UNDEFINED_PID = -1;

/** A socket without a peer: a TCP listener or any UDP socket. */
export interface BindInfo {
  readonly local: Endpoint;
  readonly pid: number;
  readonly uid: number;
  readonly inode: number;
  /** Bound to the unspecified address: it accepts packets to any. */
  readonly listensAny: boolean;
}

export interface ConnectionInfo {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly pid: number;
  /** As in `LookupResult`. */
  readonly uid: number | null;
  readonly inode: number;
}

/** All that the tables hold. Every array is frozen. */
export interface NetworkState {
  readonly tcp4Connections: readonly ConnectionInfo[];
  readonly tcp4Listeners: readonly BindInfo[];
  readonly tcp6Connections: readonly ConnectionInfo[];
  readonly tcp6Listeners: readonly BindInfo[];
  readonly udp4Binds: readonly BindInfo[];
  readonly udp6Binds: readonly BindInfo[];
  /** Tables that could not be read now; their rows are those of the last read. */
  readonly errors: readonly TableName[];
}
