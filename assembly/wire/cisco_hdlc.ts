/** Cisco HDLC header (no standard; described by LINKTYPE_C_HDLC of the pcap registry). */
import { be16, u8At } from "./bytes";

// 0 address u8 | 1 control u8 | 2 EtherType u16
const ADDRESS: usize = 0;
const PROTOCOL: usize = 2;
export const CISCO_HDLC_SIZE: usize = 4;

const UNICAST: u32 = 0x0f;
const BROADCAST: u32 = 0x8f;

/** Only the address is read. */
@inline export function isCiscoHdlc(ptr: usize): bool {
  const address = u8At(ptr + ADDRESS);
  return address == UNICAST || address == BROADCAST;
}

@inline export function ciscoProtocol(ptr: usize): u32 { return be16(ptr + PROTOCOL); }
