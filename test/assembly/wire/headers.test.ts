/**
 * Every header that the engine reads, through the engine itself: all fields, cut at every byte, every byte impossible.
 * Each frame is a capture of its own kind; what a cut or wrong byte must lead to is said by the model.
 */
import {
  ACK,
  SYN,
  authentication,
  ciscoHdlc,
  dccp,
  destinationOptions,
  dot11,
  erspan,
  ethernet,
  fragment,
  geneve,
  gre,
  gtpU,
  hopByHop,
  icmp,
  icmpv6,
  ieee8023,
  ipv4,
  ipv6,
  jumbo,
  LINKTYPE,
  llc,
  loop,
  mpls,
  nullLoopback,
  otherExtension,
  ppi,
  ppp,
  pppoe,
  pppWithDirection,
  pptpGre,
  qinq,
  radiotap,
  routing,
  sctp,
  sll,
  sll2,
  snap,
  tcp,
  teredo,
  udp,
  udpLite,
  vlan,
  vxlan,
  type Packet,
} from '../../builders/index.ts';
import { testHeaders, type HeaderCase as Case } from './header_case.ts';
import type { Flow } from '../../../src/flow/flow.ts';

const ENDS = { src: '192.0.2.1', dst: '198.51.100.2' };
const ENDS6 = { src: '2001:db8::1', dst: '2001:db8::2' };
const PORTS = { srcPort: 1234, dstPort: 53 };
const segment = tcp({ ...PORTS, flags: SYN | ACK, seq: 7, payload: 5, options: new Uint8Array(4) });
const datagram = udp({ ...PORTS, payload: 5 });
const packet = datagram.over(ipv4(ENDS));
const packet6 = datagram.over(ipv6(ENDS6));
const inEthernet = (inner: Packet): Packet => inner.over(ethernet());
const outer = ipv4({ src: '203.0.113.1', dst: '203.0.113.2' });

const V4: Partial<Flow> = {
  srcAddress: ENDS.src,
  dstAddress: ENDS.dst,
  srcPort: 1234,
  dstPort: 53,
  protocol: 17,
  bytesForward: 33,
  payloadBytesForward: 5,
};
const V6: Partial<Flow> = {
  srcAddress: ENDS6.src,
  dstAddress: ENDS6.dst,
  srcPort: 1234,
  dstPort: 53,
  protocol: 17,
  bytesForward: 53,
  payloadBytesForward: 5,
};
const extended = (
  ...headers: Parameters<typeof ipv6>[0] extends infer F
    ? F extends { headers?: readonly (infer H)[] }
      ? H[]
      : never
    : never
): Packet => datagram.over(ipv6({ ...ENDS6, headers }));

const link = (name: string, linkType: number, frame: Packet, flow = V4): Case => ({ name, linkType, frame, flow });
const raw = (name: string, frame: Packet, flow: Partial<Flow>): Case => ({ name, linkType: LINKTYPE.RAW, frame, flow });
const tunnel = (name: string, frame: Packet): Case => ({
  name,
  linkType: LINKTYPE.RAW,
  frame,
  flow: V4,
  decapsulate: true,
});

const CASES: readonly Case[] = [
  link('Ethernet', LINKTYPE.ETHERNET, inEthernet(packet)),
  link('Ethernet with IPv6', LINKTYPE.ETHERNET, inEthernet(packet6), V6),
  link('a VLAN tag', LINKTYPE.ETHERNET, inEthernet(packet.over(vlan(5)))),
  link('two VLAN tags', LINKTYPE.ETHERNET, inEthernet(packet.over(qinq(5, 6)))),
  link('an MPLS label stack', LINKTYPE.ETHERNET, inEthernet(packet.over(mpls([3, 4, 5])))),
  link('PPPoE', LINKTYPE.ETHERNET, inEthernet(packet.over(pppoe()))),
  link('802.3 with LLC', LINKTYPE.ETHERNET, packet.over(llc()).over(ieee8023())),
  link('802.3 with SNAP', LINKTYPE.ETHERNET, packet.over(snap()).over(ieee8023())),
  link('the null link layer', LINKTYPE.NULL, packet.over(nullLoopback())),
  link('the loop link layer', LINKTYPE.LOOP, packet6.over(loop()), V6),
  link('PPP', LINKTYPE.PPP, packet.over(ppp())),
  link('PPP with HDLC', LINKTYPE.PPP_HDLC, packet.over(ppp({ hdlc: true }))),
  link('PPP with direction', LINKTYPE.PPP_WITH_DIR, packet.over(ppp()).over(pppWithDirection(1))),
  link('PPPoE without Ethernet', LINKTYPE.PPP_ETHER, packet.over(pppoe())),
  link('Cisco HDLC', LINKTYPE.C_HDLC, packet.over(ciscoHdlc())),
  link('Linux cooked capture', LINKTYPE.LINUX_SLL, packet.over(sll())),
  link('Linux cooked capture 2', LINKTYPE.LINUX_SLL2, packet.over(sll2())),
  link('802.11', LINKTYPE.IEEE802_11, packet.over(snap()).over(dot11())),
  link('802.11 with QoS', LINKTYPE.IEEE802_11, packet.over(snap()).over(dot11({ qos: 0 }))),
  link(
    'radiotap',
    LINKTYPE.RADIOTAP,
    packet
      .over(snap())
      .over(dot11({ qos: 0, padHeader: true }))
      .over(radiotap({ flags: 0x20, extraWords: 1, tsft: true })),
  ),
  link('PPI', LINKTYPE.PPI, packet.over(snap()).over(dot11()).over(ppi())),
  raw('IPv4 options', datagram.over(ipv4({ ...ENDS, options: new Uint8Array(8) })), { ...V4, bytesForward: 41 }),
  raw('an Authentication Header in IPv4', datagram.over(ipv4({ ...ENDS, headers: [authentication()] })), {
    ...V4,
    bytesForward: 57,
  }),
  raw('IPv6', packet6, V6),
  raw('hop-by-hop and destination options', extended(hopByHop(), destinationOptions()), { ...V6, bytesForward: 69 }),
  raw('a routing header', extended(routing(['2001:db8::9'])), { ...V6, bytesForward: 77 }),
  raw('an atomic fragment', extended(fragment()), { ...V6, bytesForward: 61 }),
  raw('an Authentication Header in IPv6', extended(authentication()), { ...V6, bytesForward: 77 }),
  raw('mobility, HIP and shim6 headers', extended(otherExtension(135), otherExtension(139), otherExtension(140)), {
    ...V6,
    bytesForward: 77,
  }),
  raw('a jumbo payload option', datagram.over(ipv6({ ...ENDS6, headers: [jumbo(70_000)], payloadLength: 0 })), {
    ...V6,
    bytesForward: 70_040,
  }),
  raw('TCP', segment.over(ipv4(ENDS)), {
    srcAddress: ENDS.dst,
    srcPort: 53,
    dstPort: 1234,
    protocol: 6,
    tcpFlagsReverse: SYN | ACK,
    payloadBytesReverse: 5,
    bytesReverse: 49,
  }),
  raw('UDP-Lite', udpLite({ ...PORTS, payload: 5 }).over(ipv4(ENDS)), { ...V4, protocol: 136 }),
  raw('SCTP', sctp({ ...PORTS, payload: 16 }).over(ipv4(ENDS)), {
    ...V4,
    protocol: 132,
    payloadBytesForward: 16,
    bytesForward: 48,
  }),
  raw('DCCP', dccp({ ...PORTS, payload: 5 }).over(ipv4(ENDS)), { ...V4, protocol: 33, bytesForward: 41 }),
  raw('ICMP', icmp({ type: 8, id: 9, payload: 5 }).over(ipv4(ENDS)), { ...V4, srcPort: 0, dstPort: 0, protocol: 1 }),
  raw('ICMPv6', icmpv6({ type: 128, id: 9, payload: 5 }).over(ipv6(ENDS6)), {
    ...V6,
    srcPort: 0,
    dstPort: 0,
    protocol: 58,
  }),
  tunnel('IP in IP', packet.over(outer)),
  tunnel('GRE with all its fields', packet.over(gre({ key: 1, seq: 2, checksum: true })).over(outer)),
  tunnel('Ethernet in GRE', inEthernet(packet).over(gre()).over(outer)),
  tunnel(
    'PPTP',
    packet
      .over(ppp())
      .over(pptpGre({ seq: 1, ack: 2 }))
      .over(outer),
  ),
  tunnel(
    'ERSPAN II',
    inEthernet(packet)
      .over(erspan(2))
      .over(gre({ seq: 1 }))
      .over(outer),
  ),
  tunnel(
    'ERSPAN III',
    inEthernet(packet)
      .over(erspan(3))
      .over(gre({ seq: 1 }))
      .over(outer),
  ),
  tunnel('MPLS in IP', packet.over(mpls([3])).over(outer)),
  tunnel(
    'VXLAN',
    inEthernet(packet)
      .over(vxlan())
      .over(udp({ dstPort: 4789 }))
      .over(outer),
  ),
  tunnel(
    'Geneve with options',
    inEthernet(packet)
      .over(geneve({ options: new Uint8Array(8) }))
      .over(udp({ dstPort: 6081 }))
      .over(outer),
  ),
  tunnel(
    'GTP-U with an extension header',
    packet
      .over(gtpU({ seq: 1, extensions: [{ type: 0x85, content: new Uint8Array(2) }] }))
      .over(udp({ dstPort: 2152 }))
      .over(outer),
  ),
  {
    ...tunnel(
      'Teredo with both headers',
      packet6
        .over(teredo({ authentication: true, origin: true }))
        .over(udp({ dstPort: 3544 }))
        .over(outer),
    ),
    flow: V6,
  },
];

testHeaders(CASES);
