/** What a packet adds to its flow: times, counters, flags, side records. */
import { sides, zeekCuts } from "../control";
import {
  packetIpBytes, packetPayloadBytes, packetSide, packetTcpFlags, packetTime, packetWireBytes,
} from "../decode/packet";
import { packetSides } from "../side/side";
import { addToTally, flowAt, flowLast, linkAt, linkFirst, orTcpFlags, setFlowLast, setLinkFirst } from "../table/flow";
import { TCP_FIN, TCP_RST, TCP_SYN } from "../wire/numbers";
import { noteTcpEvent } from "./tcp_state";
import { takeRoles } from "./zeek_cuts";

/** A packet of a flow that has others. Has it closed the flow? */
@inline export function addPacket(index: u32, packet: usize): bool {
  const flow = flowAt(index);
  const time = packetTime(packet);
  if (time > flowLast(flow)) setFlowLast(flow, time);
  else noteFirst(linkAt(index), time);
  addToTally(flow, packetSide(packet), packetIpBytes(packet), packetWireBytes(packet), packetPayloadBytes(packet));
  return notePacket(index, flow, packet);
}

/** A packet that is not later than the latest may be earlier than the first. */
@inline function noteFirst(link: usize, time: u64): void {
  if (time < linkFirst(link)) setLinkFirst(link, time);
}

/** What each packet adds to its flow besides the counters, the first one included. Is the flow over earlier now? */
@inline export function notePacket(index: u32, flow: usize, packet: usize): bool {
  const flags = packetTcpFlags(packet);
  if (sides != 0) packetSides(index, packet, packetSide(packet));
  orTcpFlags(flow, packetSide(packet), flags);
  if (zeekCuts) return takeRoles(index, flow);
  return (flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0 && noteTcpEvent(flow, linkAt(index), packet);
}
