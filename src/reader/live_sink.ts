/** The ring as sources see it: it accepts frames until the capture ends or its packet limit is reached. */
import { RECORD_CAPTURED, RECORD_HEADER } from '../../assembly/layout.ts';
import type { ThreadedEngine } from '../engine/threaded.ts';
import type { RingWriter } from '../ring/writer.ts';
import type { FrameBytes, FrameSink } from '../source/live/frame_source.ts';

export class LiveSink implements FrameSink {
  readonly #engine: ThreadedEngine;
  readonly #writer: RingWriter;
  readonly #onFull: () => void;
  /** Packets that are still wanted. */
  #left: number;

  /**
   * @param limit packets wanted, Infinity for all
   * @param onFull called once when the limit is reached
   */
  constructor(engine: ThreadedEngine, limit: number, onFull: () => void) {
    this.#engine = engine;
    this.#writer = engine.writer;
    this.#left = limit;
    this.#onFull = onFull;
  }

  addInterface(linkType: number, recordUnitNs: 1 | 1000 = 1, bigEndian = false): number {
    return this.#engine.addInterface(linkType, recordUnitNs, bigEndian);
  }

  put(
    interfaceNumber: number,
    seconds: number,
    nanos: number,
    frame: FrameBytes,
    capLen: number,
    wireLen: number,
  ): boolean {
    if (this.#left <= 0) return false;
    const done = this.#writer.put(interfaceNumber, seconds, nanos, frame, capLen, wireLen);
    if (--this.#left === 0) this.#fill();
    return done;
  }

  putRecords(interfaceNumber: number, records: Uint8Array, count: number): boolean {
    if (this.#left <= 0) return false;
    const wanted = count > this.#left ? firstRecords(records, this.#left) : records;
    const wantedCount = Math.min(count, this.#left);
    const done = this.#writer.putRecords(interfaceNumber, wanted, wantedCount);
    this.#left -= wantedCount;
    if (this.#left === 0) this.#fill();
    return done;
  }

  publish(): void {
    this.#writer.publish();
  }

  get free(): number {
    return this.#writer.free;
  }

  room(bytes: number): Promise<void> {
    return this.#left <= 0 ? Promise.resolve() : this.#engine.room(bytes);
  }

  get closed(): boolean {
    return this.#left <= 0 || this.#engine.gone;
  }

  /** Takes nothing more. */
  close(): void {
    this.#left = 0;
  }

  #fill(): void {
    this.#writer.publish();
    this.#onFull();
  }
}

/** The first `count` of these records. */
function firstRecords(records: Uint8Array, count: number): Uint8Array {
  const data = new DataView(records.buffer, records.byteOffset, records.byteLength);
  let at = 0;
  for (let n = 0; n < count; n++) at += RECORD_HEADER + data.getUint32(at + RECORD_CAPTURED, true);
  return records.subarray(0, at);
}
