/** One small exchange in every tunnel; counted by the outer headers, and by the innermost ones with `decapsulate`. */

import {
  TUNNEL_PORT,
  concat,
  erspan,
  ethernet,
  geneve,
  gre,
  gtpU,
  icmp,
  ipv4,
  ipv4Fragments,
  ipv6,
  mpls,
  ppp,
  pptpGre,
  teredo,
  u32,
  udp,
  vlan,
  vxlan,
  zeros,
  type Packet,
} from '../test/builders/index.ts';
import { Conversation, merged, onEthernet, type Link } from './conversation.ts';
import { classic, type CaptureFile } from './capture_file.ts';

/** The hosts at the ends of the tunnel. */
const OUTER = { src: '203.0.113.1', dst: '203.0.113.2' };

const inside = (link: Link, at = 0): Conversation =>
  new Conversation({ at, link, from: '10.0.0.1', to: '10.0.0.2' })
    .forth(udp({ srcPort: 40000, dstPort: 9000, payload: 30 }))
    .back(udp({ srcPort: 9000, dstPort: 40000, payload: 60 }))
    .forth(icmp({ type: 8, id: 1, payload: 20 }));
const inside6 = (link: Link, at = 1): Conversation =>
  new Conversation({ at, link, from: '2001:db8:a::1', to: '2001:db8:a::2' })
    .forth(udp({ srcPort: 40000, dstPort: 9000, payload: 30 }))
    .back(udp({ srcPort: 9000, dstPort: 40000, payload: 60 }));

const overIp = (packet: Packet): Uint8Array => onEthernet(packet.over(ipv4(OUTER)));
const overUdp =
  (dstPort: number, srcPort = 50000) =>
  (packet: Packet): Uint8Array =>
    overIp(packet.over(udp({ srcPort, dstPort })));

function tunnel(name: string, holds: string, keptFor: string, ...conversations: readonly Conversation[]): CaptureFile {
  return { ...classic(`tunnel-${name}`, holds, keptFor, merged(...conversations)), tunnel: true };
}

export const tunnelFiles = (): CaptureFile[] => [
  tunnel(
    'ip',
    'IPv4 and IPv6 in IPv4, and both in IPv6',
    'protocols 4 and 41',
    inside(overIp),
    inside6(overIp),
    inside((packet) => onEthernet(packet.over(ipv6({ src: '2001:db8:b::1', dst: '2001:db8:b::2' }))), 2),
    inside6((packet) => onEthernet(packet.over(ipv6({ src: '2001:db8:b::1', dst: '2001:db8:b::2' }))), 3),
  ),
  tunnel(
    'gre',
    'GRE plain, and with checksum, key and sequence number',
    'optional fields of version 0',
    inside((packet) => overIp(packet.over(gre()))),
    inside6((packet) => overIp(packet.over(gre({ checksum: true, key: 7, seq: 1 })))),
  ),
  tunnel(
    'gre-ethernet',
    'GRE with Ethernet, VLAN and MPLS inside',
    'transparent Ethernet bridging',
    inside((packet) => overIp(packet.over(ethernet()).over(gre({ key: 1 })))),
    inside6((packet) => overIp(packet.over(vlan(3)).over(ethernet()).over(gre()))),
    inside((packet) => overIp(packet.over(mpls([5])).over(gre())), 2),
  ),
  tunnel(
    'pptp',
    'GRE version 1 with PPP, with and without acknowledgement',
    'PPTP data',
    inside((packet) => overIp(packet.over(ppp({ hdlc: false })).over(pptpGre({ seq: 1 })))),
    inside6((packet) => overIp(packet.over(ppp()).over(pptpGre({ seq: 2, ack: 1 })))),
  ),
  tunnel(
    'erspan',
    'ERSPAN types I, II and III',
    'mirrored Ethernet',
    inside((packet) => overIp(packet.over(ethernet()).over(erspan(1)).over(gre()))),
    inside6((packet) =>
      overIp(
        packet
          .over(ethernet())
          .over(erspan(2))
          .over(gre({ seq: 1 })),
      ),
    ),
    inside(
      (packet) =>
        overIp(
          packet
            .over(ethernet())
            .over(erspan(3))
            .over(gre({ seq: 2 })),
        ),
      2,
    ),
  ),
  tunnel(
    'mpls-in-ip',
    'MPLS directly in IPv4',
    'protocol 137',
    inside((packet) => overIp(packet.over(mpls([7, 8])))),
  ),
  tunnel(
    'vxlan',
    'VXLAN on both ports, one frame tagged',
    'Ethernet in UDP',
    inside((packet) => overUdp(TUNNEL_PORT.VXLAN)(packet.over(ethernet()).over(vxlan(42)))),
    inside6((packet) => overUdp(TUNNEL_PORT.VXLAN_LINUX)(packet.over(vlan(5)).over(ethernet()).over(vxlan(43)))),
  ),
  tunnel(
    'geneve',
    'Geneve with Ethernet and options, and with IP inside',
    'optional length and protocol type',
    inside((packet) =>
      overUdp(TUNNEL_PORT.GENEVE)(packet.over(ethernet()).over(geneve({ options: concat(u32(0x01020001), zeros(4)) }))),
    ),
    inside6((packet) => overUdp(TUNNEL_PORT.GENEVE)(packet.over(geneve()))),
  ),
  tunnel(
    'gtp-u',
    'GTP-U plain, with a sequence number, with an extension header; an echo request',
    'only user packets are opened',
    inside((packet) => overUdp(TUNNEL_PORT.GTP_U, TUNNEL_PORT.GTP_U)(packet.over(gtpU({ teid: 9 })))),
    inside6((packet) =>
      overUdp(TUNNEL_PORT.GTP_U)(packet.over(gtpU({ seq: 1, extensions: [{ type: 0x85, content: zeros(2) }] }))),
    ),
    new Conversation({ at: 2, from: OUTER.src, to: OUTER.dst }).forth(
      udp({ srcPort: TUNNEL_PORT.GTP_U, dstPort: TUNNEL_PORT.GTP_U, payload: gtpU({ type: 1, seq: 1 }) }),
    ),
  ),
  tunnel(
    'teredo',
    'Teredo plain, and behind authentication and origin',
    'IPv6 in UDP',
    inside6((packet) => overUdp(TUNNEL_PORT.TEREDO)(packet.over(teredo()))),
    inside6((packet) => overUdp(TUNNEL_PORT.TEREDO)(packet.over(teredo({ authentication: true, origin: true }))), 2),
  ),
  tunnel(
    'nested',
    'IP in GRE in VXLAN in IP; nine times IP in IP',
    'innermost within eight levels',
    inside((packet) =>
      overUdp(TUNNEL_PORT.VXLAN)(
        packet
          .over(gre())
          .over(ipv4({ src: '10.1.0.1', dst: '10.1.0.2' }))
          .over(ethernet())
          .over(vxlan()),
      ),
    ),
    inside((packet) => overIp(deep(packet, 8)), 2),
  ),
  tunnel(
    'broken',
    'tunnel headers with something else behind them, a cut inner header, and a fragment',
    'the outer header keeps the packet',
    new Conversation({ from: OUTER.src, to: OUTER.dst })
      .forth(udp({ srcPort: 50000, dstPort: TUNNEL_PORT.VXLAN, payload: 40 }))
      .forth(udp({ srcPort: 50000, dstPort: TUNNEL_PORT.GTP_U, payload: 3 }))
      .forth(gre({ etherType: 0x9999 }))
      .forth(udp({ payload: 5 }).over(ipv4({ totalLength: 2000 }))),
    ipv4Fragments(
      udp({ payload: 1000 }).over(ipv4({ src: '10.0.0.1', dst: '10.0.0.2' })),
      { ...OUTER, id: 4 },
      512,
    ).reduce((conversation, packet) => conversation.put(packet), new Conversation({ at: 1 })),
  ),
];

const deep = (packet: Packet, levels: number): Packet =>
  Array.from({ length: levels }, (_, level) => ipv4({ src: `10.9.${level}.1`, dst: `10.9.${level}.2` })).reduce(
    (inner, header) => inner.over(header),
    packet,
  );
