/** Tunnels: from a decoded packet to the IP header inside it. */

import { ipByNibble, ipInEthernet, ipInMpls, ipInPpp, ipOfEtherType, type IpPlace } from './link.ts';
import { NotTracked, type Window } from './window.ts';
import type { IpPacket } from './ip.ts';
import type { Transport } from './transport.ts';

const VXLAN = new Set([4789, 8472]);
const GENEVE = 6081;
const GTP_U = 2152;
const TEREDO = 3544;

/**
 * Undefined when the packet is no tunnel. @throws {OutOfSight} @throws {NotTracked} when it looks like one but holds no
 * IP
 */
export function ipInTunnel(ip: IpPacket, { srcPort, dstPort }: Transport): IpPlace | undefined {
  if (ip.fragment !== undefined || ip.chainCut) return undefined;
  const { window, at } = ip;
  switch (ip.protocol) {
    case 4:
      return { version: 4, at };
    case 41:
      return { version: 6, at };
    case 47:
      return ipInGre(window, at);
    case 137:
      return ipInMpls(window, at);
    case 17:
      if (VXLAN.has(dstPort)) return ipInVxlan(window, at + 8);
      if (dstPort === GENEVE) return ipInGeneve(window, at + 8);
      if (srcPort === GTP_U || dstPort === GTP_U) return ipInGtp(window, at + 8);
      if (srcPort === TEREDO || dstPort === TEREDO) return ipInTeredo(window, at + 8);
      return undefined;
    default:
      return undefined;
  }
}

function ipInGre(window: Window, at: number): IpPlace {
  const flags = window.u16(at);
  const [hasChecksum, hasRouting, hasKey, hasSequence, hasAck] = [0x8000, 0x4000, 0x2000, 0x1000, 0x0080].map(
    (bit) => (flags & bit) !== 0,
  );
  const version = flags & 7;
  if (version > 1) throw new NotTracked(`GRE version ${version}`);
  let inner = at + 4;
  // In PPTP's version neither is ever set (RFC 2637 §4.1).
  if (version === 0 && (hasChecksum || hasRouting)) inner += 4;
  if (hasKey) inner += 4;
  if (hasSequence) inner += 4;
  const protocol = window.u16(at + 2);
  if (version === 1) {
    if (protocol !== 0x880b || !hasKey) throw new NotTracked('GRE version 1 without PPP');
    return ipInPpp(window, inner + (hasAck ? 4 : 0));
  }
  // Source routes: address family, offset and length of each; all zero ends them (RFC 1701).
  for (let more = hasRouting; more; ) {
    more = window.u16(inner) !== 0 || window.u8(inner + 3) !== 0;
    inner += 4 + window.u8(inner + 3);
  }
  switch (protocol) {
    case 0x6558:
      return ipInEthernet(window, inner);
    // ERSPAN type I has no header of its own, and no sequence number to tell.
    case 0x88be:
      return ipInEthernet(window, hasSequence ? inner + 8 : inner);
    case 0x22eb:
      return ipInEthernet(window, inner + (window.u8(inner + 11) & 1 ? 20 : 12));
    // WCCP version 2 puts four bytes before the packet, version 1 none.
    case 0x883e:
      return ipByNibble(window, window.u8(inner) >> 4 === 4 ? inner : inner + 4);
    default:
      return ipOfEtherType(window, protocol, inner);
  }
}

function ipInVxlan(window: Window, at: number): IpPlace {
  if ((window.u8(at) & 0x08) === 0) throw new NotTracked('VXLAN without a network identifier');
  return ipInEthernet(window, at + 8);
}

function ipInGeneve(window: Window, at: number): IpPlace {
  if (window.u8(at) >> 6 !== 0) throw new NotTracked('Geneve version');
  const inner = at + 8 + (window.u8(at) & 0x3f) * 4;
  const protocol = window.u16(at + 2);
  return protocol === 0x6558 ? ipInEthernet(window, inner) : ipOfEtherType(window, protocol, inner);
}

function ipInGtp(window: Window, at: number): IpPlace {
  const flags = window.u8(at);
  if (flags >> 4 !== 3 || window.u8(at + 1) !== 255) throw new NotTracked('GTP without a user packet');
  let inner = at + 8 + (flags & 7 ? 4 : 0);
  for (let next = flags & 4 ? window.u8(inner - 1) : 0; next !== 0; next = window.u8(inner - 1)) {
    const size = window.u8(inner) * 4;
    if (size === 0) throw new NotTracked('GTP extension of length 0');
    inner += size;
  }
  return ipByNibble(window, inner);
}

function ipInTeredo(window: Window, at: number): IpPlace {
  let inner = at;
  if (window.u16(inner) === 1) inner += 4 + window.u8(inner + 2) + window.u8(inner + 3) + 9;
  if (window.u16(inner) === 0) inner += 8;
  const place = ipByNibble(window, inner);
  if (place.version !== 6) throw new NotTracked('Teredo without IPv6');
  return place;
}
