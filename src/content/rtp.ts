/**
 * RTP and RTCP (RFC 3550). An RTP packet has few fixed bits: several of one source, numbered in order, make it
 * plausible.
 */

import { Reader, uintAt } from './bytes.ts';
import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { textOf } from './text.ts';

const HEADER_SIZE = 12;
const PACKETS_MIN = 3;
const STEP_MAX = 3;

export const recogniseRtp: Recognise = ({ clientDatagrams, serverDatagrams }) => {
  const forward = rtpStream(clientDatagrams, PACKETS_MIN);
  const reverse = rtpStream(serverDatagrams, PACKETS_MIN);
  const found = forward ?? reverse;
  if (found === undefined) return undefined;
  const both = forward !== undefined && reverse !== undefined;
  return { ...verdict('rtp', 2, both, { details: detailsOf(found) }), confidence: 2 };
};

/** A source in the datagrams of one side: at least `least` packets, each numbered 1 to 3 above the latest one. */
export function rtpStream(
  datagrams: readonly Uint8Array[],
  least: number,
): { ssrc: string; payloadType: number } | undefined {
  let before: Uint8Array | undefined;
  let run = 0;
  for (const packet of datagrams) {
    if (!isRtp(packet) || (before !== undefined && comesLate(packet, before))) continue;
    run = before !== undefined && follows(packet, before) ? run + 1 : 1;
    before = packet;
    if (run >= least)
      return { ssrc: uintAt(packet, 8, 4).toString(16).padStart(8, '0'), payloadType: (packet[1] ?? 0) & 0x7f };
  }
  return undefined;
}

/** The same packet again, or one that others have overtaken. */
function comesLate(packet: Uint8Array, before: Uint8Array): boolean {
  const back = (uintAt(before, 2, 2) - uintAt(packet, 2, 2)) & 0xffff;
  return uintAt(packet, 8, 4) === uintAt(before, 8, 4) && back < STEP_MAX;
}

function follows(packet: Uint8Array, before: Uint8Array): boolean {
  const step = (uintAt(packet, 2, 2) - uintAt(before, 2, 2)) & 0xffff;
  return uintAt(packet, 8, 4) === uintAt(before, 8, 4) && step >= 1 && step <= STEP_MAX;
}

function isRtp(datagram: Uint8Array): boolean {
  const first = datagram[0] ?? 0;
  const payloadType = (datagram[1] ?? 0) & 0x7f;
  const sources = first & 15;
  if (first >> 6 !== 2 || (payloadType >= 64 && payloadType <= 95)) return false;
  let size = HEADER_SIZE + sources * 4;
  if ((first & 0x10) !== 0) {
    const extension = uintAt(datagram, size + 2, 2);
    if (extension < 0) return false;
    size += 4 + extension * 4;
  }
  return datagram.length >= size && uintAt(datagram, 8, 4) !== 0;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const DESCRIPTION = 202;
const APPLICATION = 204;
const CNAME = 1;
const PACKETS_MAX = 16;

export const recogniseRtcp: Recognise = ({ client, server }) => {
  const asks = isRtcp(client);
  const answers = isRtcp(server);
  if (!asks && !answers) return undefined;
  const message = asks ? client : server;
  return {
    ...verdict('rtcp', 1, asks && answers, { details: detailsOf({ type: message[1], cname: cnameOf(message) }) }),
    confidence: asks && answers ? 2 : 1,
  };
};

/** A compound packet: report first, each length fits, and the last one ends the datagram. */
function isRtcp(datagram: Uint8Array): boolean {
  if (datagram[1] !== SENDER_REPORT && datagram[1] !== RECEIVER_REPORT) return false;
  let at = 0;
  for (let n = 0; n < PACKETS_MAX && at < datagram.length; n++) {
    const type = datagram[at + 1] ?? 0;
    const size = (uintAt(datagram, at + 2, 2) + 1) * 4;
    if ((datagram[at] ?? 0) >> 6 !== 2 || type < SENDER_REPORT || type > APPLICATION || size < 8) return false;
    at += size;
  }
  return at === datagram.length;
}

function cnameOf(datagram: Uint8Array): string | undefined {
  const reader = new Reader(datagram);
  for (let n = 0; n < PACKETS_MAX && reader.left >= 4; n++) {
    reader.skip(1);
    const type = reader.u8();
    const packet = reader.nested(reader.u16() * 4);
    if (type !== DESCRIPTION) continue;
    packet.skip(4);
    const item = packet.u8();
    const text = packet.take(packet.u8());
    return item === CNAME && !packet.short ? textOf(text) : undefined;
  }
  return undefined;
}
