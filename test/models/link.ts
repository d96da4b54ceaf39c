/** Link layers: from the start of a frame to its IP header. */

import { ipInRareFrame } from './rare_links.ts';
import { firstSound, isSound, isSoundIpv4, isSoundIpv6 } from './sound.ts';
import { NotTracked, type Window } from './window.ts';

/** Where an IP header is; the version is that which the link layer announced. */
export interface IpPlace {
  readonly version: 4 | 6;
  readonly at: number;
  /** IDs of the VLAN tags on the way there, outermost first; none: undefined. */
  readonly vlans?: readonly number[];
  /** MPLS labels on the way there, outermost first; none: undefined. */
  readonly labels?: readonly number[];
}

/** The place, with what stands in front of what it was found behind. */
function behind(place: IpPlace, vlans: readonly number[], labels: readonly number[]): IpPlace {
  return {
    ...place,
    ...(vlans.length === 0 ? {} : { vlans: [...vlans, ...(place.vlans ?? [])] }),
    ...(labels.length === 0 ? {} : { labels: [...labels, ...(place.labels ?? [])] }),
  };
}

const VLAN_TAG_MAX = 8;
const MPLS_LABEL_MAX = 16;
const VLAN_TAGS = new Set([0x8100, 0x8200, 0x88a8, 0x9100, 0x9200, 0x9300]);
/** Ethernet frames inside of an Ethernet frame, and headers that may repeat. */
const DEPTH_MAX = 4;
const IPV6_FAMILIES = new Set([10, 24, 28, 30]);

/** @throws {OutOfSight} when a link header is cut @throws {NotTracked} when there is no IP */
export function ipInFrame(frame: Window, linkType: number, at = 0): IpPlace {
  switch (linkType) {
    case 0:
    case 108:
      return ipInNull(frame, at);
    case 1:
      return ipInEthernet(frame, at);
    case 9:
    case 50:
      return isHdlcAddress(frame.u8(at)) ? ipInCiscoHdlc(frame, at) : ipInPpp(frame, at);
    case 204:
      return ipInPpp(frame, at + 1);
    case 51:
      return ipInPppoe(frame, at);
    case 12:
    case 14:
    case 101:
      return ipByNibble(frame, at);
    case 228:
      return { version: 4, at };
    case 229:
      return { version: 6, at };
    case 104:
      return ipInCiscoHdlc(frame, at);
    case 113:
      return ipOfCooked(frame, frame.u16(at + 14), at + 16);
    case 276:
      return ipInSll2(frame, at);
    case 105:
      return ipInDot11(frame, at, false);
    case 127:
      return ipInRadiotap(frame, at);
    case 192:
      return ipInPpi(frame, at);
    default:
      return ipInRareFrame(frame, linkType, at);
  }
}

/** The address family in either byte order; some writers put an EtherType into the last two bytes instead. */
function ipInNull(frame: Window, at: number): IpPlace {
  const family = [frame.uint(at, 4), frame.uint(at, 4, true)].find(isIpFamily);
  if (family !== undefined) return { version: family === 2 ? 4 : 6, at: at + 4 };
  const etherType = frame.u16(at + 2);
  if (etherType < 0x0600) throw new NotTracked('address family');
  return ipOfEtherType(frame, etherType, at + 4);
}

const isIpFamily = (family: number): boolean => family === 2 || IPV6_FAMILIES.has(family);

export function ipInEthernet(frame: Window, at: number, depth = 0): IpPlace {
  if (depth > DEPTH_MAX) throw new NotTracked('too many frames in frames');
  return ipOfEtherType(frame, frame.u16(at + 12), at + 14, false, depth);
}

/** Bytes between the EtherType of a tag and the next one. @throws {OutOfSight} @throws {NotTracked} */
function tagSize(frame: Window, etherType: number, at: number): number | undefined {
  switch (etherType) {
    case 0x8926:
      return 4;
    case 0x892f:
      return 4;
    case 0x8988:
      return 6;
    case 0x8909:
      return 2 + 4 * frame.u8(at + 1);
    case 0x88e5: {
      const tci = frame.u8(at);
      const size = tci & 0x20 ? 14 : 6;
      frame.bytes(at, size + 2);
      if (tci & 0x8c) throw new NotTracked('MACsec, encrypted');
      return size;
    }
    default:
      return VLAN_TAGS.has(etherType) ? 2 : undefined;
  }
}

/** What follows an EtherType; `at` is behind it. */
export function ipOfEtherType(frame: Window, etherType: number, at: number, inSnap = false, depth = 0): IpPlace {
  const vlans: number[] = [];
  for (let tags = 0; ; tags++) {
    if (tags === VLAN_TAG_MAX && (VLAN_TAGS.has(etherType) || OTHER_TAGS.has(etherType))) {
      throw new NotTracked('too many tags');
    }
    const size = tagSize(frame, etherType, at);
    if (size === undefined) break;
    frame.bytes(at, size + 2);
    if (VLAN_TAGS.has(etherType)) vlans.push(frame.u16(at) & 0x0fff);
    etherType = frame.u16(at + size);
    at += size + 2;
  }
  return behind(ipBehindTags(frame, etherType, at, inSnap, depth), vlans, []);
}

function ipBehindTags(frame: Window, etherType: number, at: number, inSnap: boolean, depth: number): IpPlace {
  // Below 0x0600 it is the length of an 802.2 frame, but behind SNAP there is no second one.
  if (etherType < 0x0600 && !inSnap) return ipInLlc(frame, at, depth);
  switch (etherType) {
    case 0x0800:
      return { version: 4, at };
    case 0x86dd:
      return { version: 6, at };
    case 0x8847:
    case 0x8848:
      return ipInMpls(frame, at, depth);
    case 0x8864:
      return ipInPppoe(frame, at, depth);
    case 0x88e7:
      frame.bytes(at, 4);
      return ipInEthernet(frame, at + 4, depth + 1);
    case 0x8903:
      frame.bytes(at, 2);
      return ipInEthernet(frame, at + 2, depth + 1);
    case 0x894f:
      return ipInNsh(frame, at, depth);
    default:
      throw new NotTracked(`EtherType 0x${etherType.toString(16)}`);
  }
}

const OTHER_TAGS = new Set([0x8926, 0x892f, 0x8988, 0x8909, 0x88e5]);

/** IP, or an Ethernet frame with or without a control word: whichever is sound (RFC 4448, RFC 4928). */
export function ipInMpls(frame: Window, at: number, depth = 0): IpPlace {
  const labels: number[] = [];
  for (;;) {
    const isBottom = (frame.bytes(at, 4)[2] ?? 0) % 2 === 1;
    labels.push(frame.uint(at, 4) >>> 12);
    at += 4;
    if (isBottom) return behind(ipBehindLabels(frame, at, depth), [], labels);
    if (labels.length === MPLS_LABEL_MAX) throw new NotTracked('too many MPLS labels');
  }
}

function ipBehindLabels(frame: Window, inner: number, depth: number): IpPlace {
  const nibble = frame.u8(inner) >> 4;
  if (isSoundIpv4(frame, inner)) return { version: 4, at: inner };
  const wire = firstSound(
    frame,
    () => ipInEthernet(frame, inner, depth + 1),
    () => {
      if (nibble !== 0) throw new NotTracked('no control word');
      return ipInEthernet(frame, inner + 4, depth + 1);
    },
  );
  if (wire !== undefined) return wire;
  if (isSoundIpv6(frame, inner)) return { version: 6, at: inner };
  const size = nibble === 6 ? 40 : nibble === 4 && frame.sees(inner, 20) ? (frame.u8(inner) & 15) * 4 : 20;
  if ((nibble === 4 || nibble === 6) && !frame.sees(inner, size)) return { version: nibble, at: inner };
  throw new NotTracked('nothing sound behind the labels');
}

/** Network service header (RFC 8300). */
export function ipInNsh(frame: Window, at: number, depth = 0): IpPlace {
  const first = frame.bytes(at, 8);
  const size = ((first[1] ?? 0) & 0x3f) * 4;
  if (((first[0] ?? 0) & 0xe0) !== 0 || size < 8) throw new NotTracked('NSH version, OAM or length');
  frame.bytes(at, size);
  return ipOfNextProtocol(frame, first[3] ?? 0, at + size, depth);
}

/** The numbers that NSH and VXLAN-GPE have in common. */
export function ipOfNextProtocol(frame: Window, next: number, at: number, depth = 0): IpPlace {
  switch (next) {
    case 1:
      return { version: 4, at };
    case 2:
      return { version: 6, at };
    case 3:
      return ipInEthernet(frame, at, depth + 1);
    case 4:
      if (depth === DEPTH_MAX) throw new NotTracked('too many service headers');
      return ipInNsh(frame, at, depth + 1);
    case 5:
      return ipInMpls(frame, at, depth);
    default:
      throw new NotTracked(`next protocol ${next}`);
  }
}

/** IP told by its own version field, where nothing announces it. */
export function ipByNibble(frame: Window, at: number): IpPlace {
  const nibble = frame.u8(at) >> 4;
  if (nibble !== 4 && nibble !== 6) throw new NotTracked('neither IPv4 nor IPv6');
  return { version: nibble, at };
}

function ipInCiscoHdlc(frame: Window, at: number): IpPlace {
  const address = frame.bytes(at, 4)[0] ?? 0;
  if (!isHdlcAddress(address)) throw new NotTracked(`HDLC address 0x${address.toString(16)}`);
  return ipOfEtherType(frame, frame.u16(at + 2), at + 4);
}

/** Unicast or broadcast. */
const isHdlcAddress = (address: number): boolean => address === 0x0f || address === 0x8f;

/** Linux cooked: an EtherType, or 4 for 802.2 frames. */
function ipOfCooked(frame: Window, protocol: number, at: number): IpPlace {
  if (protocol === 4) return ipInLlc(frame, at);
  const announced = ipOfEtherType(frame, protocol, at, true);
  // The kernel leaves the number and the EtherType of inner tags, and announces what is behind them: something sound.
  const type = announced.version === 4 ? 0x0800 : 0x86dd;
  const hidden: number[] = [];
  for (let place = announced; ; place = { ...place, at: place.at + 4 }) {
    if (isSound(frame, place)) return hidden.length === 0 ? place : withVlans(place, hidden);
    if (!frame.sees(place.at, 5) || frame.u16(place.at + 2) !== type) return announced;
    hidden.push(frame.u16(place.at) & 0x0fff);
  }
}

function withVlans(place: IpPlace, inner: readonly number[]): IpPlace {
  return { ...place, vlans: [...(place.vlans ?? []), ...inner] };
}

function ipInSll2(frame: Window, at: number): IpPlace {
  frame.bytes(at, 20);
  return ipOfCooked(frame, frame.u16(at), at + 20);
}

/** Version 1, type 1, and code 0 for session data (RFC 2516 §4). */
function ipInPppoe(frame: Window, at: number, depth = 0): IpPlace {
  frame.bytes(at, 6);
  if (frame.u16(at) !== 0x1100) throw new NotTracked('PPPoE without session data');
  return ipInPpp(frame, at + 6, depth);
}

/** PPP, with or without address and control bytes. */
export function ipInPpp(frame: Window, at: number, depth = 0): IpPlace {
  const hdlc = frame.sees(at, 2) && frame.u16(at) === 0xff03;
  return ipOfPppProtocol(frame, hdlc ? at + 2 : at, depth);
}

function ipOfPppProtocol(frame: Window, at: number, depth: number): IpPlace {
  // All protocol numbers are odd in their last byte, so an odd first byte is the whole field (RFC 1661 §6.5).
  const short = (frame.u8(at) & 1) === 1;
  const protocol = short ? frame.u8(at) : frame.u16(at);
  const behind = at + (short ? 1 : 2);
  switch (protocol) {
    case 0x0021:
      return { version: 4, at: behind };
    case 0x0057:
      return { version: 6, at: behind };
    case 0x0281:
    case 0x0283:
      return ipInMpls(frame, behind, depth);
    default:
      throw new NotTracked(`PPP protocol 0x${protocol.toString(16)}`);
  }
}

/** LLC: SNAP, or IP by its own SAP. */
export function ipInLlc(frame: Window, at: number, depth = 0): IpPlace {
  const [sap, source, control] = frame.bytes(at, 3);
  if ((sap !== 0xaa && sap !== 0x06) || source !== sap || control !== 3) throw new NotTracked('LLC');
  if (sap === 0x06) return { version: 4, at: at + 3 };
  return ipOfEtherType(frame, frame.u16(at + 6), at + 8, true, depth);
}

export function ipInDot11(frame: Window, at: number, padded: boolean, swapped = false): IpPlace {
  const control = frame.u8(swapped ? at + 1 : at);
  const flags = frame.u8(swapped ? at : at + 1);
  if (((control >> 2) & 3) !== 2 || control & 0x40) throw new NotTracked('802.11 frame without data');
  if (flags & 0x40) throw new NotTracked('protected 802.11 frame');
  const hasQos = (control & 0x80) !== 0;
  let size = 24 + ((flags & 3) === 3 ? 6 : 0);
  if (hasQos) {
    if ((frame.bytes(at + size, 2)[0] ?? 0) & 0x80) throw new NotTracked('A-MSDU');
    size += 2 + (flags & 0x80 ? 4 : 0);
  }
  return ipInLlc(frame, at + (padded ? Math.ceil(size / 4) * 4 : size));
}

function ipInRadiotap(frame: Window, at: number): IpPlace {
  const present = frame.uint(at + 4, 4, true);
  const size = frame.uint(at + 2, 2, true);
  if (frame.u8(at) !== 0 || size < 8) throw new NotTracked('radiotap version or length');
  frame.bytes(at, size);
  // Each word of presence bits says by its last bit whether another follows.
  let field = at + 4;
  while (field + 4 <= at + size && frame.uint(field, 4, true) >= 0x80000000) field += 4;
  field += 4;
  // Field 0 is the clock, 8 bytes and so aligned; field 1 are the flags.
  if (present & 1) field = at + Math.ceil((field - at) / 8) * 8 + 8;
  const padded = (present & 2) !== 0 && field < at + size && (frame.u8(field) & 0x20) !== 0;
  return ipInDot11(frame, at + size, padded);
}

function ipInPpi(frame: Window, at: number): IpPlace {
  const inner = frame.uint(at + 4, 4, true);
  const size = frame.uint(at + 2, 2, true);
  if (size < 8) throw new NotTracked('PPI header length');
  frame.bytes(at, size);
  if (inner !== 1 && inner !== 105) throw new NotTracked(`link type ${inner} in PPI`);
  return ipInFrame(frame, inner, at + size);
}
