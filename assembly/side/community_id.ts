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
const DIGEST_BYTES: usize = 20;
const NOT_KNOWN: u32 = 0xffff;

/** The row's core is written. */
export function writeCommunityIdBlock(row: usize): void {
  const text = sideBlock(SIDE_COMMUNITY_ID, row) + COMMUNITY_ID_TEXT;
  const size = writeMessage(row);
  if (size == 0) {
    store<u8>(text, NO_TEXT, TEXT_VALUE_LENGTH);
    return;
  }
  sha1(DIGEST, size, DIGEST_WORDS);
  store<u8>(text, TEXT_LENGTH, TEXT_VALUE_LENGTH);
  store<u16>(text, 0x3a31, TEXT_VALUE_HEADER);
  writeBase64(text + TEXT_VALUE_HEADER + 2);
}

/** What is digested, at DIGEST. Returns its size; 0: the flow has no ID. */
function writeMessage(row: usize): usize {
  const protocol = u8At(row + ROW_PROTOCOL);
  let source = <u32>load<u16>(row, ROW_SOURCE_PORT);
  let destination = <u32>load<u16>(row, ROW_DESTINATION_PORT);
  let hasPorts = true;
  let ordered = true;
  if (protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6) {
    source = <u32>load<u16>(row, ROW_ICMP_TYPE);
    if (source == NOT_KNOWN) return 0;
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
    if ((source | destination) == 0) return 0;
  } else {
    hasPorts = false;
  }
  const length: usize = u8At(row + ROW_VERSION) == 4 ? 4 : 16;
  const order = ordered ? memory.compare(row + ROW_SOURCE, row + ROW_DESTINATION, length) : 0;
  const turned = order > 0 || (order == 0 && ordered && hasPorts && source > destination);
  store<u16>(DIGEST, bswap<u16>(<u16>state32(CONFIG_COMMUNITY_ID_SEED)));
  copyWords(DIGEST + 2, row + (turned ? ROW_DESTINATION : ROW_SOURCE), length);
  copyWords(DIGEST + 2 + length, row + (turned ? ROW_SOURCE : ROW_DESTINATION), length);
  const rest = DIGEST + 2 + 2 * length;
  store<u16>(rest, <u16>protocol);
  if (!hasPorts) return 4 + 2 * length;
  store<u16>(rest, bswap<u16>(<u16>(turned ? destination : source)), 2);
  store<u16>(rest, bswap<u16>(<u16>(turned ? source : destination)), 4);
  return 8 + 2 * length;
}

/** A multiple of four bytes. Plain stores: a call of the bulk memory instruction costs more than a few of them. */
@inline function copyWords(to: usize, from: usize, size: usize): void {
  for (let at: usize = 0; at < size; at += 4) store<u32>(to + at, load<u32>(from + at));
}

/** The digest in Base64 (RFC 4648 §4): 28 characters, the last of which fills up. */
function writeBase64(to: usize): void {
  store<u8>(DIGEST + DIGEST_BYTES, 0);
  for (let at: usize = 0; at < DIGEST_BYTES; at += 3) {
    const bits = (u8At(DIGEST + at) << 16) | (u8At(DIGEST + at + 1) << 8) | u8At(DIGEST + at + 2);
    for (let shift: i32 = 18; shift >= 0; shift -= 6) {
      store<u8>(to, base64Digit((bits >> shift) & 63));
      to += 1;
    }
  }
  store<u8>(to - 1, 0x3d);
}

/** The digit of six bits (RFC 4648 §4): A to Z, a to z, 0 to 9, + and /. Without branches: no value is likelier. */
@inline export function base64Digit(value: u32): u8 {
  const digit = 0x41 + value + (u32(value > 25) * 6) - (u32(value > 51) * 75) - (u32(value > 61) * 15);
  return <u8>(digit + (u32(value > 62) * 3));
}
