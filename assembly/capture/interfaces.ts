/** Capture interfaces: link type, snaplen, clock resolution and filter of each. Classic pcap has one, number 0. */
import { addSaturated, filtering, interfacesBase, setStatus, state32 } from "../control";
import { converting } from "./convert";
import {
  CONFIG_WINDOW, FILTERS, FILTERS_MAX, INTERFACE_BITS, INTERFACE_BIT_CONVERTED, INTERFACE_BIT_COOKED, INTERFACE_BIT_REPORTED,
  INTERFACE_BIT_SUPPORTED, INTERFACE_BIT_WINDOWED,
  INTERFACE_FILTER, INTERFACE_LINK_TYPE, INTERFACE_LONG, INTERFACE_OFFSET, INTERFACE_SCALE, INTERFACE_SIZE,
  INTERFACE_SNAPLEN, INTERFACE_UNITS, NIL, READER_BIG_ENDIAN, SCALE_BINARY, SCALE_DIVIDE, SCALE_MULTIPLY,
  STATUS_FILTER,
} from "../layout";
import { isKnownLinkType } from "../decode/link";

const SECOND_NS: u64 = 1000000000;
/** Seconds that still fit when written in nanoseconds. */
const SECONDS_MAX: u64 = 18446744073;

@inline export function interfaceAt(number: u32): usize { return interfacesBase + <usize>number * INTERFACE_SIZE; }
@inline export function linkTypeOf(i: usize): u32 { return load<u32>(i, INTERFACE_LINK_TYPE); }
@inline export function snaplenOf(i: usize): u32 { return load<u32>(i, INTERFACE_SNAPLEN); }
@inline export function filterOf(i: usize): u32 { return load<u32>(i, INTERFACE_FILTER); }
@inline export function bitsOf(i: usize): u32 { return load<u32>(i, INTERFACE_BITS); }
@inline export function isSupported(i: usize): bool { return (bitsOf(i) & INTERFACE_BIT_SUPPORTED) != 0; }
/** Whether its frames are taken as they are: the link type is supported, nothing is converted, no window is set. */
@inline export function isTaken(i: usize): bool { return bitsOf(i) == INTERFACE_BIT_SUPPORTED; }

@inline export function isWindowed(i: usize): bool { return (bitsOf(i) & INTERFACE_BIT_WINDOWED) != 0; }
@inline export function isCooked(i: usize): bool { return (bitsOf(i) & INTERFACE_BIT_COOKED) != 0; }
export function markCooked(i: usize): void { store<u32>(i, bitsOf(i) | INTERFACE_BIT_COOKED, INTERFACE_BITS); }

/** Clock units: see setScale. */
@inline export function unitsOf(i: usize): u64 { return load<u64>(i, INTERFACE_UNITS); }

/** True the first time. */
export function reportOnce(i: usize): bool {
  const bits = load<u32>(i, INTERFACE_BITS);
  store<u32>(i, bits | INTERFACE_BIT_REPORTED, INTERFACE_BITS);
  return (bits & INTERFACE_BIT_REPORTED) == 0;
}

/** The same of a packet that is longer than the snaplen. */
export function reportSnaplenOnce(i: usize): bool {
  const isFirst = load<u32>(i, INTERFACE_LONG) == 0;
  store<u32>(i, 1, INTERFACE_LONG);
  return isFirst;
}

/**
 * Registers an interface. False when the host must first supply a filter for its link type: the status asks for it, and
 * the host repeats the call.
 */
export function describeInterface(i: usize, linkType: u32, snaplen: u32): bool {
  let supported = isKnownLinkType(linkType);
  let filter: u32 = 0;
  if (filtering && supported) {
    const bigEndian = state32(READER_BIG_ENDIAN);
    filter = findFilter(linkType, bigEndian);
    if (filter == 0) {
      setStatus(STATUS_FILTER, linkType, bigEndian);
      return false;
    }
    if (filter == NIL) supported = false;
  }
  store<u32>(i, linkType, INTERFACE_LINK_TYPE);
  store<u32>(i, snaplen, INTERFACE_SNAPLEN);
  store<u32>(i, filter, INTERFACE_FILTER);
  let bits: u32 = converting() ? INTERFACE_BIT_CONVERTED : 0;
  if (state32(CONFIG_WINDOW) != 0) bits |= INTERFACE_BIT_WINDOWED;
  if (supported) bits |= INTERFACE_BIT_SUPPORTED;
  else if (filter == NIL) bits |= INTERFACE_BIT_REPORTED;
  store<u32>(i, bits, INTERFACE_BITS);
  store<u32>(i, 0, INTERFACE_LONG);
  store<u64>(i, 0, INTERFACE_OFFSET);
  return true;
}

/** Clock units: nanoseconds are units x or / `units`, or units are 2^-`units` seconds. `offset` is added, in seconds. */
export function setScale(i: usize, scale: u32, units: u64, offset: i64): void {
  store<u32>(i, scale, INTERFACE_SCALE);
  store<u64>(i, units, INTERFACE_UNITS);
  store<i64>(i, offset, INTERFACE_OFFSET);
}

/** In place of a time before 1970 or after 2554. */
export const TIME_UNKNOWN: u64 = u64.MAX_VALUE;

/** Clock units to nanoseconds since the epoch, cut off below; or TIME_UNKNOWN. */
export function timeOf(i: usize, units: u64): u64 {
  const scale = load<u32>(i, INTERFACE_SCALE);
  const factor = load<u64>(i, INTERFACE_UNITS);
  const offset = load<i64>(i, INTERFACE_OFFSET);
  let seconds: u64;
  let nanos: u64;
  if (scale == SCALE_BINARY) {
    seconds = units >> factor;
    nanos = binaryNanos(units & ((<u64>1 << factor) - 1), factor);
  } else if (scale == SCALE_DIVIDE) {
    seconds = units / (SECOND_NS * factor);
    nanos = units % (SECOND_NS * factor) / factor;
  } else {
    if (offset == 0) return units > u64.MAX_VALUE / factor ? TIME_UNKNOWN : units * factor;
    seconds = units / (SECOND_NS / factor);
    nanos = units % (SECOND_NS / factor) * factor;
  }
  if (offset < 0) {
    const back = 0 - <u64>offset;
    if (back > seconds) return TIME_UNKNOWN;
    seconds -= back;
  } else {
    seconds = addSaturated(seconds, <u64>offset);
  }
  return seconds > SECONDS_MAX ? TIME_UNKNOWN : addSaturated(seconds * SECOND_NS, nanos);
}

/** A fraction in units of 2^-exponent seconds. A product of more than 64 bits is made in two halves. */
function binaryNanos(fraction: u64, exponent: u64): u64 {
  if (exponent <= 32) return (fraction * SECOND_NS) >> exponent;
  return ((fraction >> 32) * SECOND_NS + (((fraction & 0xffff_ffff) * SECOND_NS) >> 32)) >> (exponent - 32);
}

/** A filter depends on the byte order of the file too: that of the family in LINKTYPE_NULL is the file's. */
@inline function filterKey(linkType: u32, bigEndian: u32): u32 { return linkType | (bigEndian << 31); }

/** The filter of a link type in the function table, or 0. */
function findFilter(linkType: u32, bigEndian: u32): u32 {
  const key = filterKey(linkType, bigEndian);
  for (let n: usize = 0; n < <usize>FILTERS_MAX; n++) {
    const entry = FILTERS + (n << 3);
    const filter = load<u32>(entry, 4);
    if (filter == 0) return 0;
    if (load<u32>(entry) == key) return filter;
  }
  return 0;
}

/**
 * Registers a filter: `filter` is its place in the function table, not 0; NIL when no filter is possible for the link
 * type; its packets then count as not tracked.
 */
export function addFilter(linkType: u32, bigEndian: u32, filter: u32): void {
  const key = filterKey(linkType, bigEndian);
  for (let n: usize = 0; n < <usize>FILTERS_MAX; n++) {
    const entry = FILTERS + (n << 3);
    if (load<u32>(entry, 4) != 0 && load<u32>(entry) != key) continue;
    store<u32>(entry, key);
    store<u32>(entry, filter, 4);
    return;
  }
}
