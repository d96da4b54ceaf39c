/** Ports that the kernel gives to sockets that ask for none: `32768\t60999` of ip_local_port_range (ip(7)). */
import { readFileSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

export interface PortLimits {
  readonly first: number;
  /** Included. */
  readonly last: number;
}

/** What the kernel begins with. */
const USUAL: PortLimits = { first: 32_768, last: 60_999 };

/** Of the network namespace of this process; the usual ones where they cannot be read. */
export function localPortRange({ procRoot = '/proc' }: HostOptions = {}): PortLimits {
  try {
    const text = readFileSync(`${procRoot}/sys/net/ipv4/ip_local_port_range`, 'latin1');
    const [, first, last] = /^(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
    return first === undefined ? USUAL : { first: Number(first), last: Number(last) };
  } catch {
    return USUAL;
  }
}

/**
 * Whether a UDP socket with a peer opened the exchange: the kernel chose its port, and nothing on that port takes what
 * others send. A server that connects its socket to a client has a port that the client knew before.
 * @param isShared another socket without a peer has the port
 */
export function hasConnectedItself(localPort: number, isShared: boolean, { first, last }: PortLimits): boolean {
  return !isShared && localPort >= first && localPort <= last;
}
