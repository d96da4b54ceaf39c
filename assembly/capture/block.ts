/** One block of a file that engines share: guess where its records begin, and route them to their shards. */
import { state32 } from "../control";
import { FORMAT_PCAP, READER_FORMAT } from "../layout";
import { dividePcapng, guessPcapng, routePcapng } from "./pcapng";
import { beginRouting, endRouting } from "./route";
import { guessPcap, routePcap } from "./pcap";

export { beginBlock } from "./route";

/** Where the first record in [at, end) probably begins; 0: it cannot be guessed. */
export function guessRecord(at: usize, end: usize): usize {
  return state32(READER_FORMAT) == FORMAT_PCAP ? guessPcap(at, end) : guessPcapng(at, end);
}

/**
 * As walkCapture, but routes the packets of the records that begin before `stop`. The status is then BLOCK_END. What
 * walkCapture would report is its status too; it never is DRAIN.
 */
export function walkBlock(at: usize, end: usize, stop: usize): usize {
  beginRouting(false);
  const next = state32(READER_FORMAT) == FORMAT_PCAP ? routePcap(at, end, stop) : routePcapng(at, end, stop);
  endRouting();
  return next;
}

/**
 * As walkBlock, but for a file that this engine alone reads from its begin to its end: nothing in it has to do with
 * other engines, and a packet without a time has one as in walkCapture. The clock is the latest time of the file.
 */
export function divideCapture(at: usize, end: usize, stop: usize): usize {
  beginRouting(true);
  const next = state32(READER_FORMAT) == FORMAT_PCAP ? routePcap(at, end, stop) : dividePcapng(at, end, stop);
  endRouting();
  return next;
}
