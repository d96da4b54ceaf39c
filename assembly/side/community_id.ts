/**
 * Community ID v1 of a flow: `1:` and the Base64 of a SHA-1 over seed, addresses, protocol and ports, smaller endpoint
 * first. It is made from the row, so nothing is kept for it. ICMP has types in place of ports, those of the flow's
 * first packet: the message's own and that of its counterpart (a reply, say); v1 does not know the identifier. A
 * message without a counterpart has type and code, and its endpoints keep their order. The source of a reply that was
 * seen first is who asked: see track/originator.ts.
 */
import { bidirectional, state32, zeekCuts } from "../control";
import {
  COMMUNITY_ID_TEXT, CONFIG_COMMUNITY_ID_SEED, DIGEST, DIGEST_WORDS,
  ROW_DESTINATION, ROW_DESTINATION_PORT, ROW_ICMP_CODE,
  ROW_ICMP_TYPE, ROW_PROTOCOL, ROW_SOURCE, ROW_SOURCE_PORT, ROW_VERSION, SIDE_COMMUNITY_ID, TEXT_VALUE_HEADER,
  TEXT_VALUE_LENGTH,
} from "../layout";
import {
  PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP,
} from "../wire/numbers";
import { u8At } from "../wire/bytes";
import { icmpCounterpart, ICMP_ONE_WAY, isIcmpReply } from "../wire/icmp";
import { sha1 } from "./sha1";
import { sideBlock } from "./record";

const NO_TEXT: u8 = 255;
/** `1:` and 28 characters for 20 bytes. */
const TEXT_LENGTH: u8 = 30;
const LANES: u32 = 4;
/** Block of a message with its padding, which is shorter: no message has more than 40 bytes. */
const BLOCK_SIZE: usize = 64;
const BITS_AT: usize = 60;
const DIGEST_BITS: u32 = 160;
const NOT_KNOWN: u32 = 0xffff;

/** The block of `rows` rows from `first` on, `size` bytes from one to the next; their cores are written. */
@cold export function writeCommunityIdBlocks(first: usize, rows: u32, size: usize): void {
  for (let n: u32 = 0; n < rows; n += LANES) {
    const row = first + <usize>n * size;
    writeFour(row, min(LANES, rows - n), size);
  }
}

/** Four rows at a time, or what is left of them. */
function writeFour(first: usize, rows: u32, size: usize): void {
  let known: u32 = 0;
  for (let lane: u32 = 0; lane < rows; lane++) {
    const row = first + <usize>lane * size;
    const text = sideBlock(SIDE_COMMUNITY_ID, row) + COMMUNITY_ID_TEXT;
    const isKnown = writeMessage(row, DIGEST);
    const words = DIGEST_WORDS + (<usize>lane << 2);
    for (let at: usize = 0; at < BLOCK_SIZE; at += 4) store<u32>(words + (at << 2), load<u32>(DIGEST + at));
    known |= u32(isKnown) << lane;
    store<u8>(text, isKnown ? TEXT_LENGTH : NO_TEXT, TEXT_VALUE_LENGTH);
  }
  if (known == 0) return;
  sha1(DIGEST_WORDS);
  writeBase64(DIGEST);
  for (let lane: u32 = 0; lane < rows; lane++) {
    if ((known >> lane & 1) == 0) continue;
    const text = sideBlock(SIDE_COMMUNITY_ID, first + <usize>lane * size) + COMMUNITY_ID_TEXT;
    store<u16>(text, 0x3a31, TEXT_VALUE_HEADER);
    const digits = DIGEST + (<usize>lane << 2);
    for (let at: usize = 0; at < 28; at += 4) {
      store<u32>(text + at, load<u32>(digits + (at << 2)), TEXT_VALUE_HEADER + 2);
    }
  }
}

/** What is digested, with the padding of SHA-1, at `to`. False: the flow has no ID. */
function writeMessage(row: usize, to: usize): bool {
  const protocol = u8At(row + ROW_PROTOCOL);
  let source = <u32>load<u16>(row, ROW_SOURCE_PORT);
  let destination = <u32>load<u16>(row, ROW_DESTINATION_PORT);
  let hasPorts = true;
  let ordered = true;
  if (protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6) {
    source = <u32>load<u16>(row, ROW_ICMP_TYPE);
    if (source == NOT_KNOWN) return false;
    destination = icmpCounterpart(protocol, source);
    if (destination == ICMP_ONE_WAY) {
      destination = <u32>load<u16>(row, ROW_ICMP_CODE);
      ordered = false;
    } else if (bidirectional && !zeekCuts && isIcmpReply(protocol, source)) {
      const reply = source;
      source = destination;
      destination = reply;
    }
  } else if (protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP) {
    // Fragments whose first one is not known: see decode/fragments.ts.
    if ((source | destination) == 0) return false;
  } else {
    hasPorts = false;
  }
  const length: usize = u8At(row + ROW_VERSION) == 4 ? 4 : 16;
  const order = ordered ? compareAddresses(row, length) : 0;
  const swaps = order > 0 || (order == 0 && ordered && hasPorts && source > destination);
  for (let at: usize = 0; at < BLOCK_SIZE; at += 16) v128.store(to + at, i32x4.splat(0));
  store<u16>(to, bswap<u16>(<u16>state32(CONFIG_COMMUNITY_ID_SEED)));
  copyWords(to + 2, row + (swaps ? ROW_DESTINATION : ROW_SOURCE), length);
  copyWords(to + 2 + length, row + (swaps ? ROW_SOURCE : ROW_DESTINATION), length);
  const rest = to + 2 + 2 * length;
  store<u16>(rest, <u16>protocol);
  if (hasPorts) {
    store<u16>(rest, bswap<u16>(<u16>(swaps ? destination : source)), 2);
    store<u16>(rest, bswap<u16>(<u16>(swaps ? source : destination)), 4);
  }
  const size = <u32>length * 2 + (hasPorts ? 8 : 4);
  store<u8>(to + size, 0x80);
  store<u32>(to, bswap<u32>(size << 3), BITS_AT);
  return true;
}

/** Below 0, 0, above 0: as the source's bytes are less than, equal to, or greater than the destination's. */
@inline function compareAddresses(row: usize, length: usize): i32 {
  for (let at: usize = 0; at < length; at += 4) {
    const source = bswap<u32>(load<u32>(row + at, ROW_SOURCE));
    const destination = bswap<u32>(load<u32>(row + at, ROW_DESTINATION));
    if (source != destination) return source < destination ? -1 : 1;
  }
  return 0;
}

/** A multiple of four bytes. Plain stores: a call of the bulk memory instruction costs more than a few of them. */
@inline function copyWords(to: usize, from: usize, size: usize): void {
  for (let at: usize = 0; at < size; at += 4) store<u32>(to + at, load<u32>(from + at));
}

/**
 * The digests at DIGEST_WORDS in Base64 (RFC 4648 §4): seven vectors with four characters of each of them in its lane,
 * the last of which fills up.
 */
function writeBase64(to: usize): void {
  for (let bit: u32 = 0; bit < DIGEST_BITS; bit += 24) {
    const word = DIGEST_WORDS + (<usize>(bit >> 5) << 4);
    const shift = <i32>(bit & 31);
    // 24 bits from here on, at the upper end of each lane.
    let bits = i32x4.shl(v128.load(word), shift);
    if (shift > 8 && bit + 24 < DIGEST_BITS) bits = v128.or(bits, i32x4.shr_u(v128.load(word, 16), 32 - shift));
    const first = v128.and(i32x4.shr_u(bits, 26), i32x4.splat(0x3f));
    const second = v128.and(i32x4.shr_u(bits, 12), i32x4.splat(0x3f00));
    const third = v128.and(i32x4.shl(bits, 2), i32x4.splat(0x3f0000));
    const fourth = v128.and(i32x4.shl(bits, 16), i32x4.splat(0x3f000000));
    v128.store(to, base64Digits(v128.or(v128.or(first, second), v128.or(third, fourth))));
    to += 16;
  }
  for (let lane: usize = 0; lane < 16; lane += 4) store<u8>(to - 16 + lane, 0x3d, 3);
}

/** The digits of sixteen times six bits: see base64Digit. */
@inline function base64Digits(values: v128): v128 {
  let digits = i8x16.add(values, i8x16.splat(0x41));
  digits = i8x16.add(digits, v128.and(i8x16.gt_s(values, i8x16.splat(25)), i8x16.splat(6)));
  digits = i8x16.sub(digits, v128.and(i8x16.gt_s(values, i8x16.splat(51)), i8x16.splat(75)));
  digits = i8x16.sub(digits, v128.and(i8x16.gt_s(values, i8x16.splat(61)), i8x16.splat(15)));
  return i8x16.add(digits, v128.and(i8x16.gt_s(values, i8x16.splat(62)), i8x16.splat(3)));
}

/** The digit of six bits (RFC 4648 §4): A to Z, a to z, 0 to 9, + and /. Without branches: no value is likelier. */
@inline export function base64Digit(value: u32): u8 {
  const digit = 0x41 + value + (u32(value > 25) * 6) - (u32(value > 51) * 75) - (u32(value > 61) * 15);
  return <u8>(digit + (u32(value > 62) * 3));
}
