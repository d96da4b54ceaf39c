/**
 * What one TCP flow says of its quality: flags, options, windows, losses as seen from the capture point, round trips.
 * A plain list of segments in order of arrival; sequence numbers unwrapped to bigint, holes as a list.
 */

import { summaryOf, type Summary } from './summary.ts';
import {
  ACK,
  AE,
  CWR,
  ECE,
  FIN,
  PSH,
  RST,
  SYN,
  URG,
  segmentOf,
  sequenceDistance,
  type Options,
  type Segment,
} from './segment.ts';
import type { FlowPacket } from '../active_flow.ts';
import type { Side } from '../key.ts';

const FLAG_COUNTS = {
  finCount: FIN,
  synCount: SYN,
  rstCount: RST,
  pshCount: PSH,
  ackCount: ACK,
  urgCount: URG,
  eceCount: ECE,
  cwrCount: CWR,
  aeCount: AE,
} as const;

const HOLES_MAX = 4;
/** What is known of a SYN that was not seen. */
const NO_OPTIONS: Options = { sackPermitted: false, sack: false };

export interface TcpDirection extends Record<keyof typeof FLAG_COUNTS, number> {
  readonly flagsFirst: number | null;
  readonly isn: number | null;
  readonly windowFirst: number | null;
  readonly windowMin: number | null;
  readonly windowMax: number | null;
  readonly windowScale: number | null;
  readonly mss: number | null;
  readonly sackPermitted: boolean | null;
  readonly timestamps: boolean | null;
  readonly sackBlocks: number;
  readonly tsFirst: number | null;
  readonly tsLast: number | null;
  readonly retransmittedPackets: number;
  readonly retransmittedBytes: bigint;
  readonly outOfOrderPackets: number;
  readonly gaps: number;
  readonly missingBytes: bigint;
  readonly holesLost: boolean;
  readonly keepAlives: number;
  readonly zeroWindows: number;
  readonly duplicateAcks: number;
  readonly sequenceWraps: number;
  readonly rtt: Summary | null;
}

export interface TcpGroup {
  readonly forward: TcpDirection;
  readonly reverse: TcpDirection;
  readonly ecn: 'none' | 'offered' | 'accepted';
  /** Nanoseconds; null when the segments it needs were not all seen. */
  readonly rttSynAck: bigint | null;
  readonly rttAck: bigint | null;
  readonly rttHandshake: bigint | null;
  readonly handshakeRepeated: boolean;
}

interface Hole {
  from: bigint;
  to: bigint;
}

class Direction {
  readonly segments: Segment[] = [];
  /** Highest end so far, unwrapped: its low 32 bits are the sequence number. */
  next: bigint | undefined;
  lastAck: { readonly ack: number; readonly window: number } | undefined;
  sample: { readonly end: bigint; readonly timeNs: bigint; valid: boolean } | undefined;
  readonly rtts: bigint[] = [];
  readonly counts = {
    retransmittedPackets: 0,
    retransmittedBytes: 0n,
    outOfOrderPackets: 0,
    gaps: 0,
    keepAlives: 0,
    zeroWindows: 0,
    duplicateAcks: 0,
    sequenceWraps: 0,
  };
  holes: Hole[] = [];
  lostBytes = 0n;
  holesLost = false;

  /** The place of a 32-bit sequence number near `next`. */
  unwrapped(seq: number): bigint {
    const near = this.next ?? BigInt(seq);
    return near + BigInt(sequenceDistance(seq, Number(near & 0xffff_ffffn)));
  }

  /** Bytes of [from, to) that lay in holes; they are filled. */
  fill(from: bigint, to: bigint): bigint {
    let filled = 0n;
    this.holes = this.holes.flatMap((hole) => {
      const start = hole.from > from ? hole.from : from;
      const end = hole.to < to ? hole.to : to;
      if (start >= end) return [hole];
      filled += end - start;
      return [
        { from: hole.from, to: start },
        { from: end, to: hole.to },
      ].filter((rest) => rest.from < rest.to);
    });
    this.limitHoles();
    return filled;
  }

  open(from: bigint, to: bigint): void {
    this.holes.push({ from, to });
    this.limitHoles();
  }

  limitHoles(): void {
    while (this.holes.length > HOLES_MAX) {
      const [oldest] = this.holes.splice(0, 1);
      this.lostBytes += oldest!.to - oldest!.from;
      this.holesLost = true;
    }
  }
}

export function tcpGroup(packets: readonly FlowPacket[], originator: Side): TcpGroup {
  const directions = [new Direction(), new Direction()] as const;
  const handshake = new Handshake();
  for (const { packet, side, timestampNs } of packets) {
    const segment = segmentOf(packet);
    if (segment === undefined) continue;
    directions[side].segments.push(segment);
    if (segment.isFragment) continue;
    handshake.take(segment, side, timestampNs);
    follow(segment, directions[side], directions[side === 0 ? 1 : 0], timestampNs);
  }
  return {
    forward: direction(directions[originator]),
    reverse: direction(directions[originator === 0 ? 1 : 0]),
    ...handshake.result(),
  };
}

/** The sequence rules, for one segment of `own`. */
function follow(segment: Segment, own: Direction, peer: Direction, timeNs: bigint): void {
  const { flags, payload } = segment;
  if (segment.window === 0 && (flags & (SYN | FIN | RST)) === 0) own.counts.zeroWindows++;
  if (flags & ACK && (flags & RST) === 0) acknowledge(segment, own, peer, timeNs);
  if (flags & RST) return;
  const length = BigInt(payload + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0));
  const seq = own.unwrapped(segment.seq);
  const end = seq + length;
  if (own.next === undefined) {
    own.next = end;
    own.counts.sequenceWraps += wraps(seq, end);
    if (length > 0n) own.sample = { end, timeNs, valid: true };
    return;
  }
  const { next } = own;
  if (payload <= 1 && (flags & (SYN | FIN | RST)) === 0 && seq === next - 1n) {
    own.counts.keepAlives++;
    return;
  }
  if (length === 0n) return;
  if (end > next) {
    if (seq > next) {
      own.counts.gaps++;
      own.open(next, seq);
    }
    if (seq < next) retransmit(own, next - seq);
    own.next = end;
    own.counts.sequenceWraps += wraps(next, end);
    own.sample ??= { end, timeNs, valid: seq === next };
    return;
  }
  const filled = own.fill(seq, end);
  if (filled > 0n) {
    own.counts.outOfOrderPackets++;
    own.counts.retransmittedBytes += length - filled;
  } else retransmit(own, length);
  if (own.sample !== undefined && own.sample.end > seq) own.sample.valid = false;
}

const wraps = (from: bigint, to: bigint): number => Number((to >> 32n) - (from >> 32n));

function retransmit(own: Direction, bytes: bigint): void {
  own.counts.retransmittedPackets++;
  own.counts.retransmittedBytes += bytes;
}

function acknowledge(segment: Segment, own: Direction, peer: Direction, timeNs: bigint): void {
  const ack = peer.unwrapped(segment.ack);
  const { sample } = peer;
  if (sample !== undefined && ack >= sample.end) {
    if (sample.valid) peer.rtts.push(timeNs > sample.timeNs ? timeNs - sample.timeNs : 0n);
    peer.sample = undefined;
  }
  const { lastAck } = own;
  const isDuplicate =
    segment.payload === 0 &&
    (segment.flags & (SYN | FIN)) === 0 &&
    lastAck?.ack === segment.ack &&
    lastAck.window === segment.window &&
    segment.window !== 0 &&
    own.next !== undefined &&
    own.unwrapped(segment.seq) === own.next &&
    peer.next !== undefined &&
    peer.next > ack;
  if (isDuplicate) own.counts.duplicateAcks++;
  own.lastAck = { ack: segment.ack, window: segment.window };
}

function direction(own: Direction): TcpDirection {
  const { segments, counts, holes, lostBytes } = own;
  const syn = segments.find(({ flags }) => flags & SYN);
  const { options, whole } = syn ?? { options: NO_OPTIONS, whole: false };
  const stamps = segments.flatMap((segment) => segment.options.timestamp ?? []);
  const windows = segments.map(({ window }) => window);
  const flagCounts = Object.fromEntries(
    Object.entries(FLAG_COUNTS).map(([name, bit]) => [name, segments.filter(({ flags }) => flags & bit).length]),
  ) as Record<keyof typeof FLAG_COUNTS, number>;
  return {
    ...flagCounts,
    ...counts,
    flagsFirst: segments[0]?.flags ?? null,
    isn: syn?.seq ?? null,
    windowFirst: windows[0] ?? null,
    windowMin: windows.length === 0 ? null : Math.min(...windows),
    windowMax: windows.length === 0 ? null : Math.max(...windows),
    windowScale: options.windowScale ?? null,
    mss: options.mss ?? null,
    sackPermitted: options.sackPermitted || (whole ? false : null),
    timestamps: options.timestamp !== undefined || (whole ? false : null),
    sackBlocks: segments.filter((segment) => segment.options.sack).length,
    tsFirst: stamps[0] ?? null,
    tsLast: stamps.at(-1) ?? null,
    missingBytes: lostBytes + holes.reduce((sum, hole) => sum + hole.to - hole.from, 0n),
    holesLost: own.holesLost,
    rtt: summaryOf(own.rtts),
  };
}

/** SYN, SYN+ACK, ACK. */
class Handshake {
  #syn: { readonly side: Side; readonly seq: number; readonly timeNs: bigint; readonly flags: number } | undefined;
  #syns = 0;
  #synAck: { readonly seq: number; readonly timeNs: bigint } | undefined;
  #rttSynAck: bigint | null = null;
  #rttAck: bigint | null = null;
  #ecn: TcpGroup['ecn'] = 'none';

  take({ flags, seq, ack }: Segment, side: Side, timeNs: bigint): void {
    if ((flags & (SYN | ACK | RST)) === SYN) {
      this.#syns++;
      if (this.#synAck !== undefined) return;
      this.#syn = { side, seq, timeNs, flags };
      if ((flags & (ECE | CWR)) === (ECE | CWR)) this.#ecn = 'offered';
      return;
    }
    const syn = this.#syn;
    if (syn === undefined) return;
    if (side !== syn.side) {
      const answers = (flags & (SYN | ACK | RST)) === (SYN | ACK) && ack === (syn.seq + 1) >>> 0;
      if (!answers || this.#synAck !== undefined) return;
      this.#synAck = { seq, timeNs };
      this.#rttSynAck = timeNs > syn.timeNs ? timeNs - syn.timeNs : 0n;
      if (this.#ecn === 'offered' && acceptsEcn(syn.flags, flags)) this.#ecn = 'accepted';
      return;
    }
    const synAck = this.#synAck;
    if (synAck === undefined || this.#rttAck !== null || (flags & ACK) === 0 || flags & (RST | SYN)) return;
    if (sequenceDistance(ack, (synAck.seq + 1) >>> 0) >= 0)
      this.#rttAck = timeNs > synAck.timeNs ? timeNs - synAck.timeNs : 0n;
  }

  result(): Pick<TcpGroup, 'ecn' | 'rttSynAck' | 'rttAck' | 'rttHandshake' | 'handshakeRepeated'> {
    const both = this.#rttSynAck !== null && this.#rttAck !== null ? this.#rttSynAck + this.#rttAck : null;
    return {
      ecn: this.#ecn,
      rttSynAck: this.#rttSynAck,
      rttAck: this.#rttAck,
      rttHandshake: both,
      handshakeRepeated: this.#syns > 1,
    };
  }
}

/** RFC 3168 §6.1.1: ECE without CWR. AccECN (draft-ietf-tcpm-accurate-ecn §3.1.1): neither none nor all of AE, CWR, ECE. */
function acceptsEcn(syn: number, synAck: number): boolean {
  const answer = synAck & (AE | CWR | ECE);
  if (syn & AE) return answer !== 0 && answer !== (AE | CWR | ECE);
  return (synAck & (ECE | CWR)) === ECE;
}
