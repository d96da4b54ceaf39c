/** Tunnels over UDP that were not unwrapped: GTP (TS 29.060, 29.274), Teredo (RFC 4380), VXLAN (RFC 7348). */

import { uintAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';

const GTP_PORTS = [2123, 2152, 3386];
const GTP_HEADER_SIZE = 8;

export const recogniseGtp: Recognise = ({ client, server, clientPort, serverPort }) => {
  const asks = isGtp(client);
  const answers = isGtp(server);
  const onPort = GTP_PORTS.includes(serverPort) || GTP_PORTS.includes(clientPort);
  if (!onPort || (!asks && !answers)) return undefined;
  const message = asks ? client : server;
  return verdict('gtp', 2, asks && answers, {
    details: { version: (message[0] ?? 0) >> 5, type: message[1] ?? 0 },
  });
};

/** Version 1 counts the bytes after the first 8, version 2 those after the first 4. */
function isGtp(datagram: Uint8Array): boolean {
  const first = datagram[0] ?? 0;
  const size = uintAt(datagram, 2, 2);
  if (datagram.length < GTP_HEADER_SIZE) return false;
  if (first >> 5 === 1) return (first & 0x10) !== 0 && size + GTP_HEADER_SIZE === datagram.length;
  // A piggybacked message may follow.
  return first >> 5 === 2 && ((first & 0x10) !== 0 ? size + 4 <= datagram.length : size + 4 === datagram.length);
}

const TEREDO_PORT = 3544;
const IPV6_HEADER_SIZE = 40;
const AUTHENTICATION = 0x0001;
const ORIGIN = 0x0000;
const ORIGIN_SIZE = 8;

export const recogniseTeredo: Recognise = ({ client, server, clientPort, serverPort }) => {
  const asks = isTeredo(client);
  const answers = isTeredo(server);
  const onPort = clientPort === TEREDO_PORT || serverPort === TEREDO_PORT;
  if (!(onPort && (asks || answers)) && !(asks && answers)) return undefined;
  return { ...verdict('teredo', 2, asks && answers, {}), confidence: 2 };
};

/**
 * An IPv6 packet that fills the datagram and has an address of Teredo, perhaps after the two headers of RFC 4380
 * §5.1.1.
 */
function isTeredo(datagram: Uint8Array): boolean {
  let at = 0;
  if (uintAt(datagram, at, 2) === AUTHENTICATION) at += 13 + (datagram[2] ?? 0) + (datagram[3] ?? 0);
  if (uintAt(datagram, at, 2) === ORIGIN) at += ORIGIN_SIZE;
  const size = uintAt(datagram, at + 4, 2);
  if ((datagram[at] ?? 0) >> 4 !== 6 || size < 0 || at + IPV6_HEADER_SIZE + size !== datagram.length) return false;
  return isTeredoAddress(datagram, at + 8) || isTeredoAddress(datagram, at + 24);
}

/** 2001::/32; link-local and the routers' group while an address is still being asked for. */
const isTeredoAddress = (bytes: Uint8Array, at: number): boolean =>
  uintAt(bytes, at, 4) === 0x20010000 || uintAt(bytes, at, 2) === 0xfe80;

const VXLAN_PORTS = [4789, 8472];
const VXLAN_HEADER_SIZE = 8;
const ETHERNET_HEADER_SIZE = 14;

export const recogniseVxlan: Recognise = ({ client, serverPort }) => {
  const fits = client.length >= VXLAN_HEADER_SIZE + ETHERNET_HEADER_SIZE;
  const reserved = uintAt(client, 1, 3) === 0 && client[7] === 0;
  if (!VXLAN_PORTS.includes(serverPort) || !fits || client[0] !== 0x08 || !reserved) return undefined;
  return verdict('vxlan', 2, false, { details: detailsOf({ vni: uintAt(client, 4, 3) }) });
};
