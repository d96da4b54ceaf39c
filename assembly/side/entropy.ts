/**
 * Side records of entropy: how often each byte occurs in the first 65,535 captured payload bytes of each side, in order
 * of arrival, with what was sent again. Shannon's H = log2 n - (sum of c log2 c) / n, in bits per byte.
 */
import { entropyTableBase } from "../control";
import {
  ENTROPY_BLOCK_FORWARD, ENTROPY_BLOCK_REVERSE, ENTROPY_BYTES_MAX, ENTROPY_COUNTS, ENTROPY_SEEN,
  ENTROPY_TABLE_COUNT, FLOW_BIT_ORIGINATOR_HIGH, SIDE_ENTROPY,
} from "../layout";
import { flowAt, flowBits } from "../table/flow";
import { u8At } from "../wire/bytes";
import { payloadCaptured, payloadStart } from "./payload_range";
import { sideBlock, sideRecord, sideRest } from "./record";

/** Of the counters of a side. */
const COUNTS_BYTES: usize = 512;

@inline function entropyRecord(index: u32): usize { return sideRecord(SIDE_ENTROPY, index); }
@inline function seenAt(record: usize, side: u32): usize { return record + ENTROPY_SEEN + (<usize>side << 2); }
@inline function countsAt(index: u32, side: u32): usize {
  return sideRest(SIDE_ENTROPY, index) + ENTROPY_COUNTS + <usize>side * COUNTS_BYTES;
}

/** c log2 c for small c: most counts are. */
export function initEntropy(): void {
  for (let count: usize = 0; count < <usize>ENTROPY_TABLE_COUNT; count++) {
    store<f64>(entropyTableBase + (count << 3), weigh(<u32>count));
  }
}

/** c log2 c; 0 for 0. */
@inline function weigh(count: u32): f64 { return count == 0 ? 0 : <f64>count * Math.log2(<f64>count); }

/** The counters of a side are cleared when it sends payload: many never do. */
@cold export function startEntropy(index: u32): void {
  store<u64>(entropyRecord(index), 0, ENTROPY_SEEN);
}

/** A packet that `side`, 0 or 1 of the key, has sent. */
export function entropyOfPacket(index: u32, packet: usize, side: u32): void {
  const record = entropyRecord(index);
  const seen = load<u32>(seenAt(record, side));
  const size = min<u32>(payloadCaptured(packet), <u32>ENTROPY_BYTES_MAX - seen);
  if (size == 0) return;
  const counts = countsAt(index, side);
  if (seen == 0) memory.fill(counts, 0, COUNTS_BYTES);
  const start = payloadStart(packet);
  const end = start + <usize>size;
  for (let at = start; at < end; at++) {
    const counter = counts + (<usize>u8At(at) << 1);
    store<u16>(counter, load<u16>(counter) + 1);
  }
  store<u32>(seenAt(record, side), seen + size);
}

@cold export function writeEntropyBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_ENTROPY, row);
  const originator: u32 = (flowBits(flowAt(index)) & FLOW_BIT_ORIGINATOR_HIGH) != 0 ? 1 : 0;
  writeEntropy(block + ENTROPY_BLOCK_FORWARD, index, originator);
  writeEntropy(block + ENTROPY_BLOCK_REVERSE, index, originator ^ 1);
}

function writeEntropy(to: usize, index: u32, side: u32): void {
  const seen = load<u32>(seenAt(entropyRecord(index), side));
  if (seen == 0) store<u64>(to, u64.MAX_VALUE);
  else store<f64>(to, entropyOf(countsAt(index, side), seen));
}

function entropyOf(from: usize, seen: u32): f64 {
  let sum: f64 = 0;
  // Four counters at a time: of a short payload most are 0.
  for (let at = from; at < from + COUNTS_BYTES; at += 8) {
    for (let counts = load<u64>(at); counts != 0; counts >>= 16) {
      const count = <u32>counts & 0xffff;
      // All bytes are the same: exactly 0, which rounding might miss.
      if (count == seen) return 0;
      sum += count < <u32>ENTROPY_TABLE_COUNT ? load<f64>(entropyTableBase + (<usize>count << 3)) : weigh(count);
    }
  }
  return Math.log2(<f64>seen) - sum / <f64>seen;
}
