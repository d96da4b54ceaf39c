/**
 * Side records of entropy: how often each byte occurs in the first 65,535 captured payload bytes of each side, in order
 * of arrival, with what was sent again. Shannon's H = log2 n - (sum of c log2 c) / n, in bits per byte.
 */
import { entropyTableBase } from "../control";
import {
  ENTROPY_BLOCK_FORWARD, ENTROPY_BLOCK_REVERSE, ENTROPY_BYTES_MAX, ENTROPY_COUNTS, ENTROPY_SEEN, ENTROPY_SIDE_SIZE,
  ENTROPY_SIZE, ENTROPY_TABLE_COUNT, FLOW_BIT_ORIGINATOR_HIGH, SIDE_ENTROPY,
} from "../layout";
import { flowAt, flowBits } from "../table/flow";
import { u8At } from "../wire/bytes";
import { payloadCaptured, payloadStart } from "./payload_range";
import { sideBlock, sideRecord } from "./record";

const BYTE_VALUES: usize = 256;

@inline function entropyRecord(index: u32): usize { return sideRecord(SIDE_ENTROPY, index, ENTROPY_SIZE); }

/** c log2 c for small c: most counts are. */
export function initEntropy(): void {
  for (let count: usize = 0; count < <usize>ENTROPY_TABLE_COUNT; count++) {
    store<f64>(entropyTableBase + (count << 3), weigh(<u32>count));
  }
}

/** c log2 c; 0 for 0. */
@inline function weigh(count: u32): f64 { return count == 0 ? 0 : <f64>count * Math.log2(<f64>count); }

export function startEntropy(index: u32): void {
  memory.fill(entropyRecord(index), 0, ENTROPY_SIZE);
}

/** A packet that `side`, 0 or 1 of the key, has sent. */
export function entropyOfPacket(index: u32, packet: usize, side: u32): void {
  const own = entropyRecord(index) + <usize>side * ENTROPY_SIDE_SIZE;
  const seen = load<u32>(own, ENTROPY_SEEN);
  const size = min<u32>(payloadCaptured(packet), <u32>ENTROPY_BYTES_MAX - seen);
  if (size == 0) return;
  const start = payloadStart(packet);
  const end = start + <usize>size;
  for (let at = start; at < end; at++) {
    const counter = own + (<usize>u8At(at) << 1);
    store<u16>(counter, load<u16>(counter, ENTROPY_COUNTS) + 1, ENTROPY_COUNTS);
  }
  store<u32>(own, seen + size, ENTROPY_SEEN);
}

export function writeEntropyBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_ENTROPY, row);
  const record = entropyRecord(index);
  const isTurned = (flowBits(flowAt(index)) & FLOW_BIT_ORIGINATOR_HIGH) != 0;
  writeEntropy(block + ENTROPY_BLOCK_FORWARD, record + (isTurned ? ENTROPY_SIDE_SIZE : 0));
  writeEntropy(block + ENTROPY_BLOCK_REVERSE, record + (isTurned ? 0 : ENTROPY_SIDE_SIZE));
}

function writeEntropy(to: usize, side: usize): void {
  const seen = load<u32>(side, ENTROPY_SEEN);
  if (seen == 0) store<u64>(to, u64.MAX_VALUE);
  else store<f64>(to, entropyOf(side, seen));
}

function entropyOf(side: usize, seen: u32): f64 {
  let sum: f64 = 0;
  for (let value: usize = 0; value < BYTE_VALUES; value++) {
    const count = <u32>load<u16>(side + (value << 1), ENTROPY_COUNTS);
    // All bytes are the same: exactly 0, which rounding might miss.
    if (count == seen) return 0;
    sum += count < <u32>ENTROPY_TABLE_COUNT ? load<f64>(entropyTableBase + (<usize>count << 3)) : weigh(count);
  }
  return Math.log2(<f64>seen) - sum / <f64>seen;
}
