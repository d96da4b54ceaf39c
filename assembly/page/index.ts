/**
 * What the page of `pcapflow web` calls: the same engine as index.ts, without what only other hosts need (rings, shares
 * of a capture, IPFIX, look-ups) and what writes text and columns (writer.ts), so that less is loaded.
 */
export { addFilter } from "../capture/interfaces";
export { openCapture, walkCapture } from "../capture/capture";
export { releaseClosed } from "../track/ending";
export { releaseFirstPayload } from "../side/first_payload";
export { takeReady } from "../side/first_queue";
export { writeClosed, writeFlow } from "../out/rows";
export { beginFlush, flushSome, orderActive } from "../track/flush";
export { init, layoutVersion } from "../index";
