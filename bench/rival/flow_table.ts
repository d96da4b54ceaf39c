import { ACK, FIN, RST, SYN } from '../../src/generate/flow_script.ts';
import { FlowIndex } from './flow_index.ts';
import { hashKey } from './key_hash.ts';
import { sortByEnd } from './order.ts';
import type { PacketCounter } from './packet_reader.ts';
import {
  BYTES,
  CLOSED,
  CLOSED_BY_RST,
  FIRM,
  FIRST,
  FlowRecords,
  HIGH_ORIGINATES,
  INITIAL_SEQUENCE,
  KEY_WORDS,
  LAST,
  NEXT,
  NONE,
  PACKETS,
  PAYLOAD,
  RECORD_WORDS,
  SEQUENCE_KNOWN,
  STATE,
  WIRE,
  flagsOf,
} from './records.ts';
import { TICK_US, Wheel } from './wheel.ts';

const IDLE_TIMEOUT_US = 600e6;
const FIN_TIMEOUT_US = 30e6;

export type EndReason = 'idle' | 'fin' | 'rst' | 'end';

/** Is shown every flow that ends, in the order of ending. The record is reused afterwards. */
export type FlowSink = (records: FlowRecords, record: number, reason: EndReason) => void;

/** The flows of a capture: counts packets into them and ends them by their timeouts. */
export class FlowTable implements PacketCounter {
  /** Key of the packet at hand; the caller fills it before `count`. */
  readonly key = new Int32Array(KEY_WORDS);
  flowsStarted = 0;
  readonly #records: FlowRecords;
  readonly #index: FlowIndex;
  readonly #wheel: Wheel;
  readonly #sink: FlowSink;
  /**
   * Time of the packet at hand, latest time so far, next tick. In an array: V8 would box them as fields or arguments.
   */
  readonly #times = new Float64Array([0, -1, Infinity]);

  constructor(sink: FlowSink, flowCountMax = 4_194_304) {
    this.#records = new FlowRecords(flowCountMax);
    this.#index = new FlowIndex(this.#records);
    this.#wheel = new Wheel(this.#records);
    this.#sink = sink;
  }

  /** Sets the time of the next packet and ends what has timed out before it. Microseconds since the epoch. */
  setTime(timeUs: number): void {
    const times = this.#times;
    times[0] = timeUs;
    if (timeUs <= times[1]!) return;
    if (times[1]! < 0) times[2] = (Math.floor(timeUs / TICK_US) + 1) * TICK_US;
    times[1] = timeUs;
    if (timeUs >= times[2]!) this.#fireTicks(timeUs);
  }

  /**
   * Counts the packet at hand into the flow of `key`.
   * @param side which end of the key sent it: 0 low, 1 high
   * @param flags TCP flags, 12 bits; 0 when not TCP
   */
  count(side: 0 | 1, bytes: number, wireLen: number, payloadSize: number, flags: number, sequence: number): void {
    const hash = hashKey(this.key, 0);
    const { words, doubles } = this.#records;
    let record = this.#index.find(this.key, hash);
    if (record === NONE || this.#endedBy(record, flags, sequence)) record = this.#begin(hash, side);
    const base = record * RECORD_WORDS;
    const half = base >>> 1;
    const time = this.#times[0]!;
    words[base + PACKETS + side]!++;
    if (time > doubles[half + LAST]!) doubles[half + LAST] = time;
    else if (time < doubles[half + FIRST]!) doubles[half + FIRST] = time;
    doubles[half + BYTES + side]! += bytes;
    doubles[half + WIRE + side]! += wireLen;
    doubles[half + PAYLOAD + side]! += payloadSize;
    const state = words[base + STATE]!;
    if ((flags & ~flagsOf(state, side)) !== 0) this.#noteFlags(record, side, flags, sequence);
  }

  /** Ends all flows. */
  finish(): void {
    const list = new Int32Array(this.#records.count);
    let count = 0;
    for (let bucket = 0; bucket < this.#wheel.turn; bucket++) {
      for (let record = this.#wheel.takeList(bucket); record !== NONE; record = this.#wheel.after(record)) {
        list[count++] = record;
      }
    }
    sortByEnd(this.#records, list);
    for (const record of list) this.#sink(this.#records, record, 'end');
  }

  #begin(hash: number, side: number): number {
    const { words, doubles } = this.#records;
    const record = this.#records.take();
    this.#index.add(this.key, hash, record);
    this.flowsStarted++;
    const base = record * RECORD_WORDS;
    words[base + STATE] = side === 0 ? 0 : HIGH_ORIGINATES;
    doubles[(base >>> 1) + FIRST] = this.#times[0]!;
    doubles[(base >>> 1) + LAST] = this.#times[0]!;
    this.#file(record);
    return record;
  }

  /** Whether the flow was over before this packet, which then begins a new one. */
  #endedBy(record: number, flags: number, sequence: number): boolean {
    const { words, doubles } = this.#records;
    const base = record * RECORD_WORDS;
    const state = words[base + STATE]!;
    const silence = this.#times[0]! - doubles[(base >>> 1) + LAST]!;
    if (silence > timeoutOf(state)) {
      this.#end(record, reasonOf(state));
      return true;
    }
    if ((flags & (SYN | ACK)) !== SYN) return false;
    const seen = flagsOf(state, 0) | flagsOf(state, 1);
    if ((seen & (FIN | RST)) !== 0) this.#end(record, (seen & RST) !== 0 ? 'rst' : 'fin');
    else if (
      silence > FIN_TIMEOUT_US &&
      !((state & SEQUENCE_KNOWN) !== 0 && words[base + INITIAL_SEQUENCE] === sequence)
    ) {
      this.#end(record, 'idle');
    } else return false;
    return true;
  }

  /** Keeps flags not seen before from this side: they may tell who originated the flow, or close it. */
  #noteFlags(record: number, side: number, flags: number, sequence: number): void {
    const { words } = this.#records;
    const base = record * RECORD_WORDS;
    let state = words[base + STATE]! | (side === 0 ? flags : flags << 12);
    if ((state & FIRM) === 0 && (flags & SYN) !== 0) {
      const originator = (flags & ACK) === 0 ? side : 1 - side;
      state = (state & ~HIGH_ORIGINATES) | FIRM | (originator === 0 ? 0 : HIGH_ORIGINATES);
      if ((flags & ACK) === 0) {
        state |= SEQUENCE_KNOWN;
        words[base + INITIAL_SEQUENCE] = sequence;
      }
    }
    const seen = flagsOf(state, 0) | flagsOf(state, 1);
    const closes = (seen & RST) !== 0 || (flagsOf(state, 0) & flagsOf(state, 1) & FIN) !== 0;
    const wasClosed = (state & CLOSED) !== 0;
    if (closes && !wasClosed) state |= CLOSED | ((flags & RST) !== 0 ? CLOSED_BY_RST : 0);
    words[base + STATE] = state;
    if (closes && !wasClosed) {
      this.#wheel.unlink(record);
      this.#file(record);
    }
  }

  #end(record: number, reason: EndReason): void {
    this.#wheel.unlink(record);
    this.#endUnlinked(record, reason);
  }

  #endUnlinked(record: number, reason: EndReason): void {
    this.#index.remove(record);
    this.#sink(this.#records, record, reason);
    this.#records.release(record);
  }

  #deadlineTick(record: number): number {
    const { words, doubles } = this.#records;
    const base = record * RECORD_WORDS;
    return Math.floor((doubles[(base >>> 1) + LAST]! + timeoutOf(words[base + STATE]!)) / TICK_US) + 1;
  }

  #file(record: number): void {
    this.#wheel.file(record, Math.max(this.#deadlineTick(record), this.#times[2]! / TICK_US));
  }

  #fireTicks(timeUs: number): void {
    const lastTick = Math.floor(timeUs / TICK_US);
    const firstTick = this.#times[2]! / TICK_US;
    // After one turn of the wheel no flow is left that could end.
    const visited = Math.min(lastTick, firstTick + this.#wheel.turn);
    for (let tick = firstTick; tick <= visited; tick++) {
      this.#times[2] = (tick + 1) * TICK_US;
      this.#fire(tick);
    }
    this.#times[2] = (lastTick + 1) * TICK_US;
  }

  #fire(tick: number): void {
    const { words } = this.#records;
    const ended: number[] = [];
    for (let record = this.#wheel.takeList(tick); record !== NONE; ) {
      const next = words[record * RECORD_WORDS + NEXT]!;
      if (this.#deadlineTick(record) <= tick) ended.push(record);
      else this.#file(record);
      record = next;
    }
    if (ended.length === 0) return;
    const list = Int32Array.from(ended);
    sortByEnd(this.#records, list);
    for (const record of list) this.#endUnlinked(record, reasonOf(words[record * RECORD_WORDS + STATE]!));
  }
}

function timeoutOf(state: number): number {
  return (state & CLOSED) !== 0 ? FIN_TIMEOUT_US : IDLE_TIMEOUT_US;
}

function reasonOf(state: number): EndReason {
  if ((state & CLOSED) === 0) return 'idle';
  return (state & CLOSED_BY_RST) !== 0 ? 'rst' : 'fin';
}
