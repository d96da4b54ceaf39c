/**
 * What SYN, FIN and RST do to a flow: who its originator is, whether it is closed, whether a SYN begins a new one.
 * Not a full TCP state machine (RFC 9293 §3.3.2): a capture may begin anywhere and miss packets.
 */
import { bidirectional, cutRules, finTimeout } from "../control";
import { flowBits, flowLast, linkFirst, linkIsn, setFlowBits, setFlowCloseReason, setLinkIsn } from "../table/flow";
import {
  CUT_RULES_USUAL, END_FIN, END_IDLE, END_NONE, END_RST, FLOW_BIT_CLOSED, FLOW_BIT_FIN_HIGH, FLOW_BIT_FIN_LOW,
  FLOW_BIT_ORIGINATOR_KNOWN, FLOW_BIT_ISN, FLOW_BIT_ORIGINATOR_HIGH, FLOW_BIT_RST, PACKET_BIT_FRAGMENT,
  PACKET_BIT_PARTIAL,
} from "../layout";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../wire/numbers";
import { packetAck, packetBits, packetSeq, packetSide, packetTcpFlags } from "../decode/packet";

@inline export function isBareSyn(flags: u32): bool {
  return (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

@inline export function isSynAck(flags: u32): bool {
  return (flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
}

/** Were the packet's sequence numbers captured? */
@inline function hasSequence(packet: usize): bool {
  return (packetBits(packet) & (PACKET_BIT_PARTIAL | PACKET_BIT_FRAGMENT)) == 0;
}

/** Is the flow's initial sequence number known, and not that of this SYN? */
@inline function isOtherIsn(flow: usize, link: usize, packet: usize): bool {
  return (flowBits(flow) & FLOW_BIT_ISN) != 0 && linkIsn(link) != packetSeq(packet);
}

/**
 * Does this bare SYN begin a new flow? Never with the flow's own initial sequence number: it is repeated. Else it does
 * after a FIN or RST, unless it is older than the flow (with its number unknown: than the flow's latest packet), and
 * after more than the FIN timeout of silence. Returns the end reason of the old flow, or END_NONE.
 */
@cold export function endReasonForNewSyn(flow: usize, link: usize, packet: usize, time: u64): u32 {
  const bits = flowBits(flow);
  const known = (bits & FLOW_BIT_ISN) != 0;
  if (known && linkIsn(link) == packetSeq(packet)) return END_NONE;
  const last = flowLast(flow);
  if ((bits & (FLOW_BIT_RST | FLOW_BIT_FIN_LOW | FLOW_BIT_FIN_HIGH)) != 0) {
    const earliest = known ? linkFirst(link) : last;
    if (time < earliest) return END_NONE;
    return (bits & FLOW_BIT_RST) != 0 ? END_RST : END_FIN;
  }
  return time > last && time - last > finTimeout ? END_IDLE : END_NONE;
}

/**
 * May this bare SYN, which does not begin a new flow by itself, turn out to have begun one? See held_syn.ts. A SYN with
 * FIN or RST begins nothing.
 */
@cold export function mayBeginFlow(flow: usize, link: usize, packet: usize, time: u64): bool {
  return cutRules == CUT_RULES_USUAL && bidirectional && (packetTcpFlags(packet) & (TCP_FIN | TCP_RST)) == 0
    && hasSequence(packet) && time >= flowLast(flow) && isOtherIsn(flow, link, packet)
    && (flowBits(flow) & (FLOW_BIT_RST | FLOW_BIT_FIN_LOW | FLOW_BIT_FIN_HIGH)) == 0;
}

/** Does the packet acknowledge the held SYN, as only the answer of a new connection does? */
export function answersSyn(packet: usize, syn: usize): bool {
  return isSynAck(packetTcpFlags(packet)) && hasSequence(packet) && packetSide(packet) != packetSide(syn)
    && packetAck(packet) == packetSeq(syn) + 1;
}

/** Applies a packet with SYN, FIN or RST. Returns whether it closed the flow. */
export function noteTcpEvent(flow: usize, link: usize, packet: usize): bool {
  const flags = packetTcpFlags(packet);
  const side = packetSide(packet);
  const before = flowBits(flow);
  let bits = before;
  if ((flags & TCP_SYN) != 0) {
    if (bidirectional && (bits & FLOW_BIT_ORIGINATOR_KNOWN) == 0) {
      const originator = (flags & TCP_ACK) != 0 ? side ^ 1 : side;
      bits = (bits & ~FLOW_BIT_ORIGINATOR_HIGH) | (originator * FLOW_BIT_ORIGINATOR_HIGH) | FLOW_BIT_ORIGINATOR_KNOWN;
    }
    const originator = (bits & FLOW_BIT_ORIGINATOR_HIGH) != 0 ? 1 : 0;
    if ((flags & TCP_ACK) == 0 && side == originator && (bits & FLOW_BIT_ISN) == 0) {
      setLinkIsn(link, packetSeq(packet));
      bits |= FLOW_BIT_ISN;
    } else if (bidirectional && (flags & TCP_ACK) != 0 && side != originator && (bits & FLOW_BIT_ISN) == 0) {
      if (hasSequence(packet)) {
        setLinkIsn(link, packetAck(packet) - 1);
        bits |= FLOW_BIT_ISN;
      }
    }
  }
  if ((flags & TCP_FIN) != 0) bits |= side == 0 ? FLOW_BIT_FIN_LOW : FLOW_BIT_FIN_HIGH;
  if ((flags & TCP_RST) != 0) bits |= FLOW_BIT_RST;
  if ((bits & FLOW_BIT_CLOSED) == 0 && isClosed(bits)) {
    bits |= FLOW_BIT_CLOSED;
    setFlowCloseReason(flow, (flags & TCP_RST) != 0 ? END_RST : END_FIN);
  }
  setFlowBits(flow, bits);
  return ((before ^ bits) & FLOW_BIT_CLOSED) != 0;
}

@inline function isClosed(bits: u32): bool {
  if ((bits & FLOW_BIT_RST) != 0) return true;
  const fins = bits & (FLOW_BIT_FIN_LOW | FLOW_BIT_FIN_HIGH);
  return bidirectional ? fins == (FLOW_BIT_FIN_LOW | FLOW_BIT_FIN_HIGH) : fins != 0;
}
