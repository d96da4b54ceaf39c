/** The ports that the headers of TCP, UDP, UDP-Lite, DCCP and SCTP begin with. */
import { be16 } from "./bytes";
import { PROTOCOL_DCCP, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_UDPLITE } from "./numbers";

// 0 source port u16 | 2 destination port u16
const SOURCE_PORT: usize = 0;
const DESTINATION_PORT: usize = 2;
export const PORTS_SIZE: u32 = 4;

@inline export function hasPorts(protocol: u32): bool {
  return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP
    || protocol == PROTOCOL_DCCP || protocol == PROTOCOL_UDPLITE;
}

@inline export function sourcePort(ptr: usize): u32 { return be16(ptr + SOURCE_PORT); }
@inline export function destinationPort(ptr: usize): u32 { return be16(ptr + DESTINATION_PORT); }
