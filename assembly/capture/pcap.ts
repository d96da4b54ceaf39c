/**
 * Classic pcap files (draft-ietf-opsawg-pcap): both byte orders, microseconds or nanoseconds, and the modified format
 * of Kuznetzov with its longer record header.
 */
import { setState32, setStatus, state32 } from "../control";
import {
  BATCH_COUNT, CAPTURED_LENGTH_MAX, FORMAT_PCAP, READER_FORMAT, READER_HEADER_SIZE, READER_INTERFACES, READER_MINOR, READER_SWAPPED, SCALE_MULTIPLY,
  RECORD_CAPTURED, RECORD_FRACTION, RECORD_HEADER, RECORD_SECONDS, RECORD_WIRE,
  STATUS_BAD_VERSION, STATUS_CAPTURED_LENGTH, STATUS_DONE, STATUS_DRAIN, STATUS_LINK_TYPE, STATUS_MORE,
} from "../layout";
import { mustDrain, trackBatch } from "../track/tracker";
import { fits } from "../wire/bytes";
import {
  describeInterface, filterOf, interfaceAt, isSupported, linkTypeOf, setScale, snaplenOf, unitsOf,
} from "./interfaces";
import { takeFrame, takeInterfaceFrame } from "./intake";

const MAGIC_MICRO: u32 = 0xa1b2c3d4;
const MAGIC_NANO: u32 = 0xa1b23c4d;
const MAGIC_MODIFIED: u32 = 0xa1b2cd34;
export const FILE_HEADER_SIZE: usize = 24;
const RECORD_HEADER_SIZE: u32 = 16;
const MODIFIED_RECORD_HEADER_SIZE: u32 = 24;
const VERSION_MAJOR: u32 = 2;
const VERSION_MINOR_MAX: u32 = 4;
/** Up to 2.2 the two lengths of a record stood the other way round; 2.3 was written in both ways. */
const MINOR_LENGTHS_SWAPPED: u32 = 2;
const MINOR_LENGTHS_UNSURE: u32 = 3;
/** Bits above say whether and how long an FCS follows each frame. */
const LINK_TYPE_MASK: u32 = 0x03ffffff;
const SECOND_NS: u64 = 1000000000;

@inline function word(ptr: usize, swapped: bool): u32 {
  const value = load<u32>(ptr);
  return swapped ? bswap<u32>(value) : value;
}

export function isPcapMagic(value: u32): bool {
  return value == MAGIC_MICRO || value == MAGIC_NANO || value == MAGIC_MODIFIED;
}

/** Reads the file header. Returns the address behind it, or `ptr` with a status that is not DONE. */
export function openPcap(ptr: usize): usize {
  const swapped = !isPcapMagic(load<u32>(ptr));
  const magic = word(ptr, swapped);
  const versions = word(ptr + 4, swapped);
  const major = swapped ? versions >> 16 : versions & 0xffff;
  const minor = swapped ? versions & 0xffff : versions >> 16;
  if (major != VERSION_MAJOR || minor > VERSION_MINOR_MAX) {
    setStatus(STATUS_BAD_VERSION, major, minor);
    return ptr;
  }
  const linkType = word(ptr + 20, swapped) & LINK_TYPE_MASK;
  const entry = interfaceAt(0);
  setState32(READER_SWAPPED, swapped ? 1 : 0);
  if (!describeInterface(entry, linkType, word(ptr + 16, swapped))) return ptr;
  if (!isSupported(entry)) {
    setStatus(STATUS_LINK_TYPE, linkType, 0);
    return ptr;
  }
  setScale(entry, SCALE_MULTIPLY, magic == MAGIC_NANO ? 1 : 1000, 0);
  setState32(READER_HEADER_SIZE, magic == MAGIC_MODIFIED ? MODIFIED_RECORD_HEADER_SIZE : RECORD_HEADER_SIZE);
  setState32(READER_MINOR, minor);
  setState32(READER_INTERFACES, 1);
  setState32(READER_FORMAT, FORMAT_PCAP);
  setStatus(STATUS_DONE);
  return ptr + FILE_HEADER_SIZE;
}

/** Walks the records from `at`. Returns the first address not used; the status says why it stopped there. */
export function walkPcap(at: usize, end: usize): usize {
  return state32(READER_SWAPPED) != 0 ? walkRecords(at, end, true) : walkRecords(at, end, false);
}

/** Inlined, so that each byte order has a loop of its own. */
@inline function walkRecords(at: usize, end: usize, swapped: bool): usize {
  const headerSize: usize = state32(READER_HEADER_SIZE);
  const entry = interfaceAt(0);
  const unitNs = unitsOf(entry);
  const linkType = linkTypeOf(entry);
  const limit = snaplenOf(entry);
  const filter = filterOf(entry);
  const minor = state32(READER_MINOR);
  let draining = false;
  while (true) {
    if (mustDrain()) {
      draining = true;
      break;
    }
    let size: u32 = 0;
    while (size < <u32>BATCH_COUNT) {
      if (!fits(at, headerSize, end)) break;
      const turned = minor <= MINOR_LENGTHS_UNSURE && lengthsTurned(at, minor, swapped);
      const captured = word(turned ? at + 12 : at + 8, swapped);
      const wire = word(turned ? at + 8 : at + 12, swapped);
      if (captured > <u32>CAPTURED_LENGTH_MAX || !fits(at + headerSize, captured, end)) break;
      const time = <u64>word(at, swapped) * SECOND_NS + <u64>word(at + 4, swapped) * unitNs;
      takeFrame(size, time, at + headerSize, captured, wire, linkType, limit, filter);
      at += headerSize + captured;
      size++;
    }
    trackBatch(size);
    if (size < <u32>BATCH_COUNT) break;
  }
  if (draining) setStatus(STATUS_DRAIN);
  else setStopStatus(at, headerSize, end, swapped);
  return at;
}

/** Does the original length of the record at `at` stand in front of the captured one? */
function lengthsTurned(at: usize, minor: u32, swapped: bool): bool {
  if (minor <= MINOR_LENGTHS_SWAPPED) return true;
  return minor == MINOR_LENGTHS_UNSURE && word(at + 8, swapped) > word(at + 12, swapped);
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
    let size: u32 = 0;
    while (size < <u32>BATCH_COUNT && at < end) {
      const captured = load<u32>(at, RECORD_CAPTURED);
      const time = (eraSeconds | <u64>load<u32>(at, RECORD_SECONDS)) * SECOND_NS + <u64>load<u32>(at, RECORD_FRACTION) * unitNs;
      takeInterfaceFrame(size, time, at + RECORD_HEADER, captured, load<u32>(at, RECORD_WIRE), captureInterface);
      at += (RECORD_HEADER + captured + padding) & ~padding;
      size++;
    }
    trackBatch(size);
  }
  return at;
}

/** Why no whole record lies at `at`. */
function setStopStatus(at: usize, headerSize: usize, end: usize, swapped: bool): void {
  if (at == end) {
    setStatus(STATUS_DONE);
    return;
  }
  if (fits(at, headerSize, end)) {
    const captured = word(lengthsTurned(at, state32(READER_MINOR), swapped) ? at + 12 : at + 8, swapped);
    if (captured > <u32>CAPTURED_LENGTH_MAX) {
      setStatus(STATUS_CAPTURED_LENGTH, captured);
      return;
    }
  }
  setStatus(STATUS_MORE);
}
