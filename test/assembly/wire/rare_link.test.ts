/** Less common link types: see header_case.ts. */
import { describe, expect, it } from 'vitest';
import {
  arcnet,
  arcnetLinux,
  brcmPrepend,
  ciscoHdlc,
  dsa,
  edsa,
  ethernet,
  fddi,
  frameRelay,
  ipnet,
  ipoib,
  juniper,
  LINKTYPE,
  llc,
  nflog,
  pcap,
  pflog,
  pktap,
  sll,
  slip,
  snap,
  vlan,
  type Packet,
} from '../../builders/index.ts';
import { run } from '../../engine/harness.ts';
import { packet, packet6, V4, V6, testHeaders, type HeaderCase } from './header_case.ts';

const frame = packet.over(ethernet());

const of = (name: string, linkType: number, inner: Packet, flow = V4): HeaderCase => ({
  name,
  linkType,
  frame: inner,
  flow,
});

testHeaders([
  of('FDDI with SNAP', LINKTYPE.FDDI, packet.over(snap()).over(fddi())),
  of('synchronous FDDI with LLC', LINKTYPE.FDDI, packet.over(llc()).over(fddi(0xd0))),
  of('ARCNET', LINKTYPE.ARCNET, packet.over(arcnet())),
  of('ARCNET with IPv6', LINKTYPE.ARCNET, packet6.over(arcnet()), V6),
  of('ARCNET of RFC 1051', LINKTYPE.ARCNET, packet.over(arcnet(true))),
  of('ARCNET on Linux', LINKTYPE.ARCNET_LINUX, packet.over(arcnetLinux())),
  of('SLIP', LINKTYPE.SLIP, packet.over(slip())),
  of('frame relay', LINKTYPE.FRELAY, packet.over(frameRelay())),
  of(
    'frame relay with IPv6 and a long address',
    LINKTYPE.FRELAY,
    packet6.over(frameRelay('nlpid', { addressSize: 4 })),
    V6,
  ),
  of('frame relay with SNAP and padding', LINKTYPE.FRELAY, packet.over(frameRelay('snap', { padded: true }))),
  of("Cisco's frame relay", LINKTYPE.FRELAY, packet.over(frameRelay('cisco'))),
  of('IPNET', LINKTYPE.IPNET, packet.over(ipnet())),
  of('IPNET with IPv6', LINKTYPE.IPNET, packet6.over(ipnet()), V6),
  of('NFLOG', LINKTYPE.NFLOG, packet.over(nflog())),
  of('NFLOG of a big-endian host', LINKTYPE.NFLOG, packet6.over(nflog({ bigEndian: true })), V6),
  of('IP over InfiniBand', LINKTYPE.IPOIB, packet.over(ipoib())),
  of('PKTAP with Ethernet', LINKTYPE.PKTAP, frame.over(pktap(LINKTYPE.ETHERNET))),
  of('PKTAP with a cooked frame', LINKTYPE.PKTAP, packet6.over(sll()).over(pktap(LINKTYPE.LINUX_SLL, 60)), V6),
  of('pflog', LINKTYPE.PFLOG, packet.over(pflog())),
  of('pflog of 100 bytes with IPv6', LINKTYPE.PFLOG, packet6.over(pflog(100)), V6),
  of('Juniper Ethernet', LINKTYPE.JUNIPER_ETHER, frame.over(juniper())),
  of('Juniper Ethernet with extensions', LINKTYPE.JUNIPER_ETHER, frame.over(juniper({ extensions: 6 }))),
  of('Juniper without a link header', LINKTYPE.JUNIPER_ETHER, packet6.over(juniper({ linkHeader: false })), V6),
  of('a DSA tag', LINKTYPE.DSA_TAG_DSA, packet.over(dsa())),
  of('a DSA tag and a VLAN tag', LINKTYPE.DSA_TAG_DSA, packet.over(vlan(5)).over(dsa())),
  of('a Broadcom tag', LINKTYPE.DSA_TAG_BRCM, packet6.over(dsa()), V6),
  of('a Broadcom tag in front', LINKTYPE.DSA_TAG_BRCM_PREPEND, frame.over(brcmPrepend())),
  of('an EDSA tag', LINKTYPE.DSA_TAG_EDSA, packet.over(edsa())),
  of('EDSA without a tag', LINKTYPE.DSA_TAG_EDSA, frame),
  of('Cisco HDLC with the link type of PPP', LINKTYPE.PPP, packet.over(ciscoHdlc())),
]);

describe('a frame of a less common link type', () => {
  for (const linkType of [LINKTYPE.FDDI, LINKTYPE.PFLOG, LINKTYPE.IPNET, LINKTYPE.ARCNET, LINKTYPE.NFLOG]) {
    it(`${linkType} that is a sound Ethernet frame is read as one`, async () => {
      const { flows } = await run(pcap([{ timestampNs: 1n, frame: Uint8Array.from(frame) }], { linkType }));
      expect(flows).toMatchObject([V4]);
    });
  }

  it('is not IP when nothing in it is sound', async () => {
    const bytes = Uint8Array.from(frame);
    bytes[24] = (bytes[24] ?? 0) ^ 1;
    const { flows, counters } = await run(pcap([{ timestampNs: 1n, frame: bytes }], { linkType: LINKTYPE.FDDI }));
    expect(flows).toEqual([]);
    expect(counters.notTracked.notIp).toBe(1);
  });

  it('of PKTAP in PKTAP is not IP', async () => {
    const nested = frame.over(pktap(LINKTYPE.ETHERNET)).over(pktap(LINKTYPE.PKTAP));
    const { counters } = await run(
      pcap([{ timestampNs: 1n, frame: Uint8Array.from(nested) }], { linkType: LINKTYPE.PKTAP }),
    );
    expect(counters.notTracked.notIp).toBe(1);
  });
});
