/** Look-ups that change nothing. */
import { findFlow } from "./table";
import { hashKey, makeKey4, makeKey6 } from "./key";
import { LOOKUP_ADDRESSES, SCRATCH_KEY } from "./layout";

/**
 * The active flow with these ports and the addresses (source, destination) at LOOKUP_ADDRESSES, or NIL. In bi either
 * direction finds it.
 */
export function findByAddresses(version: u32, protocol: u32, sourcePort: u32, destinationPort: u32): u32 {
  if (version == 4) makeKey4(SCRATCH_KEY, LOOKUP_ADDRESSES, sourcePort, destinationPort, protocol, true);
  else makeKey6(SCRATCH_KEY, LOOKUP_ADDRESSES, sourcePort, destinationPort, protocol, true);
  return findFlow(SCRATCH_KEY, hashKey(SCRATCH_KEY));
}
