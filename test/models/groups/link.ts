/**
 * The group `link` of a flow, from its packets: frames by IEEE 802.3, 802.1Q, 802.11 and RFC 3032, IP headers by RFC
 * 791, 8200, 2474 and 3168, tunnels by their own RFCs. In the form of a record: as readFlows gives it.
 */

import { addressText } from '../address.ts';
import type { FlowPacket } from '../active_flow.ts';
import type { DecodedPacket } from '../decode.ts';
import type { Side } from '../key.ts';

const EXTENSIONS: Readonly<Record<4 | 6, ReadonlySet<number>>> = {
  4: new Set([51]),
  6: new Set([0, 43, 44, 51, 60, 135, 139, 140]),
};

/** @param direction a flow of one direction has nothing in the other */
export function linkGroup(packets: readonly FlowPacket[], originator: Side, direction: 'uni' | 'bi' = 'bi'): object {
  const sides = [originator, 1 - originator].map((side) =>
    packets.filter((one) => one.side === side).map(({ packet }) => packet),
  ) as [DecodedPacket[], DecodedPacket[]];
  const [forward, reverse] = sides;
  const first = (packets[0] as FlowPacket).packet;
  const { vlans = [], labels = [] } = first.outermost;
  const isChanged = (of: (packet: DecodedPacket) => unknown): boolean =>
    sides.some(([one, ...others]) => others.some((other) => text(of(other)) !== text(of(one as DecodedPacket))));
  return {
    forward: ofDirection(forward),
    reverse: direction === 'uni' ? nulls(ofDirection(reverse)) : ofDirection(reverse),
    srcMac: forward[0] === undefined ? null : (macs(forward[0]).from ?? null),
    dstMac: forward[0] === undefined ? null : (macs(forward[0]).to ?? null),
    vlans: vlans.slice(0, 3),
    vlanCount: vlans.length,
    mpls: labels.slice(0, 4),
    mplsCount: labels.length,
    vlanChanged: packets.some(({ packet }) => text(packet.outermost.vlans ?? []) !== text(vlans)),
    macChanged: sides.some(([one, ...others]) => others.some((other) => hasOtherMac(one as DecodedPacket, other))),
    tunnelChanged: isChanged((packet) => {
      const { srcPort: _srcPort, dstPort: _dstPort, ...same } = tunnelOf(packet);
      return same;
    }),
    tunnel: tunnelOf(first),
  };
}

const text = (value: unknown): string => JSON.stringify(value);
const nulls = (object: object): object => Object.fromEntries(Object.keys(object).map((name) => [name, null]));

function ofDirection(packets: readonly DecodedPacket[]): object {
  const ttls = packets.map(({ version, window, start }) => window.u8(start + (version === 4 ? 8 : 7)));
  const services = packets.map(serviceOf);
  const count = (is: (packet: DecodedPacket) => boolean): number => packets.filter(is).length;
  const [first] = packets;
  return {
    ttlFirst: ttls[0] ?? null,
    ttlMin: first === undefined ? null : Math.min(...ttls),
    ttlMax: first === undefined ? null : Math.max(...ttls),
    tosFirst: services[0] ?? null,
    tosLast: services.at(-1) ?? null,
    dscpChanged: first === undefined ? null : new Set(services.map((service) => service >> 2)).size > 1,
    ecnCe: count((packet) => serviceOf(packet) % 4 === 3),
    dfPackets: count(({ version, window, start }) => version === 4 && (window.u8(start + 6) & 0x40) !== 0),
    flowLabel: first?.version === 6 ? first.window.uint(first.start, 4) % 2 ** 20 : null,
    ipOptions: count(hasOptions),
    fragments: count(({ fragment }) => fragment !== undefined),
  };
}

function serviceOf({ version, window, start }: DecodedPacket): number {
  return version === 4 ? window.u8(start + 1) : (window.u16(start) >> 4) & 0xff;
}

function hasOptions({ version, window, start }: DecodedPacket): boolean {
  if (version === 4) return (window.u8(start) & 15) > 5 || EXTENSIONS[4].has(window.u8(start + 9));
  return EXTENSIONS[6].has(window.u8(start + 6));
}

interface Macs {
  readonly to?: string;
  readonly from?: string;
}

function macs({ linkType, window }: DecodedPacket): Macs {
  const mac = (at: number): string =>
    [...window.bytes(at, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  switch (linkType) {
    case 1:
    case 281:
    case 284:
    case 285:
      return { to: mac(0), from: mac(6) };
    case 282:
      return { to: mac(4), from: mac(10) };
    case 113:
      return window.u16(4) === 6 ? { from: mac(6) } : {};
    case 276:
      return window.u8(11) === 6 ? { from: mac(12) } : {};
    case 105:
    case 127: {
      const at = linkType === 105 ? 0 : window.uint(2, 2, true);
      const [toDs, fromDs] = [1, 2].map((bit) => (window.u8(at + 1) & bit) !== 0);
      const address = (n: 1 | 2 | 3 | 4): string => mac(at + { 1: 4, 2: 10, 3: 16, 4: 24 }[n]);
      return { to: address(toDs ? 3 : 1), from: address(fromDs ? (toDs ? 4 : 3) : 2) };
    }
    default:
      return {};
  }
}

/** What one of the two frames does not have is not compared. */
function hasOtherMac(a: DecodedPacket, b: DecodedPacket): boolean {
  const [one, other] = [macs(a), macs(b)];
  const differs = (x: string | undefined, y: string | undefined): boolean =>
    x !== undefined && y !== undefined && x !== y;
  return differs(one.to, other.to) || differs(one.from, other.from);
}

interface Tunnel {
  readonly kind: string | null;
  readonly depth: number;
  readonly srcAddress: string | null;
  readonly srcPort: number | null;
  readonly dstAddress: string | null;
  readonly dstPort: number | null;
  readonly id: number | null;
}

function tunnelOf({ outer, depth }: DecodedPacket): Tunnel {
  if (outer === undefined) {
    return { kind: null, depth, srcAddress: null, srcPort: null, dstAddress: null, dstPort: null, id: null };
  }
  const isUdp = outer.protocol === 17;
  const isNear = outer.at - outer.start < 508;
  return {
    kind: kindOf(outer),
    depth,
    srcAddress: addressText(outer.src),
    srcPort: isUdp && isNear ? outer.srcPort : null,
    dstAddress: addressText(outer.dst),
    dstPort: isUdp && isNear ? outer.dstPort : null,
    id: isNear ? (idOf(outer) ?? null) : null,
  };
}

type Outer = NonNullable<DecodedPacket['outer']>;

const BY_PROTOCOL: Readonly<Record<number, string>> = {
  137: 'mpls',
  97: 'etherip',
  143: 'ethernet',
  115: 'l2tp',
  103: 'pim',
};
const TO: Readonly<Record<number, string>> = {
  4789: 'vxlan',
  8472: 'vxlan',
  4790: 'vxlan-gpe',
  6081: 'geneve',
  4754: 'gre',
  6635: 'mpls',
};
const BETWEEN: readonly (readonly [number, string])[] = [
  [2152, 'gtpu'],
  [3386, 'gtpu'],
  [1701, 'l2tp'],
  [5247, 'capwap'],
  [5072, 'ayiya'],
];

function kindOf(outer: Outer): string {
  const { protocol, version } = outer;
  if (protocol === 4) return version === 4 ? 'ipip' : '4in6';
  if (protocol === 41) return version === 4 ? '6in4' : '6in6';
  const kind = protocol === 47 ? 'gre' : (BY_PROTOCOL[protocol] ?? udpKind(outer));
  return kind === 'gre' && isErspan(outer) ? 'erspan' : kind;
}

function udpKind({ srcPort, dstPort }: Outer): string {
  return TO[dstPort] ?? BETWEEN.find(([port]) => port === srcPort || port === dstPort)?.[1] ?? 'teredo';
}

const headerAt = ({ protocol, at }: Outer): number => (protocol === 17 ? at + 8 : at);
const isErspan = (outer: Outer): boolean => [0x88be, 0x22eb].includes(outer.window.u16(headerAt(outer) + 2));

function idOf(outer: Outer): number | undefined {
  const { window, protocol } = outer;
  const at = headerAt(outer);
  switch (kindOf(outer)) {
    case 'vxlan':
    case 'vxlan-gpe':
    case 'geneve':
      return window.uint(at + 4, 3);
    case 'gtpu':
      return window.u8(at) >> 4 === 3 ? window.uint(at + 4, 4) : undefined;
    case 'gre': {
      const flags = window.u16(at);
      if ((flags & 0x2000) === 0) return undefined;
      // The key of PPTP is a length and the call.
      return (flags & 7) === 1 ? window.u16(at + 6) : window.uint(at + ((flags & 0xc000) === 0 ? 4 : 8), 4);
    }
    case 'erspan':
      return erspanSession(outer, at);
    case 'l2tp': {
      if (protocol !== 17) return window.uint(at, 4);
      if ((window.u8(at + 1) & 15) === 3) return window.uint(at + 4, 4);
      return window.u16(at + 4 + ((window.u8(at) & 0x40) === 0 ? 0 : 2));
    }
    default:
      return undefined;
  }
}

function erspanSession({ window }: Outer, at: number): number | undefined {
  const flags = window.u16(at);
  const hasSequence = (flags & 0x1000) !== 0;
  // Type I has no header of its own.
  if (window.u16(at + 2) === 0x88be && !hasSequence) return undefined;
  let header = at + 4 + ((flags & 0xc000) === 0 ? 0 : 4) + ((flags & 0x2000) === 0 ? 0 : 4) + (hasSequence ? 4 : 0);
  for (let more = (flags & 0x4000) !== 0; more; ) {
    more = window.u16(header) !== 0 || window.u8(header + 3) !== 0;
    header += 4 + window.u8(header + 3);
  }
  return window.u16(header + 2) & 0x03ff;
}
