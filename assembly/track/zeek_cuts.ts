/**
 * Cuts by Zeek's rules (preset zeek): a connection is over when its deadline is reached, and a SYN begins a new one at
 * once when it is not that of the present one. Packets that Zeek drops late, those with a wrong checksum or with a TCP
 * header that is not whole, find or start their flow, and add nothing to it but a letter.
 */
import {
  packetBits, packetProtocol, packetSeq, packetSide, packetTcpFlags, packetTime, packetVerdict,
} from "../decode/packet";
import {
  END_FIN, END_IDLE, END_NONE, END_RST, FLOW_BIT_ORIGINATOR_HIGH, PACKET_BIT_LATER, PACKET_BIT_PARTIAL,
  VERDICT_CHECKSUM, VERDICT_HEADER_TRUNCATED, VERDICT_TCP_OFFSET, ZEEK_BIT_REFILE, ZEEK_END_DID_CLOSE,
  ZEEK_STATE_INACTIVE, ZEEK_STATE_RESET, ZEEK_STATE_SYN_ACK_SENT,
} from "../layout";
import { zeekDeadline, zeekEndReason } from "../side/zeek_deadline";
import { startOf, stateOf } from "../side/zeek_endpoint";
import { clearZeekBits, endBits, endOf, originatorOf, originatorSide, responderOf, zeekBits } from "../side/zeek_history";
import { zeekOfWrongChecksum, zeekRecord } from "../side/zeek";
import { flowBits, setFlowBits } from "../table/flow";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_SYN } from "../wire/numbers";

/** Why the packet does not belong to the active flow of its key, or END_NONE when it does. */
export function zeekCutReason(index: u32, packet: usize): u32 {
  if (packetTime(packet) >= zeekDeadline(index)) return zeekEndReason(index);
  if (packetProtocol(packet) != PROTOCOL_TCP || (packetTcpFlags(packet) & TCP_SYN) == 0) return END_NONE;
  if ((packetBits(packet) & (PACKET_BIT_PARTIAL | PACKET_BIT_LATER)) != 0) return END_NONE;
  return reasonForSyn(zeekRecord(index), packet);
}

function reasonForSyn(record: usize, packet: usize): u32 {
  const originator = originatorOf(record);
  const responder = responderOf(record);
  const seq = packetSeq(packet);
  if ((packetTcpFlags(packet) & TCP_ACK) != 0) {
    const isOther = stateOf(originator) == ZEEK_STATE_INACTIVE && seq != startOf(responder);
    return isOther ? END_IDLE : END_NONE;
  }
  if (((endBits(originator) | endBits(responder)) & ZEEK_END_DID_CLOSE) != 0) {
    const isReset = stateOf(originator) == ZEEK_STATE_RESET || stateOf(responder) == ZEEK_STATE_RESET;
    return isReset ? END_RST : END_FIN;
  }
  if (seq == startOf(originator)) return END_NONE;
  // It may be what the originator's SYN+ACK answers: then the roles change.
  const sender = endOf(record, packetSide(packet));
  const isAnswered = stateOf(originator) == ZEEK_STATE_SYN_ACK_SENT && sender == responder
    && seq == startOf(responder);
  return isAnswered ? END_NONE : END_IDLE;
}

/** The flow's originator is Zeek's. Returns whether the flow may be over earlier than it was filed for. */
export function takeRoles(index: u32, flow: usize): bool {
  const record = zeekRecord(index);
  const bits = flowBits(flow) & ~FLOW_BIT_ORIGINATOR_HIGH;
  setFlowBits(flow, bits | originatorSide(record) * FLOW_BIT_ORIGINATOR_HIGH);
  if ((zeekBits(record) & ZEEK_BIT_REFILE) == 0) return false;
  clearZeekBits(record, ZEEK_BIT_REFILE);
  return true;
}

/** Does a packet that is not delivered find or start a flow? */
export function belongsToFlow(packet: usize): bool {
  const verdict = packetVerdict(packet);
  const protocol = packetProtocol(packet);
  if (verdict == VERDICT_CHECKSUM) return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP;
  if (verdict == VERDICT_TCP_OFFSET) return (packetBits(packet) & PACKET_BIT_PARTIAL) == 0;
  return verdict == VERDICT_HEADER_TRUNCATED && protocol == PROTOCOL_TCP
    && (packetBits(packet) & (PACKET_BIT_PARTIAL | PACKET_BIT_LATER)) == 0;
}

/** Such a packet, of this flow. */
export function noteStray(index: u32, packet: usize): void {
  if (packetVerdict(packet) == VERDICT_CHECKSUM) zeekOfWrongChecksum(index, packetSide(packet));
}
