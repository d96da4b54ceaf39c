/** The end of the queue of closed flows; the host reads and releases them at its head. See ending.ts. */
import { setState32, state32 } from "../control";
import { NIL, STATE_CLOSED_COUNT, STATE_CLOSED_HEAD, STATE_CLOSED_TAIL } from "../layout";
import { linkAt, setLinkNext } from "../table/flow";

/** The flow waits to be read, behind those before it. It is neither in the table nor in the wheel. */
export function queueClosed(index: u32): void {
  setLinkNext(linkAt(index), NIL);
  const tail = state32(STATE_CLOSED_TAIL);
  if (tail == NIL) setState32(STATE_CLOSED_HEAD, index);
  else setLinkNext(linkAt(tail), index);
  setState32(STATE_CLOSED_TAIL, index);
  setState32(STATE_CLOSED_COUNT, state32(STATE_CLOSED_COUNT) + 1);
}
