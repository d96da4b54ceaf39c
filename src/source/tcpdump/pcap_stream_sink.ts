/**
 * A sink that writes frames as a classic nanosecond pcap stream to a file descriptor, as tcpdump does, so both can be
 * read by the same code. Writing blocks while the reader does not read.
 */
import { writeSync } from 'node:fs';
import {
  PCAP_CAPTURED,
  PCAP_FRACTION,
  PCAP_HEADER_SIZE,
  PCAP_LINK_TYPE,
  PCAP_MAGIC,
  PCAP_MAGIC_NANO,
  PCAP_MAJOR,
  PCAP_MINOR,
  PCAP_ORIGINAL,
  PCAP_RECORD_HEADER,
  PCAP_SECONDS,
  PCAP_SNAPLEN,
  PCAP_VERSION_MAJOR,
  PCAP_VERSION_MINOR,
} from '../../../assembly/wire/pcap.ts';
import type { FrameBytes, FrameSink } from '../live/frame_source.ts';

/** Bytes gathered before they are written without a call of `publish`. */
const BATCH_SIZE = 1 << 20;
/** The most bytes of a frame, plus the excess that is copied with it. */
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

  /** The header of the stream, written with the next frames or by `publish`. There is only one interface. */
  addInterface(linkType: number): number {
    const view = this.#view;
    view.setUint32(PCAP_MAGIC, PCAP_MAGIC_NANO, true);
    view.setUint16(PCAP_VERSION_MAJOR, PCAP_MAJOR, true);
    view.setUint16(PCAP_VERSION_MINOR, PCAP_MINOR, true);
    view.setUint32(PCAP_SNAPLEN, this.#snaplen, true);
    view.setUint32(PCAP_LINK_TYPE, linkType, true);
    this.#size = PCAP_HEADER_SIZE;
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
    view.setUint32(at + PCAP_SECONDS, seconds, true);
    view.setUint32(at + PCAP_FRACTION, nanos, true);
    view.setUint32(at + PCAP_CAPTURED, kept, true);
    view.setUint32(at + PCAP_ORIGINAL, wireLen, true);
    this.#batch.set(frame.upTo(kept), at + PCAP_RECORD_HEADER);
    this.#size = at + PCAP_RECORD_HEADER + kept;
    if (this.#size >= BATCH_SIZE - PCAP_RECORD_HEADER) this.publish();
    return true;
  }

  /** Not used: frames arrive one by one. */
  putRecords(): boolean {
    return false;
  }

  publish(): void {
    for (let at = 0; at < this.#size; ) at += writeSync(this.#descriptor, this.#batch, at, this.#size - at);
    this.#size = 0;
  }

  async room(): Promise<void> {}
}
