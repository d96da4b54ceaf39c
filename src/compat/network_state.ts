/**
 * The names of Portmaster's Go package `network/state` for `NetworkStateTracker`: docs/mapping/portmaster.md. As there,
 * all calls share one state, which the first of them makes.
 */
import {
  addressScope,
  AGGRESSIVE_CLEANING_THRESHOLD,
  NetworkStateTracker,
  UDP_CONN_STATE_SHORTENED_TTL_MS,
  UDP_CONN_STATE_TTL_MS,
  UDP_CONNECTION_TTL_MS,
  UNDEFINED_PID,
} from '../host/index.ts';
import type { AddressScope, BindInfo, ConnectionInfo, PacketInfo } from '../host/index.ts';

/** Milliseconds, as the next two. */
export const UDPConnStateTTL = UDP_CONN_STATE_TTL_MS;
export const UDPConnStateShortenedTTL = UDP_CONN_STATE_SHORTENED_TTL_MS;
export const UDPConnectionTTL = UDP_CONNECTION_TTL_MS;
export const AggressiveCleaningThreshold = AGGRESSIVE_CLEANING_THRESHOLD;
export const UndefinedProcessID = UNDEFINED_PID;

/** Codes of the errors that `Lookup` throws: `error.code === ErrPIDNotFound`. */
export const ErrConnectionNotFound = 'ERR_CONNECTION_NOT_FOUND';
export const ErrPIDNotFound = 'ERR_PID_NOT_FOUND';

/** Results of `GetIPScope`. */
export const Invalid: AddressScope = 'invalid';
export const HostLocal: AddressScope = 'hostLocal';
export const LinkLocal: AddressScope = 'linkLocal';
export const SiteLocal: AddressScope = 'siteLocal';
export const Global: AddressScope = 'global';
export const LocalMulticast: AddressScope = 'localMulticast';
export const GlobalMulticast: AddressScope = 'globalMulticast';

export interface Info {
  readonly TCP4Connections: readonly ConnectionInfo[];
  readonly TCP4Listeners: readonly BindInfo[];
  readonly TCP6Connections: readonly ConnectionInfo[];
  readonly TCP6Listeners: readonly BindInfo[];
  readonly UDP4Binds: readonly BindInfo[];
  readonly UDP6Binds: readonly BindInfo[];
}

let shared: NetworkStateTracker | undefined;

function tracker(): NetworkStateTracker {
  shared ??= new NetworkStateTracker();
  return shared;
}

/** Go's third result is what is thrown: a `LookupError`, which has `pid` and `inbound` too.
 *  @throws {LookupError} ErrConnectionNotFound, ErrPIDNotFound, ERR_UNSUPPORTED_PROTOCOL */
export async function Lookup(
  pktInfo: PacketInfo,
  fast = false,
): Promise<{ readonly pid: number; readonly inbound: boolean }> {
  const { pid, inbound } = await tracker().lookup(pktInfo, { fast, requirePid: true });
  return { pid, inbound };
}

/** @param now milliseconds since the epoch; default: the present */
export function Exists(pktInfo: PacketInfo, now?: number): Promise<boolean> {
  return now === undefined ? tracker().exists(pktInfo) : tracker().exists(pktInfo, now);
}

export async function GetInfo(): Promise<Info> {
  const info = await tracker().getInfo();
  return {
    TCP4Connections: info.tcp4Connections,
    TCP4Listeners: info.tcp4Listeners,
    TCP6Connections: info.tcp6Connections,
    TCP6Listeners: info.tcp6Listeners,
    UDP4Binds: info.udp4Binds,
    UDP6Binds: info.udp6Binds,
  };
}

export function CleanUDPStates(): Promise<void> {
  return tracker().cleanUdpStates();
}

export function EnableTCPDualStack(): void {
  tracker().enableTcpDualStack();
}

export function EnableUDPDualStack(): void {
  tracker().enableUdpDualStack();
}

export function GetIPScope(ip: string): AddressScope {
  return addressScope(ip);
}
