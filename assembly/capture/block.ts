/** One block of a file that engines share: guess where its records begin, and route them to their shards. */
import { state32 } from "../control";
import { FORMAT_PCAP, READER_FORMAT } from "../layout";
import { guessPcapng, routePcapng } from "./pcapng";
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
  beginRouting();
  const next = state32(READER_FORMAT) == FORMAT_PCAP ? routePcap(at, end, stop) : routePcapng(at, end, stop);
  endRouting();
  return next;
}
