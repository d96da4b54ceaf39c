/** IEEE 802.2 LLC, and SNAP after it (IEEE 802, RFC 1042). */
import { be16, u8At } from "./bytes";
import { SAP_IP, SAP_SNAP } from "./numbers";

// 0 destination SAP u8 | 1 source SAP u8 | 2 control u8 | SNAP: 3 organization 3 | 6 EtherType u16
const SAPS: usize = 0;
const CONTROL: usize = 2;
const SNAP_TYPE: usize = 6;
export const LLC_SIZE: usize = 3;
export const SNAP_SIZE: usize = 8;

/** Both SAPs, the destination's in the upper byte. */
@inline export function llcSaps(ptr: usize): u32 { return be16(ptr + SAPS); }
@inline export function snapType(ptr: usize): u32 { return be16(ptr + SNAP_TYPE); }

export const SAPS_IP: u32 = SAP_IP << 8 | SAP_IP;
export const SAPS_SNAP: u32 = SAP_SNAP << 8 | SAP_SNAP;
const UNNUMBERED_INFORMATION: u32 = 0x03;

/** A frame of unnumbered information: the only one that carries datagrams. */
@inline export function llcIsUnnumbered(ptr: usize): bool { return u8At(ptr + CONTROL) == UNNUMBERED_INFORMATION; }
