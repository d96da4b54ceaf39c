/**
 * IEEE 802.11 data frames (IEEE 802.11-2020 §9.2.4, §9.3.2.1), radiotap (radiotap.org) and PPI in front of them.
 * Management, control, null, protected and aggregated (A-MSDU) frames carry nothing that could be read: not IP.
 */
import { LINKTYPE_ETHERNET, LINKTYPE_IEEE802_11 } from "../wire/numbers";
import { ethernet, llc } from "./ethernet";
import { fits, le16, le32, u8At } from "../wire/bytes";
import { linkTruncated, notIp } from "./network";

const HEADER_SIZE: usize = 24;
const TYPE_MASK: u32 = 0x0c;
const TYPE_DATA: u32 = 0x08;
const SUBTYPE_NULL: u32 = 0x40;
const SUBTYPE_QOS: u32 = 0x80;
const FLAG_TO_DS: u32 = 0x01;
const FLAG_FROM_DS: u32 = 0x02;
const FLAG_PROTECTED: u32 = 0x40;
const FLAG_ORDER: u32 = 0x80;
const QOS_AMSDU: u32 = 0x80;

const RADIOTAP_HEADER_SIZE: usize = 8;
const RADIOTAP_TSFT: u32 = 1;
const RADIOTAP_FLAGS: u32 = 2;
const RADIOTAP_EXTENDED: u32 = 0x80000000;
const RADIOTAP_FLAG_DATA_PAD: u32 = 0x20;

/** `padded`: the header is filled up to a multiple of 4 (some Atheros chips). */
export function ieee80211(ptr: usize, end: usize, padded: bool): u64 {
  if (!fits(ptr, 2, end)) return linkTruncated();
  const control = u8At(ptr);
  const flags = u8At(ptr + 1);
  if ((control & TYPE_MASK) != TYPE_DATA || (control & SUBTYPE_NULL) != 0 || (flags & FLAG_PROTECTED) != 0) return notIp();
  let size = HEADER_SIZE;
  if ((flags & (FLAG_TO_DS | FLAG_FROM_DS)) == (FLAG_TO_DS | FLAG_FROM_DS)) size += 6;
  if ((control & SUBTYPE_QOS) != 0) {
    if (!fits(ptr, size + 2, end)) return linkTruncated();
    if ((u8At(ptr + size) & QOS_AMSDU) != 0) return notIp();
    size += 2;
    if ((flags & FLAG_ORDER) != 0) size += 4;
  }
  if (padded) size = (size + 3) & ~3;
  if (!fits(ptr, size, end)) return linkTruncated();
  return llc(ptr + size, end);
}

export function radiotap(ptr: usize, end: usize): u64 {
  if (!fits(ptr, RADIOTAP_HEADER_SIZE, end)) return linkTruncated();
  const size = <usize>le16(ptr + 2);
  if (u8At(ptr) != 0 || size < RADIOTAP_HEADER_SIZE) return notIp();
  if (!fits(ptr, size, end)) return linkTruncated();
  return ieee80211(ptr + size, end, (radiotapFlags(ptr, ptr + size) & RADIOTAP_FLAG_DATA_PAD) != 0);
}

/** The flags field, or 0: behind all presence words and, aligned to 8, the TSF time. */
function radiotapFlags(start: usize, end: usize): u32 {
  const present = le32(start + 4);
  if ((present & RADIOTAP_FLAGS) == 0) return 0;
  let at = start + 4;
  while (fits(at, 4, end) && (le32(at) & RADIOTAP_EXTENDED) != 0) at += 4;
  at += 4;
  if ((present & RADIOTAP_TSFT) != 0) at = start + ((at - start + 7) & ~7) + 8;
  return at < end ? u8At(at) : 0;
}

/** Per-Packet Information: a header that names its own length and the link type behind it. */
export function ppi(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 8, end)) return linkTruncated();
  const size = <usize>le16(ptr + 2);
  const linkType = le32(ptr + 4);
  if (size < 8) return notIp();
  if (!fits(ptr, size, end)) return linkTruncated();
  if (linkType == LINKTYPE_IEEE802_11) return ieee80211(ptr + size, end, false);
  if (linkType == LINKTYPE_ETHERNET) return ethernet(ptr + size, end);
  return notIp();
}
