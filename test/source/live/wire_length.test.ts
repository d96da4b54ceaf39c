import { describe, expect, it } from 'vitest';
import { wireLengthOf } from '../../../src/source/live/wire_length.ts';
import { ethernet, ipv4, ipv6, udp, vlan } from '../../builders/index.ts';

const CUT = 65_535;
const [ETHERNET, RAW, SLL, SLL2] = [1, 101, 113, 276];

/** A frame whose IP header tells `ipLength` and that was cut at 65,535 bytes. */
function frame(header: Uint8Array, lengthOffset: number, length: number): Buffer {
  const cut = Buffer.alloc(CUT);
  cut.set(header.subarray(0, Math.min(header.length, CUT)));
  cut.writeUInt16BE(length, lengthOffset);
  return cut;
}

const v4 = ipv4({ src: '192.0.2.1', dst: '192.0.2.2' });
const v6 = ipv6({ src: '2001:db8::1', dst: '2001:db8::2' });
const onEthernet = ethernet({});
const datagram = udp({ srcPort: 1, dstPort: 2 });

describe('wireLengthOf', () => {
  it('is what an IP header tells, with the link-layer header', () => {
    const [four, six] = [Buffer.from(datagram.over(v4)), Buffer.from(datagram.over(v6))];
    expect(wireLengthOf(ETHERNET, frame(datagram.over(v4).over(onEthernet), 16, 65_535), CUT)).toBe(14 + 65_535);
    expect(wireLengthOf(ETHERNET, frame(datagram.over(v6).over(onEthernet), 18, 65_535), CUT)).toBe(14 + 40 + 65_535);
    expect(wireLengthOf(ETHERNET, frame(datagram.over(v4).over(vlan(7)).over(onEthernet), 20, 65_530), CUT)).toBe(
      18 + 65_530,
    );
    expect(wireLengthOf(RAW, frame(six, 4, 65_535), CUT)).toBe(40 + 65_535);
    const sll = Buffer.concat([Buffer.alloc(14), Buffer.from([8, 0]), four]);
    expect(wireLengthOf(SLL, frame(sll, 18, 65_535), CUT)).toBe(16 + 65_535);
    const sll2 = Buffer.concat([Buffer.from([0x86, 0xdd]), Buffer.alloc(18), six]);
    expect(wireLengthOf(SLL2, frame(sll2, 24, 65_500), CUT)).toBe(20 + 40 + 65_500);
  });

  it('is what was captured when the header tells less, or there is none', () => {
    expect(wireLengthOf(ETHERNET, frame(datagram.over(v4).over(onEthernet), 16, 0), CUT)).toBe(CUT);
    expect(wireLengthOf(ETHERNET, Buffer.alloc(CUT), CUT)).toBe(CUT);
    expect(wireLengthOf(SLL, Buffer.alloc(CUT, 0x81), CUT)).toBe(CUT);
    expect(wireLengthOf(0, Buffer.alloc(CUT, 0x45), CUT)).toBe(CUT);
  });

  it('ends in a frame of nothing but VLAN tags', () => {
    const tags = Buffer.alloc(CUT);
    for (let at = 12; at + 2 <= CUT; at += 4) tags.writeUInt16BE(0x8100, at);
    expect(wireLengthOf(ETHERNET, tags, CUT)).toBe(CUT);
  });
});
