/** The highest sequence number that a side has sent, and the segment whose acknowledgement is waited for. */
import {
  TCP_BIT_SAMPLE, TCP_BIT_SAMPLE_FAR, TCP_BIT_SAMPLE_VALID, TCP_NEXT, TCP_SAMPLE_END, TCP_SAMPLE_TIME, TCP_WRAPS,
} from "../layout";
import { takeRest } from "./tcp_record";

/** Half of the space of sequence numbers. */
const HALF: u64 = 0x80000000;

/** Moves the highest end on by `length` bytes from `next`. */
@inline export function moveNext(index: u32, sender: u32, own: usize, next: u32, length: u64): void {
  const end = <u64>next + length;
  store<u32>(own, <u32>end, TCP_NEXT);
  if (end >> 32 != 0) addWraps(index, sender, <u32>(end >> 32));
}

@cold function addWraps(index: u32, sender: u32, wraps: u32): void {
  const rest = takeRest(index, sender);
  store<u32>(rest, load<u32>(rest, TCP_WRAPS) + wraps, TCP_WRAPS);
}

/**
 * `length` bytes were sent beyond `next`, the highest ones so far. Without a sample that waits they begin one, which is
 * valid if none of them was sent before, and none left out. Returns the new bits of the side.
 */
@inline export function advance(
  index: u32, sender: u32, own: usize, next: u32, length: u64, time: u64, isValid: bool, bits: u32,
): u32 {
  moveNext(index, sender, own, next, length);
  if ((bits & TCP_BIT_SAMPLE) == 0) return beginSample(own, time, isValid, bits);
  return isFar(next, load<u32>(own, TCP_SAMPLE_END), length) ? bits | TCP_BIT_SAMPLE_FAR : bits;
}

/** Is the end of a sample too far behind the highest end, which was `next` before `length` bytes? */
@inline export function isFar(next: u32, sampleEnd: u32, length: u64): bool {
  return <u64>(next - sampleEnd) + length >= HALF;
}

/** A sample that ends at the highest end. */
@inline export function beginSample(own: usize, time: u64, isValid: bool, bits: u32): u32 {
  store<u32>(own, load<u32>(own, TCP_NEXT), TCP_SAMPLE_END);
  store<u64>(own, time, TCP_SAMPLE_TIME);
  bits &= ~(TCP_BIT_SAMPLE_VALID | TCP_BIT_SAMPLE_FAR);
  return bits | (isValid ? TCP_BIT_SAMPLE | TCP_BIT_SAMPLE_VALID : TCP_BIT_SAMPLE);
}
