/** Less common tunnels: see header_case.ts. */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import {
  ayiya,
  capwap,
  dot11,
  ethernet,
  ethernetInIp,
  etherIp,
  gre,
  gtpPrime,
  gtpU,
  ipv4,
  ipv6,
  l2tp,
  l2tp3,
  LINKTYPE,
  metaData,
  mpls,
  NEXT,
  nsh,
  pcap,
  pimRegister,
  ppp,
  snap,
  swappedFrameControl,
  teredo,
  timeTag,
  erspan,
  TUNNEL_PORT,
  udp,
  vxlanGpe,
  type Packet,
} from '../../builders/index.ts';
import { run } from '../../engine/harness.ts';
import { testHeaders, type HeaderCase } from './header_case.ts';

const ENDS = { src: '192.0.2.1', dst: '198.51.100.2' };
const ENDS6 = { src: '2001:db8::1', dst: '2001:db8::2' };
const TEREDO6 = { src: '2001:0:4136:e378:8000:63bf:3fff:fdd2', dst: '2001:db8::2' };
const OUTER = { src: '203.0.113.1', dst: '203.0.113.2' };
const datagram = udp({ srcPort: 1234, dstPort: 53, payload: 5 });
const packet = datagram.over(ipv4(ENDS));
const packet6 = datagram.over(ipv6(ENDS6));
const V4: Partial<Flow> = { srcAddress: ENDS.src, dstAddress: ENDS.dst, srcPort: 1234, dstPort: 53, protocol: 17 };
const V6: Partial<Flow> = { ...V4, srcAddress: ENDS6.src, dstAddress: ENDS6.dst };
const OUTSIDE: Partial<Flow> = { srcAddress: OUTER.src, dstAddress: OUTER.dst };
const outer = ipv4(OUTER);
const outer6 = ipv6({ src: '2001:db8:1::1', dst: '2001:db8:1::2' });
const frame = packet.over(ethernet());
const wifi = packet.over(snap()).over(dot11());

const of = (name: string, inner: Packet, flow = V4): HeaderCase => ({
  name,
  linkType: LINKTYPE.RAW,
  frame: inner,
  flow,
  decapsulate: true,
});
const inUdp = (name: string, dstPort: number, inner: Packet, flow = V4): HeaderCase =>
  of(name, inner.over(udp({ srcPort: 50_000, dstPort })).over(outer), flow);

testHeaders([
  of('EtherIP', frame.over(etherIp()).over(outer)),
  of('Ethernet in IPv6', frame.over(ethernetInIp()).over(outer6)),
  of('a PIM register message', packet.over(pimRegister()).over(outer)),
  of('a PIM register message with IPv6', packet6.over(pimRegister()).over(outer6), V6),
  of("Aruba's GRE", wifi.over(gre({ etherType: 0x8200 })).over(outer)),
  of("Aruba's GRE of another type", wifi.over(gre({ etherType: 0x8310 })).over(outer)),
  of(
    'Cisco MetaData in GRE',
    packet
      .over(metaData({ inGre: true }))
      .over(gre({ key: 40 }))
      .over(outer),
  ),
  of('NSH in GRE', packet.over(nsh(NEXT.IPV4)).over(gre()).over(outer)),
  of(
    'a time stamp tag in ERSPAN',
    packet
      .over(timeTag())
      .over(ethernet())
      .over(erspan(2))
      .over(gre({ seq: 1 }))
      .over(outer),
  ),
  of('L2TPv3 with Ethernet', frame.over(l2tp3()).over(outer)),
  of('L2TPv3 with a cookie and a sublayer', frame.over(l2tp3({ cookie: 8, sublayer: 4 })).over(outer)),
  of(
    'L2TPv3 with PPP',
    packet6
      .over(ppp())
      .over(l2tp3({ cookie: 4 }))
      .over(outer),
    V6,
  ),
  of('L2TPv3 with IP', packet.over(l2tp3()).over(outer)),
  inUdp('L2TPv3 in UDP', TUNNEL_PORT.L2TP, frame.over(l2tp3({ cookie: 4, inUdp: true }))),
  inUdp('L2TPv2', TUNNEL_PORT.L2TP, packet.over(ppp()).over(l2tp())),
  inUdp(
    'L2TPv2 with all its fields',
    TUNNEL_PORT.L2TP,
    packet6.over(ppp({ hdlc: false })).over(l2tp({ length: true, sequence: true, offset: 3 })),
    V6,
  ),
  inUdp('VXLAN-GPE with IPv4', TUNNEL_PORT.VXLAN_GPE, packet.over(vxlanGpe(NEXT.IPV4))),
  inUdp('VXLAN-GPE with IPv6', TUNNEL_PORT.VXLAN_GPE, packet6.over(vxlanGpe(NEXT.IPV6)), V6),
  inUdp('VXLAN-GPE with Ethernet', TUNNEL_PORT.VXLAN_GPE, frame.over(vxlanGpe(NEXT.ETHERNET))),
  inUdp('VXLAN-GPE without a next protocol', TUNNEL_PORT.VXLAN_GPE, frame.over(vxlanGpe())),
  inUdp('VXLAN-GPE with NSH', TUNNEL_PORT.VXLAN_GPE, frame.over(nsh(NEXT.ETHERNET)).over(vxlanGpe(NEXT.NSH))),
  inUdp('VXLAN-GPE with MPLS', TUNNEL_PORT.VXLAN_GPE, packet.over(mpls([3])).over(vxlanGpe(NEXT.MPLS))),
  inUdp('GRE in UDP', TUNNEL_PORT.GRE, packet.over(gre({ key: 1 }))),
  inUdp('MPLS in UDP', TUNNEL_PORT.MPLS, packet.over(mpls([3, 4]))),
  inUdp('CAPWAP', TUNNEL_PORT.CAPWAP, frame.over(capwap())),
  inUdp('CAPWAP with 802.11', TUNNEL_PORT.CAPWAP, wifi.over(capwap({ native: true }))),
  inUdp(
    'CAPWAP with a swapped frame control',
    TUNNEL_PORT.CAPWAP,
    wifi.over(swappedFrameControl()).over(capwap({ native: true })),
  ),
  inUdp('a first CAPWAP fragment', TUNNEL_PORT.CAPWAP, frame.over(capwap({ offset: 0 }))),
  inUdp('AYIYA', TUNNEL_PORT.AYIYA, packet6.over(ayiya()), V6),
  inUdp("GTP'", TUNNEL_PORT.GTP_0, packet.over(gtpPrime())),
  inUdp("GTP' on the port of GTP-U", TUNNEL_PORT.GTP_U, packet.over(gtpPrime())),
  inUdp('GTP version 0', TUNNEL_PORT.GTP_0, packet.over(gtpPrime(false))),
  inUdp('Teredo on another port', 40_000, datagram.over(ipv6(TEREDO6)).over(teredo({ origin: true })), {
    ...V6,
    srcAddress: TEREDO6.src,
  }),
]);

async function flowOf(inner: Packet): Promise<Flow | undefined> {
  const { flows } = await run(pcap([{ timestampNs: 1n, frame: Uint8Array.from(inner) }], { linkType: LINKTYPE.RAW }), {
    decapsulate: true,
  });
  expect(flows).toHaveLength(1);
  return flows[0];
}

describe('the outer packet keeps', () => {
  const kept: readonly (readonly [string, Packet])[] = [
    ['a null register of PIM', packet.over(pimRegister({ nullRegister: true })).over(outer)],
    ['EtherIP of another version', frame.over(etherIp(4)).over(outer)],
    [
      'a control message of L2TPv2',
      packet
        .over(ppp())
        .over(l2tp({ control: true }))
        .over(udp({ dstPort: 1701 }))
        .over(outer),
    ],
    ['a control message of L2TPv3', frame.over(l2tp3({ session: 0 })).over(outer)],
    [
      'a keep-alive of CAPWAP',
      frame
        .over(capwap({ keepAlive: true }))
        .over(udp({ dstPort: 5247 }))
        .over(outer),
    ],
    [
      'a later fragment of CAPWAP',
      frame
        .over(capwap({ offset: 5 }))
        .over(udp({ dstPort: 5247 }))
        .over(outer),
    ],
    [
      'AYIYA that forwards nothing',
      packet6
        .over(ayiya(0))
        .over(udp({ dstPort: 5072 }))
        .over(outer),
    ],
    ['IPv6 on any port without an address of Teredo', packet6.over(udp({ dstPort: 40_000 })).over(outer)],
    [
      'IPv6 of Teredo that does not fill its datagram',
      datagram
        .over(ipv6({ ...TEREDO6, payloadLength: 12 }))
        .over(udp({ dstPort: 40_000 }))
        .over(outer),
    ],
  ];
  for (const [name, inner] of kept) {
    it(name, async () => {
      expect(await flowOf(inner)).toMatchObject(OUTSIDE);
    });
  }
});

describe('a tunnel in a fragment', () => {
  const user = packet.over(gtpU()).over(udp({ srcPort: 2152, dstPort: 2152 }));

  it('is followed in the first one', async () => {
    const first = user.over(ipv4({ ...OUTER, id: 9, moreFragments: true }));
    expect(await flowOf(first)).toMatchObject(V4);
  });

  it('is not looked for in a later one', async () => {
    const later = user.over(ipv4({ ...OUTER, id: 9, offset: 8 }));
    expect(await flowOf(later)).toMatchObject(OUTSIDE);
  });
});
