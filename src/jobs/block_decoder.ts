/**
 * Decodes blocks of a file: reads a block piece by piece into the engine's memory and routes its packets into the lists
 * of their shards. A record belongs to the block in which it begins. Where the first one begins is only a guess, except
 * in block 0; whoever uses the block compares it with the end of the one before.
 */
import { readSync } from 'node:fs';
import {
  CONFIG_INTERFACES,
  CONTROL,
  COUNTER_BEYOND_SNAPLEN,
  COUNTER_WIRE_TOO_SHORT,
  SHARD_FAULT_FILE,
  SHARD_FAULT_NONE,
  SHARD_FAULT_OVERLAP,
  SHARD_LIST_ENDS,
  STATE_BLOCK_FAULT,
  STATE_BLOCK_FIRST,
  STATE_BLOCK_LATE_BY,
  STATE_BLOCK_MAX,
  STATE_BLOCK_MIN,
  STATE_BLOCK_PACKETS,
  STATUS_BLOCK_END,
  STATUS_CODE,
  STATUS_DETAIL,
  STATUS_DONE,
  STATUS_MORE,
  STATUS_NOT_A_CAPTURE,
  STATUS_VALUE,
  U32_SIZE,
} from '../../assembly/layout.ts';
import type { SharedPlaces } from '../engine/memory.ts';
import type { ShardOptions } from '../engine/options.ts';
import type { EngineExports, MemoryViews } from '../engine/wasm.ts';
import type { Board } from './board.ts';
import { offsetIn, partAt } from './joined_files.ts';
import type { FilePart } from './joined_files.ts';

/** Bytes read behind the end of a block for the record that goes beyond it, before more are. */
const TAIL_SIZE = 4096;

/** What decodes and tracks needs. */
export interface ShardParts {
  readonly exports: EngineExports;
  readonly views: MemoryViews;
  readonly board: Board;
  /** Of this engine. */
  readonly shard: number;
  readonly options: ShardOptions;
  readonly places: SharedPlaces;
  readonly file: SharedFile;
}

export interface SharedFile {
  /** The files that it consists of, one behind the other; mostly one. */
  readonly parts: readonly FilePart[];
  /** Its capture interfaces, as the engines have them in memory. */
  readonly interfaces: Uint8Array;
  /** A record that is wrong is left to one engine to report. */
  readonly leavesErrors: boolean;
  /** Where in the engine's memory its bytes go. */
  readonly space: number;
  /** Bytes read at a time. */
  readonly pieceSize: number;
  /** Every so many blocks the guess is made wrong: for tests. 0: never. */
  readonly wrongGuess: number;
}

export class BlockDecoder {
  readonly #parts: ShardParts;
  /** Bytes of the file in memory that are not used yet, where they begin, and in which of its parts they are. */
  #from = 0;
  #to = 0;
  #offset = 0;
  #part = 0;
  /** The file could not be read. One engine tries again, and reports what it finds. */
  #failed = false;

  /** The block whose lists were written last to each place. */
  readonly #blocks: number[];

  constructor(parts: ShardParts) {
    this.#parts = parts;
    this.#blocks = new Array<number>(parts.options.window).fill(-1);
  }

  /** Address of the list for a shard in a place for the lists of a block, the same in all engines. */
  listAt(place: number, shard: number): number {
    const { places, options } = this.#parts;
    return places.lists + (place * options.count + shard) * places.listSize;
  }

  /**
   * Where the lists of a block go: the first place whose block all shards have tracked. So few places are used in turn,
   * and they stay in the cache.
   */
  #placeFor(block: number): number {
    const { board, options } = this.#parts;
    const known = this.#blocks.indexOf(block);
    if (known >= 0) return known;
    let done = Infinity;
    for (let shard = 0; shard < options.count; shard++) done = Math.min(done, board.done(shard));
    // No more blocks than places are in work.
    const place = this.#blocks.findIndex((held) => held < done);
    this.#blocks[place] = block;
    return place;
  }

  /** Decodes a block from where it seems to begin. */
  decode(block: number): void {
    const { file, options, board } = this.#parts;
    this.#seek(block * options.blockSize);
    if (block === 0) {
      this.#seek(firstRecord(file));
    } else {
      this.#read(file.pieceSize);
      if (!this.#guess(block)) {
        // It will be decoded when the block before it says where.
        board.report(block, this.#parts.shard, 0, [], UNKNOWN);
        return;
      }
    }
    this.#route(block);
  }

  /** Decodes it again, from where it does begin. */
  decodeFrom(block: number, start: number): void {
    this.#seek(start);
    this.#route(block);
  }

  #seek(offset: number): void {
    const { space } = this.#parts.file;
    this.#from = space;
    this.#to = space;
    this.#offset = offset;
    this.#part = partAt(this.#parts.file.parts, offset);
  }

  #guess(block: number): boolean {
    const { exports, file } = this.#parts;
    let at = exports.guessRecord(this.#from, this.#to) >>> 0;
    if (at === 0) return false;
    if (file.wrongGuess > 0 && block % file.wrongGuess === 0) {
      at = exports.guessRecord(at + 1, this.#to) >>> 0;
      if (at === 0) return false;
    }
    this.#offset += at - this.#from;
    this.#from = at;
    return true;
  }

  /** Reads up to so many bytes of the part behind those that are there. False: there are none. */
  #read(size: number): boolean {
    const { file, views } = this.#parts;
    if (this.#from !== file.space) {
      views.u8.copyWithin(file.space, this.#from, this.#to);
      this.#to -= this.#from - file.space;
      this.#from = file.space;
    }
    const part = file.parts[this.#part] as FilePart;
    const place = this.#offset + this.#to - this.#from;
    try {
      const read = readSync(part.fd, views.u8, this.#to, Math.min(size, part.end - place), offsetIn(part, place));
      this.#to += read;
      return read > 0;
    } catch {
      this.#failed = true;
      return false;
    }
  }

  #route(block: number): void {
    const { exports, views, options, file, places, shard, board } = this.#parts;
    const { data } = views;
    const start = this.#offset;
    const stop = (block + 1) * options.blockSize;
    const place = this.#placeFor(block);
    const restore = this.#keepCounters();
    // What was reported of an interface in a block that is decoded again was not reported.
    views.u8.set(file.interfaces, data.getUint32(CONTROL + CONFIG_INTERFACES, true));
    exports.beginBlock(this.listAt(place, 0), places.listSize);
    let status = STATUS_MORE;
    let isAtEnd = false;
    while ((status === STATUS_MORE || status === STATUS_DONE) && !isAtEnd) {
      if (this.#to > this.#from) {
        const next = exports.walkBlock(this.#from, this.#to, this.#from + stop - this.#offset) >>> 0;
        this.#offset += next - this.#from;
        this.#from = next;
        status = data.getUint32(CONTROL + STATUS_CODE, true);
        if (status !== STATUS_MORE && status !== STATUS_DONE) break;
      }
      if (this.#offset >= stop) {
        status = STATUS_BLOCK_END;
        break;
      }
      const left = stop - this.#offset - (this.#to - this.#from);
      const size = left > 0 ? Math.min(left, file.pieceSize) : left > -TAIL_SIZE ? TAIL_SIZE : file.pieceSize;
      isAtEnd = !this.#read(size) && !this.#beginPart();
    }
    this.#checkTimes();
    const pending = this.#to - this.#from;
    const word = (offset: number): number => data.getUint32(CONTROL + offset, true);
    const time = (offset: number): bigint => data.getBigUint64(CONTROL + offset, true);
    const isWrong = status >= STATUS_NOT_A_CAPTURE;
    const isCut = isAtEnd && this.#part < file.parts.length - 1;
    const isFault =
      this.#failed || isCut || (status !== STATUS_BLOCK_END && !isAtEnd && !isWrong) || (isWrong && file.leavesErrors);
    board.report(
      block,
      shard,
      place,
      Array.from({ length: options.count }, (_, n) => data.getUint32(SHARD_LIST_ENDS + n * U32_SIZE, true)),
      {
        start,
        end: this.#offset,
        packets: word(STATE_BLOCK_PACKETS),
        fault: isFault ? SHARD_FAULT_FILE : word(STATE_BLOCK_FAULT),
        ended: isAtEnd || isWrong,
        status,
        value: word(STATUS_VALUE),
        detail: word(STATUS_DETAIL),
        pending,
        pendingIsZero: pending >= 4 && views.u8.subarray(this.#from, this.#to).every((byte) => byte === 0),
        first: time(STATE_BLOCK_FIRST),
        earliest: time(STATE_BLOCK_MIN),
        latest: time(STATE_BLOCK_MAX),
        lateBy: time(STATE_BLOCK_LATE_BY),
        ...restore(),
      },
    );
  }

  /** Continues with the next part. False: there is none, or this one ends within a record. */
  #beginPart(): boolean {
    if (this.#from !== this.#to || this.#part === this.#parts.file.parts.length - 1) return false;
    this.#checkTimes();
    this.#part++;
    return true;
  }

  /** Of the packets of the block so far, none may be as late as those of the next part. */
  #checkTimes(): void {
    const { file, views } = this.#parts;
    const { until } = file.parts[this.#part] as FilePart;
    if (views.data.getBigUint64(CONTROL + STATE_BLOCK_MAX, true) >= until)
      views.data.setUint32(CONTROL + STATE_BLOCK_FAULT, SHARD_FAULT_OVERLAP, true);
  }

  /** The counters of what a walk counts itself: the block may be decoded again, or not be used. */
  #keepCounters(): () => { beyondSnaplen: number; wireTooShort: number } {
    const { data } = this.#parts.views;
    const take = (offset: number): (() => number) => {
      const before = data.getBigUint64(CONTROL + offset, true);
      return () => {
        const counted = data.getBigUint64(CONTROL + offset, true) - before;
        data.setBigUint64(CONTROL + offset, before, true);
        return Number(counted);
      };
    };
    const [beyond, short] = [take(COUNTER_BEYOND_SNAPLEN), take(COUNTER_WIRE_TOO_SHORT)] as const;
    return () => ({ beyondSnaplen: beyond(), wireTooShort: short() });
  }
}

/** Where the first record begins. */
export function firstRecord({ parts }: SharedFile): number {
  return (parts[0] as FilePart).begin;
}

/** Of a block whose begin could not be guessed. */
const UNKNOWN = {
  start: -1,
  end: -1,
  packets: 0,
  fault: SHARD_FAULT_NONE,
  ended: false,
  status: STATUS_DONE,
  value: 0,
  detail: 0,
  pending: 0,
  pendingIsZero: false,
  beyondSnaplen: 0,
  wireTooShort: 0,
  first: 0n,
  earliest: 0n,
  latest: 0n,
  lateBy: 0n,
} as const;
