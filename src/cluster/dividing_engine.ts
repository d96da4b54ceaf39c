/**
 * An engine that tracks nothing: it decodes the packets of an input and divides them among buckets by their address
 * pairs. Driven by a CaptureReader.
 */
import {
  CONTROL,
  COUNTER_BEYOND_SNAPLEN,
  COUNTER_SEEN,
  COUNTER_UNTIMED,
  COUNTER_WIRE_BYTES,
  COUNTER_WIRE_TOO_SHORT,
  RECORD_SIZE_MAX,
  SHARD_FAULT_NONE,
  SHARD_FAULT_TIMES,
  SHARD_FAULT_TUNNELS,
  SHARD_LIST_ENDS,
  STATE_BLOCK_FAULT,
  STATE_BLOCK_FIRST,
  STATE_BLOCK_LATE_BY,
  STATE_BLOCK_MIN,
  STATE_BLOCK_PACKETS,
  STATE_CLOCK,
  STATUS_BLOCK_END,
  STATUS_CODE,
  U32_SIZE,
} from '../../assembly/layout.ts';
import { InlineEngine } from '../engine/inline.ts';
import type { EngineParts } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import type { EngineOptions } from '../engine/options.ts';
import { counterAt } from '../engine/u64.ts';
import type { ListHead } from './piece_file.ts';

/** Bytes of an input whose packets are numbered together. */
const BLOCK_SIZE = 2 ** 20;
/** Memory for the lists of all buckets, bytes. */
const LISTS_SIZE = 2 ** 30;
const STEP_MIN = 4096;
const STEP_MAX = 65536;
/** An entry is at most so many times as long as its record. */
const ENTRY_GROWTH = 8;

/** Takes the packets. */
export interface DividedPackets {
  add(bucket: number, entries: Uint8Array): void;
  endBlock(head: ListHead): void;
}

/** What is known of an input when it has been divided. */
export interface DividedInput {
  readonly packets: number;
  readonly wireBytes: number;
  /** Of its first packet, its earliest and its latest one, nanoseconds. */
  readonly first: bigint;
  readonly earliest: bigint;
  readonly latest: bigint;
  /** The most by which a packet is earlier than one before it, nanoseconds. */
  readonly lateBy: bigint;
  /** SHARD_FAULT_: why buckets cannot give its flows; SHARD_FAULT_NONE: they can. */
  readonly fault: number;
  readonly beyondSnaplen: number;
  readonly wireLengthsTooShort: number;
  readonly timestampsUnknown: number;
}

export class DividingEngine extends InlineEngine {
  readonly #buckets: number;
  readonly #lists: number;
  readonly #listSize: number;
  readonly #step: number;
  readonly #near: bigint;
  readonly #into: DividedPackets;
  #block = 0;
  /** Bytes of the block so far. */
  #blockBytes = 0;
  #before = 0n;
  #input: { -readonly [name in keyof DividedInput]: DividedInput[name] } = NOTHING;

  private constructor(parts: EngineParts, step: number, near: bigint, into: DividedPackets) {
    super(parts);
    const { shards } = parts.options;
    const { shared } = parts.plan;
    if (shards === undefined || shared === undefined) throw new TypeError('the engine has no lists');
    this.#buckets = shards.count;
    this.#lists = shared.lists;
    this.#listSize = shared.listSize;
    this.#step = step;
    this.#near = near;
    this.#into = into;
  }

  /**
   * @param near nanoseconds: farther from the clock no time is believed at once
   * @throws {FParserError} ERR_ENGINE when there is not enough memory
   */
  static async make(
    options: EngineOptions,
    buckets: number,
    near: bigint,
    into: DividedPackets,
  ): Promise<DividingEngine> {
    const room = LISTS_SIZE / buckets - 2 * RECORD_SIZE_MAX;
    const step = Math.max(STEP_MIN, Math.min(STEP_MAX, Math.floor(room / ENTRY_GROWTH)));
    const settings = {
      ...options,
      maxFlows: 1,
      closedLimit: 1,
      files: 1,
      shards: { count: buckets, blockSize: step, window: 1, rows: 1 },
    };
    return new DividingEngine(await InlineEngine.prepare(await loadEngine(), settings), step, near, into);
  }

  /** Nothing waits, and nothing is left when the input ends. */
  override get waitingCount(): number {
    return 0;
  }

  override get activeFlows(): undefined {
    return undefined;
  }

  override get packetsSeen(): number {
    return this.#count(COUNTER_SEEN);
  }

  /** Begins an input. */
  beginInput(): void {
    this.#input = { ...NOTHING, ...this.#counts(-1) };
    this.#block = 0;
    this.views.data.setBigUint64(CONTROL + STATE_CLOCK, 0n, true);
    this.#beginBlock();
  }

  /** Ends the input, and says what there was in it. */
  endInput(): DividedInput {
    this.#endBlock();
    const input = this.#input;
    const counts = this.#counts(1);
    const sum = (name: keyof typeof counts): number => input[name] + counts[name];
    return {
      ...input,
      wireBytes: sum('wireBytes'),
      beyondSnaplen: sum('beyondSnaplen'),
      wireLengthsTooShort: sum('wireLengthsTooShort'),
      timestampsUnknown: sum('timestampsUnknown'),
    };
  }

  #count(offset: number): number {
    return counterAt(this.views.data, offset);
  }

  #counts(sign: 1 | -1): Pick<DividedInput, (typeof COUNTED)[number]> {
    return {
      wireBytes: sign * this.#count(COUNTER_WIRE_BYTES),
      beyondSnaplen: sign * this.#count(COUNTER_BEYOND_SNAPLEN),
      wireLengthsTooShort: sign * this.#count(COUNTER_WIRE_TOO_SHORT),
      timestampsUnknown: sign * this.#count(COUNTER_UNTIMED),
    };
  }

  protected override walkRecords(from: number, to: number): number {
    for (let at = from; ; ) {
      const next = this.exports.divideCapture(at, to, at + this.#step) >>> 0;
      this.#takeLists();
      this.#blockBytes += next - at;
      at = next;
      if (this.#blockBytes >= BLOCK_SIZE) {
        this.#endBlock();
        this.#beginBlock();
      }
      if (this.views.data.getUint32(CONTROL + STATUS_CODE, true) !== STATUS_BLOCK_END) return at;
    }
  }

  #takeLists(): void {
    const { data, u8 } = this.views;
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      const word = SHARD_LIST_ENDS + bucket * U32_SIZE;
      const begin = this.#lists + bucket * this.#listSize;
      const end = data.getUint32(word, true);
      if (end === begin) continue;
      this.#into.add(bucket, u8.subarray(begin, end));
      data.setUint32(word, begin, true);
    }
  }

  #beginBlock(): void {
    this.#blockBytes = 0;
    this.#before = this.clock;
    this.exports.beginBlock(this.#lists, this.#listSize);
  }

  #endBlock(): void {
    const { data } = this.views;
    const packets = data.getUint32(CONTROL + STATE_BLOCK_PACKETS, true);
    if (packets === 0) return;
    const time = (offset: number): bigint => data.getBigUint64(CONTROL + offset, true);
    const first = time(STATE_BLOCK_FIRST);
    const earliest = time(STATE_BLOCK_MIN);
    const input = this.#input;
    const isFirst = input.packets === 0;
    const before = this.#before;
    input.lateBy = latest(input.lateBy, time(STATE_BLOCK_LATE_BY), before > earliest ? before - earliest : 0n);
    input.earliest = isFirst || earliest < input.earliest ? earliest : input.earliest;
    if (isFirst) input.first = first;
    const isJump = !isFirst && first > before && first - before > this.#near;
    this.#noteFault(isJump ? SHARD_FAULT_TIMES : data.getUint32(CONTROL + STATE_BLOCK_FAULT, true));
    input.packets += packets;
    input.latest = this.clock;
    this.#into.endBlock({ block: this.#block, first, before, after: this.clock });
    this.#block++;
  }

  /** Where tunnels are followed, one fault may stand for another. */
  #noteFault(fault: number): void {
    if (fault === SHARD_FAULT_NONE) return;
    this.#input.fault = fault === SHARD_FAULT_TUNNELS ? fault : SHARD_FAULT_TIMES;
  }
}

const COUNTED = ['wireBytes', 'beyondSnaplen', 'wireLengthsTooShort', 'timestampsUnknown'] as const;

const NOTHING: DividedInput = {
  packets: 0,
  wireBytes: 0,
  first: 0n,
  earliest: 0n,
  latest: 0n,
  lateBy: 0n,
  fault: SHARD_FAULT_NONE,
  beyondSnaplen: 0,
  wireLengthsTooShort: 0,
  timestampsUnknown: 0,
};

function latest(...times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a > b ? a : b));
}
