/** Recognises a capture file by its magic and walks its records. */
import { setState32, setStatus, state32 } from "../control";
import {
  FORMAT_NONE, FORMAT_PCAP, READER_BITS, READER_FORMAT, READER_INTERFACES, STATUS_DRAIN, STATUS_MORE,
  STATUS_NOT_A_CAPTURE,
} from "../layout";
import { beginSlice } from "../track/slice";
import { finishBatch } from "../track/tracker";
import { fits } from "../wire/bytes";
import { beginConversion, converting } from "./convert";
import { PCAP_HEADER_SIZE } from "../wire/pcap";
import { BLOCK_SECTION } from "../wire/pcapng";
import { isPcapMagic } from "./magic";
import { openPcap, walkPcap } from "./pcap";
import { openPcapng, walkPcapng } from "./pcapng";

/** Of either format. */
const MAGIC_SIZE: usize = 4;

/** Begins a file at `at`. Returns the address of the first record, or `at` with a status. */
export function openCapture(at: usize, end: usize): usize {
  setState32(READER_FORMAT, FORMAT_NONE);
  setState32(READER_INTERFACES, 0);
  setState32(READER_BITS, 0);
  if (!fits(at, MAGIC_SIZE, end)) {
    setStatus(STATUS_MORE);
    return at;
  }
  const magic = load<u32>(at);
  if (magic == BLOCK_SECTION) {
    openPcapng();
    return at;
  }
  if (!isPcapMagic(magic) && !isPcapMagic(bswap<u32>(magic))) {
    setStatus(STATUS_NOT_A_CAPTURE, magic);
    return at;
  }
  if (!fits(at, PCAP_HEADER_SIZE, end)) {
    setStatus(STATUS_MORE);
    return at;
  }
  return openPcap(at);
}

/**
 * Uses the records in [at, end) of an open file up to the first one of the time `until`, in nanoseconds, or later; the
 * largest number is no limit. Returns the first address not used. The status: DONE, MORE, DRAIN, LATER, FILTER,
 * LINK_TYPE, SNAPLEN, JOINED, or what is wrong with the record at that address.
 */
export function walkCapture(at: usize, end: usize, until: u64): usize {
  beginSlice();
  if (!finishBatch()) {
    setStatus(STATUS_DRAIN);
    return at;
  }
  if (converting()) beginConversion(at);
  return state32(READER_FORMAT) == FORMAT_PCAP ? walkPcap(at, end, until) : walkPcapng(at, end, until);
}
