import { describe, expect, it } from 'vitest';
import {
  ACK,
  SYN,
  authentication,
  concat,
  crc32c,
  decimal,
  enhancedPacket,
  ethernet,
  fragment,
  gre,
  hopByHop,
  icmp,
  icmpv6,
  interfaceBlock,
  internetChecksum,
  ipv4,
  ipv4Bytes,
  ipv4Fragments,
  ipv6,
  ipv6Bytes,
  ipv6Fragments,
  mpls,
  pcap,
  pcapng,
  pppoe,
  qinq,
  random,
  routing,
  tcp,
  u16,
  u32,
  u8,
  udp,
  vlan,
  vxlan,
  zeros,
} from './index.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** 0 when the transport checksum of an IPv4 packet without options is right. */
function ipv4Residue(packet: Uint8Array): number {
  const payload = packet.subarray(20);
  return internetChecksum(packet.subarray(12, 20), u16(packet[9] ?? 0), u16(payload.length), payload);
}

describe('packet builders', () => {
  it('build the IPv4 header of the worked example in RFC 1071 style, checksum included', () => {
    // The widely used example: 4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7.
    const packet = udp({ payload: 87 }).over(ipv4({ src: '192.168.0.1', dst: '192.168.0.199', dontFragment: true }));
    expect(hex(packet.slice(0, 20))).toBe('45000073000040004011b861c0a80001c0a800c7');
  });

  it('fill in TCP and UDP checksums for even and odd payloads', () => {
    for (const payload of [0, 1, 2, 99]) {
      expect(ipv4Residue(tcp({ payload }).over(ipv4()))).toBe(0);
      expect(ipv4Residue(udp({ payload }).over(ipv4()))).toBe(0);
    }
  });

  it('fill in the ICMPv6 checksum behind extension headers', () => {
    const packet = icmpv6({ type: 128, id: 7 }).over(ipv6({ headers: [hopByHop()] }));
    expect(internetChecksum(packet.subarray(8, 40), u32(8), u32(58), packet.subarray(48))).toBe(0);
  });

  it('use the final destination of a routing header in the checksum', () => {
    const last = '2001:db8::99';
    const packet = udp({ payload: 3 }).over(ipv6({ headers: [routing([last])] }));
    const datagram = packet.subarray(64);
    expect(internetChecksum(packet.subarray(8, 24), ipv6Bytes(last), u32(datagram.length), u32(17), datagram)).toBe(0);
  });

  it('keep a checksum that was given', () => {
    expect(hex(udp({ checksum: 0xbeef }).over(ipv4()).slice(26, 28))).toBe('beef');
  });

  it('announce the layer above in every layer below', () => {
    const frame = tcp({ flags: SYN | ACK })
      .over(ipv6())
      .over(gre())
      .over(ipv4())
      .over(pppoe())
      .over(vlan(5))
      .over(ethernet());
    expect(hex(frame.slice(12, 26))).toBe('81000005' + '8864' + '11000001' + '00560021');
    expect(hex(frame.slice(26 + 9, 26 + 10))).toBe('2f');
    expect(hex(frame.slice(46, 50))).toBe('000086dd');
    expect(frame[50 + 6]).toBe(6);
  });

  it('nest 802.1ad tags and mark the bottom of an MPLS stack', () => {
    expect(hex(ipv4().over(qinq(1, 2)).over(ethernet()).slice(12, 22))).toBe('88a80001810000020800');
    expect(
      hex(
        ipv4()
          .over(mpls([16, 17]))
          .over(ethernet())
          .slice(12, 22),
      ),
    ).toBe('8847' + '00010040' + '00011140');
  });

  it('put Ethernet inside VXLAN and give the UDP length of the whole', () => {
    const packet = udp()
      .over(ipv4())
      .over(ethernet())
      .over(vxlan(3))
      .over(udp({ dstPort: 4789 }))
      .over(ipv4());
    expect(hex(packet.slice(24, 26))).toBe(hex(u16(8 + 8 + 14 + 28)));
    expect(ipv4Residue(packet)).toBe(0);
  });

  it('cut a datagram into fragments that put together are the datagram', () => {
    const datagram = udp({ payload: 100 });
    const whole = datagram.over(ipv4({ id: 9 }));
    const pieces = ipv4Fragments(datagram, { id: 9 }, 40);
    expect(pieces.map((piece) => hex(piece.slice(6, 8)))).toEqual(['2000', '2005', '000a']);
    expect(hex(concat(...pieces.map((piece) => piece.slice(20))))).toBe(hex(whole.slice(20)));
    const six = ipv6Fragments(datagram, {}, 77, 64);
    expect(six.map((piece) => hex(piece.slice(40, 48)))).toEqual(['110000010000004d', '110000400000004d']);
    expect(hex(concat(...six.map((piece) => piece.slice(48))))).toBe(hex(datagram.over(ipv6()).slice(40)));
  });

  it('write AH lengths in 4-byte words minus 2 and fragment headers without length', () => {
    expect(hex(authentication(12).bytes(6).slice(0, 2))).toBe('0604');
    expect(hex(fragment({ offset: 8, more: true, id: 1 }).bytes(17))).toBe('1100000900000001');
  });

  it('compare equal to plain bytes', () => {
    const packet = icmp({ type: 8 });
    expect(packet).toEqual(Uint8Array.from(packet));
    expect(packet.subarray(0, 4).constructor).toBe(Uint8Array);
  });

  it('refuse addresses that are none', () => {
    for (const text of ['1.2.3', '1.2.3.256', '']) expect(() => ipv4Bytes(text)).toThrow(RangeError);
    for (const text of ['1::2::3', '1:2', '12345::', '1:2:3:4:5:6:7:8:9'])
      expect(() => ipv6Bytes(text)).toThrow(RangeError);
    expect(hex(ipv6Bytes('::ffff:1.2.3.4'))).toBe('00000000000000000000ffff01020304');
  });

  it('compute CRC-32C as RFC 3720 appendix B.4 lists it', () => {
    expect(crc32c(zeros(32))).toBe(0x8a9136aa);
  });
});

describe('capture writers', () => {
  const record = { timestampNs: 1_700_000_000_123_456_789n, frame: u8(0xaa), wireLen: 60 };

  it('write every classic form', () => {
    expect(hex(pcap([record]))).toBe(
      'd4c3b2a1020004000000000000000000' + '0000040001000000' + '00f1536540e2010001000000' + '3c000000aa',
    );
    expect(hex(pcap([record], { format: 'ns', bigEndian: true, linkType: 101 }).slice(0, 4))).toBe('a1b23c4d');
    expect(hex(pcap([record], { format: 'ns', bigEndian: true }).slice(24, 32))).toBe('6553f100075bcd15');
    expect(pcap([record], { format: 'modified' }).length).toBe(24 + 24 + 1);
  });

  it('write the high half of a pcapng timestamp first in both byte orders', () => {
    for (const bigEndian of [false, true]) {
      const file = pcapng([interfaceBlock({ tsresol: decimal(9) }), enhancedPacket(record)], { bigEndian });
      const view = new DataView(file.buffer, file.byteOffset + 28 + 32);
      expect(view.getUint32(0, !bigEndian)).toBe(6);
      expect((BigInt(view.getUint32(12, !bigEndian)) << 32n) | BigInt(view.getUint32(16, !bigEndian))).toBe(
        record.timestampNs,
      );
    }
  });
});

describe('random', () => {
  it('gives the same numbers for the same seed', () => {
    const [a, b, c] = [random(1), random(1), random(2)];
    const first = Array.from({ length: 5 }, () => a.uint32());
    expect(Array.from({ length: 5 }, () => b.uint32())).toEqual(first);
    expect(Array.from({ length: 5 }, () => c.uint32())).not.toEqual(first);
  });
});
