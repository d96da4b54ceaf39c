/** One captured frame to what a flow needs of it, or the reason why no flow gets it. Straight from the RFCs. */

import { ipInFrame, type IpPlace } from './link.ts';
import { datagramText, ipPacket, type IpPacket } from './ip.ts';
import { transport, type Transport } from './transport.ts';
import { ipInTunnel } from './tunnel.ts';
import { Malformed, NotTracked, OutOfSight, Window } from './window.ts';
import type { CapturedFrame } from './capture.ts';

export interface DecodeOptions {
  /** Follow tunnels to the innermost IP header; default false. */
  readonly decapsulate?: boolean;
  /** Only this many bytes of a frame are looked at; 0 (default) all. */
  readonly snaplen?: number;
}

/** Of the IP header that makes the flow key, and of the transport header behind it. */
export interface DecodedPacket extends IpPacket, Transport {
  readonly kind: 'packet';
  readonly firstFragments: readonly FirstFragment[];
  /** Of the frame. */
  readonly linkType: number;
  /** Where the outermost IP header is. */
  readonly outermost: IpPlace;
  /** Tunnels that the packet was in, and the packet that is the innermost of them. */
  readonly depth: number;
  readonly outer: (IpPacket & Transport) | undefined;
  readonly wireLen: number;
  /** The capture cut a field that was wanted. */
  readonly truncated: boolean;
}

export interface Refused {
  readonly kind: 'malformed' | 'notTracked';
  readonly reason: string;
  readonly firstFragments: readonly FirstFragment[];
}

/** A first fragment on the way to the innermost packet. */
export interface FirstFragment {
  /** See datagramText. */
  readonly datagram: string;
  /** Undefined: it is broken, its ports are not known. */
  readonly upper: (IpPacket & Transport) | undefined;
}

const TUNNEL_DEPTH_MAX = 8;

export function decode(record: CapturedFrame, options: DecodeOptions = {}): DecodedPacket | Refused {
  const bytes = options.snaplen ? record.bytes.subarray(0, options.snaplen) : record.bytes;
  const frame = new Window(bytes, Math.max(record.wireLen, record.bytes.length));
  const firstFragments: FirstFragment[] = [];
  try {
    let outermost: IpPlace = { version: 4, at: 0 };
    const all = [packetAt(frame, () => (outermost = ipInFrame(frame, record.linkType)), firstFragments)];
    if (options.decapsulate) followTunnels(all, firstFragments);
    const depth = all.length - 1;
    const [ip, upper] = all[depth] as Layers;
    const around = all[depth - 1];
    const outer = around === undefined ? undefined : { ...around[0], ...around[1] };
    const found = { linkType: record.linkType, outermost, depth, outer };
    const wireLen = Math.max(record.wireLen, record.bytes.length);
    return { kind: 'packet', ...ip, ...upper, ...found, wireLen, truncated: upper.partial, firstFragments };
  } catch (error) {
    const refused = { reason: error instanceof Error ? error.message : '', firstFragments };
    if (error instanceof Malformed || error instanceof OutOfSight) return { kind: 'malformed', ...refused };
    if (error instanceof NotTracked) return { kind: 'notTracked', ...refused };
    throw error;
  }
}

type Layers = readonly [ip: IpPacket, upper: Transport];

/** A first fragment is added to `firstFragments`, also when it is broken. */
function packetAt(window: Window, place: () => ReturnType<typeof ipInFrame>, firstFragments: FirstFragment[]): Layers {
  let datagram: string | undefined;
  try {
    const ip = ipPacket(window, place());
    if (ip.fragment?.first === true) datagram = datagramText(ip);
    const upper = transport(ip);
    if (datagram !== undefined) {
      firstFragments.push({ datagram, upper: ip.chainCut ? undefined : { ...ip, ...upper } });
    }
    return [ip, upper];
  } catch (error) {
    if (error instanceof Malformed) datagram ??= error.datagram;
    if (datagram !== undefined) firstFragments.push({ datagram, upper: undefined });
    throw error;
  }
}

/**
 * Adds the packets in tunnels, the innermost one last; whatever is wrong inside, the header outside of it keeps the
 * packet.
 */
function followTunnels(all: Layers[], firstFragments: FirstFragment[]): void {
  for (let depth = 0; depth < TUNNEL_DEPTH_MAX; depth++) {
    try {
      const [ip, upper] = all[depth] as Layers;
      const place = ipInTunnel(ip, upper);
      if (place === undefined) return;
      all.push(packetAt(ip.window, () => place, firstFragments));
    } catch (error) {
      if (error instanceof Malformed || error instanceof OutOfSight || error instanceof NotTracked) return;
      throw error;
    }
  }
}
