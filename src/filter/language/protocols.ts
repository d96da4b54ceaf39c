/** Names and numbers of protocols: IP protocol numbers (IANA), EtherTypes (IEEE 802), LLC SAPs, PPP protocols. */

export const IP_PROTOCOL = {
  hopByHop: 0,
  icmp: 1,
  igmp: 2,
  tcp: 6,
  igrp: 9,
  udp: 17,
  routing: 43,
  fragment: 44,
  esp: 50,
  ah: 51,
  icmp6: 58,
  none: 59,
  destination: 60,
  pim: 103,
  vrrp: 112,
  sctp: 132,
} as const;

export const ETHERTYPE = {
  sca: 0x6007,
  pup: 0x0200,
  ip: 0x0800,
  arp: 0x0806,
  teb: 0x6558,
  mopdl: 0x6001,
  moprc: 0x6002,
  decnet: 0x6003,
  lat: 0x6004,
  rarp: 0x8035,
  atalk: 0x809b,
  aarp: 0x80f3,
  vlan: 0x8100,
  ipx: 0x8137,
  ip6: 0x86dd,
  mpls: 0x8847,
  pppoed: 0x8863,
  pppoes: 0x8864,
  vlan8021ad: 0x88a8,
  loopback: 0x9000,
  vlanQinq: 0x9100,
  ns: 0x0600,
} as const;

/** 802.2 service access points. */
export const SAP = { ip: 0x06, stp: 0x42, snap: 0xaa, ipx: 0xe0, netbeui: 0xf0, iso: 0xfe } as const;

/** PPP protocol numbers (IANA). */
export const PPP = {
  ip: 0x0021,
  iso: 0x0023,
  ns: 0x0025,
  decnet: 0x0027,
  atalk: 0x0029,
  ipx: 0x002b,
  vjCompressed: 0x002d,
  vjUncompressed: 0x002f,
  stp: 0x0031,
  ip6: 0x0057,
  mpls: 0x0281,
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
