/** VLANs, labels and MAC addresses of a packet's frame. */
import { setState32 } from "../control";
import { networkOf } from "../decode/link";
import { packetCaptured, packetFrame, packetIp, packetLinkType, packetWireBytes } from "../decode/packet";
import { beginNoting, endNoting } from "../decode/tags";
import { STATE_UNCAPTURED } from "../layout";
import { SLL2_ADDRESS, SLL2_ADDRESS_LENGTH, SLL_ADDRESS, SLL_ADDRESS_LENGTH } from "../wire/cooked";
import { ETHERNET_HEADER_SIZE, MAC_SIZE, SWITCH_TAG_SIZE } from "../wire/ethernet";
import { be16, u8At } from "../wire/bytes";
import { ieee80211Destination, ieee80211Source } from "../wire/ieee80211";
import {
  LINKTYPE_DSA_TAG_BRCM, LINKTYPE_DSA_TAG_BRCM_PREPEND, LINKTYPE_DSA_TAG_DSA, LINKTYPE_DSA_TAG_EDSA,
  LINKTYPE_ETHERNET, LINKTYPE_IEEE802_11, LINKTYPE_IEEE802_11_RADIOTAP, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2,
} from "../wire/numbers";
import { radiotapSize } from "../wire/radiotap";

/** Is it Ethernet with nothing between its header and the outermost IP header, as most frames are? */
@inline export function isBareEthernet(packet: usize): bool {
  return packetLinkType(packet) == LINKTYPE_ETHERNET && packetIp(packet) - packetFrame(packet) == ETHERNET_HEADER_SIZE;
}

/** Walks the frame again, as it was decoded, and notes its tags at FRAME_TAGS. */
export function findTags(packet: usize): void {
  const captured = packetCaptured(packet);
  const wire = packetWireBytes(packet);
  setState32(STATE_UNCAPTURED, wire > captured ? wire - captured : 0);
  const frame = packetFrame(packet);
  beginNoting();
  networkOf(packetLinkType(packet), frame, frame + captured);
  endNoting();
}

/** Where the MAC address is that the frame was sent to; 0: its link type has none, or it is not read. */
export function targetMac(packet: usize): usize {
  const frame = packetFrame(packet);
  switch (packetLinkType(packet)) {
    case LINKTYPE_ETHERNET:
    case LINKTYPE_DSA_TAG_BRCM:
    case LINKTYPE_DSA_TAG_DSA:
    case LINKTYPE_DSA_TAG_EDSA: return frame;
    case LINKTYPE_DSA_TAG_BRCM_PREPEND: return frame + SWITCH_TAG_SIZE;
    case LINKTYPE_IEEE802_11: return ieee80211Destination(frame);
    case LINKTYPE_IEEE802_11_RADIOTAP: return ieee80211Destination(frame + radiotapSize(frame));
    default: return 0;
  }
}

/** Where the MAC address is that it was sent from; 0 as above. */
export function senderMac(packet: usize): usize {
  const frame = packetFrame(packet);
  switch (packetLinkType(packet)) {
    case LINKTYPE_ETHERNET:
    case LINKTYPE_DSA_TAG_BRCM:
    case LINKTYPE_DSA_TAG_DSA:
    case LINKTYPE_DSA_TAG_EDSA: return frame + MAC_SIZE;
    case LINKTYPE_DSA_TAG_BRCM_PREPEND: return frame + SWITCH_TAG_SIZE + MAC_SIZE;
    case LINKTYPE_IEEE802_11: return ieee80211Source(frame);
    case LINKTYPE_IEEE802_11_RADIOTAP: return ieee80211Source(frame + radiotapSize(frame));
    case LINKTYPE_LINUX_SLL: return be16(frame + SLL_ADDRESS_LENGTH) == MAC_SIZE ? frame + SLL_ADDRESS : 0;
    case LINKTYPE_LINUX_SLL2: return u8At(frame + SLL2_ADDRESS_LENGTH) == MAC_SIZE ? frame + SLL2_ADDRESS : 0;
    default: return 0;
  }
}
