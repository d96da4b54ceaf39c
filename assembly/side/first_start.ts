/**
 * What a side of a flow starts like: its first bytes against the starts of all protocols that the host can read, at
 * once. The host writes the tables (FIRST_START); a start is a bit in them.
 */
import { firstStartsBase } from "../control";
import {
  FIRST_LOOK_BYTES, FIRST_START_BYTES, FIRST_START_LENGTH, FIRST_START_PORT_HIGH, FIRST_START_PORT_LOW,
  FIRST_START_SIZE, FIRST_START_WEAK, FIRST_TABLE_SIZE, FIRST_TEXT_BYTES,
} from "../layout";
import { u8At } from "../wire/bytes";

/** The starts that a table excludes for a value. */
@inline function excluded(table: usize, value: u32): u64 {
  return load<u64>(table + (<usize>value << 3));
}

@inline function excludedByPort(tables: usize, port: u32): u64 {
  return excluded(tables + FIRST_START_PORT_HIGH, port >> 8) | excluded(tables + FIRST_START_PORT_LOW, port & 0xff);
}

/** How surely bytes start like a protocol: not at all, only if the next datagram does too, or surely enough. */
export const LIKE_NONE: u32 = 0;
const LIKE_WEAK: u32 = 1;
export const LIKE_ANY: u32 = 2;

/**
 * May these be the first bytes of a protocol that the host can read? With fewer than FIRST_LOOK_BYTES of them: of one
 * whose start they begin. Returns LIKE_.
 */
export function likeness(tcp: bool, bytes: usize, size: u32, lowPort: u32, highPort: u32): u32 {
  const tables = firstStartsBase + (tcp ? 0 : FIRST_START_SIZE);
  let not = excluded(tables + FIRST_START_LENGTH, min<u32>(size, 0xff));
  const end = min<u32>(size, FIRST_LOOK_BYTES);
  for (let at: u32 = 0; at < end && ~not != 0; at++) {
    not |= excluded(tables + FIRST_START_BYTES + <usize>at * FIRST_TABLE_SIZE, u8At(bytes + <usize>at));
  }
  const fits = ~(not | (excludedByPort(tables, lowPort) & excludedByPort(tables, highPort)));
  if (fits == 0) return LIKE_NONE;
  return (fits & ~load<u64>(tables, FIRST_START_WEAK)) == 0 ? LIKE_WEAK : LIKE_ANY;
}

/** Are the first FIRST_TEXT_BYTES of them printable ASCII, tabs and line ends? */
export function isPlainText(bytes: usize, size: u32): bool {
  const end = min<u32>(size, FIRST_TEXT_BYTES);
  for (let at: u32 = 0; at < end; at++) {
    const byte = u8At(bytes + <usize>at);
    if ((byte < 0x20 || byte > 0x7e) && byte != 9 && byte != 10 && byte != 13) return false;
  }
  return true;
}
