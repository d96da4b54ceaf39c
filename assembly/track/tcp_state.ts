/**
 * What SYN, FIN and RST do to a flow: who its originator is, whether it is closed, whether a SYN begins a new one.
 * Not a full TCP state machine (RFC 9293 §3.3.2): a capture may begin anywhere and miss packets.
 */
import { bidirectional, finTimeout } from "../control";
import { flowBits, flowLast, linkIsn, setFlowBits, setFlowCloseReason, setLinkIsn } from "../table/flow";
import {
  END_FIN, END_IDLE, END_NONE, END_RST, FLOW_BIT_CLOSED, FLOW_BIT_FIN_HIGH, FLOW_BIT_FIN_LOW, FLOW_BIT_ORIGINATOR_KNOWN,
  FLOW_BIT_ISN, FLOW_BIT_ORIGINATOR_HIGH, FLOW_BIT_RST,
} from "../layout";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../wire/numbers";
import { packetSeq, packetSide, packetTcpFlags } from "../decode/packet";

@inline export function isBareSyn(flags: u32): bool {
  return (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

/**
 * Does this bare SYN begin a new flow? It does after a FIN or RST, and with another initial sequence number after more
 * than the FIN timeout of silence. Returns the end reason of the old flow, or END_NONE.
 */
export function endReasonForNewSyn(flow: usize, link: usize, packet: usize, time: u64): u32 {
  const bits = flowBits(flow);
  if ((bits & FLOW_BIT_RST) != 0) return END_RST;
  if ((bits & (FLOW_BIT_FIN_LOW | FLOW_BIT_FIN_HIGH)) != 0) return END_FIN;
  const last = flowLast(flow);
  const silent = time > last && time - last > finTimeout;
  const same = (bits & FLOW_BIT_ISN) != 0 && linkIsn(link) == packetSeq(packet);
  return silent && !same ? END_IDLE : END_NONE;
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
