/** Tags and frames between Ethernet and IP: see header_case.ts. */
import { describe, expect, it } from 'vitest';
import {
  controlWord,
  ethernet,
  fabricPath,
  hsr,
  ipv4,
  LINKTYPE,
  llc,
  ieee8023,
  macsec,
  metaData,
  mpls,
  NEXT,
  nsh,
  pbb,
  pcap,
  ppp,
  prpTrailer,
  timeTag,
  vlan,
  vnTag,
  type Packet,
} from '../../builders/index.ts';
import { run } from '../../engine/harness.ts';
import { datagram, ENDS, packet, packet6, V4, V6, testHeaders, type HeaderCase } from './header_case.ts';

const inEthernet = (inner: Packet): Packet => inner.over(ethernet());
const frame = inEthernet(packet);

const of = (name: string, inner: Packet, flow = V4): HeaderCase => ({
  name,
  linkType: LINKTYPE.ETHERNET,
  frame: inEthernet(inner),
  flow,
});

testHeaders([
  of('the tag 0x8200', packet.over(vlan(5, 0x8200))),
  of('VN-Tag', packet.over(vnTag())),
  of('VN-Tag and a VLAN tag', packet.over(vlan(5)).over(vnTag())),
  of('HSR', packet.over(hsr())),
  of('HSR with IPv6', packet6.over(hsr()), V6),
  of('MACsec with an SCI', packet.over(macsec())),
  of('MACsec without an SCI', packet.over(macsec({ sci: false }))),
  of('a time stamp tag', packet.over(timeTag())),
  of('Cisco MetaData', packet.over(metaData())),
  of('PBB', frame.over(pbb())),
  of('PBB behind a VLAN tag', frame.over(pbb()).over(vlan(5, 0x88a8))),
  of('FabricPath', frame.over(fabricPath())),
  of('NSH with IPv4', packet.over(nsh(NEXT.IPV4))),
  of('NSH with IPv6', packet6.over(nsh(NEXT.IPV6)), V6),
  of('NSH with Ethernet', frame.over(nsh(NEXT.ETHERNET, { words: 0 }))),
  of('NSH in NSH', packet.over(nsh(NEXT.IPV4)).over(nsh(NEXT.NSH))),
  of('NSH with MPLS', packet.over(mpls([3])).over(nsh(NEXT.MPLS))),
  of('an Ethernet pseudowire', frame.over(mpls([3, 4]))),
  of('an Ethernet pseudowire with IPv6', inEthernet(packet6).over(mpls([3])), V6),
  of('a pseudowire with a control word', frame.over(controlWord()).over(mpls([3]))),
  of('a pseudowire with a VLAN tag inside', inEthernet(packet.over(vlan(7))).over(mpls([3]))),
  of(
    'a pseudowire with 802.3 inside',
    packet
      .over(llc())
      .over(ieee8023())
      .over(mpls([3])),
  ),
  of('a pseudowire in a pseudowire', inEthernet(frame.over(mpls([5]))).over(mpls([3]))),
  {
    ...of('MPLS in PPP with Ethernet inside', frame),
    linkType: LINKTYPE.PPP,
    frame: frame.over(mpls([3])).over(ppp()),
  },
]);

const flowsIn = async (inner: Packet, options: { linkType?: number; wireLen?: number } = {}) => {
  const { flows, counters } = await run(
    pcap(
      [
        {
          timestampNs: 1n,
          frame: Uint8Array.from(inner),
          ...(options.wireLen === undefined ? {} : { wireLen: options.wireLen }),
        },
      ],
      {
        linkType: options.linkType ?? LINKTYPE.ETHERNET,
      },
    ),
  );
  return { flows, notIp: counters.notTracked.notIp };
};

describe('a MAC address behind MPLS labels', () => {
  for (const first of [
    '45:00:00:28:aa:bb',
    '46:00:00:10:00:01',
    '60:00:00:00:00:08',
    '00:00:5e:00:01:01',
    '10:22:33:44:55:66',
    'fe:00:00:00:00:01',
  ]) {
    for (const [name, word] of [
      ['without', undefined],
      ['with', controlWord()],
    ] as const) {
      it(`is not taken for an IP header: ${first}, ${name} a control word`, async () => {
        const wire = packet.over(ethernet({ dst: first }));
        const { flows } = await flowsIn((word === undefined ? wire : wire.over(word)).over(mpls([3])).over(ethernet()));
        expect(flows).toMatchObject([V4]);
      });
    }
  }
});

describe('an IP header behind MPLS labels', () => {
  const withBytes = (inner: Uint8Array): Packet => {
    const whole = inEthernet(packet.over(mpls([3])));
    whole.set(inner, whole.length - inner.length);
    return whole;
  };

  it('is not believed with a wrong checksum', async () => {
    const bytes = Uint8Array.from(packet);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    expect(await flowsIn(withBytes(bytes))).toEqual({ flows: [], notIp: 1 });
  });

  it('is not believed when it is longer than the frame', async () => {
    const bytes = Uint8Array.from(datagram.over(ipv4({ ...ENDS, totalLength: 34 })));
    expect(await flowsIn(withBytes(bytes))).toEqual({ flows: [], notIp: 1 });
  });

  it('is believed when the frame was cut by the capture', async () => {
    const whole = inEthernet(packet.over(mpls([3])));
    const { flows } = await flowsIn(whole.subarray(0, whole.length - 5) as Packet, { wireLen: whole.length });
    expect(flows).toMatchObject([V4]);
  });
});

describe('what cannot be read of a tag', () => {
  it('encrypted MACsec is not IP', async () => {
    expect(await flowsIn(inEthernet(packet.over(macsec({ encrypted: true, changed: true }))))).toEqual({
      flows: [],
      notIp: 1,
    });
    expect(await flowsIn(inEthernet(packet.over(macsec({ changed: true }))))).toEqual({ flows: [], notIp: 1 });
  });

  it('an OAM message in NSH is not IP', async () => {
    expect(await flowsIn(inEthernet(packet.over(nsh(NEXT.IPV4, { oam: true }))))).toEqual({ flows: [], notIp: 1 });
  });

  it('a trailer of PRP is not counted as IP', async () => {
    const { flows } = await flowsIn(frame.over(prpTrailer()));
    expect(flows).toMatchObject([{ ...V4, bytesForward: 33, payloadBytesForward: 5 }]);
  });

  it('frames in frames in frames come to an end', async () => {
    let nested: Packet = frame;
    for (let depth = 0; depth < 4000; depth++) nested = nested.over(pbb()).over(ethernet());
    expect(await flowsIn(nested)).toEqual({ flows: [], notIp: 1 });
    nested = packet;
    for (let depth = 0; depth < 2000; depth++) nested = nested.over(nsh(NEXT.NSH));
    expect(await flowsIn(inEthernet(nested))).toEqual({ flows: [], notIp: 1 });
  });
});
