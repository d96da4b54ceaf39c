/** Filters on less common link types: what passes is what passes of the same packet on Ethernet. */
import { describe, expect, it } from 'vitest';
import { compile, interpret } from '../../src/filter/index.ts';
import {
  arcnetLinux,
  brcmPrepend,
  dsa,
  edsa,
  ethernet,
  fddi,
  frameRelay,
  ipnet,
  ipoib,
  ipv4,
  ipv6,
  juniper,
  LINKTYPE,
  pflog,
  SYN,
  snap,
  tcp,
  udp,
  type Packet,
} from '../builders/index.ts';

const packets = [
  udp({ srcPort: 1234, dstPort: 53, payload: 5 }).over(
    ipv4({ src: '192.0.2.1', dst: '198.51.100.2', options: new Uint8Array(4) }),
  ),
  tcp({ srcPort: 4000, dstPort: 80, flags: SYN }).over(ipv4({ src: '192.0.2.9', dst: '198.51.100.2' })),
  udp({ srcPort: 53, dstPort: 1234 }).over(ipv6({ src: '2001:db8::1', dst: '2001:db8::2' })),
];

const LINKS: readonly (readonly [string, number, (packet: Packet) => Packet])[] = [
  ['FDDI', LINKTYPE.FDDI, (packet) => packet.over(snap()).over(fddi())],
  ['ARCNET on Linux', LINKTYPE.ARCNET_LINUX, (packet) => packet.over(arcnetLinux())],
  ['frame relay', LINKTYPE.FRELAY, (packet) => packet.over(frameRelay())],
  ['IPNET', LINKTYPE.IPNET, (packet) => packet.over(ipnet())],
  ['IP over InfiniBand', LINKTYPE.IPOIB, (packet) => packet.over(ipoib())],
  ['pflog of 61 bytes', LINKTYPE.PFLOG, (packet) => packet.over(pflog(61))],
  ['pflog of 100 bytes', LINKTYPE.PFLOG, (packet) => packet.over(pflog(100))],
  ['Juniper Ethernet', LINKTYPE.JUNIPER_ETHER, (packet) => packet.over(ethernet()).over(juniper())],
  ['a DSA tag', LINKTYPE.DSA_TAG_DSA, (packet) => packet.over(dsa())],
  ['a Broadcom tag', LINKTYPE.DSA_TAG_BRCM, (packet) => packet.over(dsa())],
  ['a Broadcom tag in front', LINKTYPE.DSA_TAG_BRCM_PREPEND, (packet) => packet.over(ethernet()).over(brcmPrepend())],
  ['an EDSA tag', LINKTYPE.DSA_TAG_EDSA, (packet) => packet.over(edsa())],
];

const FILTERS = [
  'ip',
  'ip6',
  'udp',
  'tcp',
  'udp port 53',
  'udp dst port 53 and ip',
  'tcp[tcpflags] & tcp-syn != 0',
  'host 192.0.2.1',
  'net 198.51.100.0/24',
  'ip6 host 2001:db8::2',
  'ip[8] = 64',
  'not udp',
];

const keeps = (filter: string, linkType: number, frame: Uint8Array): boolean =>
  interpret(compile(filter, { linkType }).program, frame) !== 0;

describe('a filter keeps the same packets as on Ethernet', () => {
  for (const [name, linkType, over] of LINKS) {
    it(`${name}: a filter keeps what it keeps on Ethernet`, () => {
      for (const filter of FILTERS) {
        for (const packet of packets) {
          const want = keeps(filter, LINKTYPE.ETHERNET, packet.over(ethernet()));
          expect(keeps(filter, linkType, over(packet)), `${filter} ${packet.length}`).toBe(want);
        }
      }
    });
  }
});

describe('on a link type without a layout', () => {
  for (const linkType of [123, 130, 183, 223, LINKTYPE.NFLOG, LINKTYPE.PKTAP]) {
    it(`${linkType} a filter of bytes and lengths is compiled, and one of protocols is refused`, () => {
      const frame = Uint8Array.of(7, 2, 3, 4);
      expect(keeps('len = 4 and link[0] = 7', linkType, frame)).toBe(true);
      expect(keeps('greater 5 or link[1:2] = 0x0204', linkType, frame)).toBe(false);
      expect(() => compile('tcp port 80', { linkType })).toThrow(`link type ${linkType}`);
    });
  }
});
