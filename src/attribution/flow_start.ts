/** Query and answer about a new flow. */

/** A flow that has just started. */
export interface FlowStart {
  /** IANA protocol number. Only 6 (TCP) and 17 (UDP) have processes. */
  readonly protocol: number;
  /** Originator. Any text of the address. */
  readonly srcAddress: string;
  readonly srcPort: number;
  /** Responder. */
  readonly dstAddress: string;
  readonly dstPort: number;
  /** Time of the first packet, milliseconds since the epoch. */
  readonly firstSeenMs: number;
  /** TCP: a SYN has said who the originator is. Default false: the first packet seen may have been a reply. */
  readonly originatorKnown?: boolean;
}

export interface FlowProcess {
  readonly pid: number;
  /** `comm`, raw. */
  readonly name: string;
  /** Effective uid. */
  readonly uid: number;
}

/**
 * How the process was found: it has the flow's own socket, the kernel has reported that it closed it, it listens on the
 * port, or only it talks to this peer.
 */
export type Evidence = 'socket' | 'trace' | 'listener' | 'habit';

/** A process that has the socket that is the evidence. */
export interface Holder {
  readonly pid: number;
  /** `comm`, raw. */
  readonly name: string;
  readonly descriptor: number;
}

export interface Attribution {
  /** Of several that share the socket, the one with the lowest pid. */
  readonly process: FlowProcess | null;
  /** Seen from this host; null when neither end is its own. */
  readonly inbound: boolean | null;
  /** The responder is the one that opened the exchange: the first packet seen was a reply. */
  readonly turned: boolean;
  /** Null without a process. */
  readonly evidence: Evidence | null;
  /** Who has the socket, by ascending pid: the process, and its relatives that share it after a fork. None for a habit. */
  readonly holders: readonly Holder[];
  /** Packets that only pass through or by: neither end is this host's, and they are not sent to a group. */
  readonly forwarded: boolean;
  /** Network namespace of the process, as `namespaceText` names it; null for the present one. */
  readonly namespace: string | null;
  /**
   * Interface of this host's link-local IPv6 address, which both ends then are on (RFC 4007 §6); null for other
   * addresses, and where several interfaces have the address.
   */
  readonly scope: string | null;
}
