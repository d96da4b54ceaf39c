/** What becomes of a frame. */

// codes VERDICT: what becomes of a frame. Each but DELIVER names the counter that takes the packet.
export const VERDICT_DELIVER = 0;
export const VERDICT_FILTERED = 1;
export const VERDICT_NOT_IP = 2;
export const VERDICT_UNSUPPORTED_LINK = 3;
export const VERDICT_LINK_TRUNCATED = 4;
export const VERDICT_IP_TRUNCATED = 5;
export const VERDICT_IP_VERSION = 6;
export const VERDICT_IP_HEADER_LENGTH = 7;
export const VERDICT_IP_TOTAL_LENGTH = 8;
export const VERDICT_IP_EXTENSION = 9;
export const VERDICT_PORTS_TRUNCATED = 10;
export const VERDICT_PORTS_MISSING = 11;
/** Its ports are readable: it is counted to its flow all the same, without payload. */
export const VERDICT_TCP_OFFSET = 12;
/** The checksum of the IPv4 header is wrong. Only with CONFIG_CHECKSUMS. */
export const VERDICT_IP_CHECKSUM = 13;
/** The checksum of TCP, UDP or ICMP is wrong. Only with CONFIG_CHECKSUMS. */
export const VERDICT_CHECKSUM = 14;
/** The transport header was not captured whole, or is in another fragment. Only with CUT_RULES_ZEEK. */
export const VERDICT_HEADER_TRUNCATED = 15;
/** It is a copy of one that was seen. Only with CONFIG_DEDUP. */
export const VERDICT_DUPLICATE = 16;
/** count */
export const VERDICT_COUNT = 17;
