/**
 * Flows as FParser delivers them: distinguished by `kind`, frozen, self-contained. They may be kept forever; they do
 * not refer to the flow table. Values are decoded only when they are read.
 */
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import { FlowCopy } from '../engine/flow_copy.ts';
import type { Part, PartFigures, StoredHeader } from '../engine/flow_copy.ts';
import type { CopyShape } from '../engine/copies.ts';
import type { EndReasonIpfix, Flow } from '../flow/flow.ts';
import { GROUP_KEYS } from '../flow/group_fields.ts';
import type { GroupKey } from '../flow/group_fields.ts';
import { wholeIdentity } from '../flow/identity.ts';
import type { Identity, KnownIdentity } from '../flow/identity.ts';

export type FlowKind = 'tcp' | 'udp' | 'icmp' | 'unknown';
export type FlowEndReason = 'idle' | 'fin' | 'rst' | 'evicted' | 'end';

/** Addresses as text (IPv6 as in RFC 5952), port numbers (0 if the protocol has none), IANA protocol number. */
export interface FlowId {
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
  readonly protocol: number;
}

/** Figures that a flow and its directions share. */
interface Volume {
  readonly sizePkts: number;
  /** Sum of the length fields of the IP headers. */
  readonly sizeBytes: number;
  /** Sum of whole frames, original length. */
  readonly wireBytes: number;
  /** Without IP and transport headers. */
  readonly payloadBytes: number;
  /** Bytes (of sizeBytes) per second; 0 when the duration is 0. */
  readonly bytesPerSecond: number;
  /** 8 x bytesPerSecond. */
  readonly bitsPerSecond: number;
  /** Packets per second; 0 when the duration is 0. */
  readonly pps: number;
  /** From the earliest to the latest packet, microseconds; with a fraction when the capture has nanoseconds. */
  readonly durationUs: number;
  /** TCP: volume by sequence numbers, bytes; `null` when it is unknown, and for other protocols. */
  readonly seqBytes: number | null;
}

export interface FlowInfo extends Volume {
  /** Earliest and latest packet, microseconds since the epoch: exact until the year 2255. */
  readonly firstRx: number;
  readonly lastRx: number;
  /** The same in nanoseconds. */
  readonly firstRxNs: bigint;
  readonly lastRxNs: bigint;
  /** Bytes of the flow in the table, including stored headers. */
  readonly inMemBytes: number;
}

/** A direction that has no packet yet has no times: they are `null`. */
export interface DirectionInfo extends Volume {
  readonly firstRx: number | null;
  readonly lastRx: number | null;
  readonly firstRxNs: bigint | null;
  readonly lastRxNs: bigint | null;
  /** Bytes of the whole flow in the table: both directions are in one record. */
  readonly inMemBytes: number;
}

export interface IpHeader {
  /** Microseconds since the epoch, whole. */
  readonly timestamp: number;
  /** Nanoseconds since the epoch. */
  readonly timestampNs: bigint;
  /** IPv6: hop limit. */
  readonly ttl: number;
  /** IPv4 total length; IPv6 payload length + 40. */
  readonly length: number;
  /** IPv6: of the fragment header, else 0. */
  readonly id: number;
}

export interface PacketHeader {
  readonly ip: IpHeader;
  /** Set when a field was not captured; such fields are 0. */
  readonly partial?: true;
}

export interface TcpHeader extends PacketHeader {
  /** Unsigned, as on the wire. */
  readonly seq: number;
  readonly ack: number;
  /** Unscaled. */
  readonly win: number;
  /** Low 8 bits: 0x01 FIN, 0x02 SYN, 0x04 RST, 0x08 PSH, 0x10 ACK, 0x20 URG. */
  readonly flags: number;
}

export interface IcmpHeader extends PacketHeader {
  readonly type: number;
  readonly code: number;
}

/** What a flow and a direction of it have in common. Iteration gives stored headers, oldest first, and can be repeated. */
interface View<K extends FlowKind, H extends PacketHeader, I> extends Iterable<H> {
  readonly kind: K;
  /** `null` while the flow is active. */
  readonly endReason: FlowEndReason | null;
  /** IPFIX flowEndReason of it. */
  readonly endReasonIpfix: EndReasonIpfix | null;
  /** Packets, stored or not. */
  readonly length: number;
  /** Packets whose headers were not stored because of the limits. */
  readonly headersDropped: number;
  getId(): FlowId;
  getInfo(): I;
}

/** Groups of fields beyond the core, of the option `with`; undefined when they are not asked for. */
type Groups = Pick<Flow, GroupKey> & {
  /**
   * What it is, from its first bytes; undefined without `with: ['identify']`. Of an active flow what is known so far,
   * `null` while nothing was read of it.
   */
  readonly identify: Identity | null | undefined;
};

export type TcpFlow = View<'tcp', TcpHeader, FlowInfo> & Groups;
export type UdpFlow = View<'udp', PacketHeader, FlowInfo> & Groups;
export type IcmpFlow = View<'icmp', IcmpHeader, FlowInfo> & Groups & Pick<Flow, 'icmpType' | 'icmpCode'>;
export type UnknownFlow = View<'unknown', PacketHeader, FlowInfo> & Groups;
export type AnyFlow = TcpFlow | UdpFlow | IcmpFlow | UnknownFlow;

/** Both directions in one: sums on the outside. `forward` was sent by the originator, which is `src` of the whole. */
type Bi<F> =
  F extends View<infer K, infer H, FlowInfo>
    ? F & { readonly forward: View<K, H, DirectionInfo>; readonly reverse: View<K, H, DirectionInfo> }
    : never;

export type BiFlow = Bi<AnyFlow>;
export type Direction = 'uni' | 'bi';
/** The flow type of a parser with this direction. */
export type FlowOf<D extends Direction, F extends AnyFlow = AnyFlow> = D extends 'bi' ? Bi<F> : F;

const NS_PER_US = 1000n;

/** IPFIX has one number for both kinds of detected end. */
const IPFIX: Readonly<Record<FlowEndReason, EndReasonIpfix>> = { idle: 1, fin: 3, rst: 3, end: 4, evicted: 5 };

export function kindOf(protocol: number): FlowKind {
  switch (protocol) {
    case PROTOCOL_TCP:
      return 'tcp';
    case PROTOCOL_UDP:
      return 'udp';
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return 'icmp';
    default:
      return 'unknown';
  }
}

/** The flow of a copy. The caller's type parameter must match the engine's `direction`. */
export function flowOf<D extends Direction>(
  direction: D,
  words: Uint32Array,
  shape: CopyShape,
  identity?: KnownIdentity | null,
): FlowOf<D> {
  const copy = new FlowCopy(words, shape);
  const view = direction === 'bi' ? new BiFlowView(copy, identity) : new FlowView(copy, 'both', identity);
  return view as unknown as FlowOf<D>;
}

class FlowView implements Iterable<PacketHeader> {
  readonly kind: FlowKind;
  readonly #copy: FlowCopy;
  readonly #part: Part;
  readonly #identity: KnownIdentity | null | undefined;

  constructor(copy: FlowCopy, part: Part, identity: KnownIdentity | null | undefined) {
    this.#copy = copy;
    this.#part = part;
    this.#identity = identity;
    this.kind = kindOf(copy.protocol);
    if (new.target === FlowView) Object.freeze(this);
  }

  get endReason(): FlowEndReason | null {
    return this.#copy.ended ? (this.#copy.flow.endReason as FlowEndReason) : null;
  }

  get endReasonIpfix(): EndReasonIpfix | null {
    const reason = this.endReason;
    return reason === null ? null : IPFIX[reason];
  }

  get length(): number {
    return this.#copy.figures(this.#part).packets;
  }

  get headersDropped(): number {
    const copy = this.#copy;
    return copy.stored + copy.dropped === 0 ? 0 : this.length - copy.storedOf(this.#part);
  }

  get icmpType(): number | null {
    return this.#copy.flow.icmpType;
  }

  get icmpCode(): number | null {
    return this.#copy.flow.icmpCode;
  }

  get identify(): Identity | null | undefined {
    return this.#identity && wholeIdentity(this.#identity);
  }

  static {
    for (const key of GROUP_KEYS) {
      Object.defineProperty(FlowView.prototype, key, {
        get(this: FlowView) {
          return this.#part === 'both' ? this.#copy.groups[key] : undefined;
        },
      });
    }
  }

  get activity(): Flow['activity'] | undefined {
    return this.#part === 'both' ? this.#copy.groups.activity : undefined;
  }

  getId(): FlowId {
    const { flow } = this.#copy;
    const src = { address: flow.srcAddress, port: flow.srcPort };
    const dst = { address: flow.dstAddress, port: flow.dstPort };
    const [from, to] = this.#part === 'reverse' ? [dst, src] : [src, dst];
    return Object.freeze({
      src: from.address,
      sport: from.port,
      dst: to.address,
      dport: to.port,
      protocol: flow.protocol,
    });
  }

  getInfo(): FlowInfo | DirectionInfo {
    return infoOf(this.#copy.figures(this.#part), this.#copy.memoryBytes);
  }

  *[Symbol.iterator](): Generator<PacketHeader, void, undefined> {
    const decode = DECODERS[this.kind];
    for (const header of this.#copy.headers(this.#part)) yield decode(header);
  }
}

class BiFlowView extends FlowView {
  readonly forward: FlowView;
  readonly reverse: FlowView;

  constructor(copy: FlowCopy, identity: KnownIdentity | null | undefined) {
    super(copy, 'both', identity);
    this.forward = new FlowView(copy, 'forward', undefined);
    this.reverse = new FlowView(copy, 'reverse', undefined);
    Object.freeze(this);
  }
}

function infoOf(figures: PartFigures, inMemBytes: number): DirectionInfo {
  const { firstNs, lastNs } = figures;
  const durationUs = firstNs === undefined || lastNs === undefined ? 0 : Number(lastNs - firstNs) / 1000;
  const perSecond = (amount: number): number => (durationUs === 0 ? 0 : (amount * 1e6) / durationUs);
  const bytesPerSecond = perSecond(figures.ipBytes);
  return Object.freeze({
    firstRx: firstNs === undefined ? null : microseconds(firstNs),
    lastRx: lastNs === undefined ? null : microseconds(lastNs),
    firstRxNs: firstNs ?? null,
    lastRxNs: lastNs ?? null,
    sizePkts: figures.packets,
    sizeBytes: figures.ipBytes,
    wireBytes: figures.wireBytes,
    payloadBytes: figures.payloadBytes,
    bytesPerSecond,
    bitsPerSecond: 8 * bytesPerSecond,
    pps: perSecond(figures.packets),
    durationUs,
    inMemBytes,
    seqBytes: figures.seqBytes ?? null,
  });
}

/** Whole microseconds since the epoch. */
export function microseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / NS_PER_US);
}

function ipOf(header: StoredHeader): IpHeader {
  return Object.freeze({
    timestamp: microseconds(header.timeNs),
    timestampNs: header.timeNs,
    ttl: header.ttl,
    length: header.length,
    id: header.id,
  });
}

/** Frozen, and marked when some field is only 0 because it was not captured. */
function finished<H extends PacketHeader>(fields: H, header: StoredHeader): H {
  return Object.freeze(header.partial ? { ...fields, partial: true as const } : fields);
}

const ipOnly = (header: StoredHeader): PacketHeader => finished({ ip: ipOf(header) }, header);

const DECODERS: Readonly<Record<FlowKind, (header: StoredHeader) => PacketHeader>> = {
  tcp: (header): TcpHeader =>
    finished(
      { ip: ipOf(header), seq: header.seq, ack: header.ack, win: header.window, flags: header.tcpFlags & 0xff },
      header,
    ),
  udp: ipOnly,
  icmp: (header): IcmpHeader => finished({ ip: ipOf(header), type: header.icmpType, code: header.icmpCode }, header),
  unknown: ipOnly,
};
