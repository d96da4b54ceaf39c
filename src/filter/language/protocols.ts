/** Names and numbers of protocols: IP protocol numbers (IANA), EtherTypes (IEEE 802), LLC SAPs, PPP protocols. */
import {
  ETHERTYPE_AARP,
  ETHERTYPE_ARP,
  ETHERTYPE_ATALK,
  ETHERTYPE_DECNET,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_IPX,
  ETHERTYPE_LAT,
  ETHERTYPE_LOOPBACK,
  ETHERTYPE_MOP_DL,
  ETHERTYPE_MOP_RC,
  ETHERTYPE_MPLS,
  ETHERTYPE_NS,
  ETHERTYPE_PPPOE_DISCOVERY,
  ETHERTYPE_PPPOE_SESSION,
  ETHERTYPE_PUP,
  ETHERTYPE_QINQ,
  ETHERTYPE_QINQ_9100,
  ETHERTYPE_RARP,
  ETHERTYPE_SCA,
  ETHERTYPE_TEB,
  ETHERTYPE_VLAN,
  PPP_ATALK,
  PPP_DECNET,
  PPP_IPV4,
  PPP_IPV6,
  PPP_IPX,
  PPP_ISO,
  PPP_MPLS,
  PPP_NS,
  PPP_STP,
  PPP_VJ_COMPRESSED,
  PPP_VJ_UNCOMPRESSED,
  PROTOCOL_AH,
  PROTOCOL_DESTINATION_OPTIONS,
  PROTOCOL_ESP,
  PROTOCOL_FRAGMENT,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_IGMP,
  PROTOCOL_IGRP,
  PROTOCOL_NO_NEXT_HEADER,
  PROTOCOL_PIM,
  PROTOCOL_ROUTING,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_VRRP,
  SAP_IP,
  SAP_IPX,
  SAP_ISO,
  SAP_NETBEUI,
  SAP_SNAP,
  SAP_STP,
} from '../../../assembly/wire/numbers.ts';

export const IP_PROTOCOL = {
  hopByHop: PROTOCOL_HOP_BY_HOP,
  icmp: PROTOCOL_ICMP,
  igmp: PROTOCOL_IGMP,
  tcp: PROTOCOL_TCP,
  igrp: PROTOCOL_IGRP,
  udp: PROTOCOL_UDP,
  routing: PROTOCOL_ROUTING,
  fragment: PROTOCOL_FRAGMENT,
  esp: PROTOCOL_ESP,
  ah: PROTOCOL_AH,
  icmp6: PROTOCOL_ICMPV6,
  none: PROTOCOL_NO_NEXT_HEADER,
  destination: PROTOCOL_DESTINATION_OPTIONS,
  pim: PROTOCOL_PIM,
  vrrp: PROTOCOL_VRRP,
  sctp: PROTOCOL_SCTP,
} as const;

export const ETHERTYPE = {
  sca: ETHERTYPE_SCA,
  pup: ETHERTYPE_PUP,
  ip: ETHERTYPE_IPV4,
  arp: ETHERTYPE_ARP,
  teb: ETHERTYPE_TEB,
  mopdl: ETHERTYPE_MOP_DL,
  moprc: ETHERTYPE_MOP_RC,
  decnet: ETHERTYPE_DECNET,
  lat: ETHERTYPE_LAT,
  rarp: ETHERTYPE_RARP,
  atalk: ETHERTYPE_ATALK,
  aarp: ETHERTYPE_AARP,
  vlan: ETHERTYPE_VLAN,
  ipx: ETHERTYPE_IPX,
  ip6: ETHERTYPE_IPV6,
  mpls: ETHERTYPE_MPLS,
  pppoed: ETHERTYPE_PPPOE_DISCOVERY,
  pppoes: ETHERTYPE_PPPOE_SESSION,
  vlan8021ad: ETHERTYPE_QINQ,
  loopback: ETHERTYPE_LOOPBACK,
  vlanQinq: ETHERTYPE_QINQ_9100,
  ns: ETHERTYPE_NS,
} as const;

/** 802.2 service access points. */
export const SAP = {
  ip: SAP_IP,
  stp: SAP_STP,
  snap: SAP_SNAP,
  ipx: SAP_IPX,
  netbeui: SAP_NETBEUI,
  iso: SAP_ISO,
} as const;

/** PPP protocol numbers (IANA). */
export const PPP = {
  ip: PPP_IPV4,
  iso: PPP_ISO,
  ns: PPP_NS,
  decnet: PPP_DECNET,
  atalk: PPP_ATALK,
  ipx: PPP_IPX,
  vjCompressed: PPP_VJ_COMPRESSED,
  vjUncompressed: PPP_VJ_UNCOMPRESSED,
  stp: PPP_STP,
  ip6: PPP_IPV6,
  mpls: PPP_MPLS,
} as const;

/** Network-layer protocol identifiers, ISO/IEC TR 9577. */
export const NLPID = { clnp: 0x81, esis: 0x82, isis: 0x83 } as const;

/** PDU types of IS-IS, ISO/IEC 10589. */
export const ISIS_PDU = {
  l1Hello: 15,
  l2Hello: 16,
  pointToPointHello: 17,
  l1LinkState: 18,
  l2LinkState: 20,
  l1Complete: 24,
  l2Complete: 25,
  l1Partial: 26,
  l2Partial: 27,
} as const;

/** The largest length in an 802.3 length field; larger values are EtherTypes. */
export const LENGTH_MAX = 1500;

// As in the protocols file of Debian 12.
const IP_PROTOCOL_NAMES = `
  0 ip IP; 0 hopopt HOPOPT; 1 icmp ICMP; 2 igmp IGMP; 3 ggp GGP; 4 ipencap IP-ENCAP; 5 st ST; 6 tcp TCP; 8 egp EGP;
  9 igp IGP; 12 pup PUP; 17 udp UDP; 20 hmp HMP; 22 xns-idp XNS-IDP; 27 rdp RDP; 29 iso-tp4 ISO-TP4; 33 dccp DCCP;
  36 xtp XTP; 37 ddp DDP; 38 idpr-cmtp IDPR-CMTP; 41 ipv6 IPv6; 43 ipv6-route IPv6-Route; 44 ipv6-frag IPv6-Frag;
  45 idrp IDRP; 46 rsvp RSVP; 47 gre GRE; 50 esp IPSEC-ESP; 51 ah IPSEC-AH; 57 skip SKIP; 58 ipv6-icmp IPv6-ICMP;
  59 ipv6-nonxt IPv6-NoNxt; 60 ipv6-opts IPv6-Opts; 73 rspf RSPF CPHB; 81 vmtp VMTP; 88 eigrp EIGRP;
  89 ospf OSPFIGP; 93 ax.25 AX.25; 94 ipip IPIP; 97 etherip ETHERIP; 98 encap ENCAP; 103 pim PIM;
  108 ipcomp IPCOMP; 112 vrrp VRRP; 115 l2tp L2TP; 124 isis ISIS; 132 sctp SCTP; 133 fc FC;
  135 mobility-header Mobility-Header; 136 udplite UDPLite; 137 mpls-in-ip MPLS-in-IP; 138 manet; 139 hip HIP;
  140 shim6 Shim6; 141 wesp WESP; 142 rohc ROHC; 143 ethernet Ethernet; 262 mptcp MPTCP`;

const IP_PROTOCOLS = new Map<string, number>();
for (const entry of IP_PROTOCOL_NAMES.split(';')) {
  const [number, ...names] = entry.trim().split(/\s+/);
  for (const name of names) if (!IP_PROTOCOLS.has(name)) IP_PROTOCOLS.set(name, Number(number));
}

const LINK_PROTOCOLS = new Map<string, number>([
  ['aarp', ETHERTYPE.aarp],
  ['arp', ETHERTYPE.arp],
  ['atalk', ETHERTYPE.atalk],
  ['decnet', ETHERTYPE.decnet],
  ['ip', ETHERTYPE.ip],
  ['ip6', ETHERTYPE.ip6],
  ['lat', ETHERTYPE.lat],
  ['loopback', ETHERTYPE.loopback],
  ['mopdl', ETHERTYPE.mopdl],
  ['moprc', ETHERTYPE.moprc],
  ['rarp', ETHERTYPE.rarp],
  ['sca', ETHERTYPE.sca],
  ['iso', SAP.iso],
  ['stp', SAP.stp],
  ['ipx', SAP.ipx],
  ['netbeui', SAP.netbeui],
]);

const ISO_PROTOCOLS = new Map<string, number>([
  ['esis', NLPID.esis],
  ['isis', NLPID.isis],
  ['clnp', NLPID.clnp],
]);

/** The IP protocol number of a name, as in `ip proto \\icmp`. */
export function ipProtocolOf(name: string): number | undefined {
  return IP_PROTOCOLS.get(name);
}

/** The EtherType or SAP of a name, as in `ether proto \\arp`. */
export function linkProtocolOf(name: string): number | undefined {
  return LINK_PROTOCOLS.get(name);
}

/** The network-layer protocol identifier of a name, as in `iso proto \\isis`. */
export function isoProtocolOf(name: string): number | undefined {
  return ISO_PROTOCOLS.get(name);
}
