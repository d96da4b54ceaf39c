/** A flow that is not over yet: its counters by side, its orientation, and whether it was closed. */

import { addressText } from './address.ts';
import { compareKeys, type FlowKey, type Side } from './key.ts';
import type { DecodedPacket } from './decode.ts';
import type { EndReason, Flow } from '../../src/flow/flow.ts';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

const U64_MAX = (1n << 64n) - 1n;
const saturated = (value: bigint): bigint => (value > U64_MAX ? U64_MAX : value);

/** When a SYN begins a new flow. `cic`: as in the corrected CICFlowMeter. */
export type CutRules = 'usual' | 'cic';

/** Durations in nanoseconds, and the rules of SYNs. */
export interface Timeouts {
  readonly idleNs: bigint;
  readonly finNs: bigint;
  /** 0: off. */
  readonly activeNs: bigint;
  readonly rules: CutRules;
}

export const isPlainSyn = (packet: DecodedPacket): boolean => ((packet.tcpFlags ?? 0) & (SYN | ACK)) === SYN;
const isSynAck = (packet: DecodedPacket): boolean => ((packet.tcpFlags ?? 0) & (SYN | ACK)) === (SYN | ACK);

/** Are all its TCP fields there, as in a packet that is neither cut nor a fragment? */
const isWhole = (packet: DecodedPacket): boolean => !packet.truncated && packet.fragment === undefined;
const previous = (ack: number | undefined): number | undefined => (ack === undefined ? undefined : (ack - 1) >>> 0);

/** Types of ICMP and ICMPv6 messages that are sent only when another one asked for them, by protocol. */
const REPLIES: Readonly<Record<number, readonly number[]>> = { 1: [0, 14, 16, 18], 58: [129, 140] };
const isReply = (protocol: number, { message }: DecodedPacket): boolean =>
  message !== undefined && REPLIES[protocol]?.includes(message.type) === true;
const opposite = (side: Side): Side => (side === 0 ? 1 : 0);

const counters = () => ({ packets: 0, bytes: 0, wireBytes: 0, payloadBytes: 0, tcpFlags: 0 });

/** A packet as its flow got it. */
export interface FlowPacket {
  readonly packet: DecodedPacket;
  readonly side: Side;
  readonly timestampNs: bigint;
}

export class ActiveFlow {
  readonly key: FlowKey;
  /** In order of arrival. */
  readonly packets: FlowPacket[] = [];
  /** Of the first packet to arrive, which need not be the earliest. */
  readonly startNs: bigint;
  firstNs: bigint;
  lastNs: bigint;
  /** The reason with which it will end, once it is closed. */
  closed: 'fin' | 'rst' | undefined;

  readonly #direction: 'uni' | 'bi';
  readonly #sides = [counters(), counters()] as const;
  /** A SYN that may have begun another flow, and the flow's last time before it. */
  held: (FlowPacket & { readonly lastNs: bigint }) | undefined;
  #originator: Side;
  /** The originator is known from a SYN, not only from the first packet. */
  #firm = false;
  /** An ACK came after it was closed. */
  #acked = false;
  /** Initial sequence number of the originator, from its SYN or from the answer to it. */
  #isn: number | undefined;

  /** Of a flow that begins with `packet`, which add() is still to be given. */
  constructor(key: FlowKey, direction: 'uni' | 'bi', packet: DecodedPacket, side: Side, timestampNs: bigint) {
    this.key = key;
    this.#direction = direction;
    this.#originator = direction === 'bi' && isReply(key.protocol, packet) ? opposite(side) : side;
    this.startNs = this.firstNs = this.lastNs = timestampNs;
  }

  get originator(): Side {
    return this.#originator;
  }

  add(packet: DecodedPacket, side: Side, timestampNs: bigint): void {
    this.packets.push({ packet, side, timestampNs });
    if (timestampNs < this.firstNs) this.firstNs = timestampNs;
    if (timestampNs > this.lastNs) this.lastNs = timestampNs;
    const sum = this.#sides[side];
    sum.packets++;
    sum.bytes += packet.ipBytes;
    sum.wireBytes += packet.wireLen;
    sum.payloadBytes += packet.payloadBytes;
    if (packet.tcpFlags !== undefined) this.#addTcp(packet, packet.tcpFlags, side);
  }

  #addTcp(packet: DecodedPacket, flags: number, side: Side): void {
    if (this.closed !== undefined && flags & ACK) this.#acked = true;
    this.#sides[side].tcpFlags |= flags;
    if (this.#direction === 'bi' && !this.#firm && (isPlainSyn(packet) || isSynAck(packet))) {
      this.#originator = isPlainSyn(packet) ? side : opposite(side);
      this.#firm = true;
    }
    if (isPlainSyn(packet) && side === this.#originator) this.#isn ??= packet.seq;
    if (this.#direction === 'bi' && isSynAck(packet) && side !== this.#originator && isWhole(packet))
      this.#isn ??= previous(packet.ack);
    const over =
      this.#direction === 'bi' ? this.#sides.every((one) => one.tcpFlags & FIN) : this.#sides[side].tcpFlags & FIN;
    if (this.closed === undefined && (over || this.#saw(RST))) this.closed = flags & RST ? 'rst' : 'fin';
  }

  #saw(flags: number): boolean {
    return this.#sides.some((one) => one.tcpFlags & flags);
  }

  /** Why this flow is over before `packet` is added to it; undefined when it is not. */
  cutBy(packet: DecodedPacket, timestampNs: bigint, timeouts: Timeouts): EndReason | undefined {
    if (timeouts.activeNs > 0n && timestampNs > saturated(this.startNs + timeouts.activeNs)) return 'active';
    if (timestampNs > this.#idleEndNs(timeouts)) return this.closed ?? 'idle';
    if (timeouts.rules === 'cic') return (packet.tcpFlags ?? 0) & SYN ? this.#cicEnd() : undefined;
    if (!isPlainSyn(packet) || packet.seq === this.#isn) return undefined;
    if (this.#saw(FIN | RST)) {
      const isOld = timestampNs < (this.#isn === undefined ? this.lastNs : this.firstNs);
      if (isOld) return undefined;
      return this.#saw(RST) ? 'rst' : 'fin';
    }
    return timestampNs > saturated(this.lastNs + timeouts.finNs) ? 'idle' : undefined;
  }

  /** RST, or FIN from both sides and an ACK in a later segment. */
  #cicEnd(): EndReason | undefined {
    if (this.#saw(RST)) return 'rst';
    return this.closed !== undefined && this.#acked ? 'fin' : undefined;
  }

  /** May this SYN, which does not cut the flow, have begun another one? Its answer tells. */
  mayBegin(packet: DecodedPacket, timestampNs: bigint): boolean {
    return (
      this.#direction === 'bi' &&
      isPlainSyn(packet) &&
      ((packet.tcpFlags ?? 0) & (FIN | RST)) === 0 &&
      isWhole(packet) &&
      this.#isn !== undefined &&
      this.#isn !== packet.seq &&
      timestampNs >= this.lastNs &&
      !this.#saw(FIN | RST)
    );
  }

  /** The SYN counts only for how long the flow lives until it is known whose it is. */
  hold(packet: DecodedPacket, side: Side, timestampNs: bigint): void {
    this.held = { packet, side, timestampNs, lastNs: this.lastNs };
    this.lastNs = timestampNs;
  }

  /** Gives the held SYN back; the flow is as it was before it. */
  takeHeld(): FlowPacket | undefined {
    const held = this.held;
    if (held !== undefined) this.lastNs = held.lastNs;
    this.held = undefined;
    return held;
  }

  /** Is this the answer to the held SYN? */
  isAnswer(packet: DecodedPacket, side: Side): boolean {
    const held = this.held;
    return (
      held !== undefined &&
      isSynAck(packet) &&
      isWhole(packet) &&
      side !== held.side &&
      previous(packet.ack) === held.packet.seq
    );
  }

  /** Rank in eviction, the lowest goes first: SYNs alone, one packet, one side, a conversation. */
  get rank(): number {
    const [low, high] = this.#sides;
    if ([low, high].some((one, n, both) => one.tcpFlags === SYN && both[1 - n]?.tcpFlags === 0)) return 0;
    if (low.packets > 0 && high.packets > 0) return 3;
    return low.packets + high.packets === 1 ? 1 : 2;
  }

  #idleEndNs(timeouts: Timeouts): bigint {
    return saturated(this.lastNs + (this.closed === undefined ? timeouts.idleNs : timeouts.finNs));
  }

  /** The last moment at which it is still active, were no packet to come; and the reason for its end then. */
  deadline(timeouts: Timeouts): { readonly ns: bigint; readonly reason: EndReason } {
    const idleNs = this.#idleEndNs(timeouts);
    const activeNs = timeouts.activeNs === 0n ? U64_MAX : saturated(this.startNs + timeouts.activeNs);
    return activeNs < idleNs ? { ns: activeNs, reason: 'active' } : { ns: idleNs, reason: this.closed ?? 'idle' };
  }

  ended(endReason: EndReason): Flow {
    const { key } = this;
    const ends = [
      { address: addressText(key.low), port: key.lowPort },
      { address: addressText(key.high), port: key.highPort },
    ] as const;
    const responder = opposite(this.#originator);
    const [src, dst, forward, reverse] = [
      ends[this.#originator],
      ends[responder],
      this.#sides[this.#originator],
      this.#sides[responder],
    ];
    const isTcp = key.protocol === 6;
    const message = this.packets[0]?.packet.message;
    return Object.freeze({
      srcAddress: src.address,
      srcPort: src.port,
      dstAddress: dst.address,
      dstPort: dst.port,
      protocol: key.protocol,
      firstSeenNs: this.firstNs,
      lastSeenNs: this.lastNs,
      packetsForward: forward.packets,
      packetsReverse: reverse.packets,
      bytesForward: forward.bytes,
      bytesReverse: reverse.bytes,
      wireBytesForward: forward.wireBytes,
      wireBytesReverse: reverse.wireBytes,
      payloadBytesForward: forward.payloadBytes,
      payloadBytesReverse: reverse.payloadBytes,
      tcpFlagsForward: isTcp ? forward.tcpFlags : null,
      tcpFlagsReverse: isTcp ? reverse.tcpFlags : null,
      endReason,
      icmpType: message?.type ?? null,
      icmpCode: message?.code ?? null,
    });
  }
}

/** Order in which flows that end together are handed over: last packet, first packet, key. */
export function compareFlows(a: ActiveFlow, b: ActiveFlow): number {
  return compareNs(a.lastNs, b.lastNs) || compareNs(a.firstNs, b.firstNs) || compareKeys(a.key, b.key);
}

const compareNs = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
