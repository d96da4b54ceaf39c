/** IPv6 (RFC 8200). Addresses are those of the IPv6 header itself, whatever routing headers or options say. */
import {
  PROTOCOL_HOP_BY_HOP, PROTOCOL_NO_NEXT_HEADER,
} from "../wire/numbers";
import { sides } from "../control";
import { VERDICT_IP_TOTAL_LENGTH, VERDICT_IP_TRUNCATED, VERDICT_IP_VERSION } from "../layout";
import { setPacketIpBytes, setPacketTtl, setPacketTransport } from "./packet";
import { be16, be32, fits, u8At } from "../wire/bytes";
import { isExtension, walkExtensions } from "./extensions";
import { decodeTransport } from "./transport";

const HEADER_SIZE: usize = 40;
const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const HOP_LIMIT: usize = 7;
const SOURCE: usize = 8;
const OPTION_PAD1: u32 = 0;
const OPTION_JUMBO: u32 = 0xc2;

/** As decodeIpv4, for IPv6. */
export function decodeIpv6(packet: usize, ptr: usize, end: usize, beyond: u32): u32 {
  if (!fits(ptr, 1, end)) return VERDICT_IP_TRUNCATED;
  if (u8At(ptr) >> 4 != 6) return VERDICT_IP_VERSION;
  if (!fits(ptr, HEADER_SIZE, end)) return VERDICT_IP_TRUNCATED;
  const nextHeader = u8At(ptr + NEXT_HEADER);
  const total = totalLength(ptr, end, <u32>(end - ptr) + beyond, nextHeader);
  if (total == 0) return VERDICT_IP_TOTAL_LENGTH;
  setPacketIpBytes(packet, total);
  if (sides != 0) setPacketTtl(packet, u8At(ptr + HOP_LIMIT));
  const captured = select<usize>(ptr + total, end, fits(ptr, total, end));
  const upper = ptr + HEADER_SIZE;
  const wire = total - <u32>HEADER_SIZE;
  if (isExtension(nextHeader, 6)) return walkExtensions(packet, ptr + SOURCE, 6, nextHeader, upper, captured, wire);
  setPacketTransport(packet, upper, captured, wire);
  return decodeTransport(packet, nextHeader, ptr + SOURCE, 6, upper, captured, wire);
}

/**
 * Header included. A payload length of 0 is a jumbogram (RFC 2675), no payload at all, or a packet that segmentation
 * offload made too large for the field: then the frame's length counts. 0: the option is there but makes no sense.
 */
function totalLength(ptr: usize, end: usize, wire: u32, nextHeader: u32): u32 {
  const payload = be16(ptr + PAYLOAD_LENGTH);
  if (payload != 0) return payload + <u32>HEADER_SIZE;
  if (nextHeader == PROTOCOL_NO_NEXT_HEADER) return <u32>HEADER_SIZE;
  if (nextHeader == PROTOCOL_HOP_BY_HOP) {
    const jumbo = jumboLength(ptr + HEADER_SIZE, end);
    if (jumbo > 0xffff) return jumbo > 0xffff_ffff - <u32>HEADER_SIZE ? 0 : jumbo + <u32>HEADER_SIZE;
  }
  return wire;
}

/** The jumbo payload option's length in a hop-by-hop header, or 0. */
function jumboLength(ptr: usize, end: usize): u32 {
  if (!fits(ptr, 8, end)) return 0;
  const size = (<usize>u8At(ptr + 1) + 1) << 3;
  const stop = fits(ptr, size, end) ? ptr + size : end;
  let option = ptr + 2;
  while (option < stop) {
    const type = u8At(option);
    if (type == OPTION_PAD1) {
      option += 1;
      continue;
    }
    if (!fits(option, 2, stop)) return 0;
    const length = u8At(option + 1);
    if (type == OPTION_JUMBO) return length == 4 && fits(option, 6, stop) ? be32(option + 2) : 0;
    option += 2 + length;
  }
  return 0;
}
