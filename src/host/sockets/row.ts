/** One line of a kernel socket table: Documentation/networking/proc_net_tcp.rst of Linux, and net/ipv4 for udp. */
import { isMappedText, unmapAddress } from '../address/address.ts';
import type { Endpoint } from '../endpoint.ts';
import type { SocketState } from './state.ts';
import type { TableName } from './table_name.ts';
import type { TimerKind } from './timer.ts';

export interface SocketRow {
  readonly table: TableName;
  /** Running number (tcp) or hash bucket (udp); not stable. */
  readonly slot: number;
  readonly local: Endpoint;
  /** Unspecified address and port 0 when there is no peer. */
  readonly remote: Endpoint;
  /** The kernel's text, `0100007F:0035`. */
  readonly localHex: string;
  readonly remoteHex: string;
  readonly stateCode: number;
  readonly state: SocketState;
  /** Bytes written but not acknowledged; 0 for a tcp listener. */
  readonly txQueue: number;
  /** Bytes received but not read; for a tcp listener the connections waiting to be accepted. */
  readonly rxQueue: number;
  readonly timer: TimerKind;
  /** Clock ticks (USER_HZ) until the timer ends; see `ticksToMs`. */
  readonly timerExpiresTicks: number;
  /** Retransmission timeouts not yet recovered from; 0 for udp. */
  readonly retransmits: number;
  /** Effective uid of the creator; of a half-open row that of the listener; 0 for time-wait rows, whoever owned them. */
  readonly uid: number;
  /** Unanswered zero-window probes. */
  readonly timeout: number;
  /** Inode of the socket; 0 for time-wait and half-open rows, which belong to no process. */
  readonly inode: number;
  readonly refCount: number | undefined;
  /** Kernel address, hashed or zero. */
  readonly pointer: string | undefined;
  /** tcp only, and not on time-wait and half-open rows, like the next four. Retransmission timeout, ticks. */
  readonly rtoTicks: number | undefined;
  /** Delayed acknowledgement timeout, ticks. */
  readonly atoTicks: number | undefined;
  /** Quick acknowledgements left, times two, plus one unless the connection is interactive. */
  readonly quickAckPingPong: number | undefined;
  /** Congestion window, segments. */
  readonly cwnd: number | undefined;
  /** Slow start threshold, segments; -1 during slow start; for a listener the fast-open queue's length. */
  readonly ssthresh: number | undefined;
  /** Datagrams dropped at this socket; not for tcp. */
  readonly drops: number | undefined;
  /** An address of the row is IPv4-mapped: an IPv6 socket that speaks IPv4. */
  readonly mapped: boolean;
  /** The local address as IPv4, when it is mapped. */
  readonly unmapped: string | undefined;
}

/** The row with IPv4 addresses where it had mapped ones; the row itself when it had none. */
export function unmapRow(row: SocketRow): SocketRow {
  return row.mapped ? { ...row, local: unmapEndpoint(row.local), remote: unmapEndpoint(row.remote) } : row;
}

function unmapEndpoint(endpoint: Endpoint): Endpoint {
  return isMappedText(endpoint.address) ? { address: unmapAddress(endpoint.address), port: endpoint.port } : endpoint;
}
