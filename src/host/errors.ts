/** Errors of the host modules. Wrong arguments are `TypeError` and `RangeError` instead, thrown at once. */
import { PcapflowError } from '../errors.ts';

export type HostErrorCode =
  /** A file of /proc that is needed cannot be opened or read. */
  | 'ERR_PROC_UNAVAILABLE'
  /** Not allowed; the message names the capability or the user that is needed. */
  | 'ERR_PERMISSION'
  | 'ERR_NO_RESOLVER'
  | 'ERR_RESOLVER_UNAVAILABLE'
  | 'ERR_RESOLVER_TIMEOUT'
  | 'ERR_PID_UNKNOWN'
  | 'ERR_PID_AMBIGUOUS'
  | 'ERR_NO_CONNECTIONS'
  /** No row of a socket table belongs to the packet. */
  | 'ERR_CONNECTION_NOT_FOUND'
  /** A socket without a process that can be seen; only when a pid was required. */
  | 'ERR_PID_NOT_FOUND'
  /** A protocol other than TCP and UDP. */
  | 'ERR_UNSUPPORTED_PROTOCOL'
  | 'ERR_OWNER_PROTOCOL'
  | 'ERR_OWNER_TIMEOUT'
  /** The cache's folder or file could be somebody else's work: it is not used. */
  | 'ERR_CACHE_UNSAFE';

/** Base of the errors of the host modules. */
export class HostError extends PcapflowError<HostErrorCode> {}
