/**
 * Classic pcap files (draft-ietf-opsawg-pcap): both byte orders, microseconds or nanoseconds, and the modified format
 * of Kuznetzov with its longer record header.
 */
import { setState32, setStatus, state32 } from "../control";
import {
  BATCH_COUNT, CAPTURED_LENGTH_MAX, FORMAT_PCAP, READER_FORMAT, READER_HEADER_SIZE, READER_INTERFACES, READER_MINOR,
  READER_BIG_ENDIAN, SCALE_MULTIPLY, RECORD_CAPTURED, RECORD_FRACTION, RECORD_HEADER, RECORD_SECONDS, RECORD_WIRE,
  STATUS_BAD_VERSION, STATUS_BLOCK_END, STATUS_CAPTURED_LENGTH, STATUS_DONE, STATUS_DRAIN, STATUS_JOINED, STATUS_LATER,
  STATUS_LINK_TYPE,
  STATUS_MORE, STATUS_SNAPLEN, STATUS_ZEROS,
} from "../layout";
import { keepFrameAt } from "../decode/entry";
import { mustDrain, trackBatch, trackFullBatch } from "../track/tracker";
import { fits } from "../wire/bytes";
import {
  PCAP_CAPTURED, PCAP_FRACTION, PCAP_HEADER_SIZE, PCAP_LINK_TYPE, PCAP_LINK_TYPE_MASK, PCAP_MAGIC, PCAP_MAGIC_MODIFIED,
  PCAP_MAGIC_NANO, PCAP_MODIFIED_RECORD_HEADER, PCAP_ORIGINAL, PCAP_RECORD_HEADER, PCAP_SECONDS, PCAP_SNAPLEN,
  PCAP_VERSION_MAJOR, PCAP_VERSION_MINOR,
} from "../wire/pcap";
import { batchPacket, setPacketTime } from "../decode/packet";
import {
  describeInterface, filterOf, interfaceAt, isSupported, isTaken, linkTypeOf, reportSnaplenOnce, setScale, snaplenOf,
  unitsOf,
} from "./interfaces";
import { takeFrame, takeSupported, takeUncommon, trueLength } from "./intake";
import { isPcapHeader, isPcapMagic, isPcapVersion, isSectionHeader } from "./magic";
import { routeBatch } from "./route";

/** Up to version 2.2 the two lengths of a record were swapped; 2.3 was written both ways. */
const MINOR_LENGTHS_SWAPPED: u32 = 2;
const MINOR_LENGTHS_UNSURE: u32 = 3;
const SECOND_NS: u64 = 1000000000;

@inline function word(ptr: usize, bigEndian: bool): u32 {
  const value = load<u32>(ptr);
  return bigEndian ? bswap<u32>(value) : value;
}

@inline function half(ptr: usize, bigEndian: bool): u32 {
  const value = load<u16>(ptr);
  return <u32>(bigEndian ? bswap<u16>(value) : value);
}

/** Reads the file header. Returns the address after it, or `ptr` with a status that is not DONE. */
export function openPcap(ptr: usize): usize {
  const bigEndian = !isPcapMagic(load<u32>(ptr));
  const magic = word(ptr + PCAP_MAGIC, bigEndian);
  const major = half(ptr + PCAP_VERSION_MAJOR, bigEndian);
  const minor = half(ptr + PCAP_VERSION_MINOR, bigEndian);
  if (!isPcapVersion(major, minor)) {
    setStatus(STATUS_BAD_VERSION, major, minor);
    return ptr;
  }
  const linkType = word(ptr + PCAP_LINK_TYPE, bigEndian) & PCAP_LINK_TYPE_MASK;
  const entry = interfaceAt(0);
  setState32(READER_BIG_ENDIAN, bigEndian ? 1 : 0);
  if (!describeInterface(entry, linkType, word(ptr + PCAP_SNAPLEN, bigEndian))) return ptr;
  if (!isSupported(entry)) {
    setStatus(STATUS_LINK_TYPE, linkType, 0);
    return ptr;
  }
  setScale(entry, SCALE_MULTIPLY, magic == PCAP_MAGIC_NANO ? 1 : 1000, 0);
  setState32(READER_HEADER_SIZE, magic == PCAP_MAGIC_MODIFIED ? PCAP_MODIFIED_RECORD_HEADER : PCAP_RECORD_HEADER);
  setState32(READER_MINOR, minor);
  setState32(READER_INTERFACES, 1);
  setState32(READER_FORMAT, FORMAT_PCAP);
  setStatus(STATUS_DONE);
  return ptr + PCAP_HEADER_SIZE;
}

/** Walks the records from `at` as walkCapture does. */
export function walkPcap(at: usize, end: usize, until: u64): usize {
  if (until != u64.MAX_VALUE) return walkUntil(at, end, until);
  return state32(READER_BIG_ENDIAN) != 0 ? walkBigEndian(at, end) : walkRecords(at, end, false, false, 0, false, 0);
}

@cold function walkUntil(at: usize, end: usize, until: u64): usize {
  return walkRecords(at, end, state32(READER_BIG_ENDIAN) != 0, true, until, false, 0);
}

@cold function walkBigEndian(at: usize, end: usize): usize {
  return walkRecords(at, end, true, false, 0, false, 0);
}

/** Routes the records that begin before `stop` to the lists of their shards. Then the status is BLOCK_END. */
@cold export function routePcap(at: usize, end: usize, stop: usize): usize {
  if (state32(READER_BIG_ENDIAN) != 0) return routeBigEndian(at, end, stop);
  return walkRecords(at, end, false, false, 0, true, stop);
}

@cold function routeBigEndian(at: usize, end: usize, stop: usize): usize {
  return walkRecords(at, end, true, false, 0, true, stop);
}

/** Inlined, so that each byte order has a loop of its own, and a walk without a limit does not look at it. */
@inline function walkRecords(
  at: usize, end: usize, bigEndian: bool, limited: bool, until: u64, routed: bool, stop: usize,
): usize {
  const headerSize: usize = state32(READER_HEADER_SIZE);
  const entry = interfaceAt(0);
  const unitNs = unitsOf(entry);
  const minor = state32(READER_MINOR);
  const snaplen = snaplenOf(entry);
  const linkType = linkTypeOf(entry);
  const filter = filterOf(entry);
  const isUsual = isTaken(entry);
  // What is longer, or empty, is looked at more closely.
  const usual: u32 = snaplen == 0 ? CAPTURED_LENGTH_MAX : min<u32>(snaplen, CAPTURED_LENGTH_MAX);
  let draining = false;
  let stopped = false;
  while (true) {
    if (!routed && mustDrain()) {
      draining = true;
      break;
    }
    let count: u32 = 0;
    while (count < <u32>BATCH_COUNT) {
      if (routed && at >= stop) {
        setStatus(STATUS_BLOCK_END);
        stopped = true;
        break;
      }
      if (!fits(at, headerSize, end)) break;
      const swapped = minor <= MINOR_LENGTHS_UNSURE && lengthsSwapped(at, minor, bigEndian);
      const captured = word(swapped ? at + PCAP_ORIGINAL : at + PCAP_CAPTURED, bigEndian);
      const wireLength = word(swapped ? at + PCAP_CAPTURED : at + PCAP_ORIGINAL, bigEndian);
      if (captured - 1 >= usual) {
        const status = oddStatus(at, captured, wireLength);
        if (status != STATUS_DONE) {
          setStatus(status, captured, snaplen);
          stopped = true;
          break;
        }
      }
      if (!fits(at + headerSize, captured, end)) break;
      const seconds = <u64>word(at + PCAP_SECONDS, bigEndian);
      const time = seconds * SECOND_NS + <u64>word(at + PCAP_FRACTION, bigEndian) * unitNs;
      if (limited && time >= until) {
        setStatus(STATUS_LATER, <u32>time, <u32>(time >> 32));
        stopped = true;
        break;
      }
      const packet = batchPacket(count);
      setPacketTime(packet, time);
      const length = trueLength(captured, wireLength);
      if (routed) keepFrameAt(count, at + headerSize, captured, 0);
      if (isUsual) {
        takeSupported(packet, at + headerSize, captured, length, snaplen, filter, linkType);
        count++;
      } else {
        count += takeUncommon(packet, at + headerSize, captured, length, entry);
      }
      at += headerSize + captured;
    }
    // Without more bytes others would take the place of these frames.
    if (routed) {
      routeBatch(count);
    } else if (count < <u32>BATCH_COUNT || at == end) {
      trackBatch(count);
    } else if (!trackFullBatch()) {
      draining = true;
      break;
    }
    if (count < <u32>BATCH_COUNT) break;
  }
  if (draining) setStatus(STATUS_DRAIN);
  else if (!stopped) setStatus(at == end ? STATUS_DONE : STATUS_MORE);
  return at;
}

/** Record headers in a row that make a guess. */
const GUESS_RECORDS: u32 = 8;
const FRAME_MIN: u32 = 14;
const DAY_SECONDS: u32 = 86400;

/**
 * The first place in [at, end) at which records may begin: several sound headers in a row. 0: there is none. It is only
 * a guess: the walk of what is before it must end there.
 */
export function guessPcap(at: usize, end: usize): usize {
  for (; fits(at, PCAP_RECORD_HEADER, end); at++) if (seemsRecords(at, end)) return at;
  return 0;
}

function seemsRecords(at: usize, end: usize): bool {
  const bigEndian = state32(READER_BIG_ENDIAN) != 0;
  const headerSize: usize = state32(READER_HEADER_SIZE);
  const fractions = <u32>(SECOND_NS / unitsOf(interfaceAt(0)));
  let before = word(at + PCAP_SECONDS, bigEndian);
  for (let n: u32 = 0; n < GUESS_RECORDS; n++) {
    if (!fits(at, headerSize, end) || word(at + PCAP_FRACTION, bigEndian) >= fractions) return false;
    const captured = word(at + PCAP_CAPTURED, bigEndian);
    const wireLength = word(at + PCAP_ORIGINAL, bigEndian);
    if (captured < FRAME_MIN || captured > wireLength || wireLength > <u32>CAPTURED_LENGTH_MAX) return false;
    const seconds = word(at + PCAP_SECONDS, bigEndian);
    if (seconds - before + DAY_SECONDS > 2 * DAY_SECONDS) return false;
    before = seconds;
    at += headerSize + captured;
    if (at > end) return false;
  }
  return true;
}

/** What a record is that is empty or longer than usual: STATUS_DONE when it is a packet. Its header lies at `at`. */
function oddStatus(at: usize, captured: u32, wireLength: u32): u32 {
  if (captured > <u32>CAPTURED_LENGTH_MAX) return isSectionHeader(at) ? STATUS_JOINED : STATUS_CAPTURED_LENGTH;
  if (captured != 0) return reportSnaplenOnce(interfaceAt(0)) ? STATUS_SNAPLEN : STATUS_DONE;
  if (wireLength != 0) return STATUS_DONE;
  if (load<u64>(at) == 0) return STATUS_ZEROS;
  return isPcapHeader(at) ? STATUS_JOINED : STATUS_DONE;
}

/** Does the original length of the record at `at` stand in front of the captured one? */
function lengthsSwapped(at: usize, minor: u32, bigEndian: bool): bool {
  if (minor <= MINOR_LENGTHS_SWAPPED) return true;
  return minor == MINOR_LENGTHS_UNSURE && word(at + PCAP_CAPTURED, bigEndian) > word(at + PCAP_ORIGINAL, bigEndian);
}

/**
 * Walks the records of a ring piece: native byte order, whole records. With `padding` 3 each record begins at a multiple
 * of 4. `era` are bits 32 and above of the seconds. Returns the first address not used: before `end` only when closed
 * flows must be drained first.
 */
export function walkPiece(at: usize, end: usize, captureInterface: usize, padding: usize, era: u32): usize {
  const eraSeconds = <u64>era << 32;
  const unitNs = unitsOf(captureInterface);
  while (at < end && !mustDrain()) {
    let count: u32 = 0;
    while (count < <u32>BATCH_COUNT && at < end) {
      const captured = load<u32>(at, RECORD_CAPTURED);
      const seconds = eraSeconds | <u64>load<u32>(at, RECORD_SECONDS);
      const packet = batchPacket(count);
      setPacketTime(packet, seconds * SECOND_NS + <u64>load<u32>(at, RECORD_FRACTION) * unitNs);
      count += takeFrame(packet, at + RECORD_HEADER, captured, load<u32>(at, RECORD_WIRE), captureInterface);
      at += (RECORD_HEADER + captured + padding) & ~padding;
    }
    trackBatch(count);
  }
  return at;
}
