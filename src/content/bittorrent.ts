/** BitTorrent (BEP 3), its DHT (BEP 5) and its transport over UDP, uTP (BEP 29). */

import { asciiAt, hex, uintAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';

const HANDSHAKE = '\x13BitTorrent protocol';
const INFO_HASH_AT = 28;
const INFO_HASH_SIZE = 20;

export const recogniseBittorrent: Recognise = ({ client, server }) => {
  const asks = asciiAt(client, 0, HANDSHAKE);
  const answers = asciiAt(server, 0, HANDSHAKE);
  if (!asks && !answers) return undefined;
  const infoHash = (asks ? handshakeHash(client) : undefined) ?? (answers ? handshakeHash(server) : undefined);
  return verdict('bittorrent', 3, asks && answers, { details: detailsOf({ infoHash }) });
};

/** After the name and eight reserved bytes. */
function handshakeHash(stream: Uint8Array): string | undefined {
  const hash = stream.subarray(INFO_HASH_AT, INFO_HASH_AT + INFO_HASH_SIZE);
  return hash.length === INFO_HASH_SIZE ? hex(hash) : undefined;
}

const DHT_STARTS = ['d1:ad2:id20:', 'd1:rd2:id20:', 'd2:ip6:1', 'd2:ip', 'd1:eli20'];
const GET_PEERS_HASH = '9:info_hash20:';
const SEARCH_MAX = 128;

export const recogniseBittorrentUdp: Recognise = ({ client, server }) => {
  const asks = isDht(client);
  const answers = isDht(server);
  if (asks || answers)
    return verdict('bittorrent', 3, asks && answers, {
      details: detailsOf({ dht: true, infoHash: dhtHash(client) ?? dhtHash(server) }),
    });
  if (!isUtp(client) || !isUtp(server)) return undefined;
  const connection = uintAt(client, 2, 2);
  const answer = uintAt(server, 2, 2);
  // The answer to a SYN bears its connection id; every later packet of the opener bears one more.
  const paired = isSyn(client)
    ? answer === connection
    : ((connection - answer) & 0xffff) === 1 || ((answer - connection) & 0xffff) === 1;
  return paired ? { ...verdict('bittorrent', 2, true, { details: { utp: true } }), confidence: 2 } : undefined;
};

const isDht = (datagram: Uint8Array): boolean =>
  DHT_STARTS.some((start) => asciiAt(datagram, 0, start)) && datagram[datagram.length - 1] === 0x65;

function dhtHash(datagram: Uint8Array): string | undefined {
  for (let at = 0; at < SEARCH_MAX && at < datagram.length; at++) {
    if (!asciiAt(datagram, at, GET_PEERS_HASH)) continue;
    const hash = datagram.subarray(at + GET_PEERS_HASH.length, at + GET_PEERS_HASH.length + INFO_HASH_SIZE);
    return hash.length === INFO_HASH_SIZE ? hex(hash) : undefined;
  }
  return undefined;
}

const UTP_HEADER_SIZE = 20;

/** Type and version in one byte, extension, and the chain of extensions fits. */
function isUtp(datagram: Uint8Array): boolean {
  const first = datagram[0] ?? 0;
  if (datagram.length < UTP_HEADER_SIZE || (first & 15) !== 1 || first >> 4 > 4) return false;
  let extension = datagram[1] ?? 255;
  let at = UTP_HEADER_SIZE;
  for (let n = 0; extension !== 0 && n < 4; n++) {
    const size = datagram[at + 1];
    if (extension > 2 || size === undefined) return false;
    extension = datagram[at] ?? 255;
    at += 2 + size;
  }
  return extension === 0 && at <= datagram.length;
}

const isSyn = (datagram: Uint8Array): boolean => (datagram[0] ?? 0) >> 4 === 4;
