/** Names for people of protocol numbers. */
import {
  PROTOCOL_AH,
  PROTOCOL_DCCP,
  PROTOCOL_EIGRP,
  PROTOCOL_ESP,
  PROTOCOL_GRE,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_IGMP,
  PROTOCOL_IPIP,
  PROTOCOL_IPV6,
  PROTOCOL_L2TP,
  PROTOCOL_OSPF,
  PROTOCOL_PIM,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDPLITE,
  PROTOCOL_VRRP,
} from '../../assembly/wire/numbers.ts';

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [PROTOCOL_ICMP, 'ICMP'],
  [PROTOCOL_IGMP, 'IGMP'],
  [PROTOCOL_IPIP, 'IPIP'],
  [PROTOCOL_TCP, 'TCP'],
  [PROTOCOL_UDP, 'UDP'],
  [PROTOCOL_DCCP, 'DCCP'],
  [PROTOCOL_IPV6, 'IPv6'],
  [PROTOCOL_GRE, 'GRE'],
  [PROTOCOL_ESP, 'ESP'],
  [PROTOCOL_AH, 'AH'],
  [PROTOCOL_ICMPV6, 'ICMPv6'],
  [PROTOCOL_EIGRP, 'EIGRP'],
  [PROTOCOL_OSPF, 'OSPF'],
  [PROTOCOL_PIM, 'PIM'],
  [PROTOCOL_VRRP, 'VRRP'],
  [PROTOCOL_L2TP, 'L2TP'],
  [PROTOCOL_SCTP, 'SCTP'],
  [PROTOCOL_UDPLITE, 'UDPLite'],
]);

/** The usual name of an IANA protocol number, or the number. */
export function protocolText(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? String(protocol);
}

const PROTOCOLS_BY_NAME: ReadonlyMap<string, number> = new Map(
  [...PROTOCOL_NAMES].map(([protocol, name]) => [name.toLowerCase(), protocol]),
);

/** The IANA protocol number of a usual name, in any case. */
export function protocolNamed(name: string): number | undefined {
  return PROTOCOLS_BY_NAME.get(name.toLowerCase());
}

/** The names that `protocolNamed` knows, in lower case. */
export function protocolNames(): Iterable<string> {
  return PROTOCOLS_BY_NAME.keys();
}
