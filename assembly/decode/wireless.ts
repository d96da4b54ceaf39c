/**
 * IEEE 802.11 frames, with or without radiotap or PPI. Management, control, null, protected and aggregated (A-MSDU)
 * frames have no readable payload and count as not IP.
 */
import { fits } from "../wire/bytes";
import {
  carriesData, frameControl, FRAME_CONTROL_SIZE, hasQos, ieee80211Size, isAggregated, sizeWithQos, swappedFrameControl,
} from "../wire/ieee80211";
import { LINKTYPE_ETHERNET, LINKTYPE_IEEE802_11 } from "../wire/numbers";
import { isRadiotap, ppiLinkType, PPI_MIN, ppiSize, RADIOTAP_MIN, radiotapPads, radiotapSize } from "../wire/radiotap";
import { ethernet, llc } from "./ethernet";
import { linkTruncated, notIp } from "./network";

/** `padded`: the header is filled up to a multiple of 4 (some Atheros chips). */
export function ieee80211(ptr: usize, end: usize, padded: bool): u64 {
  return fits(ptr, FRAME_CONTROL_SIZE, end) ? dataFrame(ptr, end, frameControl(ptr), padded) : linkTruncated();
}

/** A frame with the two bytes of its frame control swapped. */
export function ieee80211Swapped(ptr: usize, end: usize): u64 {
  return fits(ptr, FRAME_CONTROL_SIZE, end) ? dataFrame(ptr, end, swappedFrameControl(ptr), false) : linkTruncated();
}

function dataFrame(ptr: usize, end: usize, control: u32, padded: bool): u64 {
  if (!carriesData(control)) return notIp();
  if (hasQos(control)) {
    if (!fits(ptr, sizeWithQos(control), end)) return linkTruncated();
    if (isAggregated(ptr, control)) return notIp();
  }
  let size = ieee80211Size(control);
  if (padded) size = (size + 3) & ~3;
  return fits(ptr, size, end) ? llc(ptr + size, end) : linkTruncated();
}

export function radiotap(ptr: usize, end: usize): u64 {
  if (!fits(ptr, RADIOTAP_MIN, end)) return linkTruncated();
  const size = radiotapSize(ptr);
  if (!isRadiotap(ptr) || size < RADIOTAP_MIN) return notIp();
  return fits(ptr, size, end) ? ieee80211(ptr + size, end, radiotapPads(ptr)) : linkTruncated();
}

/** Per-Packet Information: a header that names its own length and the link type after it. */
export function ppi(ptr: usize, end: usize): u64 {
  if (!fits(ptr, PPI_MIN, end)) return linkTruncated();
  const size = ppiSize(ptr);
  if (size < PPI_MIN) return notIp();
  if (!fits(ptr, size, end)) return linkTruncated();
  const linkType = ppiLinkType(ptr);
  if (linkType == LINKTYPE_IEEE802_11) return ieee80211(ptr + size, end, false);
  return linkType == LINKTYPE_ETHERNET ? ethernet(ptr + size, end) : notIp();
}
