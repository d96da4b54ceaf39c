/** Ethernet II and IEEE 802.3 header, and what may stand between two of them: PBB (IEEE 802.1ah) and FabricPath. */
import { be16 } from "./bytes";

// 0 destination 6 | 6 source 6 | 12 type or length u16
const TYPE: usize = 12;
export const ETHERNET_HEADER_SIZE: usize = 14;
/** A MAC address: first the destination's, then the source's. */
export const MAC_SIZE: usize = 6;
/** Both addresses: where the tags of switch chips are put. */
export const ETHERNET_ADDRESSES_SIZE: usize = 12;

/** An EtherType, or from 0 to 1500 the length of an 802.3 frame. */
@inline export function etherType(ptr: usize): u32 { return be16(ptr + TYPE); }

/** Service instance tag, and then a whole frame. */
export const PBB_TAG_SIZE: usize = 4;
/** Forwarding tag and TTL, and then a whole frame. */
export const FABRICPATH_TAG_SIZE: usize = 2;

// Tags of switch chips. Broadcom's and Marvell's are 4 bytes, an EtherType follows. Marvell's newer one is announced by
// an EtherType of its own: 0 reserved u16 | 2 tag 4 | 6 EtherType u16
export const SWITCH_TAG_SIZE: usize = 4;
export const EDSA_TAG_SIZE: usize = 8;
