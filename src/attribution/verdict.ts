/** Decides from the known sockets which process is behind a flow. */
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import { addressScope } from '../host/address/address_scope.ts';
import type { Attribution, Evidence, FlowStart } from './flow_start.ts';
import type { EndpointKeys, SeenSocket } from './socket_history.ts';
import type { SocketHolder } from './socket_holders.ts';
import type { SocketWatch } from './socket_watch.ts';

/** A socket that closed this long before the flow began belonged to an earlier flow. Milliseconds. */
const STALE_MS = 1_000;

/** A flow, seen from this host. */
export interface AskedFlow {
  readonly flow: FlowStart;
  readonly src: EndpointKeys;
  readonly dst: EndpointKeys;
  /** Whether the addresses are this host's own. */
  readonly srcLocal: boolean;
  readonly dstLocal: boolean;
}

/** What may still happen: a read may show the flow's socket, a search may find a socket's process. */
export type StillPossible = 'socket' | 'process' | 'nothing';

/** @returns undefined while the answer may still improve */
export function verdict(asked: AskedFlow, watch: SocketWatch, possible: StillPossible): Attribution | undefined {
  const {
    flow: { protocol },
    srcLocal,
    dstLocal,
  } = asked;
  if (!srcLocal && !dstLocal) return nobody(null, false, !isMulticast(asked.flow.dstAddress));
  if (protocol === PROTOCOL_TCP) return tcpVerdict(asked, watch, possible);
  if (protocol === PROTOCOL_UDP) return udpVerdict(asked, watch, possible);
  return nobody(!srcLocal);
}

function tcpVerdict(asked: AskedFlow, watch: SocketWatch, possible: StillPossible): Attribution | undefined {
  const { flow, src, dst, srcLocal, dstLocal } = asked;
  const dstListener = dstLocal ? watch.tcp.listener(dst) : undefined;
  if (dstListener !== undefined || flow.originatorKnown === true)
    return openedBy(asked, dstListener, false, watch, possible);
  const srcListener = srcLocal ? watch.tcp.listener(src) : undefined;
  // A first packet from a listener was a reply.
  if (srcListener !== undefined) return openedBy(asked, srcListener, true, watch, possible);
  // So was one to a connection of this host that no listener has accepted.
  const own = dstLocal && !srcLocal ? recent(watch.tcp.connected(dst, src), flow) : undefined;
  const isReply = own === undefined ? dstLocal && !srcLocal && watch.tcp.hasLeft(dst, src) : own.listener === undefined;
  return openedBy(asked, undefined, isReply, watch, possible);
}

/** @param turned the responder has opened the connection */
function openedBy(
  { flow, src, dst, srcLocal, dstLocal }: AskedFlow,
  listener: SeenSocket | undefined,
  turned: boolean,
  watch: SocketWatch,
  possible: StillPossible,
): Attribution | undefined {
  const [originator, responder] = turned ? [dst, src] : [src, dst];
  const [isOurs, isToUs] = turned ? [dstLocal, srcLocal] : [srcLocal, dstLocal];
  if (isOurs) {
    const socket = recent(watch.tcp.connected(originator, responder), flow);
    if (socket?.holder !== undefined) return bySocket(socket, socket.holder, watch, false, turned);
    if (mayCome(socket, watch, possible)) return undefined;
    const habit = watch.tcp.hasLeft(originator, responder) ? undefined : byHabit(responder, watch, turned);
    if (habit !== undefined) return habit;
    if (!isToUs) return nobody(false, turned);
  }
  // The process that accepted the connection may have passed its socket to another, and the listener to a third.
  const accepted = recent(watch.tcp.connected(responder, originator), flow);
  if (accepted !== undefined) watch.renew(accepted);
  if (accepted?.holder !== undefined) return bySocket(accepted, accepted.holder, watch, true, turned);
  if (mayCome(accepted, watch, possible)) return undefined;
  if (watch.tcp.hasLeft(responder, originator)) return nobody(!isOurs, turned);
  const known = byListener(listener, watch, turned);
  if (known !== undefined) return known;
  if (listener !== undefined && mayCome(listener, watch, possible)) return undefined;
  return nobody(!isOurs, turned);
}

function udpVerdict(asked: AskedFlow, watch: SocketWatch, possible: StillPossible): Attribution | undefined {
  const { flow, src, dst, srcLocal, dstLocal } = asked;
  if (srcLocal) {
    const own = recent(watch.udp.connected(src, dst) ?? watch.udp.bound(src), flow);
    if (own?.holder !== undefined) return bySocket(own, own.holder, watch, false);
    if (mayCome(own, watch, possible)) return undefined;
    const habit = byHabit(dst, watch);
    if (habit !== undefined) return habit;
  }
  const connected = dstLocal ? recent(watch.udp.connected(dst, src), flow) : undefined;
  const other = connected ?? (dstLocal ? recent(watch.udp.bound(dst), flow) : undefined);
  // The first packet seen was a reply to a socket that this host has connected to the peer.
  const turned = connected !== undefined && !srcLocal && watch.hasConnectedItself(dst, flow.dstPort);
  if (other?.holder !== undefined) return bySocket(other, other.holder, watch, !turned, turned);
  return mayCome(other, watch, srcLocal ? 'nothing' : possible) ? undefined : nobody(!srcLocal && !turned, turned);
}

function mayCome(socket: SeenSocket | undefined, watch: SocketWatch, possible: StillPossible): boolean {
  if (possible === 'nothing') return false;
  return socket === undefined ? possible === 'socket' : watch.isSearched(socket);
}

/** Not an earlier flow's socket. */
function recent(socket: SeenSocket | undefined, { firstSeenMs }: FlowStart): SeenSocket | undefined {
  return socket !== undefined && socket.lastSeenMs >= firstSeenMs - STALE_MS ? socket : undefined;
}

function byListener(listener: SeenSocket | undefined, watch: SocketWatch, turned: boolean): Attribution | undefined {
  if (listener === undefined) return undefined;
  watch.renew(listener);
  return listener.holder === undefined
    ? undefined
    : found(watch.sharers(listener, listener.holder), true, 'listener', turned);
}

function bySocket(
  socket: SeenSocket,
  holder: SocketHolder,
  watch: SocketWatch,
  inbound: boolean,
  turned = false,
): Attribution {
  return found(watch.sharers(socket, holder), inbound, 'socket', turned);
}

/** The socket closed too soon, but only one process has been talking to this peer. */
function byHabit({ ipv4, ipv6 }: EndpointKeys, watch: SocketWatch, turned = false): Attribution | undefined {
  const pid = watch.habits.only(ipv4 === undefined ? [ipv6] : [ipv4, ipv6]);
  const process = pid === undefined ? undefined : watch.holders.process(pid);
  if (process === undefined) return undefined;
  return { ...nobody(false, turned), process, evidence: 'habit' };
}

/** @param holders by ascending pid, at least one */
function found(holders: readonly SocketHolder[], inbound: boolean, evidence: Evidence, turned: boolean): Attribution {
  const [{ pid, name, uid }] = holders as [SocketHolder];
  return {
    ...nobody(inbound, turned),
    process: { pid, name, uid },
    evidence,
    holders: holders.map(({ pid: of, name: called, descriptor }) => ({ pid: of, name: called, descriptor })),
  };
}

function nobody(inbound: boolean | null, turned = false, forwarded = false): Attribution {
  return { process: null, inbound, turned, evidence: null, holders: [], forwarded, namespace: null, scope: null };
}

/** To a group of hosts, or to all: such packets are not forwarded to a host that the sender has named. */
function isMulticast(address: string): boolean {
  const scope = addressScope(address);
  return scope === 'localMulticast' || scope === 'globalMulticast';
}
