/**
 * Running records of flows that last. One is due at multiples of the interval since the flow's first packet; it is
 * written when a packet of the flow comes at that time or later, and has all packets before that one. So it depends on
 * the flow's own packets alone, and a flow that was silent for several intervals has one record for them.
 *
 * The record is a copy of the flow with its side records, which waits among the closed flows to be read.
 */
import { interimInterval } from "../control";
import { packetTime } from "../decode/packet";
import { END_ACTIVE, FLOW_STATE_CLOSED } from "../layout";
import { isInterimDue, splitInterim } from "../side/interim";
import { copySides } from "../side/side";
import { copyFlow, flowAt, setFlowEndReason, setFlowState } from "../table/flow";
import { allocateFlow } from "../table/pool";
import { queueClosed } from "./closed_queue";

/** A packet of the flow comes, and is not counted yet. */
@inline export function reportInterim(index: u32, packet: usize): void {
  if (interimInterval != 0 && isInterimDue(index, packetTime(packet))) writeInterim(index, packetTime(packet));
}

@cold function writeInterim(index: u32, time: u64): void {
  const copy = allocateFlow();
  copyFlow(copy, index);
  copySides(copy, index);
  splitInterim(index, copy, time);
  setFlowState(flowAt(copy), FLOW_STATE_CLOSED);
  setFlowEndReason(flowAt(copy), END_ACTIVE);
  queueClosed(copy);
}
