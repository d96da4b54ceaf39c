/**
 * Watches a folder and summarises each capture that appears in it, as a capture program that rotates its files would
 * fill it. A file is read once its size has not changed for half a second. Ctrl-C ends it, or the number of files.
 *
 *   node examples/watch_folder.mjs FOLDER [FILES]
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PcapflowError, readFlows } from 'pcapflow';

const [folder = 'pcaps', files = 'Infinity'] = process.argv.slice(2);
const CAPTURE = /\.(pcap|pcapng|cap)(\.gz|\.zst)?$/;
const INTERVAL_MS = 500;

/** Sizes when the folder was last looked at; `null` for files that were read. */
const sizes = new Map();
for (let left = Number(files); left > 0; ) {
  for (const name of (await readdir(folder)).filter((entry) => CAPTURE.test(entry)).sort()) {
    if (left === 0 || sizes.get(name) === null) continue;
    const path = join(folder, name);
    const { size } = await stat(path);
    if (size > 0 && sizes.get(name) === size) {
      console.log(`${name}: ${await summary(path)}`);
      sizes.set(name, null);
      left--;
    } else {
      sizes.set(name, size);
    }
  }
  if (left > 0) await setTimeout(INTERVAL_MS);
}

/** A damaged file does not end the watch. */
async function summary(path) {
  let flows = 0;
  let bytes = 0;
  try {
    for await (const flow of readFlows(path)) {
      flows++;
      bytes += flow.bytesForward + flow.bytesReverse;
    }
  } catch (error) {
    if (!(error instanceof PcapflowError)) throw error;
    return `${flows} flows, ${bytes} B, then: ${error.message}`;
  }
  return `${flows} flows, ${bytes} B`;
}
