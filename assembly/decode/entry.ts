/**
 * Decoded packets on their way to the engine of their shard: written to a list, and read back into the batch. An entry
 * has what the tracker reads of a packet; what side records read beyond that follows it, see entry_frame.ts. A fragment
 * goes as it was captured, because only the engine that has its first one can decode it. Lists go through memory, so
 * most entries are short ones.
 */
import {
  BATCH_COUNT, ENTRY_HASH, ENTRY_HEAD, ENTRY_KIND_NARROW, ENTRY_KIND_PLAIN, ENTRY_KIND_RAW, ENTRY_KIND_WIDE, ENTRY_LOW,
  ENTRY_MORE_CLOCK, ENTRY_MORE_HIGH, ENTRY_MORE_LOW, ENTRY_MORE_SIZE, ENTRY_PORTS, ENTRY_SEQ, ENTRY_SIZE, ENTRY_TIME,
  ENTRY_VERDICT, ENTRY_WINDOW, ENTRY_WIRE_BYTES, ENTRY_WORD_KIND_SHIFT, ENTRY_WORD_NUMBER_MASK, KEY_HIGH, KEY_LOW,
  KEY_LOW_PORT, NARROW_HASH, NARROW_HEAD, NARROW_IP_BYTES, NARROW_LOW, NARROW_MORE_HIGH,
  NARROW_MORE_LOW, NARROW_MORE_SIZE, NARROW_PORTS, NARROW_SIZE, NARROW_TIME, NARROW_WORD_FLAGS_MASK,
  NARROW_WORD_FLAGS_SHIFT, NARROW_WORD_NUMBER_MASK, NARROW_WORD_SIDE_SHIFT, PACKET_HASH, PACKET_KEY, PACKET_SEQ,
  PACKET_VERDICT, PACKET_WINDOW, PACKET_WIRE_BYTES, RAW_CAPTURED, RAW_CLOCK, RAW_HEAD, RAW_LINK_TYPE, RAW_SIZE,
  RAW_TIME, RAW_WIRE_BYTES, SHARD_PACKETS, SHARD_PACKET_CAPTURED, SHARD_PACKET_CLOCK, SHARD_PACKET_FRAME, SHARD_PACKET_INTERFACE,
  SHARD_PACKET_NUMBER, SHARD_PACKET_SIZE, VERDICT_DELIVER,
} from "../layout";
import { TCP_SYN } from "../wire/numbers";
import { decodeFrame } from "./decode";
import { needsFrames, readEntryFrame, roundUp } from "./entry_frame";
import { copyAddress } from "./key";
import {
  batchPacket, packetHash, packetIpBytes, packetKeyVersion, packetPayloadBytes, packetProtocol, packetSide,
  packetTcpFlags, packetTime, packetVerdict, packetWireBytes, setPacketHash, setPacketIpBytes, setPacketPayloadBytes,
  setPacketTcpFlags, setPacketTime, setPacketWireBytes,
} from "./packet";

/** What is kept beside packet number `n` of the batch. */
@inline export function beside(n: u32): usize { return SHARD_PACKETS + <usize>n * SHARD_PACKET_SIZE; }
@inline export function besideClock(b: usize): u64 { return load<u64>(b, SHARD_PACKET_CLOCK); }
@inline export function besideNumber(b: usize): u32 { return load<u32>(b, SHARD_PACKET_NUMBER); }
@inline export function besideCaptured(b: usize): u32 { return load<u32>(b, SHARD_PACKET_CAPTURED); }

@inline export function besideInterface(b: usize): u32 { return load<u32>(b, SHARD_PACKET_INTERFACE); }

/** Keeps where the frame of packet number `n` is, and its capture interface. */
@inline export function keepFrameAt(n: u32, frame: usize, captured: u32, captureInterface: u32): void {
  store<u32>(beside(n), captureInterface, SHARD_PACKET_INTERFACE);
  store<u64>(beside(n), <u64>frame | (<u64>captured << 32), SHARD_PACKET_FRAME);
}

@inline function head(kind: u32, number: u32): u32 { return (kind << ENTRY_WORD_KIND_SHIFT) | number; }

/**
 * Writes a packet that is delivered, with none of PACKET_BIT_, to `at`. Returns where the next one goes. Whether more
 * follows an entry cannot be predicted, so it is written always, and the next entry may take its place.
 * @param first time of the block's first packet
 * @param clock the latest time before it in its block
 */
@inline export function writeEntry(at: usize, packet: usize, number: u32, first: u64, clock: u64): usize {
  const time = packetTime(packet);
  const since = time - first;
  const sizes = packetIpBytes(packet) | packetWireBytes(packet) | packetPayloadBytes(packet);
  const isNarrow = time >= clock && since <= 0xffff_ffff && sizes <= 0xffff && number <= <u32>NARROW_WORD_NUMBER_MASK;
  if (!isNarrow) return writeWhole(at, packet, number, clock);
  const flags = packetTcpFlags(packet);
  const key = packet + PACKET_KEY;
  const version = packetKeyVersion(packet);
  const more = moreSize(version, flags);
  const word = head(ENTRY_KIND_NARROW, number) | (packetSide(packet) << NARROW_WORD_SIDE_SHIFT)
    | (flags << NARROW_WORD_FLAGS_SHIFT);
  const low = load<u64>(key, KEY_LOW);
  const numbers = load<u64>(packet, PACKET_SEQ);
  const addresses = <u64><u32>low | (load<u64>(key, KEY_HIGH) << 32);
  const is6 = maskOf(version);
  store<u64>(at, <u64>word | (since << 32), NARROW_HEAD);
  store<u64>(at, chosen(is6, numbers, addresses), NARROW_LOW);
  store<u64>(at, <u64>load<u32>(key, KEY_LOW_PORT) | (<u64>packetHash(packet) << 32), NARROW_PORTS);
  store<u64>(at, <u64>(packetIpBytes(packet) | (packetWireBytes(packet) << 16))
    | (<u64>(packetPayloadBytes(packet) | (packetProtocol(packet) << 16) | ((version | more) << 24)) << 32),
    NARROW_IP_BYTES);
  store<u64>(at, chosen(is6, low, numbers), NARROW_SIZE + NARROW_MORE_LOW);
  store<u64>(at, load<u64>(key, KEY_LOW + 8), NARROW_SIZE + NARROW_MORE_LOW + 8);
  copyAddress(at + (NARROW_SIZE + NARROW_MORE_HIGH), key + KEY_HIGH);
  return at + NARROW_SIZE + more;
}

/** Of 4 and 6, and of TCP's flags, the same bit says whether more follows. */
@inline function moreSize(version: u32, flags: u32): u32 {
  return ((version | flags) & TCP_SYN) * (NARROW_MORE_SIZE / TCP_SYN);
}
/** All bits 1 for version 6, or flags with SYN; all 0 for version 4, or flags without. */
@inline function maskOf(bits: u32): u64 { return 0 - <u64>(bits / TCP_SYN & 1); }
/** Without a branch. */
@inline function chosen(mask: u64, a: u64, b: u64): u64 { return b ^ ((a ^ b) & mask); }

/** Any other packet, also one without a key. */
@cold export function writeWhole(at: usize, packet: usize, number: u32, clock: u64): usize {
  const isWide = packetTime(packet) < clock || packetKeyVersion(packet) == 6;
  const key = packet + PACKET_KEY;
  store<u32>(at, head(isWide ? ENTRY_KIND_WIDE : ENTRY_KIND_PLAIN, number), ENTRY_HEAD);
  store<u32>(at, load<u32>(packet, PACKET_WINDOW), ENTRY_WINDOW);
  store<u64>(at, packetTime(packet), ENTRY_TIME);
  store<u64>(at, <u64>load<u32>(key, KEY_LOW) | (<u64>load<u32>(key, KEY_HIGH) << 32), ENTRY_LOW);
  store<u64>(at, load<u64>(key, KEY_LOW_PORT), ENTRY_PORTS);
  store<u64>(at, load<u64>(packet, PACKET_HASH), ENTRY_HASH);
  store<u64>(at, load<u64>(packet, PACKET_WIRE_BYTES), ENTRY_WIRE_BYTES);
  store<u64>(at, load<u64>(packet, PACKET_SEQ), ENTRY_SEQ);
  store<u64>(at, load<u64>(packet, PACKET_VERDICT), ENTRY_VERDICT);
  if (!isWide) return at + ENTRY_SIZE;
  const more = at + ENTRY_SIZE;
  copyAddress(more + ENTRY_MORE_LOW, key + KEY_LOW);
  copyAddress(more + ENTRY_MORE_HIGH, key + KEY_HIGH);
  store<u64>(more, clock, ENTRY_MORE_CLOCK);
  return more + ENTRY_MORE_SIZE;
}

/** Writes the frame of packet number `n` of the batch to `at`, cut to `captured` bytes. */
export function writeRaw(at: usize, n: u32, number: u32, clock: u64, captured: u32, linkType: u32): usize {
  const packet = batchPacket(n);
  store<u32>(at, head(ENTRY_KIND_RAW, number), RAW_HEAD);
  store<u32>(at, captured, RAW_CAPTURED);
  store<u64>(at, packetTime(packet), RAW_TIME);
  store<u64>(at, clock, RAW_CLOCK);
  store<u32>(at, packetWireBytes(packet), RAW_WIRE_BYTES);
  store<u32>(at, linkType, RAW_LINK_TYPE);
  memory.copy(at + RAW_SIZE, load<u32>(beside(n), SHARD_PACKET_FRAME), captured);
  return at + RAW_SIZE + roundUp(captured);
}

/** Packets of the batch read by the last call of readEntries. */
export let entriesRead: u32 = 0;

/** Reads a batch of packets from [at, end). Returns where the next one is. */
export function readEntries(at: usize, end: usize, first: u64): usize {
  let n: u32 = 0;
  while (at < end && n < <u32>BATCH_COUNT) {
    const word = load<u32>(at);
    at = word >> ENTRY_WORD_KIND_SHIFT == ENTRY_KIND_NARROW ? readNarrow(at, n, word, first) : readOther(at, n, word);
    n++;
  }
  entriesRead = n;
  return at;
}

@inline function readNarrow(at: usize, n: u32, word: u32, first: u64): usize {
  const packet = batchPacket(n);
  const key = packet + PACKET_KEY;
  const sizes = load<u64>(at, NARROW_IP_BYTES);
  const last = <u32>(sizes >> 56);
  const is6 = maskOf(last);
  const flags = (word >> NARROW_WORD_FLAGS_SHIFT) & NARROW_WORD_FLAGS_MASK;
  const low = load<u64>(at, NARROW_LOW);
  const more = load<u64>(at, NARROW_SIZE + NARROW_MORE_LOW);
  setPacketTime(packet, first + <u64>load<u32>(at, NARROW_TIME));
  store<u64>(key, chosen(is6, more, <u64><u32>low), KEY_LOW);
  store<u64>(key, load<u64>(at, NARROW_SIZE + NARROW_MORE_LOW + 8) & is6, KEY_LOW + 8);
  store<u64>(key, chosen(is6, load<u64>(at, NARROW_SIZE + NARROW_MORE_HIGH), low >> 32), KEY_HIGH);
  store<u64>(key, load<u64>(at, NARROW_SIZE + NARROW_MORE_HIGH + 8) & is6, KEY_HIGH + 8);
  const rest = <u32>(sizes >> 48) & ~(NARROW_MORE_SIZE << 8);
  store<u64>(key, <u64>load<u32>(at, NARROW_PORTS) | (<u64>rest << 32), KEY_LOW_PORT);
  setPacketHash(packet, load<u32>(at, NARROW_HASH));
  setPacketIpBytes(packet, <u32>sizes & 0xffff);
  setPacketWireBytes(packet, <u32>sizes >> 16);
  setPacketPayloadBytes(packet, <u32>(sizes >> 32) & 0xffff);
  store<u64>(packet, chosen(is6, low, more) & maskOf(flags), PACKET_SEQ);
  setPacketTcpFlags(packet, flags);
  // Verdict and bits are 0, as is what they are about.
  store<u64>(packet, <u64>((word >> NARROW_WORD_SIDE_SHIFT) & 1) << 8, PACKET_VERDICT);
  store<u64>(beside(n), 0, SHARD_PACKET_CLOCK);
  store<u32>(beside(n), word & NARROW_WORD_NUMBER_MASK, SHARD_PACKET_NUMBER);
  return at + NARROW_SIZE + (last & NARROW_MORE_SIZE);
}

@cold function readOther(at: usize, n: u32, word: u32): usize {
  const kind = word >> ENTRY_WORD_KIND_SHIFT;
  store<u32>(beside(n), word & ENTRY_WORD_NUMBER_MASK, SHARD_PACKET_NUMBER);
  if (kind == ENTRY_KIND_RAW) return readRaw(at, n);
  const packet = batchPacket(n);
  const key = packet + PACKET_KEY;
  setPacketTime(packet, load<u64>(at, ENTRY_TIME));
  store<u32>(packet, load<u32>(at, ENTRY_WINDOW), PACKET_WINDOW);
  store<u64>(key, load<u64>(at, ENTRY_PORTS), KEY_LOW_PORT);
  store<u64>(packet, load<u64>(at, ENTRY_HASH), PACKET_HASH);
  store<u64>(packet, load<u64>(at, ENTRY_WIRE_BYTES), PACKET_WIRE_BYTES);
  store<u64>(packet, load<u64>(at, ENTRY_SEQ), PACKET_SEQ);
  store<u64>(packet, load<u64>(at, ENTRY_VERDICT), PACKET_VERDICT);
  if (kind == ENTRY_KIND_WIDE) {
    const more = at + ENTRY_SIZE;
    copyAddress(key + KEY_LOW, more + ENTRY_MORE_LOW);
    copyAddress(key + KEY_HIGH, more + ENTRY_MORE_HIGH);
    store<u64>(beside(n), load<u64>(more, ENTRY_MORE_CLOCK), SHARD_PACKET_CLOCK);
    return readFrameOf(packet, more + ENTRY_MORE_SIZE);
  }
  store<u64>(key, <u64>load<u32>(at, ENTRY_LOW), KEY_LOW);
  store<u64>(key, 0, KEY_LOW + 8);
  store<u64>(key, <u64>load<u32>(at, ENTRY_LOW + 4), KEY_HIGH);
  store<u64>(key, 0, KEY_HIGH + 8);
  store<u64>(beside(n), 0, SHARD_PACKET_CLOCK);
  return readFrameOf(packet, at + ENTRY_SIZE);
}

@inline function readFrameOf(packet: usize, at: usize): usize {
  return needsFrames() && packetVerdict(packet) == VERDICT_DELIVER ? readEntryFrame(packet, at) : at;
}

function readRaw(at: usize, n: u32): usize {
  const packet = batchPacket(n);
  const captured = load<u32>(at, RAW_CAPTURED);
  const wireBytes = load<u32>(at, RAW_WIRE_BYTES);
  setPacketTime(packet, load<u64>(at, RAW_TIME));
  setPacketWireBytes(packet, wireBytes);
  store<u64>(beside(n), load<u64>(at, RAW_CLOCK), SHARD_PACKET_CLOCK);
  decodeFrame(packet, at + RAW_SIZE, captured, wireBytes, load<u32>(at, RAW_LINK_TYPE));
  return at + RAW_SIZE + roundUp(captured);
}
