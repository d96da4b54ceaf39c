/** One small exchange over every link layer. */

import {
  AF_INET6,
  LINKTYPE,
  ciscoHdlc,
  dot11,
  ethernet,
  ieee8023,
  llc,
  loop,
  mpls,
  nullLoopback,
  pppWithDirection,
  ppi,
  ppp,
  pppoe,
  qinq,
  radiotap,
  sll,
  sll2,
  snap,
  u16,
  udp,
  vlan,
  Packet,
} from '../test/builders/index.ts';
import { Conversation, merged, type Link } from './conversation.ts';
import { classic, type CaptureFile } from './capture_file.ts';

const exchange = (link: Link, at = 0): Conversation =>
  new Conversation({ at, link })
    .forth(udp({ srcPort: 40000, dstPort: 9000, payload: 30 }))
    .back(udp({ srcPort: 9000, dstPort: 40000, payload: 60 }));

/** The same over IPv6. */
const exchange6 = (link: Link, at = 1): Conversation =>
  new Conversation({ at, link, from: '2001:db8::1', to: '2001:db8::2' })
    .forth(udp({ srcPort: 40000, dstPort: 9000, payload: 30 }))
    .back(udp({ srcPort: 9000, dstPort: 40000, payload: 60 }));

const both = (link: Link) => merged(exchange(link), exchange6(link));

/** Not IP, and so of no flow. */
const arp = new Packet(u16(1), { etherType: 0x0806 });

export const linkFiles = (): CaptureFile[] => [
  classic(
    'vlan',
    '802.1Q, the same exchange on two VLANs and without a tag, an ARP frame',
    'VLAN ids are not part of the key',
    merged(
      exchange((packet) => packet.over(vlan(10)).over(ethernet())),
      exchange((packet) => packet.over(vlan(20)).over(ethernet()), 1),
      exchange6((packet) => packet.over(ethernet()), 2),
      new Conversation({ at: 3, link: (packet) => packet.over(vlan(10)).over(ethernet()) }).put(arp),
    ),
  ),
  classic(
    'qinq',
    '802.1ad and older double tags, and three tags',
    'every tag is followed',
    merged(
      exchange((packet) => packet.over(qinq(100, 10)).over(ethernet())),
      exchange6((packet) => packet.over(vlan(10)).over(vlan(100, 0x9100)).over(ethernet())),
      exchange((packet) => packet.over(vlan(1)).over(vlan(2)).over(vlan(3)).over(ethernet()), 2),
    ),
  ),
  classic(
    'mpls',
    'one label and three, under a VLAN tag, multicast',
    'IP behind the bottom label is recognised by its header',
    merged(
      exchange((packet) => packet.over(mpls([100])).over(ethernet())),
      exchange6((packet) =>
        packet
          .over(mpls([1, 2, 3]))
          .over(vlan(9))
          .over(ethernet()),
      ),
      exchange((packet) => packet.over(mpls([100], true)).over(ethernet()), 2),
    ),
  ),
  classic(
    'pppoe',
    'PPPoE session, protocol field of two bytes and of one',
    'PPP inside Ethernet',
    merged(
      exchange((packet) => packet.over(pppoe()).over(ethernet())),
      exchange6((packet) => packet.over(pppoe({ short: true })).over(ethernet())),
    ),
  ),
  classic(
    'llc',
    '802.3 frames: SNAP, IP by its own SAP, spanning tree',
    'length field instead of EtherType',
    merged(
      exchange((packet) => packet.over(snap()).over(ieee8023())),
      exchange((packet) => packet.over(llc()).over(ieee8023()), 1),
      new Conversation({ at: 2, link: (packet) => packet.over(llc(0x42)).over(ieee8023()) }).put(arp),
    ),
  ),
  classic(
    'link-null',
    'BSD loopback, little-endian',
    'address family of the capturing host',
    both((packet) => packet.over(nullLoopback())),
    { linkType: LINKTYPE.NULL },
  ),
  classic(
    'link-null-big-endian',
    'BSD loopback, big-endian, family 24',
    'the byte order of the field is not that of the file',
    both((packet) =>
      packet.over(
        nullLoopback({ bigEndian: true, ...(packet.kind.etherType === 0x86dd ? { family: AF_INET6.NETBSD } : {}) }),
      ),
    ),
    { linkType: LINKTYPE.NULL },
  ),
  classic(
    'link-loop',
    'OpenBSD loopback',
    'the same in network byte order',
    both((packet) => packet.over(loop())),
    { linkType: LINKTYPE.LOOP },
  ),
  classic(
    'link-ppp',
    'PPP with and without address and control bytes',
    'both are seen under one link type',
    merged(
      exchange((packet) => packet.over(ppp())),
      exchange6((packet) => packet.over(ppp({ hdlc: false }))),
    ),
    { linkType: LINKTYPE.PPP },
  ),
  classic(
    'link-ppp-direction',
    'PPP behind a direction byte',
    'the byte is stepped over',
    both((packet) => packet.over(ppp()).over(pppWithDirection(1))),
    { linkType: LINKTYPE.PPP_WITH_DIR },
  ),
  classic(
    'link-ppp-ether',
    'PPPoE without Ethernet',
    'link type 51',
    both((packet) => packet.over(pppoe())),
    { linkType: LINKTYPE.PPP_ETHER },
  ),
  classic(
    'link-hdlc',
    'Cisco HDLC',
    'link type 104',
    both((packet) => packet.over(ciscoHdlc())),
    { linkType: LINKTYPE.C_HDLC },
  ),
  classic(
    'link-raw',
    'IP without link header, both versions',
    'link type 101',
    both((packet) => packet),
    { linkType: LINKTYPE.RAW },
  ),
  classic('link-ipv4', 'IPv4 without link header', 'link type 228', exchange((packet) => packet).records, {
    linkType: LINKTYPE.IPV4,
  }),
  classic('link-ipv6', 'IPv6 without link header', 'link type 229', exchange6((packet) => packet).records, {
    linkType: LINKTYPE.IPV6,
  }),
  classic(
    'link-sll',
    'Linux cooked, version 1, and an ARP frame',
    'what tcpdump -i any wrote',
    merged(
      exchange((packet) => packet.over(sll())),
      exchange6((packet) => packet.over(sll({ packetType: 4 }))),
      new Conversation({ at: 2, link: (packet) => packet.over(sll()) }).put(arp),
    ),
    { linkType: LINKTYPE.LINUX_SLL },
  ),
  classic(
    'link-sll2',
    'Linux cooked, version 2',
    'what tcpdump -i any writes',
    both((packet) => packet.over(sll2())),
    { linkType: LINKTYPE.LINUX_SLL2 },
  ),
  classic(
    'link-wifi',
    '802.11: data, QoS, four addresses, HT control; a null frame and a protected one',
    'header sizes of 802.11',
    merged(
      exchange((packet) => packet.over(snap()).over(dot11())),
      exchange6((packet) => packet.over(snap()).over(dot11({ qos: 0 }))),
      exchange((packet) => packet.over(snap()).over(dot11({ qos: 0, toDs: true, htControl: true })), 2),
      exchange((packet) => packet.over(snap()).over(dot11({ subtype: 4 })), 3),
      exchange((packet) => packet.over(snap()).over(dot11({ protected: true })), 4),
    ),
    { linkType: LINKTYPE.IEEE802_11 },
  ),
  classic(
    'link-radiotap',
    'radiotap with a clock, more presence words, and padded 802.11 headers',
    'the flags field is found behind optional ones',
    merged(
      exchange((packet) => packet.over(snap()).over(dot11()).over(radiotap())),
      exchange6((packet) =>
        packet
          .over(snap())
          .over(dot11({ qos: 0, padHeader: true }))
          .over(radiotap({ flags: 0x20, tsft: true, extraWords: 1 })),
      ),
    ),
    { linkType: LINKTYPE.RADIOTAP },
  ),
  classic(
    'link-ppi',
    'PPI before 802.11 and before Ethernet',
    'a link type inside a frame',
    merged(
      exchange((packet) => packet.over(snap()).over(dot11()).over(ppi())),
      exchange6((packet) => packet.over(ethernet()).over(ppi(LINKTYPE.ETHERNET))),
    ),
    { linkType: LINKTYPE.PPI },
  ),
];
