/** When a flow times out, and why. Depends only on its own packets and the options. */
import { activeTimeout, addSaturated, attributeFragments, finTimeout, flowTimeout, zeekCuts } from "../control";
import { needsFirst } from "../decode/fragments";
import { zeekDeadline, zeekEndReason } from "../side/zeek_deadline";
import {
  flowAt, flowBits, flowCloseReason, flowHasNoPorts, flowLast, flowProtocol, flowVersion, linkAt, linkStart,
} from "../table/flow";
import { END_ACTIVE, END_IDLE, FLOW_BIT_CLOSED, FRAGMENT_LIFE_NS, TICK_NS } from "../layout";

/** Silence that ends the flow as it stands now, ns. */
@inline export function silenceLimit(flow: usize): u64 {
  return (flowBits(flow) & FLOW_BIT_CLOSED) != 0 ? finTimeout : flowTimeout;
}

/** Time at which the flow may live at most since it began; the largest u64 when the active timeout is off. */
@inline export function activeDeadline(index: u32): u64 {
  return activeTimeout == 0 ? u64.MAX_VALUE : addSaturated(linkStart(linkAt(index)), activeTimeout);
}

/** Last moment at which the flow is alive when no further packet comes. */
export function deadlineOf(index: u32): u64 {
  if (zeekCuts) return min(zeekDeadline(index) - 1, activeDeadline(index));
  const flow = flowAt(index);
  return min(addSaturated(flowLast(flow), silenceLimit(flow)), activeDeadline(index));
}

/**
 * From when on the flow can be delivered: its deadline, or when no fragment waits any longer that may belong to it: see
 * waiting.ts. Those are of flows without the ports that their protocol has.
 */
export function deliverableFrom(index: u32): u64 {
  const flow = flowAt(index);
  const deadline = deadlineOf(index);
  if (!attributeFragments || !flowHasNoPorts(flow)) return deadline;
  return needsFirst(flowProtocol(flow), flowVersion(flow)) ? addSaturated(deadline, FRAGMENT_LIFE_NS) : deadline;
}

/** First tick at which the flow may be over and delivered. */
export function dueTick(index: u32): u64 {
  return deliverableFrom(index) / TICK_NS + 1;
}

/** Why silence ends the flow. */
@inline export function silenceReason(flow: usize): u32 {
  return (flowBits(flow) & FLOW_BIT_CLOSED) != 0 ? flowCloseReason(flow) : END_IDLE;
}

/** Why a flow whose deadline has passed ends. */
export function expiryReason(index: u32): u32 {
  if (zeekCuts) {
    const isOld = activeTimeout != 0 && activeDeadline(index) < zeekDeadline(index) - 1;
    return isOld ? END_ACTIVE : zeekEndReason(index);
  }
  const flow = flowAt(index);
  return activeDeadline(index) < addSaturated(flowLast(flow), silenceLimit(flow)) ? END_ACTIVE : silenceReason(flow);
}
