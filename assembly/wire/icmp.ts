/** ICMP (RFC 792, RFC 950, RFC 1256) and ICMPv6 (RFC 4443, RFC 4861, RFC 4620) header. */
import { be16, u8At } from "./bytes";
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "./numbers";

// 0 type u8 | 1 code u8 | 2 checksum u16 | 4 identifier u16 of a request or its reply, else as the type says
const TYPE: usize = 0;
const CODE: usize = 1;
const IDENTIFIER: usize = 4;
export const ICMP_TYPE_END: usize = 1;
export const ICMP_CODE_END: usize = 2;
export const ICMP_IDENTIFIER_END: usize = 6;
export const ICMP_HEADER_SIZE: u32 = 8;

const ECHO_REPLY: u32 = 0;
const ECHO: u32 = 8;
const ROUTER_ADVERTISEMENT: u32 = 9;
const ROUTER_SOLICITATION: u32 = 10;
const TIMESTAMP: u32 = 13;
const TIMESTAMP_REPLY: u32 = 14;
const INFORMATION: u32 = 15;
const INFORMATION_REPLY: u32 = 16;
const MASK: u32 = 17;
const MASK_REPLY: u32 = 18;

const ECHO_V6: u32 = 128;
const ECHO_REPLY_V6: u32 = 129;
const ROUTER_ADVERTISEMENT_V6: u32 = 134;
const NEIGHBOR_ADVERTISEMENT: u32 = 136;
const NODE_INFORMATION_REPLY: u32 = 140;

@inline export function isIcmp(protocol: u32): bool { return protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6; }
@inline export function icmpType(ptr: usize): u32 { return u8At(ptr + TYPE); }
@inline export function icmpCode(ptr: usize): u32 { return u8At(ptr + CODE); }
@inline export function icmpIdentifier(ptr: usize): u32 { return be16(ptr + IDENTIFIER); }

/** The request's type for both messages of a pair; any other type stands for itself. */
export function icmpClass(protocol: u32, type: u32): u32 {
  if (protocol == PROTOCOL_ICMPV6) {
    return type == ECHO_REPLY_V6 || type == ROUTER_ADVERTISEMENT_V6 || type == NEIGHBOR_ADVERTISEMENT
      || type == NODE_INFORMATION_REPLY ? type - 1 : type;
  }
  if (type == ECHO_REPLY) return ECHO;
  if (type == ROUTER_ADVERTISEMENT) return ROUTER_SOLICITATION;
  return type == TIMESTAMP_REPLY || type == INFORMATION_REPLY || type == MASK_REPLY ? type - 1 : type;
}

/** In place of the type of a message that is not one of a pair. */
export const ICMP_ONE_WAY: u32 = 0xffff;

/**
 * Type of the message that answers this one, or that it answers (RFC 792, 950, 1256; RFC 4443, 2710, 4861, 4620, 6275);
 * or ICMP_ONE_WAY.
 */
export function icmpCounterpart(protocol: u32, type: u32): u32 {
  return protocol == PROTOCOL_ICMPV6 ? counterpart6(type) : counterpart(type);
}

function counterpart(type: u32): u32 {
  switch (type) {
    case 0: return 8;
    case 8: return 0;
    case 9: return 10;
    case 10: return 9;
    case 13: case 15: case 17: return type + 1;
    case 14: case 16: case 18: return type - 1;
  }
  return ICMP_ONE_WAY;
}

function counterpart6(type: u32): u32 {
  switch (type) {
    case 128: case 130: case 133: case 135: case 139: case 144: return type + 1;
    case 129: case 131: case 134: case 136: case 140: case 145: return type - 1;
  }
  return ICMP_ONE_WAY;
}

/** Does the message exist only as the answer to another one? Advertisements do not: they are sent unasked as well. */
export function isIcmpReply(protocol: u32, type: u32): bool {
  if (protocol == PROTOCOL_ICMPV6) return type == ECHO_REPLY_V6 || type == NODE_INFORMATION_REPLY;
  return type == ECHO_REPLY || type == TIMESTAMP_REPLY || type == INFORMATION_REPLY || type == MASK_REPLY;
}

export function hasIdentifier(protocol: u32, messageClass: u32): bool {
  if (protocol == PROTOCOL_ICMPV6) return messageClass == ECHO_V6;
  return messageClass == ECHO || messageClass == TIMESTAMP || messageClass == INFORMATION || messageClass == MASK;
}
