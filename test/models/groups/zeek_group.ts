/** The group `zeek` of a flow that was cut by other rules: its packets go through the model of conn.log, one by one. */

import type { ActiveFlow } from '../active_flow.ts';
import type { Side } from '../key.ts';
import { add, begun, packetOf, stateOf, turnsAtOnce } from './zeek.ts';

const TCP = 6;

/** What a record has of it, without the uid and what local networks say. */
export function zeekGroup({ packets, key, originator }: ActiveFlow): object {
  const ends = [
    { address: key.low, port: key.lowPort },
    { address: key.high, port: key.highPort },
  ] as const;
  const [first] = packets;
  if (first === undefined) throw new Error('a flow without packets');
  const [from, to] = [ends[first.side], ends[(first.side ^ 1) as Side]];
  const turned = turnsAtOnce(key.protocol, from, to, first.packet.tcpFlags ?? 0);
  const active = begun(key.protocol, first.timestampNs, from, to, turned);
  const { connection, endpoints } = active;
  const endOf = (side: Side) => endpoints[side === first.side ? 0 : 1];
  for (const { packet, side, timestampNs } of packets) {
    if (packet.fragment?.first === false) {
      const isOver = connection.orig.didClose && connection.resp.didClose;
      if (!isOver && timestampNs > connection.lastNs) connection.lastNs = timestampNs;
      continue;
    }
    if (packet.partial || packet.badOffset === true) continue;
    const read = packetOf(packet, timestampNs);
    if (read !== undefined) add(active, read, endOf(side));
  }
  const { orig, resp } = connection;
  const lasts = connection.lastNs - connection.startNs;
  const sizes = key.protocol === TCP ? [orig.size(resp), resp.size(orig)] : [orig.payloadBytes, resp.payloadBytes];
  return {
    srcIsOriginator: endOf(originator) === orig,
    durationNs: lasts > 0n ? lasts : null,
    origBytes: lasts > 0n ? sizes[0] : null,
    respBytes: lasts > 0n ? sizes[1] : null,
    connState: stateOf(connection, key.protocol),
    localOrig: null,
    localResp: null,
    missedBytes: connection.missed,
    gapsLost: orig.gapsLost || resp.gapsLost,
    history: connection.history === '' ? null : connection.history,
  };
}
