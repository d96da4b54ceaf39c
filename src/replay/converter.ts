/**
 * Converts captures of every format to records of a classic little-endian microsecond file, each with a note of what
 * such a file cannot express. Nothing is decoded. Damaged records are never passed on: the walk stops before them and
 * reports the damage, as it does for reading.
 */
import {
  CONFIG_INTERFACES,
  CONTROL,
  CONVERT_COUNT,
  CONVERT_FROM,
  WALK_MODE,
  CONVERT_TO,
  INTERFACE_LINK_TYPE,
  MODE_CONVERT,
  RECORD_EXTRAS,
  RECORD_EXTRA_SIZE,
  READER_BIG_ENDIAN,
  STATUS_DONE,
  STATUS_DRAIN,
} from '../../assembly/layout.ts';
import { withAddressLimit } from '../reader/address_limit.ts';
import type { CaptureWalker } from '../reader/capture_walker.ts';
import { filesAtOnce } from '../reader/reading_order.ts';
import { engineOptions } from '../reader/options.ts';
import { InlineEngine } from '../engine/inline.ts';
import type { WalkResult } from '../engine/inline.ts';
import type { RecordFaults } from '../source/live/frame_source.ts';

/** Bytes walked at a time: what is parsed next is still in the first caches. */
const BLOCK_SIZE = 64 * 1024;

/** Converted records in the converter's memory. Valid until they are released. */
export interface ConvertedRecords {
  /** Address of the first one. */
  readonly from: number;
  /** Address after the last one. */
  readonly to: number;
  readonly count: number;
}

export class Converter implements CaptureWalker {
  readonly #engine: InlineEngine;
  /** The status of the walk that gave the waiting records; returned when they are released. */
  #later: WalkResult | undefined;

  private constructor(engine: InlineEngine) {
    this.#engine = engine;
    this.#set(WALK_MODE, MODE_CONVERT);
  }

  /**
   * @param module compiled from engine.wasm
   * @param snaplen bytes kept of each frame: 64..262,144; undefined: all
   * @param count files of the capture
   * @throws {RangeError} for a snaplen out of range
   */
  static async create(module: WebAssembly.Module, snaplen?: number, count = 1): Promise<Converter> {
    const options = engineOptions({
      maxFlows: 1,
      blockSize: BLOCK_SIZE,
      ...(snaplen === undefined ? {} : { snaplen }),
    });
    const files = filesAtOnce(count, options.blockSize);
    return new Converter(await withAddressLimit(InlineEngine.create(module, { ...options, files })));
  }

  /** The memory that the records lie in. */
  get bytes(): Uint8Array {
    return this.#engine.views.u8;
  }

  /** The notes, one for each record: see RECORD_EXTRA_ in the layout. */
  get notes(): Uint32Array {
    return this.#engine.views.u32.subarray(RECORD_EXTRAS / RECORD_EXTRA_SIZE);
  }

  get records(): ConvertedRecords {
    return { from: this.#word(CONVERT_FROM), to: this.#word(CONVERT_TO), count: this.#word(CONVERT_COUNT) };
  }

  /** Releases the records. Call this before the reader continues: it reuses their space. */
  release(): void {
    this.#set(CONVERT_COUNT, 0);
  }

  /** Link type of the first interface of the section, and whether the byte order is not little-endian. */
  get firstInterface(): { readonly linkType: number; readonly bigEndian: boolean } {
    const interfaces = this.#word(CONFIG_INTERFACES);
    const linkType = this.#engine.views.data.getUint32(interfaces + INTERFACE_LINK_TYPE, true);
    return { linkType, bigEndian: this.#word(READER_BIG_ENDIAN) !== 0 };
  }

  /** Converting takes no filters. */
  readonly filters = undefined;
  /** Nothing is tracked. */
  readonly activeFlows = undefined;

  /** Records that wait to be used. */
  get waitingCount(): number {
    return this.#word(CONVERT_COUNT);
  }

  get filesMax(): number {
    return this.#engine.filesMax;
  }

  /** As that of the engine; there are no records that wait. */
  select(number: number): void {
    this.#engine.select(number);
  }

  beginFile(): void {
    this.#later = undefined;
    this.#engine.beginFile();
  }

  beginJoined(): void {
    this.#engine.beginJoined();
  }

  get clock(): bigint {
    return this.#engine.clock;
  }

  get offset(): number {
    return this.#engine.offset;
  }

  /** Bytes not walked yet; at least 1 while a status of the walk remains to be returned. */
  get pending(): number {
    return Math.max(this.#engine.pending, this.#later === undefined ? 0 : 1);
  }

  get pendingIsZero(): boolean {
    return this.#engine.pendingIsZero;
  }

  get opened(): boolean {
    return this.#engine.opened;
  }

  get interfaces(): number {
    return this.#engine.interfaces;
  }

  space(): Uint8Array {
    return this.#engine.space();
  }

  filled(size: number): void {
    this.#engine.filled(size);
  }

  endFile(): void {
    this.#engine.endFile();
  }

  /**
   * Like `InlineEngine.walk`, but STATUS_DRAIN first when records are waiting; the next call returns the real status.
   */
  walk(until?: bigint): WalkResult {
    if (this.waitingCount === 0) {
      const stop = this.#later ?? this.#engine.walk(until);
      this.#later = undefined;
      if (this.waitingCount === 0) return stop;
      if (stop.status !== STATUS_DONE) this.#later = stop;
    }
    return { status: STATUS_DRAIN, value: 0, detail: 0 };
  }

  get recordFaults(): RecordFaults {
    const { timestampsUnknown, wireLengthsTooShort, beyondSnaplen } = this.#engine.counters();
    const { firstUntimed } = this.#engine.figures();
    return { timestampsUnknown, firstUntimed, wireLengthsTooShort, beyondSnaplen };
  }

  get packetsSeen(): number {
    return this.#engine.packetsSeen;
  }

  #word(offset: number): number {
    return this.#engine.views.data.getUint32(CONTROL + offset, true);
  }

  #set(offset: number, value: number): void {
    this.#engine.views.data.setUint32(CONTROL + offset, value, true);
  }
}
