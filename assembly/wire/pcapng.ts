/** pcapng blocks (draft-ietf-opsawg-pcapng). */

// Block: 0 type u32 | 4 total length u32 | body | total length u32. A multiple of 4 bytes.
export const BLOCK_TYPE: u32 = 0;
export const BLOCK_LENGTH: u32 = 4;
export const BLOCK_TRAILER_SIZE: u32 = 4;
export const BLOCK_MIN: u32 = 12;

export const BLOCK_SECTION: u32 = 0x0a0d0d0a;
export const BLOCK_INTERFACE: u32 = 1;
export const BLOCK_PACKET: u32 = 2;
export const BLOCK_SIMPLE_PACKET: u32 = 3;
export const BLOCK_ENHANCED_PACKET: u32 = 6;

// Section header block (SHB): 8 byte-order mark u32 | 12 major version u16 | 14 minor version u16 | 16 section length i64 | options
export const SHB_BYTE_ORDER: u32 = 8;
export const SHB_VERSION_MAJOR: u32 = 12;
export const SHB_VERSION_MINOR: u32 = 14;
export const SHB_OPTIONS: u32 = 24;
export const BYTE_ORDER_MARK: u32 = 0x1a2b3c4d;
export const BYTE_ORDER_MARK_SWAPPED: u32 = 0x4d3c2b1a;

// Interface description block (IDB): 8 link type u16 | 10 reserved u16 | 12 snaplen u32 | options
export const IDB_LINK_TYPE: u32 = 8;
export const IDB_SNAPLEN: u32 = 12;
export const IDB_OPTIONS: u32 = 16;

// Enhanced packet block (EPB): 8 interface u32. Obsolete packet: 8 interface u16 | 10 drops u16. Then both:
// 12 time, upper half u32 | 16 time, lower half u32 | 20 captured length u32 | 24 original length u32 | frame
export const EPB_INTERFACE: u32 = 8;
export const EPB_TIME_HIGH: u32 = 12;
export const EPB_TIME_LOW: u32 = 16;
export const EPB_CAPTURED: u32 = 20;
export const EPB_ORIGINAL: u32 = 24;
export const EPB_FRAME: u32 = 28;

// Simple packet block (SPB): 8 original length u32 | frame
export const SPB_ORIGINAL: u32 = 8;
export const SPB_FRAME: u32 = 12;

// Option: 0 code u16 | 2 length u16 | value, filled up to a multiple of 4
export const OPTION_CODE: u32 = 0;
export const OPTION_LENGTH: u32 = 2;
export const OPTION_VALUE: u32 = 4;
export const OPTION_END: u32 = 0;
export const OPTION_TSRESOL: u32 = 9;
export const OPTION_TSOFFSET: u32 = 14;
