/** Errors of the host modules. Wrong arguments are `TypeError` and `RangeError` instead, thrown at once. */
import { PcapflowError } from '../errors.ts';

export type HostErrorCode =
  /** A required file of /proc cannot be opened or read. */
  | 'ERR_PROC_UNAVAILABLE'
  /** Not permitted; the message names the required capability or user. */
  | 'ERR_PERMISSION'
  | 'ERR_NO_RESOLVER'
  | 'ERR_RESOLVER_UNAVAILABLE'
  | 'ERR_RESOLVER_TIMEOUT'
  | 'ERR_PID_UNKNOWN'
  | 'ERR_NO_CONNECTIONS'
  /** No socket table has a row for the packet. */
  | 'ERR_CONNECTION_NOT_FOUND'
  /** The socket's process is unknown or not visible; only when a pid was required. */
  | 'ERR_PID_NOT_FOUND'
  /** A protocol other than TCP and UDP. */
  | 'ERR_UNSUPPORTED_PROTOCOL'
  | 'ERR_OWNER_PROTOCOL'
  | 'ERR_OWNER_TIMEOUT'
  /** Another user could have written the cache's folder or file, so it is not used. */
  | 'ERR_CACHE_UNSAFE';

/** Base of the errors of the host modules. */
export class HostError extends PcapflowError<HostErrorCode> {}
