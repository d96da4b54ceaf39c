import { describe, expect, it } from 'vitest';
import {
  ACK,
  LINKTYPE,
  authentication,
  concat,
  dccp,
  ethernet,
  fragment,
  hopByHop,
  icmp,
  icmpError,
  ipv4,
  ipv4Bytes,
  ipv6,
  ipv6Bytes,
  jumbo,
  mpls,
  nullLoopback,
  Packet,
  ppp,
  protocol,
  routing,
  sctp,
  sctpData,
  tcp,
  u16,
  udp,
  udpLite,
  vlan,
} from '../builders/index.ts';
import { addressText, decode, type DecodedPacket, type DecodeOptions } from './index.ts';

const record = (bytes: Uint8Array, linkType: number = LINKTYPE.RAW, wireLen = bytes.length) => ({
  timestampNs: 0n,
  linkType,
  bytes,
  wireLen,
});

/** The decoded packet. @throws when it was refused */
function packet(bytes: Uint8Array, linkType?: number, options?: DecodeOptions): DecodedPacket {
  const decoded = decode(record(bytes, linkType), options);
  if (decoded.kind !== 'packet') throw new Error(`${decoded.kind}: ${decoded.reason}`);
  return decoded;
}

describe('the model decodes', () => {
  it('sizes of every transport', () => {
    const sizes = (transport: Packet) => {
      const { srcPort, dstPort, ipBytes, payloadBytes } = packet(transport.over(ipv4()));
      return [srcPort, dstPort, ipBytes, payloadBytes];
    };
    const ports = { srcPort: 1, dstPort: 2, payload: 10 };
    expect(sizes(tcp({ ...ports, options: new Uint8Array(8) }))).toEqual([1, 2, 58, 10]);
    expect(sizes(udp(ports))).toEqual([1, 2, 38, 10]);
    expect(sizes(udp({ ...ports, length: 12 }))).toEqual([1, 2, 38, 4]);
    expect(sizes(udp({ ...ports, length: 7 }))).toEqual([1, 2, 38, 10]);
    expect(sizes(udp({ ...ports, length: 900 }))).toEqual([1, 2, 38, 10]);
    expect(sizes(udpLite(ports))).toEqual([1, 2, 38, 10]);
    expect(sizes(dccp(ports))).toEqual([1, 2, 46, 10]);
    expect(sizes(sctp({ ...ports, payload: sctpData({ payload: 4 }) }))).toEqual([1, 2, 52, 20]);
    expect(sizes(icmp({ type: 8, payload: 10 }))).toEqual([0, 0, 38, 10]);
    expect(sizes(protocol(50, 10))).toEqual([0, 0, 30, 10]);
    expect(sizes(tcp({ ...ports, dataOffset: 15 }))).toEqual([1, 2, 50, 0]);
  });

  it('no padding as payload', () => {
    expect(
      packet(
        tcp({ flags: ACK })
          .over(ipv4())
          .over(ethernet({ minSize: 60 })),
        LINKTYPE.ETHERNET,
      ),
    ).toMatchObject({ ipBytes: 40, payloadBytes: 0, wireLen: 60 });
  });

  it('12 flag bits and the sequence number', () => {
    expect(packet(tcp({ flags: 0xabc, seq: 0xfffffffe }).over(ipv4()))).toMatchObject({
      tcpFlags: 0xabc,
      seq: 0xfffffffe,
    });
  });

  it('extension headers of both versions', () => {
    const headers = [hopByHop(), routing(['2001:db8::9']), fragment({ id: 1 }), authentication(16)];
    expect(packet(udp({ payload: 5 }).over(ipv6({ headers })))).toMatchObject({
      protocol: 17,
      dstPort: 80,
      payloadBytes: 5,
      fragment: undefined,
    });
    expect(packet(udp({ payload: 5 }).over(ipv4({ headers: [authentication()] })))).toMatchObject({
      protocol: 17,
      payloadBytes: 5,
      ipBytes: 20 + 24 + 13,
    });
  });

  it('zero length fields: segmentation offload, jumbograms, nothing', () => {
    expect(packet(tcp({ payload: 3000 }).over(ipv4({ totalLength: 0 })))).toMatchObject({
      ipBytes: 3040,
      payloadBytes: 3000,
    });
    expect(packet(tcp({ payload: 3000 }).over(ipv6({ payloadLength: 0 })))).toMatchObject({
      ipBytes: 3060,
      payloadBytes: 3000,
    });
    const large = udp({ payload: 70_000, length: 1 });
    expect(packet(large.over(ipv6({ headers: [jumbo(8 + 70_008)], payloadLength: 0 })))).toMatchObject({
      ipBytes: 40 + 8 + 70_008,
      payloadBytes: 70_000,
    });
    expect(packet(concat(ipv6({ protocol: 59 }), new Uint8Array(6)))).toMatchObject({
      ipBytes: 40,
      protocol: 59,
      payloadBytes: 0,
    });
  });

  it('the outer header of an ICMP error only', () => {
    const error = icmpError(3, 3, udp().over(ipv4())).over(ipv4({ src: '9.9.9.9' }));
    expect(packet(error, LINKTYPE.RAW, { decapsulate: true })).toMatchObject({
      protocol: 1,
      srcPort: 0,
      icmp: { class: 3, id: 0 },
    });
  });

  it('MPLS in PPP, and an EtherType where the NULL header has a family', () => {
    expect(
      packet(
        udp()
          .over(ipv4())
          .over(mpls([1]))
          .over(ppp()),
        LINKTYPE.PPP,
      ),
    ).toMatchObject({ protocol: 17 });
    expect(packet(concat(u16(0x0f00), u16(0x0800), udp().over(ipv4())), LINKTYPE.NULL)).toMatchObject({ protocol: 17 });
  });
});

describe('the model refuses', () => {
  const kind = (bytes: Uint8Array, linkType?: number, wireLen?: number) =>
    decode(record(bytes, linkType, wireLen)).kind;

  it('what has no IP, as not tracked', () => {
    const arp = new Packet(new Uint8Array(28), { etherType: 0x0806 });
    expect(kind(arp.over(ethernet()), LINKTYPE.ETHERNET)).toBe('notTracked');
    expect(kind(arp.over(ethernet()).slice(0, 14), LINKTYPE.ETHERNET)).toBe('notTracked');
    expect(kind(arp.over(vlan(3)).over(ethernet()), LINKTYPE.ETHERNET)).toBe('notTracked');
    expect(
      kind(
        protocol(0, Uint8Array.of(0))
          .over(mpls([3]))
          .over(ethernet()),
        LINKTYPE.ETHERNET,
      ),
    ).toBe('notTracked');
    expect(kind(arp.over(nullLoopback({ family: 7 })), LINKTYPE.NULL)).toBe('notTracked');
    expect(kind(udp().over(ipv4()), 147)).toBe('notTracked');
  });

  it('what is cut before the ports, as malformed, at every byte', () => {
    const frame = udp({ payload: 20 }).over(ipv4()).over(vlan(1)).over(ethernet());
    for (let size = 0; size < frame.length; size++) {
      expect(kind(frame.slice(0, size), LINKTYPE.ETHERNET, frame.length), `${size} bytes`).toBe(
        size < 18 + 20 + 4 ? 'malformed' : 'packet',
      );
    }
  });

  it('no length that is larger than the frame: tools believe it', () => {
    expect(packet(udp({ payload: 5 }).over(ipv4({ totalLength: 60 })))).toMatchObject({ ipBytes: 60, payloadBytes: 5 });
    expect(packet(tcp({ payload: 5 }).over(ipv6({ payloadLength: 90 })))).toMatchObject({
      ipBytes: 130,
      payloadBytes: 70,
    });
  });

  it('impossible lengths and versions', () => {
    for (const bad of [
      udp().over(ipv4({ version: 6 })),
      udp().over(ipv4({ headerWords: 4 })),
      udp().over(ipv4({ headerWords: 15 })),
      udp().over(ipv4({ totalLength: 19 })),
      protocol(6, 3).over(ipv4()),
      protocol(43, Uint8Array.of(17, 1, 0, 0, 0, 0, 0, 0)).over(ipv6()),
      protocol(60, 0).over(ipv6()),
    ])
      expect(kind(bad)).toBe('malformed');
  });

  it('no TCP header for its data offset: the ports are readable', () => {
    for (const dataOffset of [0, 1, 4]) {
      expect(packet(tcp({ dataOffset, payload: 9, flags: ACK }).over(ipv4()))).toMatchObject({
        srcPort: 1024,
        payloadBytes: 0,
        tcpFlags: ACK,
      });
    }
  });

  it('nothing for what is cut behind the ports', () => {
    const decoded = packet(tcp({ flags: ACK, payload: 50 }).over(ipv4()), LINKTYPE.RAW, { snaplen: 24 });
    expect(decoded).toMatchObject({ truncated: true, tcpFlags: 0, seq: undefined, payloadBytes: 50 });
    const cutChain = packet(udp().over(ipv6({ headers: [hopByHop(), authentication()] })), LINKTYPE.RAW, {
      snaplen: 49,
    });
    expect(cutChain).toMatchObject({ truncated: true, protocol: 51, srcPort: 0 });
  });
});

describe('address text', () => {
  it('is that of RFC 5952', () => {
    const text = (address: string): string => addressText(ipv6Bytes(address));
    expect(text('2001:0DB8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
    expect(text('2001:db8:0:1:1:1:1:1')).toBe('2001:db8:0:1:1:1:1:1');
    expect(text('::')).toBe('::');
    expect(text('1::')).toBe('1::');
    expect(text('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1');
    expect(addressText(ipv4Bytes('192.0.2.1'))).toBe('192.0.2.1');
  });
});
