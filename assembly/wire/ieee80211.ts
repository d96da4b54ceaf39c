/** IEEE 802.11 MAC header of data frames (IEEE 802.11-2020 §9.2.4, §9.3.2.1). */
import { be16, le16, u8At } from "./bytes";

// 0 frame control: version, type, subtype u8 | 1 flags u8 | 2 duration u16 | 4 addresses 3 x 6 | 22 sequence u16
// then, as flagged: address 6 | QoS u16 | HT control 4
const CONTROL: usize = 0;
const FLAGS_SHIFT: u32 = 8;
const HEADER_SIZE: usize = 24;
const ADDRESS_SIZE: usize = 6;
const QOS_SIZE: usize = 2;
const HT_CONTROL_SIZE: usize = 4;
/** Bytes that must be captured before any field is read. */
export const FRAME_CONTROL_SIZE: usize = 2;

const TYPE_MASK: u32 = 0x0c;
const TYPE_DATA: u32 = 0x08;
const SUBTYPE_NULL: u32 = 0x40;
const SUBTYPE_QOS: u32 = 0x80;
const FLAG_TO_DS: u32 = 0x01;
const FLAG_FROM_DS: u32 = 0x02;
const FLAG_PROTECTED: u32 = 0x40;
const FLAG_ORDER: u32 = 0x80;
const QOS_AMSDU: u32 = 0x80;

/** Type and subtype in the lower byte, flags in the upper one. */
@inline export function frameControl(ptr: usize): u32 { return le16(ptr + CONTROL); }
/** The same of a frame whose two bytes were swapped, as some access points do. */
@inline export function swappedFrameControl(ptr: usize): u32 { return be16(ptr + CONTROL); }

/** A data frame that carries something, in the clear. */
export function carriesData(control: u32): bool {
  return (control & TYPE_MASK) == TYPE_DATA && (control & SUBTYPE_NULL) == 0
    && ((control >> FLAGS_SHIFT) & FLAG_PROTECTED) == 0;
}

@inline export function hasQos(control: u32): bool { return (control & SUBTYPE_QOS) != 0; }

/** Size up to the QoS field, or where it would be. */
@inline function sizeBeforeQos(control: u32): usize {
  const bridged: u32 = FLAG_TO_DS | FLAG_FROM_DS;
  return ((control >> FLAGS_SHIFT) & bridged) == bridged ? HEADER_SIZE + ADDRESS_SIZE : HEADER_SIZE;
}

/** Size of the header up to and with the QoS field, if there is one. */
@inline export function sizeWithQos(control: u32): usize {
  return hasQos(control) ? sizeBeforeQos(control) + QOS_SIZE : sizeBeforeQos(control);
}

/** Several frames in one (A-MSDU). The header has a QoS field. */
@inline export function isAggregated(ptr: usize, control: u32): bool {
  return (u8At(ptr + sizeBeforeQos(control)) & QOS_AMSDU) != 0;
}

@inline export function ieee80211Size(control: u32): usize {
  const htControl = hasQos(control) && ((control >> FLAGS_SHIFT) & FLAG_ORDER) != 0;
  return htControl ? sizeWithQos(control) + HT_CONTROL_SIZE : sizeWithQos(control);
}

// Which address is whose, by the direction (IEEE 802.11-2020 table 9-30): the destination's is 1, on the way to a
// distribution system 3; the source's is 2, on the way from one 3, on the way between two 4.
const ADDRESS_1: usize = 4;
const ADDRESS_2: usize = 10;
const ADDRESS_3: usize = 16;
const ADDRESS_4: usize = 24;

/** Where the address of the destination is; the header is in sight. */
export function ieee80211Destination(ptr: usize): usize {
  return ((frameControl(ptr) >> FLAGS_SHIFT) & FLAG_TO_DS) != 0 ? ptr + ADDRESS_3 : ptr + ADDRESS_1;
}

/** Where the address of the source is; the header is in sight. */
export function ieee80211Source(ptr: usize): usize {
  const flags = frameControl(ptr) >> FLAGS_SHIFT;
  if ((flags & FLAG_FROM_DS) == 0) return ptr + ADDRESS_2;
  return (flags & FLAG_TO_DS) == 0 ? ptr + ADDRESS_3 : ptr + ADDRESS_4;
}
