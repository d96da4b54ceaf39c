/** Names for people of the numbers in assembly/wire/numbers.ts. */
import {
  LINKTYPE_C_HDLC,
  LINKTYPE_ETHERNET,
  LINKTYPE_IEEE802_11,
  LINKTYPE_IEEE802_11_RADIOTAP,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_LOOP,
  LINKTYPE_NULL,
  LINKTYPE_PPI,
  LINKTYPE_PPP,
  LINKTYPE_PPP_ETHER,
  LINKTYPE_PPP_HDLC,
  LINKTYPE_PPP_WITH_DIR,
  LINKTYPE_RAW,
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

/** Names of link types as `tcpdump -y` knows them and as the registry does. */
const LINK_TYPES: ReadonlyMap<string, number> = new Map([
  ['NULL', LINKTYPE_NULL],
  ['EN10MB', LINKTYPE_ETHERNET],
  ['ETHERNET', LINKTYPE_ETHERNET],
  ['PPP', LINKTYPE_PPP],
  ['RAW', LINKTYPE_RAW],
  ['PPP_SERIAL', LINKTYPE_PPP_HDLC],
  ['PPP_HDLC', LINKTYPE_PPP_HDLC],
  ['PPP_ETHER', LINKTYPE_PPP_ETHER],
  ['C_HDLC', LINKTYPE_C_HDLC],
  ['IEEE802_11', LINKTYPE_IEEE802_11],
  ['LOOP', LINKTYPE_LOOP],
  ['LINUX_SLL', LINKTYPE_LINUX_SLL],
  ['IEEE802_11_RADIO', LINKTYPE_IEEE802_11_RADIOTAP],
  ['IEEE802_11_RADIOTAP', LINKTYPE_IEEE802_11_RADIOTAP],
  ['PPI', LINKTYPE_PPI],
  ['PPP_WITH_DIR', LINKTYPE_PPP_WITH_DIR],
  ['PPP_WITH_DIRECTION', LINKTYPE_PPP_WITH_DIR],
  ['IPV4', LINKTYPE_IPV4],
  ['IPV6', LINKTYPE_IPV6],
  ['LINUX_SLL2', LINKTYPE_LINUX_SLL2],
]);

/** The LINKTYPE_ value of a name in any case, with or without LINKTYPE_ or DLT_ in front. */
export function linkTypeNamed(name: string): number | undefined {
  return LINK_TYPES.get(name.toUpperCase().replace(/^(LINKTYPE|DLT)_/, ''));
}

/** The names that `linkTypeNamed` knows. */
export function linkTypeNames(): readonly string[] {
  return [...LINK_TYPES.keys()];
}
