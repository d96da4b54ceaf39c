/** Tunnels: from a decoded packet to the IP header inside it. */

import { ipByNibble, ipInDot11, ipInEthernet, ipInMpls, ipInPpp, ipOfEtherType, type IpPlace } from './link.ts';
import { firstSound, soundIpAt } from './sound.ts';
import { ipInUdp } from './udp_tunnel.ts';
import { NotTracked, type Window } from './window.ts';
import type { IpPacket } from './ip.ts';
import type { Transport } from './transport.ts';

/**
 * Undefined when the packet is no tunnel. @throws {OutOfSight} @throws {NotTracked} when it looks like one but holds no
 * IP
 */
export function ipInTunnel(ip: IpPacket, { srcPort, dstPort }: Transport): IpPlace | undefined {
  if (ip.fragment?.first === false || ip.chainCut) return undefined;
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
      return ipInUdp(window, at + 8, srcPort, dstPort);
    case 97:
      if (window.bytes(at, 2)[0] !== undefined && window.u8(at) >> 4 !== 3) throw new NotTracked('EtherIP version');
      return ipInEthernet(window, at + 2);
    case 143:
      return ipInEthernet(window, at);
    case 115:
      return ipInL2tp3(window, at);
    case 103:
      if (window.u8(at) !== 0x21 || window.u8(at + 4) & 0x40) throw new NotTracked('PIM without a packet');
      return ipByNibble(window, at + 8);
    default:
      return undefined;
  }
}

export function ipInGre(window: Window, at: number): IpPlace {
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
    // Cisco MetaData: here the EtherType stands in front of version and length.
    case 0x8909:
      return ipOfEtherType(window, window.u16(inner), inner + 4 + 4 * window.u8(inner + 3));
    default:
      if (protocol >= 0x8200 && protocol <= 0x8370 && protocol % 16 === 0) return ipInDot11(window, inner, false);
      return ipOfEtherType(window, protocol, inner);
  }
}

/**
 * L2TP version 3 (RFC 3931): the length of the cookie, the sublayer and what is inside are agreed on beforehand, so
 * they are tried.
 */
export function ipInL2tp3(window: Window, at: number): IpPlace {
  if (window.uint(at, 4) === 0) throw new NotTracked('L2TP control message');
  const starts = [4, 8, 12, 16].map((skipped) => at + skipped);
  const found = firstSound(
    window,
    ...starts.flatMap((inner) => [
      () => ipInEthernet(window, inner),
      () => ipInPpp(window, inner),
      () => soundIpAt(window, inner),
    ]),
  );
  if (found === undefined) throw new NotTracked('nothing sound in L2TP');
  return found;
}
