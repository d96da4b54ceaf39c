/** One connection of a process, and how the programs spell its two ends. */
import { canonicalAddress, isValidIpv4, isValidIpv6, isValidPort, unmapAddress } from '../address/address.ts';
import { isLinkLocal } from '../address/link_scope.ts';
import type { Endpoint } from '../endpoint.ts';

export interface Connection {
  /** Canonical text: dotted quad, or RFC 5952 without brackets and zone. */
  readonly localAddress: string;
  /** 1..65535. */
  readonly localPort: number;
  readonly remoteAddress: string;
  /** 1..65535. */
  readonly remotePort: number;
  readonly protocol: 'tcp' | 'udp';
  /** How the addresses above are spelled. An IPv4 peer of a dual-stack socket is IPv4, unless mapped addresses were kept. */
  readonly isIpv6: boolean;
  /** Interface of its link-local addresses, if the source says it. */
  readonly scope?: string;
}

/** Longer than any address with a zone and a port. Bounds the work on hostile text. */
const ENDPOINT_LENGTH_MAX = 128;

/** Undefined when an end is unusable: no peer (`*`), port 0, or no address.
 *  @param keepMapped leave `::ffff:192.0.2.1` as it is instead of turning it into IPv4 */
export function connectionOf(
  protocol: 'tcp' | 'udp',
  localText: string,
  remoteText: string,
  keepMapped = false,
): Connection | undefined {
  const local = endpointOf(localText);
  const remote = endpointOf(remoteText);
  return local === undefined || remote === undefined
    ? undefined
    : connectionBetween(protocol, local, remote, keepMapped, local.scope ?? remote.scope);
}

/** @param local address in canonical text, as that of `remote` */
export function connectionBetween(
  protocol: 'tcp' | 'udp',
  local: Endpoint,
  remote: Endpoint,
  keepMapped: boolean,
  scope?: string,
): Connection {
  const addressOf = ({ address }: Endpoint): string => (keepMapped ? address : unmapAddress(address));
  const remoteAddress = addressOf(remote);
  return {
    localAddress: addressOf(local),
    localPort: local.port,
    remoteAddress,
    remotePort: remote.port,
    protocol,
    isIpv6: remoteAddress.includes(':'),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** Two with the same key are one connection. */
export function connectionKey(c: Connection): string {
  return `${c.protocol} ${c.localAddress} ${c.localPort} ${c.remoteAddress} ${c.remotePort}`;
}

/** `192.0.2.1:443`, `[2001:db8::1]:443`, `[fe80::1]%eth0:443`, `2001:db8::1:443`, and FreeBSD's `2001:db8::1.443`:
 *  the port is what follows the last colon or dot, whichever is later. */
function endpointOf(text: string): (Endpoint & { readonly scope?: string }) | undefined {
  if (text.length > ENDPOINT_LENGTH_MAX) return undefined;
  const end = Math.max(text.lastIndexOf(':'), text.lastIndexOf('.'));
  const port = text.slice(end + 1);
  if (end < 0 || !isValidPort(port)) return undefined;
  const address = bareAddress(text.slice(0, end));
  if (!isValidIpv4(address) && !isValidIpv6(address)) return undefined;
  const [, scope] = /%([^\]]+)\]?$/.exec(text.slice(0, end)) ?? [];
  const canonical = canonicalAddress(address);
  return {
    address: canonical,
    port: Number(port),
    ...(scope === undefined || !isLinkLocal(canonical) ? {} : { scope }),
  };
}

/** Without zone and brackets: a zone names an interface, and the other end of the same connection may lack it. */
function bareAddress(text: string): string {
  const zone = text.indexOf('%');
  const head = zone < 0 ? text : text.slice(0, zone);
  if (!head.startsWith('[')) return head;
  // ss writes [fe80::1]%eth0, getnameinfo writes [fe80::1%eth0].
  const closed = head.endsWith(']');
  if (!closed && !(zone >= 0 && text.endsWith(']'))) return '';
  return head.slice(1, closed ? -1 : undefined);
}
