/** The first bytes of every TCP and UDP conversation of a capture: frames by the model's decoder, no flow ever ends. */

import { addressText } from './address.ts';
import { decode, type DecodeOptions } from './decode.ts';
import { Prefix, type PrefixLimits, type PrefixPacket } from './prefix.ts';
import type { CapturedFrame } from './capture.ts';
import type { FirstPayload } from '../../src/flow/first_payload.ts';

export interface CapturedConversation {
  readonly transport: 'tcp' | 'udp';
  /** Sender of the first packet, and the other one. */
  readonly a: string;
  readonly aPort: number;
  readonly b: string;
  readonly bPort: number;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly payload: FirstPayload;
}

interface Packet extends Omit<PrefixPacket, 'side' | 'clockNs'> {
  readonly transport: 'tcp' | 'udp';
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
}

const TCP = 6;
const UDP = 17;
const FIN = 1;
const SYN = 2;
const RST = 4;

export function conversationsOf(
  records: Iterable<CapturedFrame>,
  options: DecodeOptions = {},
  limits?: PrefixLimits,
): CapturedConversation[] {
  const conversations = new Map<string, { first: Packet; lastNs: bigint; prefix: Prefix }>();
  let clockNs = 0n;
  for (const record of records) {
    if (record.timestampNs > clockNs) clockNs = record.timestampNs;
    const packet = packetOf(record, options);
    if (packet === undefined) continue;
    const ends = [`${packet.src} ${packet.srcPort}`, `${packet.dst} ${packet.dstPort}`];
    const key = `${packet.transport} ${[...ends].sort().join(' ')}`;
    let entry = conversations.get(key);
    if (entry === undefined)
      conversations.set(
        key,
        (entry = { first: packet, lastNs: packet.timeNs, prefix: new Prefix(packet.transport, limits) }),
      );
    entry.lastNs = packet.timeNs;
    const forward = packet.src === entry.first.src && packet.srcPort === entry.first.srcPort;
    entry.prefix.add({ ...packet, clockNs, side: forward ? 0 : 1 });
  }
  return [...conversations.values()].map(({ first, lastNs, prefix }) => ({
    transport: first.transport,
    a: first.src,
    aPort: first.srcPort,
    b: first.dst,
    bPort: first.dstPort,
    firstNs: first.timeNs,
    lastNs,
    payload: prefix.payload(0, [first.srcPort, first.dstPort]),
  }));
}

function packetOf(record: CapturedFrame, options: DecodeOptions): Packet | undefined {
  const decoded = decode(record, options);
  if (decoded.kind !== 'packet' || (decoded.protocol !== TCP && decoded.protocol !== UDP)) return undefined;
  if (decoded.fragment?.first === false) return undefined;
  const { window, at, protocol } = decoded;
  const headerSize = protocol === UDP ? 8 : window.sees(at + 12, 1) ? (window.u8(at + 12) >> 4) * 4 : 20;
  const start = Math.min(at + headerSize, window.capEnd);
  const flags = decoded.tcpFlags ?? 0;
  return {
    transport: protocol === TCP ? 'tcp' : 'udp',
    src: addressText(decoded.src),
    srcPort: decoded.srcPort,
    dst: addressText(decoded.dst),
    dstPort: decoded.dstPort,
    timeNs: record.timestampNs,
    seq: decoded.seq,
    syn: (flags & SYN) !== 0,
    fin: (flags & FIN) !== 0,
    rst: (flags & RST) !== 0,
    payload: window.bytes(start, Math.min(decoded.payloadBytes, window.capEnd - start)),
    payloadBytes: decoded.payloadBytes,
  };
}
