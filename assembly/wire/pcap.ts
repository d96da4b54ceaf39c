/**
 * Classic pcap file (draft-ietf-opsawg-pcap). Integer constants only: this very file is compiled by `asc` into the
 * engine and by `tsc` into the host, whose pipes write and read the same headers.
 */

// File header: 0 magic u32 | 4 major version u16 | 6 minor version u16 | 8 reserved 8 | 16 snaplen u32
// 20 link type u32, with bits about an FCS above
export const PCAP_MAGIC = 0;
export const PCAP_VERSION_MAJOR = 4;
export const PCAP_VERSION_MINOR = 6;
export const PCAP_SNAPLEN = 16;
export const PCAP_LINK_TYPE = 20;
export const PCAP_HEADER_SIZE = 24;

/** Fractions of a second are microseconds. */
export const PCAP_MAGIC_MICRO = 0xa1b2c3d4;
/** They are nanoseconds. */
export const PCAP_MAGIC_NANO = 0xa1b23c4d;
/** Kuznetzov's format with its longer record header; microseconds. */
export const PCAP_MAGIC_MODIFIED = 0xa1b2cd34;
export const PCAP_MAJOR = 2;
export const PCAP_MINOR = 4;
/** Bits above say whether and how long an FCS follows each frame. */
export const PCAP_LINK_TYPE_MASK = 0x03ffffff;

// Record header: 0 seconds u32 | 4 fraction u32 | 8 captured length u32 | 12 original length u32 Kuznetzov's continues:
// 16 interface u32 | 20 protocol u16 | 22 packet type u8 | 23 pad u8
export const PCAP_SECONDS = 0;
export const PCAP_FRACTION = 4;
export const PCAP_CAPTURED = 8;
export const PCAP_ORIGINAL = 12;
export const PCAP_RECORD_HEADER = 16;
export const PCAP_MODIFIED_RECORD_HEADER = 24;
