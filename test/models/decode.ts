/** One captured frame to what a flow needs of it, or the reason why no flow gets it. Straight from the RFCs. */

import { ipInFrame } from './link.ts';
import { ipPacket, type IpPacket } from './ip.ts';
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
  readonly wireLen: number;
  /** The capture cut a field that was wanted. */
  readonly truncated: boolean;
}

export interface Refused {
  readonly kind: 'malformed' | 'notTracked';
  readonly reason: string;
}

const TUNNEL_DEPTH_MAX = 8;

export function decode(record: CapturedFrame, options: DecodeOptions = {}): DecodedPacket | Refused {
  const bytes = options.snaplen ? record.bytes.subarray(0, options.snaplen) : record.bytes;
  const frame = new Window(bytes, Math.max(record.wireLen, record.bytes.length));
  try {
    const outer = packetAt(frame, () => ipInFrame(frame, record.linkType));
    const [ip, upper] = options.decapsulate ? innermost(outer) : outer;
    return { kind: 'packet', ...ip, ...upper, wireLen: record.wireLen, truncated: upper.partial };
  } catch (error) {
    if (error instanceof Malformed || error instanceof OutOfSight) return { kind: 'malformed', reason: error.message };
    if (error instanceof NotTracked) return { kind: 'notTracked', reason: error.message };
    throw error;
  }
}

type Layers = readonly [ip: IpPacket, upper: Transport];

function packetAt(window: Window, place: () => ReturnType<typeof ipInFrame>): Layers {
  const ip = ipPacket(window, place());
  return [ip, transport(ip)];
}

/** The innermost packet that can be read; whatever is wrong inside, the header outside of it keeps the packet. */
function innermost(outer: Layers): Layers {
  let layers = outer;
  for (let depth = 0; depth < TUNNEL_DEPTH_MAX; depth++) {
    try {
      const [ip, upper] = layers;
      const place = ipInTunnel(ip, upper);
      if (place === undefined) return layers;
      layers = packetAt(ip.window, () => place);
    } catch (error) {
      if (error instanceof Malformed || error instanceof OutOfSight || error instanceof NotTracked) return layers;
      throw error;
    }
  }
  return layers;
}
