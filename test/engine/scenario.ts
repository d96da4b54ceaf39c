/**
 * Random captures: few addresses and ports, so that flows meet, end, start again and are evicted; all kinds of layers.
 */

import {
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
  ipv4Fragments,
  ipv6,
  ipv6Fragments,
  jumbo,
  llc,
  loop,
  mpls,
  nullLoopback,
  otherExtension,
  pcap,
  pcapngOf,
  ppi,
  ppp,
  pppoe,
  pppWithDirection,
  pptpGre,
  protocol,
  qinq,
  radiotap,
  random,
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
  LINKTYPE,
  type CaptureRecord,
  type Packet,
  type Random,
  arcnet,
  arcnetLinux,
  ayiya,
  brcmPrepend,
  capwap,
  controlWord,
  dsa,
  edsa,
  ethernetInIp,
  etherIp,
  fabricPath,
  fddi,
  frameRelay,
  gtpPrime,
  hsr,
  ipnet,
  ipoib,
  juniper,
  l2tp,
  l2tp3,
  macsec,
  metaData,
  NEXT,
  nflog,
  nsh,
  pbb,
  pflog,
  pimRegister,
  pktap,
  slip,
  swappedFrameControl,
  timeTag,
  TUNNEL_PORT,
  vnTag,
  vxlanGpe,
} from '../builders/index.ts';
import type { RunOptions } from './harness.ts';

export interface Scenario {
  readonly file: Uint8Array;
  readonly linkType: number;
  readonly options: RunOptions;
}

const IPV4_HOSTS = ['10.0.0.1', '10.0.0.2', '10.0.1.0'];
const IPV6_HOSTS = ['2001:db8::1', '2001:db8::2'];
const LINK_TYPES = [1, 1, 1, 1, 0, 108, 9, 50, 204, 51, 101, 12, 104, 113, 276, 105, 127, 192];
const STEPS_NS = [0, 0, 1, 1000, 50e6, 100e6, 99_999_999, 1e9, 3e9, 7e9, 31e9];
const FLAGS = [2, 2, 18, 16, 16, 24, 17, 17, 4, 20, 0, 6, 3];
const START_NS = 1_700_000_000_000_000_000n;

/** The same scenario for the same seed. */
export function scenario(seed: number): Scenario {
  const r = random(seed);
  const linkType = r.pick(LINK_TYPES);
  const records: CaptureRecord[] = [];
  let timestampNs = START_NS + BigInt(r.below(1e9));
  for (let count = r.between(1, 60); count > 0; count--) {
    timestampNs += BigInt(r.pick(STEPS_NS));
    if (r.oneIn(12)) timestampNs -= BigInt(r.pick([1, 5e8, 4e9]));
    if (r.oneIn(300)) timestampNs += 2n * 86_400_000_000_000n;
    records.push(captured(r, timestampNs, onLink(r, linkType, randomPacket(r))));
  }
  const file = r.oneIn(3)
    ? pcapngOf(records, { linkType, tsresol: r.pick([9, 9, 6, 12, 0x94]), bigEndian: r.oneIn(2) })
    : pcap(records, { linkType, format: r.pick(['ns', 'us', 'modified']), bigEndian: r.oneIn(2) });
  return { file, linkType, options: randomOptions(r) };
}

function randomOptions(r: Random): RunOptions {
  return {
    direction: r.pick(['uni', 'bi']),
    flowTimeout: r.pick([0.1, 1, 5, 600]),
    finTimeout: r.pick([0, 0.5, 3, 30]),
    fragments: r.pick(['attribute', 'port0']),
    decapsulate: r.oneIn(2),
    blockSize: r.pick([64, 1000, 65_536]),
    closedLimit: r.pick([1, 7, 64]),
    ...(r.oneIn(3) ? { activeTimeout: r.pick([0.3, 5, 60]) } : {}),
    ...(r.oneIn(3) ? { maxFlows: r.between(1, 6) } : {}),
    ...(r.oneIn(4) ? { snaplen: r.between(64, 120) } : {}),
    ...(r.oneIn(3) ? { memory: randomLimits(r) } : {}),
  };
}

function randomLimits(r: Random): NonNullable<RunOptions['memory']> {
  const soft = r.between(0, 6);
  return { soft, hard: soft + r.between(1, 8) };
}

/** The frame as a capture keeps it: sometimes cut, sometimes with a wrong byte or a wrong length. */
function captured(r: Random, timestampNs: bigint, whole: Uint8Array): CaptureRecord {
  let frame = Uint8Array.from(whole);
  const wireLen = r.oneIn(40) ? r.below(100) : frame.length;
  if (r.oneIn(4)) frame = frame.slice(0, r.below(frame.length + 1));
  if (r.oneIn(6) && frame.length > 0) frame[r.below(Math.min(frame.length, 70))] = r.below(256);
  return { timestampNs, frame, wireLen };
}

/** IP and what it carries. */
export function randomPacket(r: Random): Packet {
  const six = r.oneIn(4);
  const hosts = six ? IPV6_HOSTS : IPV4_HOSTS;
  const ends = { src: r.pick(hosts), dst: r.pick(hosts) };
  const upper = transport(r, six);
  if (r.oneIn(5) && upper.length > 24) return r.pick(pieces(r, upper, ends, six));
  let packet = upper.over(six ? sixHeader(r, ends) : fourHeader(r, ends));
  while (r.oneIn(4)) packet = tunnelled(r, packet);
  return packet;
}

type Ends = { readonly src: string; readonly dst: string };

function transport(r: Random, six: boolean): Packet {
  const ports = { srcPort: r.pick([1, 2]), dstPort: r.pick([1, 2]) };
  const message = { id: r.below(2), payload: r.below(20) };
  switch (r.below(9)) {
    case 0:
      return udp({ ...ports, payload: r.below(60), ...(r.oneIn(4) ? { length: r.below(80) } : {}) });
    case 1:
      return six
        ? icmpv6({ type: r.pick([128, 129, 133, 134, 135, 136, 139, 140, 1, 3]), ...message })
        : icmp({ type: r.pick([0, 8, 9, 10, 13, 14, 15, 16, 17, 18, 3, 11]), ...message });
    case 2:
      return r.oneIn(2) ? sctp({ ...ports, payload: 16 }) : udpLite({ ...ports, payload: 16 });
    case 3:
      return dccp({ ...ports, type: r.below(10) });
    case 4:
      return protocol(r.pick([50, 89, 2, 47, 4, 41, 137]), r.bytes(r.below(40)));
    default:
      return tcp({
        ...ports,
        flags: r.oneIn(14) ? r.below(4096) : r.pick(FLAGS),
        seq: r.below(3),
        payload: r.oneIn(2) ? 0 : r.below(40),
        ...(r.oneIn(3) ? { options: new Uint8Array(4 * r.below(5)) } : {}),
      });
  }
}

function pieces(r: Random, upper: Packet, ends: Ends, six: boolean): Packet[] {
  const size = 8 * r.between(1, 3);
  const id = r.below(3);
  if (!six) return ipv4Fragments(upper, { ...ends, id }, size);
  return ipv6Fragments(upper, { ...ends, ...(r.oneIn(3) ? { headers: [hopByHop()] } : {}) }, id, size);
}

function fourHeader(r: Random, ends: Ends): Packet {
  return ipv4({
    ...ends,
    id: r.below(3),
    ...(r.oneIn(6) ? { options: new Uint8Array(r.between(1, 40)) } : {}),
    ...(r.oneIn(20) ? { totalLength: r.below(120) } : {}),
    ...(r.oneIn(40) ? { headerWords: r.below(16) } : {}),
    ...(r.oneIn(12) ? { headers: [authentication(4 * r.below(4))] } : {}),
  });
}

function sixHeader(r: Random, ends: Ends): Packet {
  const header = () =>
    r.pick([
      hopByHop(),
      destinationOptions(),
      authentication(4 * r.below(4)),
      fragment({ id: r.below(3) }),
      routing(['2001:db8::9'], r.below(2)),
      otherExtension(r.pick([135, 139, 140])),
      jumbo(r.pick([70_000, 0xffff, 20])),
    ]);
  return ipv6({
    ...ends,
    headers: r.oneIn(3) ? Array.from({ length: r.between(1, 3) }, header) : [],
    ...(r.oneIn(12) ? { payloadLength: r.oneIn(2) ? 0 : r.below(100) } : {}),
    ...(r.oneIn(60) ? { version: r.below(16) } : {}),
  });
}

function tunnelled(r: Random, inner: Packet): Packet {
  const outer = r.oneIn(3)
    ? ipv6({ src: r.pick(IPV6_HOSTS), dst: r.pick(IPV6_HOSTS) })
    : ipv4({ src: r.pick(IPV4_HOSTS), dst: r.pick(IPV4_HOSTS) });
  return (r.oneIn(3) ? rareTunnel(r, inner) : tunnelHeaders(r, inner)).over(outer);
}

function tunnelHeaders(r: Random, inner: Packet): Packet {
  const frame = inner.over(ethernet());
  const maybe = <T extends object>(fields: T): Partial<T> => (r.oneIn(2) ? fields : {});
  switch (r.below(13)) {
    case 0:
      return inner;
    case 1:
      return inner.over(gre({ ...maybe({ key: 1 }), ...maybe({ seq: 1 }), checksum: r.oneIn(2) }));
    case 2:
      return frame.over(gre());
    case 3:
      return frame.over(vxlan()).over(udp({ srcPort: r.pick([5, 4789]), dstPort: r.pick([4789, 8472, 5]) }));
    case 4:
      return frame.over(geneve({ options: new Uint8Array(4 * r.below(4)) })).over(udp({ dstPort: 6081 }));
    case 5:
      return inner
        .over(
          gtpU({
            ...maybe({ seq: 1 }),
            extensions: r.oneIn(2) ? [{ type: 0x85, content: new Uint8Array(2 + 4 * r.below(2)) }] : [],
          }),
        )
        .over(udp({ srcPort: r.pick([2152, 9]), dstPort: 2152 }));
    case 6:
      return inner
        .over(teredo({ authentication: r.oneIn(2), origin: r.oneIn(2) }))
        .over(udp({ srcPort: 3544, dstPort: r.pick([3544, 4]) }));
    case 7:
      return inner.over(mpls([3, 4]));
    case 8:
      return inner
        .over(ppp({ hdlc: r.oneIn(2), short: r.oneIn(2) }))
        .over(pptpGre({ ...maybe({ seq: 1 }), ...maybe({ ack: 1 }) }));
    case 9:
      return frame.over(erspan(2)).over(gre({ seq: 1 }));
    case 10:
      return frame.over(erspan(3)).over(gre({ seq: 1 }));
    case 11:
      return frame.over(erspan(1)).over(gre());
    default:
      return inner.over(mpls([9])).over(gre());
  }
}

/** The packet in a frame of the link type. */
export function onLink(r: Random, linkType: number, packet: Packet): Packet {
  switch (linkType) {
    case LINKTYPE.NULL:
      return packet.over(nullLoopback({ bigEndian: r.oneIn(2) }));
    case LINKTYPE.LOOP:
      return packet.over(loop());
    case LINKTYPE.PPP:
      return packet.over(ppp({ hdlc: r.oneIn(2) }));
    case LINKTYPE.PPP_HDLC:
      return r.oneIn(2) ? packet.over(ppp()) : packet.over(ciscoHdlc());
    case LINKTYPE.PPP_WITH_DIR:
      return packet.over(ppp()).over(pppWithDirection(1));
    case LINKTYPE.PPP_ETHER:
      return packet.over(pppoe());
    case LINKTYPE.C_HDLC:
      return packet.over(ciscoHdlc());
    case LINKTYPE.LINUX_SLL:
      return cooked(packet, r, sll);
    case LINKTYPE.LINUX_SLL2:
      return cooked(packet, r, sll2);
    case LINKTYPE.IEEE802_11:
      return packet.over(snap()).over(
        dot11({
          ...(r.oneIn(2) ? { qos: r.pick([0, 1, 0x80]) } : {}),
          toDs: r.oneIn(2),
          htControl: r.oneIn(3),
          protected: r.oneIn(8),
          type: r.oneIn(8) ? r.below(4) : 2,
          subtype: r.pick([0, 0, 1, 4]),
        }),
      );
    case LINKTYPE.RADIOTAP: {
      const padHeader = r.oneIn(2);
      return packet
        .over(snap())
        .over(dot11({ ...(r.oneIn(2) ? { qos: 0 } : {}), padHeader }))
        .over(radiotap({ flags: padHeader ? 0x20 : 0, extraWords: r.below(3), tsft: r.oneIn(2) }));
    }
    case LINKTYPE.PPI:
      return r.oneIn(2) ? packet.over(ethernet()).over(ppi(1)) : packet.over(snap()).over(dot11()).over(ppi());
    case LINKTYPE.ETHERNET:
      return onEthernet(r, packet);
    default:
      return onRareLink(r, linkType, packet);
  }
}

export function onRareLink(r: Random, linkType: number, packet: Packet): Packet {
  switch (linkType) {
    case LINKTYPE.FDDI:
      return packet.over(r.oneIn(2) ? snap() : llc()).over(fddi(r.pick([0x50, 0xd0, 0x50, 0x40])));
    case LINKTYPE.ARCNET:
      return packet.over(arcnet(r.oneIn(3)));
    case LINKTYPE.ARCNET_LINUX:
      return packet.over(arcnetLinux());
    case LINKTYPE.SLIP:
      return packet.over(slip());
    case LINKTYPE.FRELAY:
      return packet.over(
        frameRelay(r.pick(['nlpid', 'snap', 'cisco']), { addressSize: r.between(2, 4), padded: r.oneIn(2) }),
      );
    case LINKTYPE.IPNET:
      return packet.over(ipnet());
    case LINKTYPE.PFLOG:
      return packet.over(pflog(r.pick([45, 61, 100])));
    case LINKTYPE.NFLOG:
      return packet.over(nflog({ bigEndian: r.oneIn(2) }));
    case LINKTYPE.IPOIB:
      return packet.over(ipoib());
    case LINKTYPE.PKTAP:
      return packet.over(ethernet()).over(pktap(LINKTYPE.ETHERNET, r.pick([12, 108])));
    case LINKTYPE.JUNIPER_ETHER:
      return r.oneIn(2)
        ? packet.over(juniper({ linkHeader: false }))
        : packet.over(ethernet()).over(juniper({ extensions: r.pick([0, 6]) }));
    case LINKTYPE.DSA_TAG_DSA:
    case LINKTYPE.DSA_TAG_BRCM:
      return packet.over(dsa());
    case LINKTYPE.DSA_TAG_BRCM_PREPEND:
      return packet.over(ethernet()).over(brcmPrepend());
    case LINKTYPE.DSA_TAG_EDSA:
      return packet.over(r.oneIn(3) ? ethernet() : edsa());
    default:
      return packet;
  }
}

/** A frame or packet behind one of the less common tags. */
function tagged(r: Random, inner: Packet): Packet {
  const frame = inner.over(ethernet());
  switch (r.below(12)) {
    case 0:
      return inner.over(vnTag());
    case 1:
      return inner.over(hsr());
    case 2:
      return inner.over(macsec({ sci: r.oneIn(2), encrypted: r.oneIn(5), changed: r.oneIn(5) }));
    case 3:
      return inner.over(timeTag());
    case 4:
      return inner.over(metaData());
    case 5:
      return frame.over(pbb());
    case 6:
      return frame.over(fabricPath());
    case 7:
      return frame.over(mpls([7]));
    case 8:
      return frame.over(controlWord()).over(mpls([7, 8]));
    case 9:
      return frame.over(nsh(NEXT.ETHERNET, { words: r.pick([0, 4, 6]), oam: r.oneIn(6) }));
    case 10:
      return inner.over(vlan(4, 0x8200));
    default:
      return inner.over(nsh(r.pick([NEXT.IPV4, NEXT.IPV6, NEXT.NSH])));
  }
}

/** One of the less common tunnels, its outer IP header not yet. */
function rareTunnel(r: Random, inner: Packet): Packet {
  const frame = inner.over(ethernet());
  const wifi = inner.over(snap()).over(dot11());
  const inUdp = (port: number, payload: Packet): Packet =>
    payload.over(udp({ srcPort: r.pick([5, port]), dstPort: r.pick([port, port, 5]) }));
  switch (r.below(14)) {
    case 0:
      return frame.over(etherIp(r.pick([3, 3, 4])));
    case 1:
      return frame.over(ethernetInIp());
    case 2:
      return inner.over(pimRegister({ nullRegister: r.oneIn(4) }));
    case 3:
      return wifi.over(gre({ etherType: r.pick([0x8200, 0x8210, 0x8370, 0x8380, 0x8201]) }));
    case 4:
      return inner.over(metaData({ inGre: true })).over(gre());
    case 5:
      return (r.oneIn(2) ? frame : inner).over(l2tp3({ cookie: r.pick([0, 4, 8]), sublayer: r.pick([0, 4]) }));
    case 6:
      return inUdp(TUNNEL_PORT.L2TP, frame.over(l2tp3({ inUdp: true, session: r.below(2) })));
    case 7:
      return inUdp(
        TUNNEL_PORT.L2TP,
        inner.over(ppp()).over(l2tp({ length: r.oneIn(2), sequence: r.oneIn(2), control: r.oneIn(4) })),
      );
    case 8:
      return inUdp(TUNNEL_PORT.VXLAN_GPE, inner.over(vxlanGpe(r.pick([NEXT.IPV4, NEXT.IPV6, 9]))));
    case 9:
      return inUdp(TUNNEL_PORT.GRE, inner.over(gre()));
    case 10:
      return inUdp(TUNNEL_PORT.MPLS, (r.oneIn(2) ? frame : inner).over(mpls([3])));
    case 11:
      return inUdp(
        TUNNEL_PORT.CAPWAP,
        r.oneIn(2)
          ? frame.over(capwap({ keepAlive: r.oneIn(4) }))
          : (r.oneIn(2) ? wifi : wifi.over(swappedFrameControl())).over(capwap({ native: true })),
      );
    case 12:
      return inUdp(TUNNEL_PORT.AYIYA, inner.over(ayiya(r.pick([0, 1, 1]))));
    default:
      return inUdp(r.pick([TUNNEL_PORT.GTP_0, TUNNEL_PORT.GTP_U]), inner.over(gtpPrime(r.oneIn(2))));
  }
}

function onEthernet(r: Random, packet: Packet): Packet {
  let inner = packet;
  while (r.oneIn(5)) inner = tagged(r, inner);
  if (r.oneIn(5)) inner = inner.over(mpls([1, 2].slice(0, r.between(1, 2))));
  if (r.oneIn(6)) inner = inner.over(pppoe({ short: r.oneIn(2) }));
  if (r.oneIn(4)) inner = inner.over(vlan(3));
  if (r.oneIn(6)) inner = inner.over(qinq(1, 2));
  if (r.oneIn(20)) return inner.over(llc()).over(ieee8023());
  if (r.oneIn(10)) return inner.over(snap()).over(ieee8023());
  return inner.over(ethernet({ minSize: r.pick([0, 60]) }));
}

/** A cooked frame. Sometimes there are tags in front of the packet, but what is behind them is announced. */
function cooked(packet: Packet, r: Random, header: (fields?: { readonly etherType?: number }) => Packet): Packet {
  if (!r.oneIn(4)) return packet.over(header());
  const { etherType = 0 } = packet.kind;
  const tagged = packet.over(vlan(r.below(4096)));
  return (r.oneIn(4) ? tagged.over(vlan(r.below(4096), etherType)) : tagged).over(header({ etherType }));
}
