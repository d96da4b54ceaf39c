/**
 * Assigned numbers, each once for the engine, the filter compiler and the commands. Integer constants only: this very
 * file is compiled by `asc` into the engine and by `tsc` into the host. Their names for people: src/flow/numbers.ts.
 */

// Internet protocol numbers (IANA): IPv4 protocol, IPv6 next header.
export const PROTOCOL_HOP_BY_HOP = 0;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IGMP = 2;
export const PROTOCOL_IPIP = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_IGRP = 9;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_DCCP = 33;
export const PROTOCOL_IPV6 = 41;
export const PROTOCOL_ROUTING = 43;
export const PROTOCOL_FRAGMENT = 44;
export const PROTOCOL_GRE = 47;
export const PROTOCOL_ESP = 50;
export const PROTOCOL_AH = 51;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_NO_NEXT_HEADER = 59;
export const PROTOCOL_DESTINATION_OPTIONS = 60;
export const PROTOCOL_EIGRP = 88;
export const PROTOCOL_OSPF = 89;
export const PROTOCOL_ETHERIP = 97;
export const PROTOCOL_PIM = 103;
export const PROTOCOL_VRRP = 112;
export const PROTOCOL_L2TP = 115;
export const PROTOCOL_SCTP = 132;
export const PROTOCOL_MOBILITY = 135;
export const PROTOCOL_UDPLITE = 136;
export const PROTOCOL_MPLS = 137;
export const PROTOCOL_HIP = 139;
export const PROTOCOL_SHIM6 = 140;
/** A whole Ethernet frame (RFC 8986 §10.1). */
export const PROTOCOL_ETHERNET = 143;

// EtherTypes (IEEE 802). Smaller values are lengths of an 802.3 frame, except those of old that collide with them.
export const ETHERTYPE_MIN = 0x0600;
export const ETHERTYPE_PUP = 0x0200;
export const ETHERTYPE_NS = 0x0600;
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_ERSPAN_III = 0x22eb;
export const ETHERTYPE_MOP_DL = 0x6001;
export const ETHERTYPE_MOP_RC = 0x6002;
export const ETHERTYPE_DECNET = 0x6003;
export const ETHERTYPE_LAT = 0x6004;
export const ETHERTYPE_SCA = 0x6007;
/** Transparent Ethernet bridging: a whole Ethernet frame follows. */
export const ETHERTYPE_TEB = 0x6558;
export const ETHERTYPE_RARP = 0x8035;
export const ETHERTYPE_ATALK = 0x809b;
export const ETHERTYPE_AARP = 0x80f3;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_IPX = 0x8137;
export const ETHERTYPE_QINQ_8200 = 0x8200;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_PPP = 0x880b;
export const ETHERTYPE_WCCP = 0x883e;
export const ETHERTYPE_MPLS = 0x8847;
export const ETHERTYPE_MPLS_MULTICAST = 0x8848;
export const ETHERTYPE_PPPOE_DISCOVERY = 0x8863;
export const ETHERTYPE_PPPOE_SESSION = 0x8864;
/** Service tag, IEEE 802.1ad. */
export const ETHERTYPE_QINQ = 0x88a8;
/** MACsec, IEEE 802.1AE. */
export const ETHERTYPE_MACSEC = 0x88e5;
/** Provider backbone bridging, IEEE 802.1ah: the service instance tag. */
export const ETHERTYPE_PBB = 0x88e7;
export const ETHERTYPE_ERSPAN = 0x88be;
export const ETHERTYPE_FABRICPATH = 0x8903;
/** Cisco MetaData. */
export const ETHERTYPE_CMD = 0x8909;
/** VN-Tag, Cisco's and VMware's. */
export const ETHERTYPE_VNTAG = 0x8926;
/** High-availability seamless redundancy, IEC 62439-3. */
export const ETHERTYPE_HSR = 0x892f;
/** Network service header, RFC 8300. */
export const ETHERTYPE_NSH = 0x894f;
/** Cisco's time stamp tag. */
export const ETHERTYPE_TTAG = 0x8988;
export const ETHERTYPE_LOOPBACK = 0x9000;
// Stacked tags from before IEEE 802.1ad.
export const ETHERTYPE_QINQ_9100 = 0x9100;
export const ETHERTYPE_QINQ_9200 = 0x9200;
export const ETHERTYPE_QINQ_9300 = 0x9300;
/** Marvell's tag, as Linux writes it. */
export const ETHERTYPE_EDSA = 0xdada;

// IEEE 802.2 service access points.
export const SAP_IP = 0x06;
export const SAP_STP = 0x42;
export const SAP_SNAP = 0xaa;
export const SAP_IPX = 0xe0;
export const SAP_NETBEUI = 0xf0;
export const SAP_ISO = 0xfe;

// PPP protocol numbers (IANA).
export const PPP_IPV4 = 0x0021;
export const PPP_ISO = 0x0023;
export const PPP_NS = 0x0025;
export const PPP_DECNET = 0x0027;
export const PPP_ATALK = 0x0029;
export const PPP_IPX = 0x002b;
/** Van Jacobson's compressed and uncompressed TCP/IP (RFC 1144). */
export const PPP_VJ_COMPRESSED = 0x002d;
export const PPP_VJ_UNCOMPRESSED = 0x002f;
export const PPP_STP = 0x0031;
export const PPP_IPV6 = 0x0057;
export const PPP_MPLS = 0x0281;
export const PPP_MPLS_MULTICAST = 0x0283;

// UDP ports of tunnels (IANA, and Linux's VXLAN from before it had one).
export const PORT_L2TP = 1701;
export const PORT_GTPU = 2152;
/** GTP' and GTP version 0. */
export const PORT_GTP_0 = 3386;
export const PORT_TEREDO = 3544;
export const PORT_GRE = 4754;
export const PORT_VXLAN = 4789;
export const PORT_VXLAN_GPE = 4790;
export const PORT_AYIYA = 5072;
export const PORT_CAPWAP_DATA = 5247;
export const PORT_GENEVE = 6081;
export const PORT_MPLS = 6635;
export const PORT_VXLAN_LINUX = 8472;

// Link types: LINKTYPE_ values of the pcap registry (tcpdump.org/linktypes.html).
export const LINKTYPE_NULL = 0;
export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_IEEE802_5 = 6;
export const LINKTYPE_ARCNET = 7;
export const LINKTYPE_SLIP = 8;
export const LINKTYPE_PPP = 9;
export const LINKTYPE_FDDI = 10;
// Raw IP where a file holds the DLT_ value: 12 on most systems, 14 on OpenBSD.
export const LINKTYPE_RAW_BSD = 12;
export const LINKTYPE_RAW_OPENBSD = 14;
export const LINKTYPE_PPP_HDLC = 50;
export const LINKTYPE_PPP_ETHER = 51;
export const LINKTYPE_SYMANTEC_FIREWALL = 99;
export const LINKTYPE_ATM_RFC1483 = 100;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_SLIP_BSDOS = 102;
export const LINKTYPE_PPP_BSDOS = 103;
export const LINKTYPE_C_HDLC = 104;
export const LINKTYPE_IEEE802_11 = 105;
export const LINKTYPE_ATM_CLIP = 106;
export const LINKTYPE_FRELAY = 107;
export const LINKTYPE_LOOP = 108;
export const LINKTYPE_ENC = 109;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_LTALK = 114;
export const LINKTYPE_PFLOG = 117;
export const LINKTYPE_PRISM_HEADER = 119;
export const LINKTYPE_IP_OVER_FC = 122;
export const LINKTYPE_IEEE802_11_RADIOTAP = 127;
export const LINKTYPE_ARCNET_LINUX = 129;
export const LINKTYPE_APPLE_IP_OVER_IEEE1394 = 138;
export const LINKTYPE_IEEE802_11_AVS = 163;
export const LINKTYPE_PPP_PPPD = 166;
export const LINKTYPE_JUNIPER_ETHER = 178;
/** LINKTYPE_USER15: nothing decodes it. */
export const LINKTYPE_USER15 = 162;
export const LINKTYPE_PPI = 192;
export const LINKTYPE_PPP_WITH_DIR = 204;
export const LINKTYPE_IPNET = 226;
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_IPV6 = 229;
export const LINKTYPE_NFLOG = 239;
export const LINKTYPE_NETANALYZER = 240;
export const LINKTYPE_NETANALYZER_TRANSPARENT = 241;
export const LINKTYPE_IPOIB = 242;
export const LINKTYPE_PKTAP = 258;
export const LINKTYPE_LINUX_SLL2 = 276;
export const LINKTYPE_DSA_TAG_BRCM = 281;
export const LINKTYPE_DSA_TAG_BRCM_PREPEND = 282;
export const LINKTYPE_DSA_TAG_DSA = 284;
export const LINKTYPE_DSA_TAG_EDSA = 285;

// TCP flags (RFC 9293 §3.1).
export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;
export const TCP_ECE = 0x40;
export const TCP_CWR = 0x80;
/** Accurate ECN (RFC 9768). */
export const TCP_AE = 0x100;
