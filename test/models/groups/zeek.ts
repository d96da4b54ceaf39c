/** conn.log by Zeek's rules: which packets make a connection, who its originator is, and when it is over. */

import { addressText, compareBytes } from '../address.ts';
import { decode, type DecodedPacket } from '../decode.ts';
import type { CapturedFrame } from '../capture.ts';
import { ACK, FIN, RST, SYN, segmentOf } from './segment.ts';
import { Connection, type ZeekSegment } from './zeek_tcp.ts';
import type { Endpoint } from './zeek_endpoint.ts';

const TCP = 6;
const UDP = 17;
const SECOND_NS = 1_000_000_000n;
const CLOSE_NS = 5n * SECOND_NS;
const ATTEMPT_NS = 5n * SECOND_NS;
const TCP_IDLE_NS = 300n * SECOND_NS;
const LOGIN_IDLE_NS = 3600n * SECOND_NS;
const IDLE_NS = 60n * SECOND_NS;
const NAME_CHECK_NS = 10n * SECOND_NS;
const NAME_SILENCE_NS = 9n * SECOND_NS;
const NAME_PORTS = new Set([53, 137, 5353, 5355]);
const LOGIN_PORTS = new Set([21, 22, 23, 513]);

const TCP_SERVERS = new Set([
  21, 22, 25, 53, 79, 80, 81, 88, 135, 139, 143, 389, 443, 445, 465, 502, 514, 563, 585, 587, 614, 631, 636, 989, 990,
  992, 993, 995, 1080, 1434, 1883, 2811, 3128, 3268, 3306, 3389, 5222, 5223, 5269, 5432, 6379, 6666, 6667, 6668, 6669,
  8000, 8080, 8888, 20_000,
]);
const UDP_SERVERS = new Set([
  53, 67, 88, 123, 137, 161, 162, 389, 443, 514, 1812, 2123, 2152, 3389, 3544, 4011, 4754, 4789, 5060, 5072, 5353, 5355,
  6081, 20_000,
]);

/** Both types of a pair; each is the counterpart of the other. */
const PAIRS: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  1: [
    [8, 0],
    [13, 14],
    [15, 16],
    [17, 18],
    [10, 9],
  ],
  58: [
    [128, 129],
    [133, 134],
    [135, 136],
    [130, 131],
    [139, 140],
    [144, 145],
  ],
};

/** A row of conn.log; durations in nanoseconds. */
export interface ConnRow {
  readonly orig_h: string;
  readonly orig_p: number;
  readonly resp_h: string;
  readonly resp_p: number;
  readonly proto: 'tcp' | 'udp' | 'icmp' | 'unknown_transport';
  readonly startNs: bigint;
  /** Null: 0. */
  readonly durationNs: bigint | null;
  readonly orig_bytes: number | null;
  readonly resp_bytes: number | null;
  readonly missed_bytes: number;
  readonly orig_pkts: number;
  readonly orig_ip_bytes: number;
  readonly resp_pkts: number;
  readonly resp_ip_bytes: number;
  readonly conn_state: string;
  readonly history: string | null;
}

interface End {
  readonly address: Uint8Array;
  readonly port: number;
}

export interface Active {
  readonly protocol: number;
  readonly ends: readonly [End, End];
  readonly connection: Connection;
  /** The ends in the order of `ends`: they keep their place when the roles turn. */
  readonly endpoints: readonly [Endpoint, Endpoint];
  attemptChecked: boolean;
  /** Names: next look at how long it was silent, by the first packet from then on. */
  checkNs: bigint;
}

export interface Packet {
  readonly packet: DecodedPacket;
  readonly timeNs: bigint;
  readonly source: End;
  readonly destination: End;
  /** Roles are not told apart by who came first: a one-way ICMP message. */
  readonly oneWay: boolean;
  readonly segment: ZeekSegment | undefined;
}

export function zeekConnections(records: Iterable<CapturedFrame>): ConnRow[] {
  const rows: ConnRow[] = [];
  const active = new Map<string, Active>();
  for (const record of records) {
    const packet = read(record);
    if (packet === undefined) continue;
    const key = keyOf(packet);
    let flow = active.get(key);
    if (flow !== undefined && isOver(flow, packet)) {
      rows.push(rowOf(flow));
      flow = undefined;
    }
    if (flow === undefined) {
      const { source, destination, timeNs, segment } = packet;
      const { protocol } = packet.packet;
      const turned = turnsAtOnce(protocol, source, destination, segment?.flags ?? 0);
      flow = begun(protocol, timeNs, source, destination, turned);
      active.set(key, flow);
    }
    add(flow, packet, flow.endpoints[sideOf(flow, packet)]);
  }
  return [...rows, ...[...active.values()].map(rowOf)];
}

/** Undefined: nothing that makes a connection. */
function read(record: CapturedFrame): Packet | undefined {
  const packet = decode(record);
  return packet.kind === 'packet' ? packetOf(packet, record.timestampNs) : undefined;
}

/** Undefined: it counts nowhere. */
export function packetOf(packet: DecodedPacket, timeNs: bigint): Packet | undefined {
  if (packet.fragment?.first === false) return undefined;
  const { protocol, src, dst, srcPort, dstPort, window, at } = packet;
  const of = (source: number, destination: number, oneWay = false, segment?: ZeekSegment): Packet => ({
    packet,
    timeNs,
    source: { address: src, port: source },
    destination: { address: dst, port: destination },
    oneWay,
    segment,
  });
  if (protocol === TCP) {
    const segment = segmentOf(packet);
    if (segment === undefined) return undefined;
    const { flags, seq, ack, payload, headerBytes } = segment;
    const whole = window.sees(at + headerBytes, payload);
    return of(srcPort, dstPort, false, {
      flags,
      seq,
      ackno: ack,
      payload,
      window: segment.window,
      whole,
      cut: !segment.whole,
    });
  }
  if (protocol === UDP) return packet.partial ? undefined : of(srcPort, dstPort);
  const pairs = PAIRS[protocol];
  if (pairs === undefined) return of(0, 0);
  if (!window.sees(at, 8)) return undefined;
  const [type, code] = [window.u8(at), window.u8(at + 1)];
  const pair = pairs.find((types) => types.includes(type));
  if (pair === undefined) return of(type, code, true);
  return of(type, pair[0] === type ? pair[1] : pair[0]);
}

function keyOf({ packet, source, destination, oneWay }: Packet): string {
  const texts = [source, destination].map(({ address, port }) => `${addressText(address)} ${port}`);
  return `${packet.protocol} ${packet.version} ${oneWay ? texts.join(' > ') : texts.sort().join(' ')}`;
}

/** @param turned the sender of the first packet is the responder */
export function begun(protocol: number, timeNs: bigint, source: End, destination: End, turned: boolean): Active {
  const connection = new Connection(timeNs);
  const { orig, resp } = connection;
  if (turned) connection.flip();
  return {
    protocol,
    ends: [source, destination],
    connection,
    endpoints: [orig, resp],
    attemptChecked: false,
    checkNs: timeNs + NAME_CHECK_NS,
  };
}

/** Is the sender of the first packet the responder? */
export function turnsAtOnce(protocol: number, source: End, destination: End, tcpFlags: number): boolean {
  if (source.address.length === 4 && source.address.every((byte) => byte === 255)) return false;
  if (protocol === UDP) return UDP_SERVERS.has(source.port) && !UDP_SERVERS.has(destination.port);
  if (protocol !== TCP) return false;
  const handshake = tcpFlags & (SYN | ACK);
  if (handshake === SYN || !TCP_SERVERS.has(source.port)) return false;
  if (!TCP_SERVERS.has(destination.port)) return true;
  return handshake !== (SYN | ACK) && source.port < destination.port;
}

function sideOf({ ends, protocol }: Active, { source }: Packet): 0 | 1 {
  const [first, second] = ends;
  const isFirst = compareBytes(source.address, first.address) === 0 && source.port === first.port;
  // Both ends the same: the first one.
  return isFirst || second === undefined || protocol === 0 ? 0 : 1;
}

function isOver(flow: Active, packet: Packet): boolean {
  const { connection, protocol } = flow;
  const { timeNs, segment } = packet;
  if (protocol === TCP) return tcpIsOver(flow, packet, timeNs, segment as ZeekSegment);
  const responder = responderPort(flow);
  if (protocol === UDP && NAME_PORTS.has(responder)) {
    if (timeNs < flow.checkNs) return false;
    if (connection.lastNs + NAME_SILENCE_NS <= timeNs) return true;
    flow.checkNs = timeNs + NAME_CHECK_NS;
    return false;
  }
  return connection.lastNs + IDLE_NS <= timeNs;
}

function responderPort({ connection, endpoints, ends }: Active): number {
  return ends[connection.resp === endpoints[0] ? 0 : 1].port;
}

function tcpIsOver(flow: Active, packet: Packet, timeNs: bigint, { flags, seq }: ZeekSegment): boolean {
  const { connection, endpoints } = flow;
  const { orig, resp } = connection;
  if (connection.closedNs !== undefined && connection.closedNs + CLOSE_NS <= timeNs) return true;
  // Only segments whose header was cut.
  const isEmpty = orig.state === 'INACTIVE' && resp.state === 'INACTIVE';
  if (isEmpty && connection.lastNs + ATTEMPT_NS <= timeNs) return true;
  if (connection.attemptNs !== undefined && !flow.attemptChecked && connection.attemptNs + ATTEMPT_NS <= timeNs) {
    flow.attemptChecked = true;
    if ((orig.state === 'SYN_SENT' || orig.state === 'SYN_ACK_SENT') && resp.state === 'INACTIVE') return true;
  }
  if (connection.left && connection.closedNs === undefined) {
    const idleNs = connection.established && LOGIN_PORTS.has(responderPort(flow)) ? LOGIN_IDLE_NS : TCP_IDLE_NS;
    if (connection.lastNs + idleNs <= timeNs) return true;
  }
  if ((flags & SYN) === 0) return false;
  if ((flags & ACK) !== 0) return orig.state === 'INACTIVE' && seq !== resp.start;
  if (orig.didClose || resp.didClose) return true;
  const sender = endpoints[sideOf(flow, packet)];
  const isReversal = orig.state === 'SYN_ACK_SENT' && sender === resp && seq === resp.start;
  return seq !== orig.start && !isReversal;
}

/** A packet that `end` has sent. */
export function add({ connection, protocol }: Active, { packet, timeNs, segment }: Packet, end: Endpoint): void {
  if (segment?.cut === true) return;
  end.packets++;
  end.ipBytes += packet.ipBytes;
  if (segment !== undefined) {
    if (connection.history === 'H' && (segment.flags & (SYN | FIN | RST)) === 0) {
      connection.history = '';
      connection.flip();
      connection.history = '^h';
    }
    connection.segment(end, segment, timeNs);
    return;
  }
  if (timeNs > connection.lastNs) connection.lastNs = timeNs;
  end.payloadBytes += payloadOf(packet);
  if (protocol === UDP) connection.once(end, 'D');
}

/** UDP by its own length, so that the first fragment counts for all. */
function payloadOf({ protocol, window, at, payloadBytes }: DecodedPacket): number {
  if (protocol === UDP) return Math.max(0, window.u16(at + 4) - 8);
  return protocol in PAIRS ? payloadBytes : 0;
}

export function rowOf(flow: Active): ConnRow {
  const { connection, endpoints, ends, protocol } = flow;
  const { orig, resp } = connection;
  const turned = orig === endpoints[1];
  const [from, to] = turned ? [ends[1], ends[0]] : ends;
  const durationNs = connection.lastNs - connection.startNs;
  const size = (end: Endpoint, peer: Endpoint): number | null =>
    durationNs <= 0n ? null : protocol === TCP ? end.size(peer) : end.payloadBytes;
  return {
    orig_h: addressText(from.address),
    orig_p: from.port,
    resp_h: addressText(to.address),
    resp_p: to.port,
    proto: protocol === TCP ? 'tcp' : protocol === UDP ? 'udp' : protocol in PAIRS ? 'icmp' : 'unknown_transport',
    startNs: connection.startNs,
    durationNs: durationNs <= 0n ? null : durationNs,
    orig_bytes: size(orig, resp),
    resp_bytes: size(resp, orig),
    missed_bytes: connection.missed,
    orig_pkts: orig.packets,
    orig_ip_bytes: orig.ipBytes,
    resp_pkts: resp.packets,
    resp_ip_bytes: resp.ipBytes,
    conn_state: stateOf(connection, protocol),
    history: connection.history === '' ? null : connection.history,
  };
}

export function stateOf(connection: Connection, protocol: number): string {
  if (protocol === TCP) return connection.state();
  if (protocol !== UDP) return 'OTH';
  const { orig, resp } = connection;
  if (orig.packets > 0) return resp.packets > 0 ? 'SF' : 'S0';
  return resp.packets > 0 ? 'SHR' : 'OTH';
}
