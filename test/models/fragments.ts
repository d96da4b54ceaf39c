/** First fragments, remembered so that later ones find their flow. The model forgets none for lack of room. */

import { upperOfOrphan, type Upper } from './key.ts';
import type { DecodedPacket, FirstFragment } from './decode.ts';
import { datagramText } from './ip.ts';

const MEMORY_NS = 60_000_000_000n;

export class Fragments {
  readonly #firsts = new Map<string, { readonly upper: Upper; readonly seenNs: bigint }>();
  unmatched = 0;

  /** A broken one takes the place of an older one, whose later fragments are not those that follow. */
  note(firsts: readonly FirstFragment[], timestampNs: bigint): void {
    for (const { datagram, upper } of firsts) {
      if (upper === undefined) this.#firsts.delete(datagram);
      else this.#firsts.set(datagram, { upper, seenNs: timestampNs });
    }
  }

  /** Ports of the flow that `packet` belongs to. */
  upperOf(packet: DecodedPacket, timestampNs: bigint, policy: 'attribute' | 'port0'): Upper {
    if (packet.fragment === undefined || packet.fragment.first) return packet;
    if (policy === 'port0') return upperOfOrphan(packet);
    const first = this.#firsts.get(datagramText(packet));
    if (first !== undefined && timestampNs <= first.seenNs + MEMORY_NS) return first.upper;
    this.unmatched++;
    return upperOfOrphan(packet);
  }
}
