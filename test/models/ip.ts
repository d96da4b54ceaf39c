/** IPv4 (RFC 791) and IPv6 (RFC 8200) with extension headers: from an IP header to the transport header. */

import { Malformed, OutOfSight, type Window } from './window.ts';
import type { IpPlace } from './link.ts';

/** What the pieces of one datagram have in common, and which piece this is. */
export interface Fragment {
  readonly id: number;
  /** The protocol number that all pieces show; for IPv6 the next header of the fragment header. */
  readonly protocol: number;
  /** Offset 0: the piece with the transport header. */
  readonly first: boolean;
}

export interface IpPacket {
  readonly version: 4 | 6;
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  /** Length of the packet by its own header. Bytes. */
  readonly ipBytes: number;
  /** Upper protocol: behind all extension headers that are in sight. */
  readonly protocol: number;
  readonly fragment: Fragment | undefined;
  /** Where this IP header starts in the frame. */
  readonly start: number;
  /** Where the transport header (of a later fragment: the payload) starts. */
  readonly at: number;
  /** The frame, ending where this packet ends. */
  readonly window: Window;
  /** The chain of extension headers goes on behind what was captured. */
  readonly chainCut: boolean;
}

const HOP_BY_HOP = 0;
const FRAGMENT = 44;
const AH = 51;
const NO_NEXT = 59;
const JUMBO_OPTION = 0xc2;
/** A jumbo payload length no larger than this is none (RFC 2675 §3). */
const PAYLOAD_LENGTH_MAX = 0xffff;
const U32_MAX = 0xffff_ffff;
/** No extension header is smaller; one of which less was captured is not known. */
const EXTENSION_MIN = 8;
/** Hop-by-hop, routing, fragment, AH, destination, mobility, HIP, Shim6. */
const IPV6_EXTENSIONS = new Set([HOP_BY_HOP, 43, FRAGMENT, AH, 60, 135, 139, 140]);
const IPV4_EXTENSIONS = new Set([AH]);
const MESSAGES = new Set([135, 139, 140]);

/** What all fragments of a datagram have in common, as text. */
export function datagramText({
  src,
  dst,
  version,
  fragment,
}: Pick<IpPacket, 'src' | 'dst' | 'version' | 'fragment'>): string {
  return [src.join('.'), dst.join('.'), fragment?.protocol, fragment?.id, version].join(' ');
}

/** @throws {Malformed} also when the fixed header is cut */
export function ipPacket(frame: Window, place: IpPlace): IpPacket {
  try {
    return place.version === 4 ? ipv4Packet(frame, place.at) : ipv6Packet(frame, place.at);
  } catch (error) {
    if (error instanceof OutOfSight) throw new Malformed(`IPv${place.version} header cut: ${error.message}`);
    throw error;
  }
}

function ipv4Packet(frame: Window, start: number): IpPacket {
  if (frame.u8(start) >> 4 !== 4) throw new Malformed('not version 4');
  const headerSize = (frame.u8(start) & 15) * 4;
  if (headerSize < 20) throw new Malformed(`IPv4 header of ${headerSize} bytes`);
  frame.bytes(start, headerSize);
  const onWire = frame.wireEnd - start;
  // 0: segmentation is left to the network card and the true length did not fit.
  const ipBytes = frame.u16(start + 2) || onWire;
  if (ipBytes < headerSize) throw new Malformed('total length smaller than the header');

  const protocol = frame.u8(start + 9);
  const place = frame.u16(start + 6);
  const first = (place & 0x1fff) === 0;
  const fragment = (place & 0x3fff) === 0 ? undefined : { id: frame.u16(start + 4), protocol, first };
  const window = frame.endingAt(start + ipBytes);
  const content = { next: protocol, at: start + headerSize, fragment: undefined, cut: false };
  const [src, dst] = [frame.bytes(start + 12, 4), frame.bytes(start + 16, 4)];
  const chain = first ? walk(window, { ...content, fragment }, IPV4_EXTENSIONS, { src, dst, version: 4 }) : content;
  return {
    version: 4,
    src,
    dst,
    ipBytes,
    protocol: chain.next,
    start,
    fragment,
    at: chain.at,
    window,
    chainCut: chain.cut,
  };
}

function ipv6Packet(frame: Window, start: number): IpPacket {
  if (frame.u8(start) >> 4 !== 6) throw new Malformed('not version 6');
  frame.bytes(start, 40);
  const onWire = frame.wireEnd - start;
  const ipBytes = 40 + (frame.u16(start + 4) || payloadLengthOfZero(frame, start, onWire));
  if (ipBytes > U32_MAX) throw new Malformed('jumbogram of more than 2^32-1 bytes');
  const window = frame.endingAt(start + ipBytes);
  const [src, dst] = [frame.bytes(start + 8, 16), frame.bytes(start + 24, 16)];
  const chain = walk(
    window,
    { next: frame.u8(start + 6), at: start + 40, fragment: undefined, cut: false },
    IPV6_EXTENSIONS,
    { src, dst, version: 6 },
  );
  return {
    version: 6,
    src,
    dst,
    ipBytes,
    protocol: chain.next,
    start,
    fragment: chain.fragment,
    at: chain.at,
    window,
    chainCut: chain.cut,
  };
}

/** A payload length field of 0: a jumbogram (RFC 2675), nothing at all, or segmentation left to the card. */
function payloadLengthOfZero(frame: Window, start: number, onWire: number): number {
  const next = frame.u8(start + 6);
  const jumbo = next === HOP_BY_HOP ? jumboLength(frame, start + 40) : undefined;
  if (jumbo !== undefined && jumbo > PAYLOAD_LENGTH_MAX) return jumbo;
  return next === NO_NEXT ? 0 : onWire - 40;
}

function jumboLength(frame: Window, at: number): number | undefined {
  if (!frame.sees(at, EXTENSION_MIN)) return undefined;
  const end = at + (frame.u8(at + 1) + 1) * 8;
  for (let option = at + 2; option + 1 < end && frame.sees(option, 2); ) {
    const type = frame.u8(option);
    if (type === 0) {
      option++;
      continue;
    }
    const length = frame.u8(option + 1);
    if (type === JUMBO_OPTION)
      return length === 4 && option + 6 <= end && frame.sees(option + 2, 4) ? frame.uint(option + 2, 4) : undefined;
    option += 2 + length;
  }
  return undefined;
}

interface Chain {
  /** Protocol number of what is at `at`. */
  readonly next: number;
  readonly at: number;
  readonly fragment: Fragment | undefined;
  readonly cut: boolean;
}

/** Follows extension headers from `chain` on. @throws {Malformed} when one runs over the end of the packet */
function walk(
  packet: Window,
  chain: Chain,
  extensions: ReadonlySet<number>,
  ends: Pick<IpPacket, 'src' | 'dst' | 'version'>,
): Chain {
  let { next, at, fragment } = chain;
  const broken = (): Malformed => {
    const error = new Malformed('extension header beyond the packet');
    if (fragment !== undefined) error.datagram = datagramText({ ...ends, fragment });
    return error;
  };
  while (extensions.has(next)) {
    if (at + EXTENSION_MIN > packet.wireEnd) throw broken();
    if (!packet.sees(at, EXTENSION_MIN)) return { next, at, fragment, cut: true };
    const following = packet.u8(at);
    // Mobility, HIP and Shim6 headers with nothing behind them are the message.
    if (MESSAGES.has(next) && following === NO_NEXT) break;
    const size =
      next === FRAGMENT ? EXTENSION_MIN : next === AH ? (packet.u8(at + 1) + 2) * 4 : (packet.u8(at + 1) + 1) * 8;
    if (at + size > packet.wireEnd) throw broken();
    if (next === FRAGMENT) {
      const place = packet.u16(at + 2);
      const first = place >> 3 === 0;
      // Offset 0 and no more to come: an atomic fragment, the whole datagram (RFC 6946).
      if (!first || place & 1) fragment = { id: packet.uint(at + 4, 4), protocol: following, first };
      if (!first) return { next: following, at: at + size, fragment, cut: false };
    }
    next = following;
    at += size;
    if (at > packet.capEnd) return { next, at, fragment, cut: true };
  }
  return { next, at, fragment, cut: false };
}
