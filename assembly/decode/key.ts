/**
 * The flow key: built from addresses and ports, compared, ordered, hashed.
 *
 * Hash: NH (the universal hash of UMAC, RFC 4418 §5.2.2) over 32-bit words under a random key, then a keyed
 * multiplication that spreads it. Two keys chosen without knowledge of the random key collide in NH with probability
 * 2^-32, so an attacker cannot prepare addresses and ports that all fall into one place of the table.
 */
import {
  bidirectional, key0, key1, key2, key3, key4, key5, key6, key7, key8, key9, keyMultiplier, zeekCuts,
} from "../control";
import { KEY_HIGH, KEY_HIGH_PORT, KEY_LOW, KEY_LOW_PORT, KEY_PROTOCOL, KEY_VERSION, PACKET_KEY } from "../layout";
import {
  packetAddresses, packetDestinationPort, packetSourcePort, packetVersion, setPacketHash, setPacketSide,
} from "./packet";
import { isIcmp } from "../wire/icmp";

@inline export function keyProtocol(key: usize): u32 { return <u32>load<u8>(key, KEY_PROTOCOL); }
@inline function keyVersion(key: usize): u32 { return <u32>load<u8>(key, KEY_VERSION); }
@inline function lowPort(key: usize): u32 { return <u32>load<u16>(key, KEY_LOW_PORT); }
@inline function highPort(key: usize): u32 { return <u32>load<u16>(key, KEY_HIGH_PORT); }

/**
 * Writes key, hash and side of an IPv4 packet whose addresses lie at `source` and `source + 4`. `paired` ports belong
 * to the addresses and are swapped with them; ICMP's (class, identifier) are not. Which side sends is unpredictable, so
 * they are swapped without a branch.
 */
@inline export function setKey4(
  packet: usize, source: usize, sourcePort: u32, destinationPort: u32, protocol: u32, paired: bool,
): void {
  const src = load<u32>(source);
  const dst = load<u32>(source, 4);
  const side = <u32>bidirectional & <u32>(isBigger(src, dst) || (src == dst && paired && sourcePort > destinationPort));
  const mask = 0 - side;
  const addresses = (src ^ dst) & mask;
  const low = src ^ addresses;
  const high = dst ^ addresses;
  const swap = paired ? (sourcePort ^ destinationPort) & mask : 0;
  const ports = (sourcePort ^ swap) | ((destinationPort ^ swap) << 16);
  const rest = protocol | (4 << 8);
  store<u64>(packet, <u64>low, PACKET_KEY + KEY_LOW);
  store<u64>(packet, 0, PACKET_KEY + KEY_LOW + 8);
  store<u64>(packet, <u64>high, PACKET_KEY + KEY_HIGH);
  store<u64>(packet, 0, PACKET_KEY + KEY_HIGH + 8);
  store<u64>(packet, <u64>ports | (<u64>rest << 32), PACKET_KEY + KEY_LOW_PORT);
  setPacketSide(packet, side);
  setPacketHash(packet, spread(nh(low, key0, high, key1) + nh(ports, key2, rest, key3)));
}

/** Is one address behind another as byte strings? Decided by the first byte that differs: the lowest in the word. */
@inline function isBigger(a: u32, b: u32): bool {
  const shift = ctz<u32>(a ^ b) & 24;
  return ((a >> shift) & 0xff) > ((b >> shift) & 0xff);
}

/** The same for IPv6: addresses at `source` and `source + 16`. */
export function setKey6(
  packet: usize, source: usize, sourcePort: u32, destinationPort: u32, protocol: u32, paired: bool,
): void {
  const order = bidirectional ? compareAddresses(source, source + 16) : 0;
  const swapped = order > 0 || (order == 0 && bidirectional && paired && sourcePort > destinationPort);
  const key = packet + PACKET_KEY;
  copyAddress(key + KEY_LOW, swapped ? source + 16 : source);
  copyAddress(key + KEY_HIGH, swapped ? source : source + 16);
  const ports = swapped && paired ? destinationPort | (sourcePort << 16) : sourcePort | (destinationPort << 16);
  const rest = protocol | (6 << 8);
  store<u64>(key, <u64>ports | (<u64>rest << 32), KEY_LOW_PORT);
  setPacketSide(packet, swapped ? 1 : 0);
  setPacketHash(packet, spread(
    nh(load<u32>(key, KEY_LOW), key0, load<u32>(key, KEY_HIGH), key1)
    + nh(ports, key2, rest, key3)
    + nh(load<u32>(key, KEY_LOW + 4), key4, load<u32>(key, KEY_HIGH + 4), key5)
    + nh(load<u32>(key, KEY_LOW + 8), key6, load<u32>(key, KEY_HIGH + 8), key7)
    + nh(load<u32>(key, KEY_LOW + 12), key8, load<u32>(key, KEY_HIGH + 12), key9),
  ));
}

/** The same from what the packet says of its IP version, addresses and ports. */
export function setKey(packet: usize, protocol: u32): void {
  const addresses = packetAddresses(packet);
  const source = packetSourcePort(packet);
  const destination = packetDestinationPort(packet);
  const paired = zeekCuts || !isIcmp(protocol);
  if (packetVersion(packet) == 4) setKey4(packet, addresses, source, destination, protocol, paired);
  else setKey6(packet, addresses, source, destination, protocol, paired);
}

/** One pair of NH: two words, each with its own key, multiplied. */
@inline function nh(a: u32, ka: u32, b: u32, kb: u32): u64 {
  return <u64>(a + ka) * <u64>(b + kb);
}

/** Spreads the sum over all bits: the index uses the low ones. */
@inline function spread(sum: u64): u32 {
  const h = (sum ^ (sum >> 32)) * keyMultiplier;
  return <u32>(h >> 32) ^ <u32>(h >> 15);
}

@inline export function copyAddress(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
}

/** Order of two 16-byte addresses as byte strings: negative, 0, positive. */
function compareAddresses(a: usize, b: usize): i32 {
  return compareWords(load<u64>(a), load<u64>(a, 8), load<u64>(b), load<u64>(b, 8));
}

/** The same of addresses whose bytes are those of two words each. */
export function compareWords(a: u64, aNext: u64, b: u64, bNext: u64): i32 {
  const x = a == b ? aNext : a;
  const y = a == b ? bNext : b;
  if (x == y) return 0;
  // The first byte that differs is the lowest in the words.
  const shift = ctz<u64>(x ^ y) & 56;
  return <i32>((x >> shift) & 0xff) - <i32>((y >> shift) & 0xff);
}

/** Total order of keys: low address, high address, low port, high port, protocol, version. */
export function compareKeys(a: usize, b: usize): i32 {
  let order = compareAddresses(a + KEY_LOW, b + KEY_LOW);
  if (order != 0) return order;
  order = compareAddresses(a + KEY_HIGH, b + KEY_HIGH);
  if (order != 0) return order;
  if (lowPort(a) != lowPort(b)) return lowPort(a) < lowPort(b) ? -1 : 1;
  if (highPort(a) != highPort(b)) return highPort(a) < highPort(b) ? -1 : 1;
  if (keyProtocol(a) != keyProtocol(b)) return keyProtocol(a) < keyProtocol(b) ? -1 : 1;
  return <i32>keyVersion(a) - <i32>keyVersion(b);
}
