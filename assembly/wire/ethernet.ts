/** Ethernet II and IEEE 802.3 header, and the tags of IEEE 802.1Q and 802.1ad after it. */
import { be16 } from "./bytes";
import { ETHERTYPE_QINQ, ETHERTYPE_QINQ_9100, ETHERTYPE_QINQ_9200, ETHERTYPE_QINQ_9300, ETHERTYPE_VLAN } from "./numbers";

// 0 destination 6 | 6 source 6 | 12 type or length u16
const TYPE: usize = 12;
export const ETHERNET_HEADER_SIZE: usize = 14;

// Tag, after the type that announces it: 0 priority and VLAN number u16 | 2 type u16
const TAG_TYPE: usize = 2;
export const TAG_SIZE: usize = 4;

/** An EtherType, or from 0 to 1500 the length of an 802.3 frame. */
@inline export function etherType(ptr: usize): u32 { return be16(ptr + TYPE); }

/** The type after a tag. */
@inline export function tagType(ptr: usize): u32 { return be16(ptr + TAG_TYPE); }

@inline export function isTag(type: u32): bool {
  return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ
    || type == ETHERTYPE_QINQ_9100 || type == ETHERTYPE_QINQ_9200 || type == ETHERTYPE_QINQ_9300;
}
