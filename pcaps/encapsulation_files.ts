/** What may stand between a link header and IP, and less common links and tunnels: one small exchange in each. */

import {
  ayiya,
  capwap,
  controlWord,
  dot11,
  ethernet,
  ethernetInIp,
  etherIp,
  fabricPath,
  gre,
  gtpPrime,
  hsr,
  ipv4,
  ipv6,
  l2tp,
  l2tp3,
  LINKTYPE,
  macsec,
  metaData,
  mpls,
  NEXT,
  nflog,
  nsh,
  pbb,
  pimRegister,
  ppp,
  snap,
  timeTag,
  TUNNEL_PORT,
  udp,
  vlan,
  vnTag,
  vxlanGpe,
  type Packet,
} from '../test/builders/index.ts';
import { classic, type CaptureFile } from './capture_file.ts';
import { Conversation, merged, type Link } from './conversation.ts';

/** One exchange for each link, each between hosts of its own. */
const exchanges = (links: readonly Link[]) =>
  merged(
    ...links.map((link, n) =>
      new Conversation({ at: n, link, from: `10.0.${n}.1`, to: `10.0.${n}.2` })
        .forth(udp({ srcPort: 40000, dstPort: 9000, payload: 30 }))
        .back(udp({ srcPort: 9000, dstPort: 40000, payload: 60 })),
    ),
  );

const framed = (packet: Packet): Packet => packet.over(ethernet());
const OUTER = { src: '203.0.113.1', dst: '203.0.113.2' };
const overIp = (packet: Packet): Packet => framed(packet.over(ipv4(OUTER)));
const overUdp = (dstPort: number, packet: Packet): Packet => overIp(packet.over(udp({ srcPort: 50000, dstPort })));
const wifi = (packet: Packet): Packet => packet.over(snap()).over(dot11());

const TAGS: readonly Link[] = [
  (packet) => framed(packet.over(vlan(5, 0x8200))),
  (packet) => framed(packet.over(vnTag())),
  (packet) => framed(packet.over(hsr())),
  (packet) => framed(packet.over(macsec())),
  (packet) => framed(packet.over(macsec({ sci: false }))),
  (packet) => framed(packet.over(timeTag())),
  (packet) => framed(packet.over(metaData())),
  (packet) => framed(framed(packet).over(pbb())),
  (packet) => framed(framed(packet).over(fabricPath())),
  (packet) => framed(packet.over(nsh(NEXT.IPV4))),
  (packet) => framed(framed(packet).over(nsh(NEXT.ETHERNET))),
];

const PSEUDOWIRES: readonly Link[] = [
  (packet) => framed(framed(packet).over(mpls([100]))),
  (packet) =>
    framed(
      framed(packet)
        .over(controlWord())
        .over(mpls([100, 200])),
    ),
  (packet) => framed(packet.over(ethernet({ dst: '45:00:00:28:aa:bb' })).over(mpls([100]))),
  (packet) =>
    framed(
      packet
        .over(ethernet({ dst: '60:00:00:00:00:08' }))
        .over(controlWord())
        .over(mpls([100])),
    ),
];

const TUNNELS: readonly Link[] = [
  (packet) => overIp(framed(packet).over(etherIp())),
  (packet) => framed(framed(packet).over(ethernetInIp()).over(ipv6())),
  (packet) => overIp(packet.over(pimRegister())),
  (packet) => overIp(wifi(packet).over(gre({ etherType: 0x8200 }))),
  (packet) => overIp(packet.over(metaData({ inGre: true })).over(gre({ key: 40 }))),
  (packet) => overIp(framed(packet).over(l2tp3({ cookie: 4 }))),
  (packet) => overUdp(TUNNEL_PORT.L2TP, packet.over(ppp()).over(l2tp({ length: true }))),
  (packet) => overUdp(TUNNEL_PORT.VXLAN_GPE, packet.over(vxlanGpe(NEXT.IPV4))),
  (packet) => overUdp(TUNNEL_PORT.VXLAN_GPE, packet.over(nsh(NEXT.IPV4)).over(vxlanGpe(NEXT.NSH))),
  (packet) => overUdp(TUNNEL_PORT.GRE, packet.over(gre())),
  (packet) => overUdp(TUNNEL_PORT.MPLS, packet.over(mpls([100]))),
  (packet) => overUdp(TUNNEL_PORT.CAPWAP, wifi(packet).over(capwap({ native: true }))),
  (packet) => overUdp(TUNNEL_PORT.GTP_0, packet.over(gtpPrime(false))),
  (packet) => overUdp(TUNNEL_PORT.AYIYA, packet.over(ipv6()).over(ayiya())),
];

export const encapsulationFiles = (): CaptureFile[] => [
  classic('tags', 'VN-Tag, HSR, MACsec, PBB, FabricPath, NSH and others', 'each tag is stepped over', exchanges(TAGS)),
  classic(
    'pseudowire',
    'Ethernet behind MPLS labels, with and without control word, and addresses that begin with 4 and 6',
    'only a sound IP header is believed behind labels',
    exchanges(PSEUDOWIRES),
  ),
  classic(
    'link-nflog',
    'packets of netfilter',
    'attributes before the packet',
    exchanges([(packet) => packet.over(nflog())]),
    {
      linkType: LINKTYPE.NFLOG,
    },
  ),
  {
    ...classic(
      'tunnel-rare',
      'EtherIP, L2TP, PIM, VXLAN-GPE, CAPWAP and others',
      'each is followed',
      exchanges(TUNNELS),
    ),
    tunnel: true,
  },
];
