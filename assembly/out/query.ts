/** Look-ups that change nothing. */
import { packetHash } from "../decode/packet";
import { lookUpFlow } from "../table/table";
import { setKey4, setKey6 } from "../decode/key";
import { LOOKUP_ADDRESSES, PACKET_KEY, SCRATCH_PACKET } from "../layout";

/**
 * The active flow with these ports and the addresses (source, destination) at LOOKUP_ADDRESSES, or NIL. In bi either
 * direction finds it.
 */
export function findByAddresses(version: u32, protocol: u32, sourcePort: u32, destinationPort: u32): u32 {
  if (version == 4) setKey4(SCRATCH_PACKET, LOOKUP_ADDRESSES, sourcePort, destinationPort, protocol, true);
  else setKey6(SCRATCH_PACKET, LOOKUP_ADDRESSES, sourcePort, destinationPort, protocol, true);
  return lookUpFlow(SCRATCH_PACKET + PACKET_KEY, packetHash(SCRATCH_PACKET));
}
