/** What the host can call. */
import { readConfig } from "./control";
import { initClock } from "./track/clock";
import { initEnding } from "./track/ending";
import { initEviction } from "./track/eviction";
import { LAYOUT_VERSION } from "./layout";
import { initSides } from "./side/side";
import { initPool, usedBytes } from "./table/pool";
import { initTable } from "./table/table";
import { initHeldSyns } from "./track/held_syn";
import { initWheel } from "./track/wheel";
import { isKnownLinkType } from "./decode/link";

export { addFilter } from "./capture/interfaces";
export { beginBlock, divideCapture, guessRecord, walkBlock } from "./capture/block";
export { openCapture, walkCapture } from "./capture/capture";
export { releaseClosed } from "./track/ending";
export { rowWithoutText } from "./side/first_block";
export { releaseFirstPayload } from "./side/first_payload";
export { takeReady } from "./side/first_queue";
export { consumePiece, describeSource, dropClosed } from "./capture/ring";
export { writeColumns } from "./out/columns";
export { writeDataRecords } from "./out/data_records";
export { findByAddresses } from "./out/query";
export { writeActive, writeClosed, writeFlow, writeOrdered, writeStarted } from "./out/rows";
export { writeLines as writeText } from "./out/zeek_lines";
export { mergeRows, writeSerialRows } from "./out/serial_rows";
export { passTime } from "./track/clock";
export { believeTimes, passClock, trackList } from "./track/list";
export { beginSerialFlush } from "./table/serial_order";
export { turnFlow } from "./track/originator";
export { beginFlush, flushSome, orderActive } from "./track/flush";

/** The layout this module was compiled with. */
export function layoutVersion(): u32 {
  return LAYOUT_VERSION;
}

/** Makes an empty table. The host has written the options into the control block of a fresh memory. */
export function init(): void {
  readConfig();
  initPool();
  initSides();
  initTable();
  initWheel();
  initClock();
  initEnding();
  initEviction();
  initHeldSyns();
}

/** Joins a table that another instance over the same memory has made. */
export function attach(): void {
  readConfig();
}

/** Can frames of this link type be decoded? */
export function knowsLinkType(linkType: u32): bool {
  return isKnownLinkType(linkType);
}

/** Bytes in use, for the figures. */
export function memoryUsed(): f64 {
  return <f64>usedBytes();
}
