/** The originator as the host knows it, which has seen the sockets: the capture may have begun within a flow. */
import { FLOW_BIT_ORIGINATOR_HIGH, FLOW_BIT_ORIGINATOR_KNOWN, FLOW_STATE_FREE } from "../layout";
import { bidirectional } from "../control";
import { flowAt, flowBits, flowState, linkAt, linkGeneration, setFlowBits } from "../table/flow";

/** Makes the other end the originator of a flow, unless a SYN has said which it is. Returns whether it did. */
export function turnFlow(index: u32, generation: u32): bool {
  const flow = flowAt(index);
  const bits = flowBits(flow);
  if (!bidirectional || flowState(flow) == FLOW_STATE_FREE || linkGeneration(linkAt(index)) != generation) return false;
  if ((bits & FLOW_BIT_ORIGINATOR_KNOWN) != 0) return false;
  setFlowBits(flow, (bits ^ FLOW_BIT_ORIGINATOR_HIGH) | FLOW_BIT_ORIGINATOR_KNOWN);
  return true;
}
