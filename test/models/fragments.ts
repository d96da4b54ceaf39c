/** First fragments, remembered so that later ones find their flow. The model forgets none for lack of room. */

import { upperOfOrphan, type Upper } from './key.ts';
import type { DecodedPacket } from './decode.ts';
import type { Fragment } from './ip.ts';

const MEMORY_NS = 60_000_000_000n;

export class Fragments {
  readonly #firsts = new Map<string, { readonly upper: Upper; readonly seenNs: bigint }>();
  unmatched = 0;

  /** Ports of the flow that `packet` belongs to. */
  upperOf(packet: DecodedPacket, timestampNs: bigint, policy: 'attribute' | 'port0'): Upper {
    const { fragment } = packet;
    if (fragment === undefined) return packet;
    if (fragment.first) {
      // Without the end of its header chain it has no ports to give.
      if (!packet.chainCut) this.#firsts.set(datagramText(packet, fragment), { upper: packet, seenNs: timestampNs });
      return packet;
    }
    if (policy === 'port0') return upperOfOrphan(packet);
    const first = this.#firsts.get(datagramText(packet, fragment));
    if (first !== undefined && timestampNs <= first.seenNs + MEMORY_NS) return first.upper;
    this.unmatched++;
    return upperOfOrphan(packet);
  }
}

const datagramText = ({ src, dst, version }: DecodedPacket, { protocol, id }: Fragment): string =>
  [src.join('.'), dst.join('.'), protocol, id, version].join(' ');
