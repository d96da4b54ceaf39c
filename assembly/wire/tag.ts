/**
 * Tags: what an EtherType may announce before another EtherType. IEEE 802.1Q and 802.1ad, VN-Tag (IEEE 802.1BR draft),
 * HSR (IEC 62439-3), MACsec without encryption (IEEE 802.1AE §9), Cisco's time stamp tag and MetaData.
 */
import { be16, fits, u8At } from "./bytes";
import {
  ETHERTYPE_CMD, ETHERTYPE_HSR, ETHERTYPE_MACSEC, ETHERTYPE_QINQ, ETHERTYPE_QINQ_8200, ETHERTYPE_QINQ_9100,
  ETHERTYPE_QINQ_9200, ETHERTYPE_QINQ_9300, ETHERTYPE_TTAG, ETHERTYPE_VLAN, ETHERTYPE_VNTAG,
} from "./numbers";

// Every tag ends with the next EtherType u16. Before it:
// VLAN: 0 priority and VLAN number u16
// VN-Tag: 0 direction, destination, source 4 | HSR: 0 path and size u16 | 2 sequence number u16
// TTag: 0 nanoseconds 6
// MetaData: 0 version u8 | 1 length u8, in words | options and security group
// MACsec: 0 TCI and AN u8 | 1 short length u8 | 2 packet number u32 | 6 SCI 8, if there is one
const TYPE_SIZE: usize = 2;
export const VLAN_SIZE: usize = 4;
const VLAN_ID_MASK: u32 = 0x0fff;
const VNTAG_SIZE: usize = 6;
const HSR_SIZE: usize = 6;
const TTAG_SIZE: usize = 8;
const CMD_LENGTH: usize = 1;
const CMD_FIXED: usize = 2;
const MACSEC_FIXED: usize = 6;
const MACSEC_SCI_SIZE: usize = 8;
const TCI: usize = 0;
const TCI_VERSION: u32 = 0x80;
const TCI_SCI: u32 = 0x20;
const TCI_ENCRYPTED: u32 = 0x08;
const TCI_CHANGED: u32 = 0x04;

@inline export function isVlanTag(type: u32): bool {
  return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_8200
    || type == ETHERTYPE_QINQ_9100 || type == ETHERTYPE_QINQ_9200 || type == ETHERTYPE_QINQ_9300;
}

/** Of the VLAN tag at `ptr`, without priority and drop eligibility. */
@inline export function vlanId(ptr: usize): u32 { return be16(ptr) & VLAN_ID_MASK; }

/** Size of a VLAN tag if there is one, else 0. Which frames have one is unpredictable: there is no branch. */
@inline export function vlanTagSize(type: u32): usize { return select<usize>(VLAN_SIZE, 0, type == ETHERTYPE_VLAN); }

@inline export function isTag(type: u32): bool {
  return isVlanTag(type) || type == ETHERTYPE_VNTAG || type == ETHERTYPE_HSR || type == ETHERTYPE_TTAG
    || type == ETHERTYPE_CMD || type == ETHERTYPE_MACSEC;
}

/** Size of the tag at `ptr`, the next EtherType included; 0: what says so is not in sight. */
export function tagSize(type: u32, ptr: usize, end: usize): usize {
  switch (type) {
    case ETHERTYPE_VNTAG: return VNTAG_SIZE;
    case ETHERTYPE_HSR: return HSR_SIZE;
    case ETHERTYPE_TTAG: return TTAG_SIZE;
    case ETHERTYPE_CMD: return fits(ptr, CMD_FIXED, end) ? metaDataSize(ptr) + TYPE_SIZE : 0;
    case ETHERTYPE_MACSEC: {
      if (!fits(ptr, 1, end)) return 0;
      return (u8At(ptr + TCI) & TCI_SCI) != 0 ? MACSEC_FIXED + MACSEC_SCI_SIZE + TYPE_SIZE : MACSEC_FIXED + TYPE_SIZE;
    }
    default: return VLAN_SIZE;
  }
}

/** Size of Cisco's MetaData at `ptr` without an EtherType, which stands in front of it in GRE. */
@inline export function metaDataSize(ptr: usize): usize { return CMD_FIXED + (<usize>u8At(ptr + CMD_LENGTH) << 2); }
export const META_DATA_MIN: usize = 2;

/** MACsec that leaves the frame readable: version 0, neither encrypted nor changed. */
@inline export function isReadableMacsec(ptr: usize): bool {
  return (u8At(ptr + TCI) & (TCI_VERSION | TCI_ENCRYPTED | TCI_CHANGED)) == 0;
}

/** The EtherType behind a tag of this size. */
@inline export function typeBehind(ptr: usize, size: usize): u32 { return be16(ptr + size - TYPE_SIZE); }
