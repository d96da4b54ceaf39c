/**
 * First fragments, remembered so that later ones (which have no ports) are counted to the same flow.
 *
 * A set-associative memory of fixed size: what does not fit any more is forgotten, oldest first, and counted. A later
 * fragment belongs to the first one with the same addresses, protocol and identification (RFC 791, RFC 8200 §4.5).
 */
import { attributeFragments, count, fragmentsBase } from "../control";
import {
  COUNTER_FRAGMENTS_FORGOTTEN, FRAGMENT_DESTINATION, FRAGMENT_DESTINATION_PORT, FRAGMENT_ID, FRAGMENT_LIFE_NS,
  FRAGMENT_PROTOCOL, FRAGMENT_SETS, FRAGMENT_SIZE, FRAGMENT_SOURCE, FRAGMENT_SOURCE_PORT, FRAGMENT_TIME,
  FRAGMENT_TRANSPORT, FRAGMENT_USED, FRAGMENT_VERSION, FRAGMENT_WAYS, PACKET_BIT_LATER, PACKET_BIT_UNMATCHED,
  SCRATCH_PACKET, VERDICT_DELIVER,
} from "../layout";
import { setKey } from "./key";
import {
  packetAddresses, packetBits, packetDestinationPort, packetFragmentProtocol, packetHash, packetId, packetSourcePort,
  packetTime, packetTransportWire, packetVersion, setPacketAddresses, setPacketBits, setPacketPayloadBytes,
  setPacketPorts,
} from "./packet";
import { decodePortless, decodeTransport } from "./transport";

/** States of an entry; 0: free. */
const ENTRY_SOUND: u8 = 1;
const ENTRY_BROKEN: u8 = 2;

/**
 * Decodes a fragment whose payload is the packet's transport; `offset` 0 is the first one, with `protocol` behind its
 * headers.
 */
export function decodeFragment(packet: usize, protocol: u32, offset: u32): u32 {
  if (offset != 0) return decodeLater(packet, protocol);
  const verdict = decodeTransport(packet, protocol);
  if (verdict != VERDICT_DELIVER) forgetFirst(packet);
  else if (attributeFragments) remember(packet, protocol);
  return verdict;
}

/** The packet is a broken first fragment: an older one with its identification is not that of the later ones. */
export function forgetFirst(packet: usize): void {
  if (!attributeFragments) return;
  const protocol = packetFragmentProtocol(packet);
  const entry = findEntry(setOf(packet, protocol), packet, protocol);
  if (entry != 0) store<u8>(entry, ENTRY_BROKEN, FRAGMENT_USED);
}

/** A later fragment: everything in it is payload, the ports come from the first one. */
function decodeLater(packet: usize, protocol: u32): u32 {
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_LATER);
  const entry = attributeFragments ? recall(packet, protocol) : 0;
  if (entry == 0) {
    if (attributeFragments) setPacketBits(packet, packetBits(packet) | PACKET_BIT_UNMATCHED);
    return decodePortless(packet, protocol);
  }
  setPacketPayloadBytes(packet, packetTransportWire(packet));
  setPacketPorts(packet, load<u16>(entry, FRAGMENT_SOURCE_PORT), load<u16>(entry, FRAGMENT_DESTINATION_PORT));
  setKey(packet, <u32>load<u8>(entry, FRAGMENT_TRANSPORT));
  return VERDICT_DELIVER;
}

/** Ports as sent, or class and identifier of ICMP. */
function remember(packet: usize, protocol: u32): void {
  const fragmentProtocol = packetFragmentProtocol(packet);
  const entry = placeFor(packet, fragmentProtocol);
  writeAddresses(entry, packetAddresses(packet), packetVersion(packet));
  store<u64>(entry, packetTime(packet), FRAGMENT_TIME);
  store<u32>(entry, packetId(packet), FRAGMENT_ID);
  store<u8>(entry, <u8>fragmentProtocol, FRAGMENT_PROTOCOL);
  store<u8>(entry, <u8>packetVersion(packet), FRAGMENT_VERSION);
  store<u8>(entry, <u8>protocol, FRAGMENT_TRANSPORT);
  store<u8>(entry, ENTRY_SOUND, FRAGMENT_USED);
  store<u16>(entry, <u16>packetSourcePort(packet), FRAGMENT_SOURCE_PORT);
  store<u16>(entry, <u16>packetDestinationPort(packet), FRAGMENT_DESTINATION_PORT);
}

/** The entry of the packet's first fragment, when it is remembered and not too old; else 0. */
function recall(packet: usize, protocol: u32): usize {
  const entry = findEntry(setOf(packet, protocol), packet, protocol);
  if (entry == 0 || load<u8>(entry, FRAGMENT_USED) == ENTRY_BROKEN) return 0;
  const time = packetTime(packet);
  const then = load<u64>(entry, FRAGMENT_TIME);
  return time > then && time - then > <u64>FRAGMENT_LIFE_NS ? 0 : entry;
}

/** The entry to write: the datagram's own, a free one, one that is too old, else the oldest of the set. */
function placeFor(packet: usize, protocol: u32): usize {
  const set = setOf(packet, protocol);
  const own = findEntry(set, packet, protocol);
  if (own != 0) return own;
  let oldest = set;
  for (let way: usize = 0; way < <usize>FRAGMENT_WAYS; way++) {
    const entry = set + way * FRAGMENT_SIZE;
    if (load<u8>(entry, FRAGMENT_USED) == 0) return entry;
    if (load<u64>(entry, FRAGMENT_TIME) < load<u64>(oldest, FRAGMENT_TIME)) oldest = entry;
  }
  const time = packetTime(packet);
  const then = load<u64>(oldest, FRAGMENT_TIME);
  if (time <= then || time - then <= <u64>FRAGMENT_LIFE_NS) count(COUNTER_FRAGMENTS_FORGOTTEN);
  return oldest;
}

function findEntry(set: usize, packet: usize, protocol: u32): usize {
  const version = packetVersion(packet);
  for (let way: usize = 0; way < <usize>FRAGMENT_WAYS; way++) {
    const entry = set + way * FRAGMENT_SIZE;
    if (load<u8>(entry, FRAGMENT_USED) == 0) return 0;
    if (load<u32>(entry, FRAGMENT_ID) == packetId(packet)
      && <u32>load<u8>(entry, FRAGMENT_PROTOCOL) == protocol
      && <u32>load<u8>(entry, FRAGMENT_VERSION) == version
      && sameAddresses(entry, packetAddresses(packet), version)) return entry;
  }
  return 0;
}

function sameAddresses(entry: usize, source: usize, version: u32): bool {
  if (version == 4) {
    return load<u32>(entry, FRAGMENT_SOURCE) == load<u32>(source)
      && load<u32>(entry, FRAGMENT_DESTINATION) == load<u32>(source, 4);
  }
  return memory.compare(entry + FRAGMENT_SOURCE, source, 32) == 0;
}

function writeAddresses(entry: usize, source: usize, version: u32): void {
  if (version == 4) {
    store<u32>(entry, load<u32>(source), FRAGMENT_SOURCE);
    store<u32>(entry, load<u32>(source, 4), FRAGMENT_DESTINATION);
  } else {
    memory.copy(entry + FRAGMENT_SOURCE, source, 32);
  }
}

/** The set is chosen by the table's keyed hash, over a key with the identification in place of the ports. */
function setOf(packet: usize, protocol: u32): usize {
  const id = packetId(packet);
  setPacketAddresses(SCRATCH_PACKET, packetAddresses(packet), packetVersion(packet));
  setPacketPorts(SCRATCH_PACKET, id & 0xffff, id >> 16);
  setKey(SCRATCH_PACKET, protocol);
  return fragmentsBase + <usize>(packetHash(SCRATCH_PACKET) & (FRAGMENT_SETS - 1)) * (FRAGMENT_SIZE * FRAGMENT_WAYS);
}
