/**
 * The rule by which CICFlowMeter (the corrected fork) begins a new TCP flow: with a SYN, when the one before it is
 * over, by FIN from both sides and an ACK after them, or by RST. Sequence numbers and times are not looked at.
 */
import { wasAcknowledged } from "../side/activity";
import { flowAt, flowBits } from "../table/flow";
import { END_FIN, END_NONE, END_RST, FLOW_BIT_CLOSED, FLOW_BIT_RST } from "../layout";

/** Why the flow is over before this SYN, or END_NONE. */
export function cicEndReason(index: u32): u32 {
  const bits = flowBits(flowAt(index));
  if ((bits & FLOW_BIT_RST) != 0) return END_RST;
  if ((bits & FLOW_BIT_CLOSED) == 0) return END_NONE;
  return wasAcknowledged(index) ? END_FIN : END_NONE;
}
