/**
 * First fragments, remembered so that later ones (which have no ports) are counted to the same flow.
 *
 * A set-associative memory of fixed size: what does not fit any more is forgotten, oldest first, and counted. A later
 * fragment belongs to the first one with the same addresses, protocol and identification (RFC 791, RFC 8200 §4.5). One
 * that comes before its first one may wait for it: see track/waiting.ts.
 */
import {
  attributeFragments, bidirectional, count, fragmentsBase, setState32, shards,
} from "../control";
import {
  COUNTER_FRAGMENTS_FORGOTTEN, FRAGMENT_DESTINATION, FRAGMENT_DESTINATION_PORT, FRAGMENT_ID, FRAGMENT_LIFE_NS,
  FRAGMENT_PROTOCOL, FRAGMENT_SETS, FRAGMENT_SIZE, FRAGMENT_SOURCE, FRAGMENT_SOURCE_PORT, FRAGMENT_TIME,
  FRAGMENT_TRANSPORT, FRAGMENT_USED, FRAGMENT_VERSION, FRAGMENT_WAYS, PACKET_BIT_AWAITS, PACKET_BIT_FIRST,
  PACKET_BIT_LATER, PACKET_BIT_UNMATCHED, SCRATCH_PACKET, SHARD_FAULT_FRAGMENTS, STATE_SHARD_FAULT, VERDICT_DELIVER,
} from "../layout";
import { isExtension } from "../wire/extension";
import { isIcmp } from "../wire/icmp";
import { hasPorts } from "../wire/ports";
import { setKey } from "./key";
import {
  packetAddresses, packetBits, packetDestinationPort, packetFragmentProtocol, packetHash, packetId, packetSourcePort,
  packetTime, packetTransportWire, packetVersion, setPacketAddresses, setPacketBits, setPacketFragmentProtocol,
  setPacketPayloadBytes, setPacketPorts,
} from "./packet";
import { decodePortless, decodeTransport } from "./transport";

/** States of an entry; 0: free. */
const ENTRY_SOUND: u8 = 1;
const ENTRY_BROKEN: u8 = 2;

/** A fragment was decoded since forgetFragment. */
export let sawFragment: bool = false;

export function forgetFragment(): void {
  sawFragment = false;
}

/**
 * Decodes a fragment whose payload is the packet's transport; `offset` 0 is the first one, with `protocol` behind its
 * headers.
 */
export function decodeFragment(packet: usize, protocol: u32, offset: u32): u32 {
  sawFragment = true;
  if (offset != 0) return decodeLater(packet, protocol);
  const verdict = decodeTransport(packet, protocol);
  if (verdict != VERDICT_DELIVER) rememberBroken(packet);
  else if (attributeFragments) {
    remember(packet, protocol, ENTRY_SOUND);
    setPacketBits(packet, packetBits(packet) | PACKET_BIT_FIRST);
  }
  return verdict;
}

/** The packet is a broken first fragment: an older one with its identification is not that of the later ones. */
export function rememberBroken(packet: usize): void {
  sawFragment = true;
  if (attributeFragments) remember(packet, 0, ENTRY_BROKEN);
}

/** A later fragment: everything in it is payload, the ports come from the first one. */
function decodeLater(packet: usize, protocol: u32): u32 {
  let bits = packetBits(packet) | PACKET_BIT_LATER;
  setPacketFragmentProtocol(packet, protocol);
  const entry = attributeFragments ? recall(packet, protocol) : 0;
  if (entry == 0) {
    if (attributeFragments) {
      bits |= PACKET_BIT_UNMATCHED;
      if (!isBroken(packet, protocol)) bits |= PACKET_BIT_AWAITS;
    }
    setPacketBits(packet, bits);
    return decodePortless(packet, protocol);
  }
  setPacketBits(packet, bits);
  setPacketPayloadBytes(packet, packetTransportWire(packet));
  setPacketPorts(packet, load<u16>(entry, FRAGMENT_SOURCE_PORT), load<u16>(entry, FRAGMENT_DESTINATION_PORT));
  setKey(packet, <u32>load<u8>(entry, FRAGMENT_TRANSPORT));
  return VERDICT_DELIVER;
}

/** Is a frame decoded again? Then nothing is remembered. */
let isRepeated: bool = false;

export function setRepeated(repeated: bool): void {
  isRepeated = repeated;
}

/** With the ports as sent, or class and identifier of ICMP. */
function remember(packet: usize, protocol: u32, state: u8): void {
  if (isRepeated) return;
  const fragmentProtocol = packetFragmentProtocol(packet);
  const entry = placeFor(packet, fragmentProtocol);
  writeAddresses(entry, packetAddresses(packet), packetVersion(packet));
  store<u64>(entry, packetTime(packet), FRAGMENT_TIME);
  store<u32>(entry, packetId(packet), FRAGMENT_ID);
  store<u8>(entry, <u8>fragmentProtocol, FRAGMENT_PROTOCOL);
  store<u8>(entry, <u8>packetVersion(packet), FRAGMENT_VERSION);
  store<u8>(entry, <u8>protocol, FRAGMENT_TRANSPORT);
  store<u8>(entry, state, FRAGMENT_USED);
  store<u16>(entry, <u16>packetSourcePort(packet), FRAGMENT_SOURCE_PORT);
  store<u16>(entry, <u16>packetDestinationPort(packet), FRAGMENT_DESTINATION_PORT);
}

/** Was the packet's first fragment a broken one? */
function isBroken(packet: usize, protocol: u32): bool {
  const entry = findEntry(setOf(packet, protocol), packet, protocol);
  return entry != 0 && load<u8>(entry, FRAGMENT_USED) == ENTRY_BROKEN && isRecent(entry, packet);
}

/** The entry of the packet's first fragment, when it is remembered and not too old; else 0. */
function recall(packet: usize, protocol: u32): usize {
  const entry = findEntry(setOf(packet, protocol), packet, protocol);
  if (entry == 0 || load<u8>(entry, FRAGMENT_USED) == ENTRY_BROKEN) return 0;
  return isRecent(entry, packet) ? entry : 0;
}

@inline function isRecent(entry: usize, packet: usize): bool {
  return isWithinLife(load<u64>(entry, FRAGMENT_TIME), packetTime(packet));
}

/** Can two fragments, the second of which came later, be of one datagram? */
@inline export function isWithinLife(then: u64, time: u64): bool {
  return time <= then || time - then <= <u64>FRAGMENT_LIFE_NS;
}

/** The entry to write: the datagram's own, a free one, one that is too old, else the oldest of the set. */
function placeFor(packet: usize, protocol: u32): usize {
  const set = setOf(packet, protocol);
  const own = findEntry(set, packet, protocol);
  if (own != 0) return own;
  let oldest = set;
  for (let way: usize = 0; way < <usize>FRAGMENT_WAYS; way++) {
    const entry = set + way * FRAGMENT_SIZE;
    if (load<u8>(entry, FRAGMENT_USED) == 0) {
      // One engine would have the first fragments of all shards in this set.
      if (shards != 0 && (way + 1) * shards > <u32>FRAGMENT_WAYS) setState32(STATE_SHARD_FAULT, SHARD_FAULT_FRAGMENTS);
      return entry;
    }
    if (load<u64>(entry, FRAGMENT_TIME) < load<u64>(oldest, FRAGMENT_TIME)) oldest = entry;
  }
  if (load<u8>(oldest, FRAGMENT_USED) == ENTRY_SOUND && isRecent(oldest, packet)) count(COUNTER_FRAGMENTS_FORGOTTEN);
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

@inline function setOf(packet: usize, protocol: u32): usize {
  const set = <usize>(datagramHash(packet, protocol) & (FRAGMENT_SETS - 1));
  return fragmentsBase + set * (FRAGMENT_SIZE * FRAGMENT_WAYS);
}

/** The table's keyed hash of what a datagram's fragments share, with the identification in place of the ports. */
export function datagramHash(packet: usize, protocol: u32): u32 {
  const id = packetId(packet);
  setPacketAddresses(SCRATCH_PACKET, packetAddresses(packet), packetVersion(packet));
  setPacketPorts(SCRATCH_PACKET, id & 0xffff, id >> 16);
  setKey(SCRATCH_PACKET, protocol);
  return packetHash(SCRATCH_PACKET);
}

/** Are they fragments of one datagram? */
export function sameDatagram(a: usize, b: usize): bool {
  const version = packetVersion(a);
  return packetId(a) == packetId(b) && packetFragmentProtocol(a) == packetFragmentProtocol(b)
    && version == packetVersion(b)
    && memory.compare(packetAddresses(a), packetAddresses(b), version == 4 ? 8 : 32) == 0;
}

/** Has a later fragment with this protocol number another key than its first one, as far as is known? */
export function needsFirst(protocol: u32, version: u32): bool {
  return hasPorts(protocol) || (bidirectional && isIcmp(protocol)) || isExtension(protocol, version);
}
