/**
 * pcapng files (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces with their own link type, snaplen,
 * clock resolution and offset; enhanced, simple and obsolete packet blocks. All other blocks are skipped.
 *
 * A block of up to RECORD_SIZE_MAX bytes is used only if it is complete and its trailer agrees; of a larger one the
 * packet is used and the rest skipped. The result therefore never depends on how the bytes arrive.
 */
import { count, presentTime, setState32, setState64, setStatus, state32, state64 } from "../control";
import {
  BATCH_COUNT, CAPTURED_LENGTH_MAX, COUNTER_SEEN, COUNTER_UNTIMED, FORMAT_PCAPNG, INTERFACE_MAX, RECORD_SIZE_MAX,
  READER_BIG_ENDIAN, READER_BIT_END, READER_BIT_TIMED, READER_BITS, READER_FORMAT, READER_INTERFACES, READER_SKIP,
  READER_TRAILER, SCALE_BINARY, SCALE_DIVIDE, SCALE_MULTIPLY, STATE_UNTIMED_NUMBER, STATUS_BAD_OPTION,
  STATUS_BAD_VERSION, STATUS_BLOCK_END, STATUS_BLOCK_LENGTH, STATUS_BLOCK_TRAILER, STATUS_BYTE_ORDER,
  STATUS_CAPTURED_LENGTH, STATUS_DONE, STATUS_DRAIN, STATUS_JOINED, STATUS_LATER, STATUS_LINK_TYPE, STATUS_MORE,
  STATUS_NO_INTERFACE, STATUS_SNAPLEN, STATUS_TOO_MANY_INTERFACES, STATUS_ZEROS,
} from "../layout";
import { mustDrain, trackBatch, trackFullBatch } from "../track/tracker";
import { fits } from "../wire/bytes";
import {
  describeInterface, interfaceAt, isSupported, linkTypeOf, reportOnce, reportSnaplenOnce, setScale, snaplenOf, timeOf,
  TIME_UNKNOWN,
} from "./interfaces";
import { batchPacket, setPacketTime } from "../decode/packet";
import {
  BLOCK_ENHANCED_PACKET, BLOCK_INTERFACE, BLOCK_LENGTH, BLOCK_MIN, BLOCK_PACKET, BLOCK_SECTION, BLOCK_SIMPLE_PACKET,
  BLOCK_TRAILER_SIZE, BLOCK_TYPE, BYTE_ORDER_MARK, BYTE_ORDER_MARK_SWAPPED, EPB_CAPTURED, EPB_FRAME, EPB_INTERFACE,
  EPB_ORIGINAL, EPB_TIME_HIGH, EPB_TIME_LOW, IDB_LINK_TYPE, IDB_OPTIONS, IDB_SNAPLEN, OPTION_CODE, OPTION_END,
  OPTION_LENGTH, OPTION_TSOFFSET, OPTION_TSRESOL, OPTION_VALUE, SHB_BYTE_ORDER, SHB_OPTIONS, SHB_VERSION_MAJOR,
  SHB_VERSION_MINOR, SPB_FRAME, SPB_ORIGINAL,
} from "../wire/pcapng";
import { keepFrameAt } from "../decode/entry";
import { takeFrame } from "./intake";
import { isPcapHeader } from "./magic";
import { dividing, routeBatch, routing } from "./route";

const DECIMAL_EXPONENT_MAX: u32 = 19;
const BINARY_EXPONENT_MAX: u32 = 63;

/** Bytes in which the next packet with a time is looked for; fewer than the host's block has. */
const LOOK_AHEAD: usize = 65536;

/** Results of the block readers, apart from the number of packets taken into the batch. */
const BLOCK_DONE: u32 = 0;
/** Stop here; the status is set. */
const BLOCK_STOP: u32 = 2;
/** The batch must be tracked first: the packet's time depends on it. */
const BLOCK_TRACK: u32 = 3;

@inline function word(ptr: usize): u32 {
  const value = load<u32>(ptr);
  return state32(READER_BIG_ENDIAN) != 0 ? bswap<u32>(value) : value;
}

@inline function half(ptr: usize): u32 {
  const value = load<u16>(ptr);
  return <u32>(state32(READER_BIG_ENDIAN) != 0 ? bswap<u16>(value) : value);
}

/** Begins a file whose first block is a section header; the walk reads it. */
export function openPcapng(): void {
  setState32(READER_FORMAT, FORMAT_PCAPNG);
  setState32(READER_SKIP, 0);
  setState32(READER_TRAILER, 0);
  setState32(READER_INTERFACES, 0);
  setStatus(STATUS_DONE);
}

/** As walkPcap, for blocks. */
export function walkPcapng(at: usize, end: usize, until: u64): usize {
  while (true) {
    if (mustDrain()) {
      setStatus(STATUS_DRAIN);
      return at;
    }
    let count: u32 = 0;
    let answer = BLOCK_DONE;
    while (count < <u32>BATCH_COUNT) {
      if (state32(READER_TRAILER) != 0) {
        at = skipRest(at, end);
        if (state32(READER_TRAILER) != 0) {
          answer = BLOCK_STOP;
          break;
        }
      }
      answer = readBlock(at, end, count, until);
      if (answer >= BLOCK_STOP) break;
      count += answer;
      at = afterBlock;
    }
    // Without more bytes others would take the place of these frames.
    if (answer < BLOCK_STOP && at != end) {
      if (trackFullBatch()) continue;
      setStatus(STATUS_DRAIN);
      break;
    }
    trackBatch(count);
    if (answer == BLOCK_STOP) break;
  }
  return at;
}

/**
 * Routes the packets of the blocks that begin before `stop` to the lists of their shards. Then the status is BLOCK_END.
 * It is JOINED at a block that has to do with others: a section, an interface, a packet without a time, a large one.
 */
@cold export function routePcapng(at: usize, end: usize, stopAt: usize): usize {
  let answer = BLOCK_DONE;
  while (answer != BLOCK_STOP) {
    let count: u32 = 0;
    while (count < <u32>BATCH_COUNT) {
      answer = at >= stopAt ? stop(STATUS_BLOCK_END) : routeBlock(at, end, count);
      if (answer >= BLOCK_STOP) break;
      count += answer;
      at = afterBlock;
    }
    routeBatch(count);
  }
  return at;
}

/** The same for all blocks, one behind the other. */
@cold export function dividePcapng(at: usize, end: usize, stopAt: usize): usize {
  let answer = BLOCK_DONE;
  while (answer != BLOCK_STOP) {
    let count: u32 = 0;
    while (count < <u32>BATCH_COUNT) {
      if (state32(READER_TRAILER) != 0) {
        at = skipRest(at, end);
        if (state32(READER_TRAILER) != 0) {
          answer = BLOCK_STOP;
          break;
        }
      }
      answer = at >= stopAt ? stop(STATUS_BLOCK_END) : readBlock(at, end, count, u64.MAX_VALUE);
      if (answer >= BLOCK_STOP) break;
      count += answer;
      at = afterBlock;
    }
    routeBatch(count);
  }
  return at;
}

function routeBlock(at: usize, end: usize, place: u32): u32 {
  if (fits(at, BLOCK_MIN, end)) {
    const type = word(at + BLOCK_TYPE);
    const isAlone = type != BLOCK_SECTION && type != BLOCK_INTERFACE && type != BLOCK_SIMPLE_PACKET;
    if (!isAlone || word(at + BLOCK_LENGTH) > <u32>RECORD_SIZE_MAX) return stop(STATUS_JOINED);
  }
  return readBlock(at, end, place, u64.MAX_VALUE);
}

/** Blocks in a row that make a guess. */
const GUESS_BLOCKS: u32 = 8;

/** As guessPcap. */
export function guessPcapng(at: usize, end: usize): usize {
  for (; fits(at, BLOCK_MIN, end); at++) if (seemsBlocks(at, end)) return at;
  return 0;
}

function seemsBlocks(at: usize, end: usize): bool {
  for (let n: u32 = 0; n < GUESS_BLOCKS; n++) {
    if (!fits(at, BLOCK_MIN, end) || word(at + BLOCK_TYPE) - 1 >= BLOCK_ENHANCED_PACKET) return false;
    const total = word(at + BLOCK_LENGTH);
    if (total < BLOCK_MIN || (total & 3) != 0 || total > <u32>RECORD_SIZE_MAX || !fits(at, total, end)) return false;
    if (word(at + total - BLOCK_TRAILER_SIZE) != total) return false;
    at += total;
  }
  return true;
}

/** Where the block that readBlock has used ends. */
let afterBlock: usize = 0;

function stop(status: u32, value: u32 = 0, detail: u32 = 0): u32 {
  setStatus(status, value, detail);
  return BLOCK_STOP;
}

function readBlock(at: usize, end: usize, place: u32, until: u64): u32 {
  if (at == end) return stop(STATUS_DONE);
  if (!fits(at, BLOCK_MIN, end)) return stop(STATUS_MORE);
  if (load<u32>(at) == BLOCK_SECTION) {
    const order = load<u32>(at, SHB_BYTE_ORDER);
    if (order != BYTE_ORDER_MARK && order != BYTE_ORDER_MARK_SWAPPED) return stop(STATUS_BYTE_ORDER, order);
    setState32(READER_BIG_ENDIAN, order == BYTE_ORDER_MARK ? 0 : 1);
  }
  const type = word(at + BLOCK_TYPE);
  const total = word(at + BLOCK_LENGTH);
  if (type - 1 >= BLOCK_ENHANCED_PACKET && type != BLOCK_SECTION) {
    if (type == 0 && total == 0) return stop(STATUS_ZEROS);
    if (isPcapHeader(at)) return stop(STATUS_JOINED);
  }
  if (total < BLOCK_MIN || (total & 3) != 0) return stop(STATUS_BLOCK_LENGTH, total, type);
  const whole = fits(at, total, end);
  if (total <= <u32>RECORD_SIZE_MAX) {
    if (!whole) return stop(STATUS_MORE);
    const trailer = word(at + total - BLOCK_TRAILER_SIZE);
    if (trailer != total) return stop(STATUS_BLOCK_TRAILER, total, trailer);
  }
  switch (type) {
    case BLOCK_ENHANCED_PACKET:
    case BLOCK_PACKET:
      const number = type == BLOCK_PACKET ? half(at + EPB_INTERFACE) : word(at + EPB_INTERFACE);
      return readPacket(at, end, total, place, until, number);
    case BLOCK_SIMPLE_PACKET:
      return readSimplePacket(at, end, total, place, until);
    case BLOCK_INTERFACE:
      return readInterface(at, total);
    case BLOCK_SECTION:
      return readSection(at, end, total);
    default:
      return leaveBlock(at, total, BLOCK_MIN - BLOCK_TRAILER_SIZE, BLOCK_DONE);
  }
}

/** Finishes a block of which `used` bytes were read. */
function leaveBlock(at: usize, total: u32, used: u32, answer: u32): u32 {
  if (total <= <u32>RECORD_SIZE_MAX) {
    afterBlock = at + total;
  } else {
    afterBlock = at + used;
    setState32(READER_SKIP, total - used - BLOCK_TRAILER_SIZE);
    setState32(READER_TRAILER, total);
  }
  return answer;
}

/** Skips the rest of a large block and checks its trailer. READER_TRAILER is 0 when that is done. */
function skipRest(at: usize, end: usize): usize {
  const skipped = min(<usize>state32(READER_SKIP), end - at);
  at += skipped;
  setState32(READER_SKIP, state32(READER_SKIP) - <u32>skipped);
  if (state32(READER_SKIP) != 0 || !fits(at, BLOCK_TRAILER_SIZE, end)) {
    setStatus(STATUS_MORE);
    return at;
  }
  const trailer = word(at);
  if (trailer != state32(READER_TRAILER)) {
    setStatus(STATUS_BLOCK_TRAILER, state32(READER_TRAILER), trailer);
    return at;
  }
  setState32(READER_TRAILER, 0);
  return at + BLOCK_TRAILER_SIZE;
}

function readSection(at: usize, end: usize, total: u32): u32 {
  if (total < SHB_OPTIONS + BLOCK_TRAILER_SIZE) return stop(STATUS_BLOCK_LENGTH, total, BLOCK_SECTION);
  if (!fits(at, SHB_OPTIONS, end)) return stop(STATUS_MORE);
  const major = half(at + SHB_VERSION_MAJOR);
  const minor = half(at + SHB_VERSION_MINOR);
  if (major != 1 || (minor != 0 && minor != 2)) return stop(STATUS_BAD_VERSION, major, minor);
  setState32(READER_INTERFACES, 0);
  return leaveBlock(at, total, SHB_OPTIONS, BLOCK_DONE);
}

function readInterface(at: usize, total: u32): u32 {
  if (total < IDB_OPTIONS + BLOCK_TRAILER_SIZE || total > <u32>RECORD_SIZE_MAX) return stop(STATUS_BLOCK_LENGTH, total, BLOCK_INTERFACE);
  const number = state32(READER_INTERFACES);
  if (number == INTERFACE_MAX) return stop(STATUS_TOO_MANY_INTERFACES, INTERFACE_MAX);
  const entry = interfaceAt(number);
  if (!describeInterface(entry, half(at + IDB_LINK_TYPE), word(at + IDB_SNAPLEN))) return BLOCK_STOP;
  setScale(entry, SCALE_MULTIPLY, 1000, 0);
  if (!readOptions(entry, at + IDB_OPTIONS, at + total - BLOCK_TRAILER_SIZE)) return BLOCK_STOP;
  setState32(READER_INTERFACES, number + 1);
  return leaveBlock(at, total, total - BLOCK_TRAILER_SIZE, BLOCK_DONE);
}

/** if_tsresol and if_tsoffset. False, with a status, when an option does not fit its block or is invalid. */
function readOptions(entry: usize, option: usize, end: usize): bool {
  let scale: u32 = SCALE_MULTIPLY;
  let units: u64 = 1000;
  let offset: i64 = 0;
  while (fits(option, OPTION_VALUE, end)) {
    const code = half(option + OPTION_CODE);
    const length = half(option + OPTION_LENGTH);
    if (code == OPTION_END) break;
    option += OPTION_VALUE;
    if (!fits(option, length, end)) {
      setStatus(STATUS_BAD_OPTION, code, length);
      return false;
    }
    if (code == OPTION_TSRESOL) {
      const resolution = <u32>load<u8>(option);
      const exponent = resolution & 0x7f;
      const binary = (resolution & 0x80) != 0;
      if (length != 1 || exponent > (binary ? BINARY_EXPONENT_MAX : DECIMAL_EXPONENT_MAX)) {
        setStatus(STATUS_BAD_OPTION, code, length);
        return false;
      }
      scale = binary ? SCALE_BINARY : exponent <= 9 ? SCALE_MULTIPLY : SCALE_DIVIDE;
      units = binary ? exponent : powerOfTen(exponent <= 9 ? 9 - exponent : exponent - 9);
    } else if (code == OPTION_TSOFFSET) {
      if (length != 8) {
        setStatus(STATUS_BAD_OPTION, code, length);
        return false;
      }
      const value = load<u64>(option);
      offset = <i64>(state32(READER_BIG_ENDIAN) != 0 ? bswap<u64>(value) : value);
    }
    option += (length + 3) & ~3;
    if (option > end) break;
  }
  setScale(entry, scale, units, offset);
  return true;
}

function powerOfTen(exponent: u32): u64 {
  let power: u64 = 1;
  for (let n: u32 = 0; n < exponent; n++) power *= 10;
  return power;
}

/** Enhanced and obsolete packet blocks have the same size of fixed part, with time and lengths at the same places. */
function readPacket(at: usize, end: usize, total: u32, place: u32, until: u64, number: u32): u32 {
  if (total < EPB_FRAME + BLOCK_TRAILER_SIZE) return stop(STATUS_BLOCK_LENGTH, total, BLOCK_ENHANCED_PACKET);
  if (!fits(at, EPB_FRAME, end)) return stop(STATUS_MORE);
  if (number >= state32(READER_INTERFACES)) return stop(STATUS_NO_INTERFACE, number, state32(READER_INTERFACES));
  const captured = word(at + EPB_CAPTURED);
  if (captured > <u32>CAPTURED_LENGTH_MAX) return stop(STATUS_CAPTURED_LENGTH, captured);
  const used = EPB_FRAME + ((captured + 3) & ~3);
  if (used + BLOCK_TRAILER_SIZE > total) return stop(STATUS_CAPTURED_LENGTH, captured);
  if (!fits(at, used, end)) return stop(STATUS_MORE);
  const entry = interfaceAt(number);
  if (!isSupported(entry) && reportOnce(entry)) return stop(STATUS_LINK_TYPE, linkTypeOf(entry), number);
  const limit = snaplenOf(entry);
  if (limit != 0 && captured > limit && reportSnaplenOnce(entry)) return stop(STATUS_SNAPLEN, captured, limit);
  const time = timeOf(entry, packetUnits(at));
  const packet = batchPacket(place);
  if (routing) {
    if (time == TIME_UNKNOWN && !dividing) return stop(STATUS_JOINED);
    keepFrameAt(place, at + EPB_FRAME, captured, number);
  }
  if (time != TIME_UNKNOWN) {
    if (time >= until && until != u64.MAX_VALUE) return stop(STATUS_LATER, <u32>time, <u32>(time >> 32));
    setState32(READER_BITS, state32(READER_BITS) | READER_BIT_TIMED);
    setPacketTime(packet, time);
  } else if (place != 0) {
    return BLOCK_TRACK;
  } else if (!timeUntimed(packet, at, end, until)) {
    return BLOCK_STOP;
  }
  return leaveBlock(at, total, used, takeFrame(packet, at + EPB_FRAME, captured, word(at + EPB_ORIGINAL), entry));
}

/** Clock units in an enhanced or obsolete packet block. */
@inline function packetUnits(at: usize): u64 {
  return (<u64>word(at + EPB_TIME_HIGH) << 32) | <u64>word(at + EPB_TIME_LOW);
}

/**
 * Gives the packet at `at`, which has no time, that of the packet before it: that one may still wait to be believed, and
 * what says nothing of the time must not speak against it. The first packets of a file have the time of the next one
 * that has one; if there is none near, the clock's, which is 0 at the beginning of a capture. False, with a status, when
 * the bytes do not tell yet or the time is not before `until`.
 */
function timeUntimed(packet: usize, at: usize, end: usize, until: u64): bool {
  let time = presentTime();
  if ((state32(READER_BITS) & READER_BIT_TIMED) == 0) {
    const next = nextTime(at, end);
    if (next == TIME_UNKNOWN) {
      setStatus(STATUS_MORE);
      return false;
    }
    if (next != 0) time = next;
    if (time >= until && until != u64.MAX_VALUE) {
      setStatus(STATUS_LATER, <u32>time, <u32>(time >> 32));
      return false;
    }
  }
  count(COUNTER_UNTIMED);
  if (state64(STATE_UNTIMED_NUMBER) == 0) setState64(STATE_UNTIMED_NUMBER, state64(COUNTER_SEEN) + 1);
  setPacketTime(packet, time);
  return true;
}

/**
 * The time of the next packet that has one, if its block begins within LOOK_AHEAD bytes, in the same section and with an
 * interface described by now; else 0. TIME_UNKNOWN: more bytes must be read.
 */
function nextTime(from: usize, end: usize): u64 {
  for (let at = from; at - from <= LOOK_AHEAD;) {
    if (at > end || !fits(at, EPB_FRAME, end)) return (state32(READER_BITS) & READER_BIT_END) != 0 ? 0 : TIME_UNKNOWN;
    const type = word(at + BLOCK_TYPE);
    const total = word(at + BLOCK_LENGTH);
    if (total < BLOCK_MIN || (total & 3) != 0 || load<u32>(at) == BLOCK_SECTION) return 0;
    if (type == BLOCK_ENHANCED_PACKET || type == BLOCK_PACKET) {
      const number = type == BLOCK_PACKET ? half(at + EPB_INTERFACE) : word(at + EPB_INTERFACE);
      if (number >= state32(READER_INTERFACES)) return 0;
      const time = timeOf(interfaceAt(number), packetUnits(at));
      if (time != TIME_UNKNOWN) return time;
    }
    at += total;
  }
  return 0;
}

/** No interface number (it is 0), no time, no captured length (the snaplen says it). */
function readSimplePacket(at: usize, end: usize, total: u32, place: u32, until: u64): u32 {
  if (total < SPB_FRAME + BLOCK_TRAILER_SIZE) return stop(STATUS_BLOCK_LENGTH, total, BLOCK_SIMPLE_PACKET);
  if (!fits(at, SPB_FRAME, end)) return stop(STATUS_MORE);
  if (state32(READER_INTERFACES) == 0) return stop(STATUS_NO_INTERFACE, 0, 0);
  if (place != 0) return BLOCK_TRACK;
  const entry = interfaceAt(0);
  const wireLength = word(at + SPB_ORIGINAL);
  let captured = min(wireLength, total - SPB_FRAME - BLOCK_TRAILER_SIZE);
  const limit = snaplenOf(entry);
  if (limit != 0) captured = min(captured, limit);
  if (captured > <u32>CAPTURED_LENGTH_MAX) return stop(STATUS_CAPTURED_LENGTH, captured);
  if (!fits(at, SPB_FRAME + captured, end)) return stop(STATUS_MORE);
  if (!isSupported(entry) && reportOnce(entry)) return stop(STATUS_LINK_TYPE, linkTypeOf(entry), 0);
  const packet = batchPacket(place);
  if (routing) keepFrameAt(place, at + SPB_FRAME, captured, 0);
  if (!timeUntimed(packet, at, end, until)) return BLOCK_STOP;
  return leaveBlock(at, total, SPB_FRAME + captured, takeFrame(packet, at + SPB_FRAME, captured, wireLength, entry));
}
