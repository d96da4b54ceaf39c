/**
 * First fragments, remembered so that later ones find their flow, and later ones that wait for their first one. The
 * model forgets none for lack of room.
 */

import { upperOfOrphan, type Upper } from './key.ts';
import type { DecodedPacket, FirstFragment } from './decode.ts';
import { datagramText } from './ip.ts';

const MEMORY_NS = 60_000_000_000n;
const TICK_NS = 100_000_000n;

/** TCP, UDP, DCCP, SCTP, UDP-Lite: a packet has ports. */
const PORTED = new Set([6, 17, 33, 132, 136]);
const ICMP = new Set([1, 58]);
const IPV6_EXTENSIONS = new Set([0, 43, 44, 51, 60, 135, 139, 140]);
const AH = 51;

/** A later fragment that came before its first one. */
export interface Waiting {
  readonly packet: DecodedPacket;
  readonly timestampNs: bigint;
  readonly datagram: string;
  /** The multiple of 100 ms at which it has waited too long. */
  readonly untilNs: bigint;
  /** A broken first fragment has come: it is not that of a later one. */
  lost: boolean;
}

const isRecent = (then: bigint, now: bigint): boolean => now <= then + MEMORY_NS;

/** Has a later fragment of this protocol another key than its first one? */
export function needsFirst(protocol: number, version: 4 | 6, direction: 'uni' | 'bi'): boolean {
  return (
    PORTED.has(protocol) ||
    (direction === 'bi' && ICMP.has(protocol)) ||
    protocol === AH ||
    (version === 6 && IPV6_EXTENSIONS.has(protocol))
  );
}

/** How long a flow of this key may still get packets that have waited. */
export const waitNs = MEMORY_NS;

export class Fragments {
  readonly #firsts = new Map<string, { readonly upper: Upper | undefined; readonly seenNs: bigint }>();
  /** In order of arrival. */
  readonly waiting: Waiting[] = [];

  /** A broken one takes the place of an older one, whose later fragments are not those that follow. */
  note(firsts: readonly FirstFragment[], timestampNs: bigint): void {
    for (const { datagram, upper } of firsts) this.#firsts.set(datagram, { upper, seenNs: timestampNs });
  }

  /** Those that wait for a broken first fragment do not wait for another one. */
  refuse(datagram: string): void {
    for (const one of this.waiting) if (one.datagram === datagram) one.lost = true;
  }

  /** Ports of the flow that `packet` belongs to; undefined: the first fragment has not been seen. */
  upperOf(packet: DecodedPacket, timestampNs: bigint, policy: 'attribute' | 'port0'): Upper | undefined {
    if (packet.fragment === undefined || packet.fragment.first) return packet;
    if (policy === 'port0') return upperOfOrphan(packet);
    const first = this.#firsts.get(datagramText(packet));
    return first !== undefined && isRecent(first.seenNs, timestampNs) ? first.upper : undefined;
  }

  /** Lets a later fragment wait, from the tick of `clockNs` on. */
  wait(packet: DecodedPacket, timestampNs: bigint, clockNs: bigint): void {
    const datagram = datagramText(packet);
    const first = this.#firsts.get(datagram);
    const lost = first !== undefined && first.upper === undefined && isRecent(first.seenNs, timestampNs);
    const [own, next] = [(timestampNs + MEMORY_NS) / TICK_NS + 1n, clockNs / TICK_NS + 1n];
    this.waiting.push({ packet, timestampNs, datagram, lost, untilNs: (own > next ? own : next) * TICK_NS });
  }

  /** Takes those out that have waited for this first fragment. */
  takeFor(packet: DecodedPacket, timestampNs: bigint): Waiting[] {
    const datagram = datagramText(packet);
    const found = this.waiting.filter(
      (one) => one.datagram === datagram && !one.lost && isRecent(one.timestampNs, timestampNs),
    );
    for (const one of found) this.waiting.splice(this.waiting.indexOf(one), 1);
    return found;
  }
}
