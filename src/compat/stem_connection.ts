/**
 * The names of Python's `stem.util.connection`: docs/mapping/stem.md. `ValueError` is `RangeError` or `TypeError` here,
 * `IOError` is `HostError`.
 */
import {
  addressToBinary,
  addressToInt,
  expandIpv6,
  getConnections,
  isPrivateAddress,
  isValidIpv4,
  isValidIpv6,
  isValidPort,
  maskedBits,
  maskIpv4,
  maskIpv6,
  portUsage,
  Resolver as Resolvers,
  systemResolvers,
} from '../host/index.ts';
import type { ConnectionsOptions } from '../host/index.ts';

export const FULL_IPv4_MASK = '255.255.255.255';
export const FULL_IPv6_MASK = 'FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF';

/** Names of the resolvers. */
export const Resolver = {
  PROC: Resolvers.Proc,
  NETSTAT: Resolvers.Netstat,
  NETSTAT_WINDOWS: Resolvers.NetstatWindows,
  SS: Resolvers.Ss,
  LSOF: Resolvers.Lsof,
  SOCKSTAT: Resolvers.Sockstat,
  BSD_SOCKSTAT: Resolvers.BsdSockstat,
  BSD_PROCSTAT: Resolvers.BsdProcstat,
  BSD_FSTAT: Resolvers.BsdFstat,
} as const;

export interface Connection {
  readonly local_address: string;
  readonly local_port: number;
  readonly remote_address: string;
  readonly remote_port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly is_ipv6: boolean;
}

/** The original's keyword arguments; others are those of `getConnections`. */
export interface ConnectionKeywords extends Omit<ConnectionsOptions, 'resolver' | 'pid' | 'name'> {
  readonly process_pid?: number | string;
  readonly process_name?: string;
}

/** @throws as `getConnections` */
export async function get_connections(
  resolver?: Resolvers | null,
  { process_pid, process_name, ...options }: ConnectionKeywords = {},
): Promise<Connection[]> {
  const found = await getConnections({
    ...options,
    ...(resolver && { resolver }),
    ...(process_pid !== undefined && { pid: process_pid }),
    ...(process_name !== undefined && { name: process_name }),
  });
  return found.map((connection) => ({
    local_address: connection.localAddress,
    local_port: connection.localPort,
    remote_address: connection.remoteAddress,
    remote_port: connection.remotePort,
    protocol: connection.protocol,
    is_ipv6: connection.isIpv6,
  }));
}

export function system_resolvers(system?: string): Promise<Resolvers[]> {
  return systemResolvers(system);
}

/** What stem before 1.3 called it. */
export const get_system_resolvers = system_resolvers;

export function port_usage(port: number | string): string | null {
  return portUsage(port);
}

export function is_valid_ipv4_address(address: unknown): boolean {
  return isValidIpv4(address);
}

export function is_valid_ipv6_address(address: unknown, allow_brackets = false): boolean {
  return isValidIpv6(address, { allowBrackets: allow_brackets });
}

export function is_valid_port(entry: unknown, allow_zero = false): boolean {
  return isValidPort(entry, { allowZero: allow_zero });
}

/** @throws {RangeError} */
export function is_private_address(address: string): boolean {
  return isPrivateAddress(address);
}

/** @throws {RangeError} */
export function address_to_int(address: string): bigint {
  return addressToInt(address);
}

/** @throws {RangeError} */
export function expand_ipv6_address(address: string): string {
  return expandIpv6(address);
}

/** @throws {RangeError} */
export function get_mask_ipv4(bits: number): string {
  return maskIpv4(bits);
}

/** @throws {RangeError} */
export function get_mask_ipv6(bits: number): string {
  return maskIpv6(bits);
}

/** @throws {RangeError} */
export function _get_masked_bits(mask: string): number {
  return maskedBits(mask);
}

/** @throws {RangeError} */
export function _get_address_binary(address: string): string {
  return addressToBinary(address);
}
