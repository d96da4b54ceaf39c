/**
 * The packets of a bucket from all inputs, in the order in which one engine would see them: within a group of inputs by
 * the latest time of their input up to them, then by input, then as they are in it.
 */
import {
  ENTRY_FRAME_HEADER,
  ENTRY_FRAME_SIZE,
  ENTRY_KIND_NARROW,
  ENTRY_KIND_RAW,
  ENTRY_KIND_WIDE,
  ENTRY_MORE_CLOCK,
  ENTRY_MORE_SIZE,
  ENTRY_SIZE,
  ENTRY_TIME,
  ENTRY_VERDICT,
  ENTRY_WORD_KIND_SHIFT,
  NARROW_MORE_SIZE,
  NARROW_SIZE,
  NARROW_TIME,
  NARROW_VERSION,
  RAW_CAPTURED,
  RAW_CLOCK,
  RAW_SIZE,
  RAW_TIME,
  VERDICT_DELIVER,
} from '../../assembly/layout.ts';
import type { PacketList } from './piece_file.ts';

const END_OF_TIME = 2n ** 64n;
/** Runs that are given together, at most, and their bytes: where inputs overlap, most runs are single packets. */
const RUNS_MAX = 256;
const BYTES_MAX = 2 ** 20;

/** Packets of one input that follow each other. */
export interface PacketRun {
  /** Number of the input in the plan. */
  readonly input: number;
  /** What the clock is before the first of them, at least. */
  readonly clock: bigint;
  readonly list: PacketList;
  /** Of the list. */
  readonly entries: Uint8Array;
}

/** The packets of a bucket from one input. */
export interface BucketInput {
  readonly input: number;
  readonly group: number;
  /** No packet of it is earlier in the order. */
  readonly firstNs: bigint;
  /** The latest time of the groups before. */
  readonly beginNs: bigint;
  lists(): AsyncIterator<PacketList, unknown>;
}

/** What is left of an input. */
class Cursor {
  readonly input: number;
  readonly #begin: bigint;
  readonly #lists: AsyncIterator<PacketList, unknown>;
  readonly #isFramed: boolean;
  list: PacketList | undefined;
  /** Over the entries of the list. */
  #data: DataView = new DataView(new ArrayBuffer(0));
  /** Where in the list the next entry is. */
  #at = 0;
  /** Latest time of the input up to the next entry, and up to the one before it. */
  clock = 0n;
  #past = 0n;

  constructor({ input, beginNs, lists }: BucketInput, isFramed: boolean) {
    this.input = input;
    this.#begin = beginNs;
    this.#lists = lists();
    this.#isFramed = isFramed;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#data.byteLength;
  }

  /** Continues with the next list with entries. False: there is none. */
  async fill(): Promise<boolean> {
    while (this.isAtEnd) {
      const { value, done } = await this.#lists.next();
      if (done === true) return false;
      this.list = value;
      const { buffer, byteOffset, byteLength } = value.entries;
      this.#data = new DataView(buffer, byteOffset, byteLength);
      this.#at = 0;
      this.#past = this.list.before;
      if (this.list.entries.length > 0) this.#look(this.list);
    }
    return true;
  }

  #look(list: PacketList): void {
    const time = clockOf(this.#data, list.first, this.#at);
    this.clock = time > this.#past ? time : this.#past;
  }

  /** Takes the entries before a packet of another input, at least one. @param limit its clock @param input its input */
  take(limit: bigint, input: number): PacketRun {
    const list = this.list as PacketList;
    const isBefore = (clock: bigint): boolean => clock < limit || (clock === limit && this.input < input);
    const from = this.#at;
    if (isBefore(list.after)) {
      this.#at = list.entries.length;
    } else {
      do {
        this.#past = this.clock;
        this.#at += sizeOf(this.#data, this.#at, this.#isFramed);
        if (this.#at < list.entries.length) this.#look(list);
      } while (this.#at < list.entries.length && isBefore(this.clock));
    }
    const clock = list.before > this.#begin ? list.before : this.#begin;
    return { input: this.input, clock, list, entries: list.entries.subarray(from, this.#at) };
  }
}

/**
 * Gives runs in their order, some together.
 * @param inputs in the order of the plan
 * @param isFramed packets that are delivered have an ENTRY_FRAME
 */
export async function* orderedRuns(
  inputs: readonly BucketInput[],
  isFramed: boolean,
): AsyncGenerator<readonly PacketRun[], void> {
  const groups = new Map<number, BucketInput[]>();
  for (const one of inputs) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  for (const members of groups.values()) yield* groupRuns(members, isFramed);
}

async function* groupRuns(
  members: readonly BucketInput[],
  isFramed: boolean,
): AsyncGenerator<readonly PacketRun[], void> {
  const waiting = [...members].sort((a, b) => order(a.firstNs, a.input, b.firstNs, b.input));
  /** In order. */
  const open: Cursor[] = [];
  let runs: PacketRun[] = [];
  let bytes = 0;
  for (;;) {
    const [first, second] = open;
    const [next] = waiting;
    if (next !== undefined && (first === undefined || order(next.firstNs, next.input, first.clock, first.input) < 0)) {
      waiting.shift();
      const cursor = new Cursor(next, isFramed);
      if (await cursor.fill()) open.unshift(cursor);
      settleFirst(open);
      continue;
    }
    if (first === undefined) break;
    let [limit, input] = second === undefined ? [END_OF_TIME, 0] : [second.clock, second.input];
    if (next !== undefined && order(next.firstNs, next.input, limit, input) < 0)
      [limit, input] = [next.firstNs, next.input];
    const run = first.take(limit, input);
    runs.push(run);
    bytes += run.entries.length;
    if (first.isAtEnd && !(await first.fill())) open.shift();
    else settleFirst(open);
    if (runs.length < RUNS_MAX && bytes < BYTES_MAX) continue;
    yield runs;
    runs = [];
    bytes = 0;
  }
  if (runs.length > 0) yield runs;
}

/** Puts the first one where it belongs; all others are in order. */
function settleFirst(open: Cursor[]): void {
  const [first] = open;
  if (first === undefined) return;
  let at = 1;
  for (; at < open.length; at++) {
    const other = open[at] as Cursor;
    if (order(first.clock, first.input, other.clock, other.input) < 0) break;
    open[at - 1] = other;
  }
  open[at - 1] = first;
}

function order(a: bigint, inputA: number, b: bigint, inputB: number): number {
  return a < b ? -1 : a > b ? 1 : inputA - inputB;
}

/** The latest time up to an entry that it tells itself: its own, or one before it in its block. */
function clockOf(data: DataView, first: bigint, at: number): bigint {
  const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
  switch (data.getUint32(at, true) >>> ENTRY_WORD_KIND_SHIFT) {
    case ENTRY_KIND_NARROW:
      return first + BigInt(data.getUint32(at + NARROW_TIME, true));
    case ENTRY_KIND_RAW:
      return later(data.getBigUint64(at + RAW_TIME, true), data.getBigUint64(at + RAW_CLOCK, true));
    case ENTRY_KIND_WIDE:
      return later(
        data.getBigUint64(at + ENTRY_TIME, true),
        data.getBigUint64(at + ENTRY_SIZE + ENTRY_MORE_CLOCK, true),
      );
    default:
      return data.getBigUint64(at + ENTRY_TIME, true);
  }
}

/** Bytes of the entry at a place. */
function sizeOf(data: DataView, at: number, isFramed: boolean): number {
  const kind = data.getUint32(at, true) >>> ENTRY_WORD_KIND_SHIFT;
  switch (kind) {
    case ENTRY_KIND_NARROW:
      return NARROW_SIZE + (data.getUint8(at + NARROW_VERSION) & NARROW_MORE_SIZE);
    case ENTRY_KIND_RAW:
      return RAW_SIZE + roundUp(data.getUint32(at + RAW_CAPTURED, true));
    default: {
      const size = ENTRY_SIZE + (kind === ENTRY_KIND_WIDE ? ENTRY_MORE_SIZE : 0);
      if (!isFramed || data.getUint8(at + ENTRY_VERDICT) !== VERDICT_DELIVER) return size;
      return size + ENTRY_FRAME_HEADER + roundUp(data.getUint32(at + size + ENTRY_FRAME_SIZE, true));
    }
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / NARROW_SIZE) * NARROW_SIZE;
}
