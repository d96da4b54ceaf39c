/**
 * TCP options (RFC 9293 §3.1): maximum segment size, window scale and time stamps (RFC 7323), selective
 * acknowledgement (RFC 2018). Reading stops at an option whose length cannot be, or that was not captured whole; what
 * came before counts.
 */
import {
  TCP_BITS, TCP_BIT_MSS, TCP_BIT_SACK_PERMITTED, TCP_BIT_SYN, TCP_BIT_SYN_WHOLE, TCP_BIT_TIMESTAMPS, TCP_BIT_TS,
  TCP_BIT_WINDOW_SCALE, TCP_ISN, TCP_MSS, TCP_SACK_BLOCKS, TCP_TS_FIRST, TCP_TS_LAST, TCP_WINDOW_SCALE,
} from "../layout";
import { packetSeq, packetTcpFlags, packetTransport, packetTransportEnd } from "../decode/packet";
import { be16, be32, fits, u8At } from "../wire/bytes";
import { TCP_SYN } from "../wire/numbers";
import { bumpRest, tcpUsual } from "./tcp_record";

const HEADER_MIN: usize = 20;
const OPTION_END: u32 = 0;
const OPTION_NOP: u32 = 1;
const OPTION_MSS: u32 = 2;
const OPTION_WINDOW_SCALE: u32 = 3;
const OPTION_SACK_PERMITTED: u32 = 4;
const OPTION_SACK: u32 = 5;
const OPTION_TIMESTAMPS: u32 = 8;
/** NOP, NOP, time stamps of ten bytes: what most segments have, and nothing else. */
const TIMESTAMPS_ALONE: u32 = 0x0a080101;
const TIMESTAMPS_HEADER: usize = 32;

/** The options of a segment that `sender` has sent, whose TCP_SIDE is at `side`. Those of its first SYN are kept. */
@inline export function noteOptions(index: u32, record: usize, side: usize, packet: usize, sender: u32): void {
  const header = packetTransport(packet);
  const size = (<usize>u8At(header + 12) >> 4) << 2;
  const isSyn = u32((packetTcpFlags(packet) & TCP_SYN) != 0);
  const isBare = u32(size == HEADER_MIN);
  // There is always enough memory behind a frame to look.
  const isUsual = u32(size == TIMESTAMPS_HEADER) & u32(load<u32>(header, HEADER_MIN) == TIMESTAMPS_ALONE)
    & u32(fits(header, TIMESTAMPS_HEADER, packetTransportEnd(packet)));
  if (((isBare | isUsual) & (isSyn ^ 1)) == 0) {
    if (readOptions(side, tcpUsual(record, sender), packet, header, size, isSyn != 0)) {
      bumpRest(index, sender, TCP_SACK_BLOCKS);
    }
    return;
  }
  // Both kinds are frequent: which it is does not become a branch.
  const isKnown = <u32>load<u16>(side, TCP_BITS) & TCP_BIT_TS;
  if ((isUsual & u32(isKnown == 0)) != 0) noteTimestamp(side, tcpUsual(record, sender), be32(header + HEADER_MIN + 4));
  const last = load<u32>(side, TCP_TS_LAST);
  store<u32>(side, last ^ ((last ^ be32(header + HEADER_MIN + 4)) & (0 - isUsual)), TCP_TS_LAST);
}

/** Returns whether there was selective acknowledgement among them. */
@cold function readOptions(
  side: usize, usual: usize, packet: usize, header: usize, size: usize, isSyn: bool,
): bool {
  const captured = packetTransportEnd(packet);
  const isWhole = fits(header, size, captured);
  const isFirstSyn = isSyn && (load<u16>(side, TCP_BITS) & TCP_BIT_SYN) == 0;
  if (isFirstSyn) {
    store<u32>(usual, packetSeq(packet), TCP_ISN);
    addBits(side, isWhole ? TCP_BIT_SYN | TCP_BIT_SYN_WHOLE : TCP_BIT_SYN);
  }
  const end = isWhole ? header + size : captured;
  let hasSack = false;
  let hasTimestamp = false;
  let option = header + HEADER_MIN;
  while (option < end) {
    const kind = u8At(option);
    if (kind == OPTION_END) break;
    if (kind == OPTION_NOP) {
      option++;
      continue;
    }
    if (!fits(option, 2, end)) break;
    const length = u8At(option + 1);
    if (length < 2 || !fits(option, length, end)) break;
    if (kind == OPTION_SACK) hasSack = true;
    if (kind == OPTION_TIMESTAMPS && length == 10 && !hasTimestamp) {
      hasTimestamp = true;
      noteTimestamp(side, usual, be32(option + 2));
    }
    if (isFirstSyn) noteSynOption(side, usual, option, kind, length);
    option += length;
  }
  return hasSack;
}

function noteSynOption(side: usize, usual: usize, option: usize, kind: u32, length: u32): void {
  const bits = load<u16>(side, TCP_BITS);
  if (kind == OPTION_MSS && length == 4 && (bits & TCP_BIT_MSS) == 0) {
    store<u16>(usual, <u16>be16(option + 2), TCP_MSS);
    addBits(side, TCP_BIT_MSS);
  } else if (kind == OPTION_WINDOW_SCALE && length == 3 && (bits & TCP_BIT_WINDOW_SCALE) == 0) {
    store<u8>(usual, <u8>u8At(option + 2), TCP_WINDOW_SCALE);
    addBits(side, TCP_BIT_WINDOW_SCALE);
  } else if (kind == OPTION_SACK_PERMITTED && length == 2) {
    addBits(side, TCP_BIT_SACK_PERMITTED);
  } else if (kind == OPTION_TIMESTAMPS && length == 10) {
    addBits(side, TCP_BIT_TIMESTAMPS);
  }
}

@inline function noteTimestamp(side: usize, usual: usize, value: u32): void {
  const bits = load<u16>(side, TCP_BITS);
  if ((bits & TCP_BIT_TS) == 0) {
    store<u32>(usual, value, TCP_TS_FIRST);
    store<u16>(side, bits | TCP_BIT_TS, TCP_BITS);
  }
  store<u32>(side, value, TCP_TS_LAST);
}

@inline function addBits(side: usize, bits: u32): void {
  store<u16>(side, load<u16>(side, TCP_BITS) | <u16>bits, TCP_BITS);
}
