/**
 * Flow rows as text: JSON Lines, CSV, or whatever the host's template says. The template has the piece of text that
 * goes before each field; the values are written here: addresses (IPv6 as RFC 5952 wants it), numbers in decimal,
 * seconds with nine decimals. ASCII only.
 */
import {
  COUNT_IP_BYTES, COUNT_PACKETS, COUNT_PAYLOAD_BYTES, COUNT_WIRE_BYTES, ROWS, ROW_DESTINATION, ROW_DESTINATION_PORT,
  ROW_END_REASON, ROW_FIRST_NANOS, ROW_FIRST_SECONDS, ROW_FORWARD, ROW_LAST_NANOS, ROW_LAST_SECONDS, ROW_PROTOCOL,
  ROW_REVERSE, ROW_SIZE, ROW_SOURCE, ROW_SOURCE_PORT, ROW_TCP_FLAGS_FORWARD, ROW_TCP_FLAGS_REVERSE, ROW_VERSION,
  TEMPLATE, TEMPLATE_LINE_END, TEMPLATE_NULL, TEMPLATE_PIECE_SIZE, TEMPLATE_REASONS, TEXT,
} from "../layout";
import { PROTOCOL_TCP } from "../wire/numbers";
import { be16, u8At } from "../wire/bytes";

/** Where the next byte goes. */
let to: usize = 0;

/** Writes the first `rows` rows as lines at TEXT. Returns how many bytes that are. */
export function writeText(rows: u32): u32 {
  to = TEXT;
  for (let n: u32 = 0; n < rows; n++) writeLine(ROWS + <usize>n * ROW_SIZE);
  return <u32>(to - TEXT);
}

function writeLine(row: usize): void {
  const isTcp = u8At(row + ROW_PROTOCOL) == PROTOCOL_TCP;
  const forward = row + ROW_FORWARD;
  const reverse = row + ROW_REVERSE;
  putAddress(0, row, ROW_SOURCE);
  putNumber(1, <u64>load<u16>(row, ROW_SOURCE_PORT));
  putAddress(2, row, ROW_DESTINATION);
  putNumber(3, <u64>load<u16>(row, ROW_DESTINATION_PORT));
  putNumber(4, <u64>load<u8>(row, ROW_PROTOCOL));
  putTime(5, load<f64>(row, ROW_FIRST_SECONDS), load<u32>(row, ROW_FIRST_NANOS));
  putTime(6, load<f64>(row, ROW_LAST_SECONDS), load<u32>(row, ROW_LAST_NANOS));
  putNumber(7, <u64>load<f64>(forward, COUNT_PACKETS));
  putNumber(8, <u64>load<f64>(reverse, COUNT_PACKETS));
  putNumber(9, <u64>load<f64>(forward, COUNT_IP_BYTES));
  putNumber(10, <u64>load<f64>(reverse, COUNT_IP_BYTES));
  putNumber(11, <u64>load<f64>(forward, COUNT_WIRE_BYTES));
  putNumber(12, <u64>load<f64>(reverse, COUNT_WIRE_BYTES));
  putNumber(13, <u64>load<f64>(forward, COUNT_PAYLOAD_BYTES));
  putNumber(14, <u64>load<f64>(reverse, COUNT_PAYLOAD_BYTES));
  putFlags(15, isTcp, load<u16>(row, ROW_TCP_FLAGS_FORWARD));
  putFlags(16, isTcp, load<u16>(row, ROW_TCP_FLAGS_REVERSE));
  putPiece(17);
  putPiece(TEMPLATE_REASONS + u8At(row + ROW_END_REASON));
  putPiece(TEMPLATE_LINE_END);
}

/** A piece of the template: its length in the first byte, then its text, eight bytes at a time. */
function putPiece(piece: u32): void {
  const from = TEMPLATE + <usize>piece * TEMPLATE_PIECE_SIZE;
  const size = <usize>load<u8>(from);
  for (let at: usize = 0; at < size; at += 8) store<u64>(to + at, load<u64>(from + at, 1));
  to += size;
}

function putNumber(piece: u32, value: u64): void {
  putPiece(piece);
  putDigits(value);
}

function putFlags(piece: u32, isTcp: bool, flags: u16): void {
  putPiece(piece);
  if (isTcp) putDigits(flags);
  else putPiece(TEMPLATE_NULL);
}

function putTime(piece: u32, seconds: f64, nanos: u32): void {
  putPiece(piece);
  putDigits(<u64>seconds);
  store<u8>(to, 0x2e);
  let rest = nanos;
  for (let at: usize = 9; at > 0; at--) {
    store<u8>(to + at, <u8>(0x30 + rest % 10));
    rest /= 10;
  }
  to += 10;
}

/** Decimal, no leading zeros. */
function putDigits(value: u64): void {
  let size: usize = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) size++;
  let rest = value;
  for (let at = size; at > 0; at--) {
    store<u8>(to + at - 1, <u8>(0x30 + rest % 10));
    rest /= 10;
  }
  to += size;
}

function putAddress(piece: u32, row: usize, offset: usize): void {
  putPiece(piece);
  const address = row + offset;
  if (u8At(row + ROW_VERSION) == 4) putIpv4(address);
  else putIpv6(address);
}

function putIpv4(address: usize): void {
  for (let n: usize = 0; n < 4; n++) {
    if (n != 0) putByte(0x2e);
    putDigits(u8At(address + n));
  }
}

@inline function putByte(byte: u8): void {
  store<u8>(to, byte);
  to += 1;
}

/** Lower case, the longest run of two or more zero groups collapsed, the first of equals; mapped IPv4 dotted. */
function putIpv6(address: usize): void {
  let bestStart: u32 = 8;
  let bestSize: u32 = 1;
  let size: u32 = 0;
  for (let group: u32 = 0; group < 8; group++) {
    size = load<u16>(address + (group << 1)) == 0 ? size + 1 : 0;
    if (size > bestSize) {
      bestSize = size;
      bestStart = group + 1 - size;
    }
  }
  const mapped = bestStart == 0 && bestSize == 5 && load<u16>(address, 10) == 0xffff;
  const groups: u32 = mapped ? 6 : 8;
  // A colon goes before each group but the first, and one more where groups are left out.
  let group: u32 = 0;
  while (group < groups) {
    if (group == bestStart) {
      putByte(0x3a);
      group += bestSize;
      if (group == 8) putByte(0x3a);
      continue;
    }
    if (group != 0) putByte(0x3a);
    putGroup(be16(address + (group << 1)));
    group++;
  }
  if (mapped) {
    putByte(0x3a);
    putIpv4(address + 12);
  }
}

/** One to four hexadecimal digits. */
function putGroup(value: u32): void {
  let shift: i32 = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0;
  for (; shift >= 0; shift -= 4) {
    const digit = (value >> shift) & 15;
    putByte(<u8>(digit < 10 ? 0x30 + digit : 0x57 + digit));
  }
}
