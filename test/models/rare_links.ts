/** Less common link types, from their pages in the pcap registry: to the IP header. */

import { ipByNibble, ipInEthernet, ipInFrame, ipInLlc, ipOfEtherType, type IpPlace } from './link.ts';
import { firstSound } from './sound.ts';
import { NotTracked, type Window } from './window.ts';

/** @throws {OutOfSight} when a link header is cut @throws {NotTracked} when there is no IP */
export function ipInRareFrame(frame: Window, linkType: number, at: number): IpPlace {
  try {
    return behindHeader(frame, linkType, at);
  } catch (error) {
    // Known to be written with the wrong link type.
    const mislabelled = RARE.has(linkType) ? firstSound(frame, () => ipInEthernet(frame, at)) : undefined;
    if (mislabelled === undefined) throw error;
    return mislabelled;
  }
}

const RARE = new Set([7, 8, 10, 102, 107, 117, 129, 178, 226, 239, 242, 258, 281, 282, 284, 285]);

function behindHeader(frame: Window, linkType: number, at: number): IpPlace {
  switch (linkType) {
    case 7:
      return ipInArcnet(frame, at + 2);
    case 129:
      return ipInArcnet(frame, at + 4);
    case 8:
      return ipByNibble(frame, at + 16);
    case 102:
      return ipByNibble(frame, at + 24);
    case 10:
      // Of the control byte 0Lrr rrrr or 1L.. the format bits say LLC.
      frame.bytes(at, 13);
      if ((frame.u8(at) & 0x70) !== 0x50) throw new NotTracked('FDDI without LLC');
      return ipInLlc(frame, at + 13);
    case 107:
      return ipInFrameRelay(frame, at);
    case 117: {
      const size = Math.ceil(frame.u8(at) / 4) * 4;
      if (size < 45) throw new NotTracked('pflog header');
      return ipByNibble(frame, at + size);
    }
    case 178:
      return ipInJuniper(frame, at);
    case 226: {
      frame.bytes(at, 24);
      const family = frame.u8(at + 1);
      if (family !== 2 && family !== 26) throw new NotTracked('IPNET family');
      return { version: family === 2 ? 4 : 6, at: at + 24 };
    }
    case 239:
      return ipInNflog(frame, at);
    case 242:
      frame.bytes(at, 44);
      return ipOfEtherType(frame, frame.u16(at + 40), at + 44, true);
    case 258: {
      const size = frame.uint(at, 4, true);
      const inner = frame.uint(at + 8, 4, true);
      if (size < 12 || inner === 258) throw new NotTracked('PKTAP header');
      frame.bytes(at, size);
      return ipInFrame(frame, inner, at + size);
    }
    case 281:
    case 284:
      frame.bytes(at, 18);
      return ipOfEtherType(frame, frame.u16(at + 16), at + 18);
    case 282:
      return ipInEthernet(frame, at + 4);
    case 285:
      if (frame.bytes(at, 14)[12] !== 0xda || frame.u8(at + 13) !== 0xda) return ipInEthernet(frame, at);
      frame.bytes(at, 22);
      return ipOfEtherType(frame, frame.u16(at + 20), at + 22);
    default:
      throw new NotTracked(`link type ${linkType}`);
  }
}

/** RFC 1201 has three bytes behind the type, RFC 1051 none. */
function ipInArcnet(frame: Window, typeAt: number): IpPlace {
  const type = frame.u8(typeAt);
  if (type === 240) return ipByNibble(frame, typeAt + 1);
  if (type !== 212 && type !== 196) throw new NotTracked(`ARCNET type ${type}`);
  return ipByNibble(frame, typeAt + 4);
}

function ipInFrameRelay(frame: Window, at: number): IpPlace {
  const size = [2, 3, 4].find((bytes) => (frame.u8(at + bytes - 1) & 1) === 1);
  if (size === undefined) throw new NotTracked('frame relay address');
  let next = at + size;
  frame.bytes(next, 2);
  if (frame.u8(next) !== 3) return ipOfEtherType(frame, frame.u16(next), next + 2, true);
  next++;
  if (frame.u8(next) === 0) next++;
  switch (frame.u8(next)) {
    case 0xcc:
      return { version: 4, at: next + 1 };
    case 0x8e:
      return { version: 6, at: next + 1 };
    case 0x80:
      return ipOfEtherType(frame, frame.u16(next + 4), next + 6, true);
    default:
      throw new NotTracked('NLPID');
  }
}

function ipInNflog(frame: Window, at: number): IpPlace {
  frame.bytes(at, 4);
  if (frame.u8(at + 1) !== 0) throw new NotTracked('NFLOG version');
  for (let attribute = at + 4; ; ) {
    // In the byte order of the host; no type is above 255.
    const little = frame.uint(attribute + 2, 2, true) <= 0xff;
    const length = frame.uint(attribute, 2, little);
    if (frame.uint(attribute + 2, 2, little) === 9 && length >= 4) return ipByNibble(frame, attribute + 4);
    // A length that makes no sense is as good as the end.
    attribute += length < 4 ? frame.capEnd : Math.ceil(length / 4) * 4;
    frame.bytes(attribute, 0);
  }
}

function ipInJuniper(frame: Window, at: number): IpPlace {
  const [m, g, c, flags = 0] = frame.bytes(at, 4);
  if (m !== 0x4d || g !== 0x47 || c !== 0x43) throw new NotTracked('Juniper magic');
  const next = flags & 0x80 ? at + 6 + frame.u16(at + 4) : at + 4;
  frame.bytes(at, next - at);
  return flags & 2 ? ipByNibble(frame, next) : ipInEthernet(frame, next);
}
