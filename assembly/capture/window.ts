/** The span of time whose packets are wanted: see CONFIG_WINDOW. Its ends may be counted from the first packet. */
import { setState32, setState64, state32, state64 } from "../control";
import {
  CONFIG_WINDOW, CONFIG_WINDOW_FROM, CONFIG_WINDOW_TO, WINDOW_FROM_RELATIVE, WINDOW_ON, WINDOW_TO_RELATIVE,
} from "../layout";

/** Whether a packet of this time is wanted. There must be a window. The first call is that of the first packet. */
export function isInWindow(time: u64): bool {
  const bits = state32(CONFIG_WINDOW);
  if (bits != WINDOW_ON) begin(bits, time);
  return time >= state64(CONFIG_WINDOW_FROM) && time < state64(CONFIG_WINDOW_TO);
}

function begin(bits: u32, first: u64): void {
  if ((bits & WINDOW_FROM_RELATIVE) != 0) setState64(CONFIG_WINDOW_FROM, later(first, state64(CONFIG_WINDOW_FROM)));
  if ((bits & WINDOW_TO_RELATIVE) != 0) setState64(CONFIG_WINDOW_TO, later(first, state64(CONFIG_WINDOW_TO)));
  setState32(CONFIG_WINDOW, WINDOW_ON);
}

/** At most the largest time. */
function later(first: u64, after: u64): u64 {
  return first + min(after, u64.MAX_VALUE - first);
}
