/** Recognises the first bytes of a capture file. */
import {
  PCAP_MAGIC_MICRO, PCAP_MAGIC_MODIFIED, PCAP_MAGIC_NANO, PCAP_MAJOR, PCAP_MINOR, PCAP_VERSION_MAJOR,
  PCAP_VERSION_MINOR,
} from "../wire/pcap";
import { BLOCK_SECTION, BYTE_ORDER_MARK, BYTE_ORDER_MARK_SWAPPED, SHB_BYTE_ORDER } from "../wire/pcapng";

export function isPcapMagic(value: u32): bool {
  return value == PCAP_MAGIC_MICRO || value == PCAP_MAGIC_NANO || value == PCAP_MAGIC_MODIFIED;
}

export function isPcapVersion(major: u32, minor: u32): bool {
  return major == PCAP_MAJOR && minor <= <u32>PCAP_MINOR;
}

/** Whether a classic file, of either byte order, begins with these 8 bytes. */
export function isPcapHeader(at: usize): bool {
  const magic = load<u32>(at);
  const major = load<u16>(at, PCAP_VERSION_MAJOR);
  const minor = load<u16>(at, PCAP_VERSION_MINOR);
  if (isPcapMagic(magic)) return isPcapVersion(major, minor);
  return isPcapMagic(bswap<u32>(magic)) && isPcapVersion(bswap<u16>(major), bswap<u16>(minor));
}

/** Whether a section of a pcapng file begins with these 12 bytes. */
export function isSectionHeader(at: usize): bool {
  const order = load<u32>(at, SHB_BYTE_ORDER);
  return load<u32>(at) == BLOCK_SECTION && (order == BYTE_ORDER_MARK || order == BYTE_ORDER_MARK_SWAPPED);
}
