/** Tunnels in UDP: from the payload of a datagram to the IP header inside it. */

import {
  ipByNibble,
  ipInDot11,
  ipInEthernet,
  ipInMpls,
  ipInPpp,
  ipOfEtherType,
  ipOfNextProtocol,
  type IpPlace,
} from './link.ts';
import { firstSound, soundIpAt } from './sound.ts';
import { ipInGre, ipInL2tp3 } from './tunnel.ts';
import { NotTracked, type Window } from './window.ts';

/** By destination port. */
const TO: ReadonlyMap<number, (window: Window, at: number) => IpPlace> = new Map([
  [4789, ipInVxlan],
  [8472, ipInVxlan],
  [4790, ipInVxlanGpe],
  [6081, ipInGeneve],
  [4754, ipInGre],
  [6635, (window: Window, at: number) => ipInMpls(window, at)],
]);

/** By the port of either end, in this order. */
const BETWEEN: readonly (readonly [number, (window: Window, at: number) => IpPlace])[] = [
  [2152, ipInGtp],
  [3386, ipInGtp],
  [1701, ipInL2tp],
  [5247, ipInCapwap],
  [5072, ipInAyiya],
  [3544, ipInTeredo],
];

/** Undefined when no tunnel is known of these ports. `at`: behind the UDP header. */
export function ipInUdp(window: Window, at: number, srcPort: number, dstPort: number): IpPlace | undefined {
  const read = TO.get(dstPort) ?? BETWEEN.find(([port]) => port === dstPort || port === srcPort)?.[1];
  return read === undefined ? teredoByContent(window, at) : read(window, at);
}

function ipInVxlan(window: Window, at: number): IpPlace {
  if ((window.u8(at) & 0x08) === 0) throw new NotTracked('VXLAN without a network identifier');
  return ipInEthernet(window, at + 8);
}

function ipInVxlanGpe(window: Window, at: number): IpPlace {
  const flags = window.u8(at);
  if (flags & 0x31) throw new NotTracked('VXLAN-GPE version or OAM');
  return flags & 0x04 ? ipOfNextProtocol(window, window.u8(at + 3), at + 8) : ipInEthernet(window, at + 8);
}

function ipInGeneve(window: Window, at: number): IpPlace {
  if (window.u8(at) >> 6 !== 0) throw new NotTracked('Geneve version');
  const inner = at + 8 + (window.u8(at) & 0x3f) * 4;
  const protocol = window.u16(at + 2);
  return protocol === 0x6558 ? ipInEthernet(window, inner) : ipOfEtherType(window, protocol, inner);
}

function ipInGtp(window: Window, at: number): IpPlace {
  const flags = window.bytes(at, 6)[0] ?? 0;
  if (window.u8(at + 1) !== 255) throw new NotTracked('GTP without a user packet');
  const isPrime = (flags & 0x10) === 0;
  const version = flags >> 5;
  // GTP' of a later version, or with its last bit set, is short.
  if (isPrime) return soundIpAt(window, at + (version !== 0 || flags & 1 ? 6 : 20));
  if (version === 0) return soundIpAt(window, at + 20);
  if (version !== 1) throw new NotTracked('GTP version');
  let inner = at + 8 + (flags & 7 ? 4 : 0);
  for (let next = flags & 4 ? window.u8(inner - 1) : 0; next !== 0; next = window.u8(inner - 1)) {
    const size = window.u8(inner) * 4;
    if (size === 0) throw new NotTracked('GTP extension of length 0');
    inner += size;
  }
  return ipByNibble(window, inner);
}

function ipInL2tp(window: Window, at: number): IpPlace {
  const flags = window.u16(at);
  const version = flags & 0x0f;
  if (flags & 0x8000) throw new NotTracked('L2TP control message');
  if (version === 3) return ipInL2tp3(window, at + 4);
  if (version !== 2) throw new NotTracked('L2TP version');
  let inner = at + 6;
  if (flags & 0x4000) inner += 2;
  if (flags & 0x0800) inner += 4;
  if (flags & 0x0200) inner += 2 + window.u16(inner);
  return ipInPpp(window, inner);
}

function ipInCapwap(window: Window, at: number): IpPlace {
  const [preamble, length = 0, flags = 0, more = 0] = window.bytes(at, 8);
  if (preamble !== 0 || more & 0x08) throw new NotTracked('CAPWAP in DTLS, or a keep-alive');
  if (more & 0x80 && window.u16(at + 6) >> 3 !== 0) throw new NotTracked('a later CAPWAP fragment');
  const size = (length >> 3) * 4;
  if (size < 8) throw new NotTracked('CAPWAP header length');
  window.bytes(at, size);
  if ((flags & 1) === 0) return ipInEthernet(window, at + size);
  return firstSound(window, () => ipInDot11(window, at + size, false)) ?? ipInDot11(window, at + size, false, true);
}

function ipInAyiya(window: Window, at: number): IpPlace {
  const [identity = 0, signature = 0, operation = 0, next] = window.bytes(at, 8);
  const size = 8 + 2 ** (identity >> 4) + (signature >> 4) * 4;
  if ((operation & 15) !== 1 || (next !== 41 && next !== 4)) throw new NotTracked('AYIYA without a packet');
  window.bytes(at, size);
  return { version: next === 41 ? 6 : 4, at: at + size };
}

function ipInTeredo(window: Window, at: number): IpPlace {
  const place = ipByNibble(window, behindIndications(window, at));
  if (place.version !== 6) throw new NotTracked('Teredo without IPv6');
  window.bytes(place.at, 40);
  return place;
}

function behindIndications(window: Window, at: number): number {
  let inner = at;
  if (window.u16(inner) === 1) inner += 4 + window.u8(inner + 2) + window.u8(inner + 3) + 9;
  if (window.u16(inner) === 0) inner += 8;
  return inner;
}

/** An IPv6 packet that fills the datagram, one of its addresses in 2001::/32 (RFC 4380). */
function teredoByContent(window: Window, at: number): IpPlace | undefined {
  const { at: inner } = ipInTeredo(window, at);
  const isTeredo = [8, 24].some((address) => window.uint(inner + address, 4) === 0x20010000);
  const fills = inner + 40 + window.u16(inner + 4) === at - 8 + window.u16(at - 4);
  return isTeredo && fills ? { version: 6, at: inner } : undefined;
}
