/** Radiotap (radiotap.org) and Per-Packet Information (PPI), which stand in front of 802.11 frames. Little-endian. */
import { fits, le16, le32, u8At } from "./bytes";

// Radiotap: 0 version u8 | 1 pad u8 | 2 length u16 | 4 presence words u32 ... | fields, each aligned to its own size
const VERSION: usize = 0;
const LENGTH: usize = 2;
const PRESENT: usize = 4;
const WORD_SIZE: usize = 4;
const TSFT_SIZE: usize = 8;
export const RADIOTAP_MIN: usize = 8;

const PRESENT_TSFT: u32 = 0x00000001;
const PRESENT_FLAGS: u32 = 0x00000002;
const PRESENT_EXTENDED: u32 = 0x80000000;
const FLAG_DATA_PAD: u32 = 0x20;

/** Version 0 is the only one. */
@inline export function isRadiotap(ptr: usize): bool { return u8At(ptr + VERSION) == 0; }
@inline export function radiotapSize(ptr: usize): usize { return le16(ptr + LENGTH); }

/** Whether the 802.11 header is padded to a multiple of 4. The whole header must be captured. */
export function radiotapPads(ptr: usize): bool {
  return (radiotapFlags(ptr, ptr + radiotapSize(ptr)) & FLAG_DATA_PAD) != 0;
}

/** The flags field, or 0: after all presence words and, aligned to 8, the TSF time. */
function radiotapFlags(start: usize, end: usize): u32 {
  const present = le32(start + PRESENT);
  if ((present & PRESENT_FLAGS) == 0) return 0;
  let at = start + PRESENT;
  while (fits(at, WORD_SIZE, end) && (le32(at) & PRESENT_EXTENDED) != 0) at += WORD_SIZE;
  at += WORD_SIZE;
  if ((present & PRESENT_TSFT) != 0) at = start + ((at - start + TSFT_SIZE - 1) & ~(TSFT_SIZE - 1)) + TSFT_SIZE;
  return at < end ? u8At(at) : 0;
}

// PPI: 0 version u8 | 1 flags u8 | 2 length u16 | 4 link type of what follows u32 | fields
const PPI_LENGTH: usize = 2;
const PPI_LINK_TYPE: usize = 4;
export const PPI_MIN: usize = 8;

@inline export function ppiSize(ptr: usize): usize { return le16(ptr + PPI_LENGTH); }
@inline export function ppiLinkType(ptr: usize): u32 { return le32(ptr + PPI_LINK_TYPE); }
