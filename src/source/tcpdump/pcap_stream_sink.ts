/**
 * A sink that writes what comes as a classic pcap stream with nanoseconds into a file descriptor: what tcpdump writes,
 * so that its reader can be the same. Writing waits as long as the reader does not read.
 */
import { writeSync } from 'node:fs';
import {
  RECORD_CAPTURED,
  RECORD_FRACTION,
  RECORD_HEADER,
  RECORD_SECONDS,
  RECORD_WIRE,
} from '../../../assembly/layout.ts';
import type { FrameBytes, FrameSink } from '../live/frame_source.ts';

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_SIZE = 24;
/** Bytes gathered before they are written without being asked. */
const BATCH_SIZE = 1 << 20;
/** A frame has at most so many bytes, and so much more is copied along. */
const FRAME_ROOM = 65_536 + 64;

export class PcapStreamSink implements FrameSink {
  readonly free = Number.MAX_SAFE_INTEGER;
  readonly closed = false;
  readonly #descriptor: number;
  readonly #snaplen: number;
  readonly #batch = new Uint8Array(BATCH_SIZE + FRAME_ROOM);
  readonly #view = new DataView(this.#batch.buffer);
  #size = 0;

  /** @param snaplen bytes kept of each frame */
  constructor(descriptor: number, snaplen: number) {
    this.#descriptor = descriptor;
    this.#snaplen = snaplen;
  }

  /** The header of the stream, written with what comes next, or by `publish`. There is one interface. */
  addInterface(linkType: number): number {
    const view = this.#view;
    view.setUint32(0, MAGIC_NANOSECONDS, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, this.#snaplen, true);
    view.setUint32(20, linkType, true);
    this.#size = FILE_HEADER_SIZE;
    return 0;
  }

  put(
    _interfaceNumber: number,
    seconds: number,
    nanos: number,
    frame: FrameBytes,
    capLen: number,
    wireLen: number,
  ): boolean {
    const kept = Math.min(capLen, this.#snaplen);
    const view = this.#view;
    const at = this.#size;
    view.setUint32(at + RECORD_SECONDS, seconds, true);
    view.setUint32(at + RECORD_FRACTION, nanos, true);
    view.setUint32(at + RECORD_CAPTURED, kept, true);
    view.setUint32(at + RECORD_WIRE, wireLen, true);
    this.#batch.set(frame.upTo(kept), at + RECORD_HEADER);
    this.#size = at + RECORD_HEADER + kept;
    if (this.#size >= BATCH_SIZE - RECORD_HEADER) this.publish();
    return true;
  }

  /** Not used: frames come one by one. */
  putRecords(): boolean {
    return false;
  }

  publish(): void {
    for (let at = 0; at < this.#size; ) at += writeSync(this.#descriptor, this.#batch, at, this.#size - at);
    this.#size = 0;
  }

  async room(): Promise<void> {}
}
