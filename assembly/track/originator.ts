/**
 * Who began a flow, as far as its first packet or the host says: the capture may have begun within it. What TCP says is
 * in tcp_state.ts.
 */
import {
  FLOW_BIT_ORIGINATOR_HIGH, FLOW_BIT_ORIGINATOR_KNOWN, FLOW_STATE_FREE, PACKET_BIT_ICMP,
} from "../layout";
import { bidirectional, zeekCuts } from "../control";
import { packetBits, packetIcmpType, packetProtocol, packetSide } from "../decode/packet";
import { flowAt, flowBits, flowState, linkAt, linkGeneration, setFlowBits } from "../table/flow";
import { isIcmpReply } from "../wire/icmp";

/** Bits of a new flow: its originator is the sender of its first packet, or who asked for that. */
@inline export function originatorBits(packet: usize): u32 {
  const bits = packetSide(packet) * FLOW_BIT_ORIGINATOR_HIGH;
  return (packetBits(packet) & PACKET_BIT_ICMP) == 0 ? bits : icmpOriginatorBits(packet, bits);
}

/** Zeek takes the sender all the same. */
@cold function icmpOriginatorBits(packet: usize, bits: u32): u32 {
  if (!bidirectional || zeekCuts || !isIcmpReply(packetProtocol(packet), packetIcmpType(packet))) return bits;
  return (bits ^ FLOW_BIT_ORIGINATOR_HIGH) | FLOW_BIT_ORIGINATOR_KNOWN;
}

/** Makes the other end the originator of a flow, unless a SYN or a reply has said which it is. Returns whether it did. */
export function turnFlow(index: u32, generation: u32): bool {
  const flow = flowAt(index);
  const bits = flowBits(flow);
  if (!bidirectional || flowState(flow) == FLOW_STATE_FREE || linkGeneration(linkAt(index)) != generation) return false;
  if ((bits & FLOW_BIT_ORIGINATOR_KNOWN) != 0) return false;
  setFlowBits(flow, (bits ^ FLOW_BIT_ORIGINATOR_HIGH) | FLOW_BIT_ORIGINATOR_KNOWN);
  return true;
}
