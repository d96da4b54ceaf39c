/** The groups `first-packets`, `payload` and `entropy` of a flow, from whole lists of its packets. As in a record. */

import type { FlowPacket } from '../active_flow.ts';
import type { DecodedPacket } from '../decode.ts';
import type { Side } from '../key.ts';

const TCP = 6;
const SYN = 0x02;
const RST = 0x04;
const GAP_MAX_US = 2n ** 32n - 1n;

/** Direction, sizes, gap and flags of the first `most` packets; `payloadOnly`: of those that have payload. */
export function firstPackets(
  all: readonly FlowPacket[],
  originator: Side,
  most: number,
  payloadOnly = false,
): object[] {
  const packets = payloadOnly ? all.filter(({ packet }) => packet.payloadBytes > 0) : all;
  return packets.slice(0, most).map(({ packet, side, timestampNs }, n) => {
    const latest = packets.slice(0, n).reduce((max, one) => (one.timestampNs > max ? one.timestampNs : max), 0n);
    const us = n === 0 || timestampNs < latest ? 0n : (timestampNs - latest) / 1000n;
    return {
      dir: side === originator ? 0 : 1,
      ipBytes: Math.min(packet.ipBytes, 65_535),
      payload: Math.min(packet.payloadBytes, 65_535),
      gap: Number(us > GAP_MAX_US ? GAP_MAX_US : us) * 1000,
      flags: flagsOf(packet),
    };
  });
}

function flagsOf({ protocol, fragment, window, at }: DecodedPacket): number | null {
  if (protocol !== TCP || fragment?.first === false || !window.sees(at, 14)) return null;
  return window.u16(at + 12) & 0x0fff;
}

/** The payload bytes that were captured. */
function capturedPayload(packet: DecodedPacket): Uint8Array {
  const { window, at, payloadBytes, partial } = packet;
  const start = at + headerSize(packet);
  const size = Math.min(payloadBytes, window.capEnd - start);
  return partial || size <= 0 ? new Uint8Array(0) : window.bytes(start, size);
}

function headerSize({ protocol, fragment, window, at, badOffset, partial }: DecodedPacket): number {
  if (fragment?.first === false || partial || badOffset === true) return 0;
  switch (protocol) {
    case TCP:
      return (window.u8(at + 12) >> 4) * 4;
    case 33:
      return window.u8(at + 4) * 4;
    case 132:
      return 12;
    case 1:
    case 17:
    case 58:
    case 136:
      return 8;
    default:
      return 0;
  }
}

interface Prefix {
  readonly bytes: readonly number[];
  readonly cut: boolean;
  readonly gap: boolean;
}

/** Payload in order of arrival, without reassembly: of TCP only what follows directly. */
function prefixOf(packets: readonly DecodedPacket[], most: number): Prefix {
  const bytes: number[] = [];
  let next: number | undefined;
  for (const packet of packets) {
    const captured = capturedPayload(packet);
    let from = 0;
    if (packet.protocol === TCP) {
      if (packet.partial) {
        if (packet.payloadBytes > 0) return { bytes, cut: true, gap: false };
        continue;
      }
      const flags = packet.tcpFlags ?? 0;
      if (packet.fragment !== undefined || flags & RST) continue;
      const begin = ((packet.seq ?? 0) + (flags & SYN ? 1 : 0)) >>> 0;
      if (packet.payloadBytes > 0 || flags & SYN) next ??= begin;
      if (packet.payloadBytes === 0 || next === undefined) continue;
      from = (next - begin) | 0;
      if (from < 0) return { bytes, cut: false, gap: true };
      if (from >= packet.payloadBytes) continue;
      next = (begin + packet.payloadBytes) >>> 0;
    } else if (packet.payloadBytes === 0) {
      continue;
    }
    bytes.push(...captured.subarray(from));
    if (bytes.length >= most) return { bytes: bytes.slice(0, most), cut: false, gap: false };
    if (captured.length < packet.payloadBytes) return { bytes, cut: true, gap: false };
  }
  return { bytes, cut: false, gap: false };
}

type Sides = readonly [forward: DecodedPacket[], reverse: DecodedPacket[]];

function sidesOf(packets: readonly FlowPacket[], originator: Side): Sides {
  const of = (side: number): DecodedPacket[] => packets.filter((one) => one.side === side).map(({ packet }) => packet);
  return [of(originator), of(1 - originator)];
}

export function payloadGroup(packets: readonly FlowPacket[], originator: Side, most: number): object {
  const [forward, reverse] = sidesOf(packets, originator).map((side) =>
    side.length === 0 ? undefined : prefixOf(side, most),
  );
  const text = (prefix: Prefix | undefined): string | null =>
    prefix === undefined ? null : Buffer.from(prefix.bytes).toString('base64');
  return {
    payloadForward: text(forward),
    payloadReverse: text(reverse),
    payloadCutForward: forward?.cut ?? null,
    payloadCutReverse: reverse?.cut ?? null,
    payloadGapForward: forward?.gap ?? null,
    payloadGapReverse: reverse?.gap ?? null,
  };
}

/** Shannon, bits per byte, of the first 65,535 captured payload bytes of each direction. */
export function entropyGroup(
  packets: readonly FlowPacket[],
  originator: Side,
): { entropyForward: number | null; entropyReverse: number | null } {
  const [forward, reverse] = sidesOf(packets, originator);
  return { entropyForward: entropyOf(forward), entropyReverse: entropyOf(reverse) };
}

function entropyOf(packets: readonly DecodedPacket[]): number | null {
  const bytes = packets.flatMap((packet) => [...capturedPayload(packet)]).slice(0, 65_535);
  if (bytes.length === 0) return null;
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()]
    .map((count) => count / bytes.length)
    .reduce((sum, share) => sum - share * Math.log2(share), 0);
}
