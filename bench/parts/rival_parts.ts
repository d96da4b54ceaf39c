import { walkBlock } from '../rival/capture.ts';
import { FlowIndex } from '../rival/flow_index.ts';
import { FlowTable } from '../rival/flow_table.ts';
import { flowLine } from '../rival/jsonl.ts';
import { hashKey } from '../rival/key_hash.ts';
import { PacketReader } from '../rival/packet_reader.ts';
import { FlowRecords, KEY_WORDS } from '../rival/records.ts';
import { Wheel } from '../rival/wheel.ts';
import { RECORD_HEADER_SIZE, decodeAll } from './part_input.ts';
import type { PartInput } from './part_input.ts';

const FLOWS_MAX = 65_536;

/** The rival's parts. */
export class RivalParts {
  readonly #input: PartInput;
  /** All flows of the input. */
  readonly #filled: { readonly records: FlowRecords; readonly index: FlowIndex };

  constructor(input: PartInput) {
    this.#input = input;
    this.#filled = filledIndex(input);
  }

  walk(): number {
    const { records, view } = this.#input;
    let count = 0;
    for (let at = 0; at < records.length; count++) at += RECORD_HEADER_SIZE + view.getUint32(at + 8, true);
    return count;
  }

  decode(): number {
    return decodeAll(this.#input, { key: new Int32Array(KEY_WORDS), count: () => undefined });
  }

  /** Timeouts and the end of the capture included. Returns how many flows ended. */
  track(): number {
    const { records, view } = this.#input;
    let ended = 0;
    const table = new FlowTable(() => {
      ended++;
    }, FLOWS_MAX);
    walkBlock(view, records.length, new PacketReader(records, table), table);
    table.finish();
    return ended;
  }

  hash(): number {
    const { keys } = this.#input;
    let mixed = 0;
    for (let base = 0; base < keys.length; base += KEY_WORDS) mixed ^= hashKey(keys, base);
    return mixed;
  }

  /** How many of the keys are found. */
  find(keys: Int32Array): number {
    const key = new Int32Array(KEY_WORDS);
    let found = 0;
    for (let base = 0; base < keys.length; base += KEY_WORDS) {
      copyKey(keys, base, key);
      if (this.#filled.index.find(key, hashKey(key, 0)) >= 0) found++;
    }
    return found;
  }

  fill(): number {
    return filledIndex(this.#input).records.count;
  }

  fileAndFire(ticks: number): number {
    const wheel = this.#filedWheel(ticks);
    let fired = 0;
    for (let tick = 0; tick < ticks; tick++) {
      for (let record = wheel.takeList(tick); record >= 0; record = wheel.after(record)) fired++;
    }
    return fired;
  }

  fileAndUnfile(ticks: number): number {
    const wheel = this.#filedWheel(ticks);
    const { flowCount } = this.#input;
    for (let record = 0; record < flowCount; record++) wheel.unlink(record);
    return flowCount;
  }

  /** The length of all lines. */
  writeLines(): number {
    let length = 0;
    const { records } = this.#filled;
    for (let record = 0; record < records.count; record++) length += flowLine(records, record, 'end').length;
    return length;
  }

  #filedWheel(ticks: number): Wheel {
    const { records } = this.#filled;
    const wheel = new Wheel(records);
    for (let record = 0; record < records.count; record++) wheel.file(record, tickOf(record, ticks));
    return wheel;
  }
}

/** Spreads flows over ticks in no order. */
export function tickOf(flow: number, ticks: number): number {
  return (flow * 7_919) % ticks;
}

function filledIndex({ flowKeys, flowCount }: PartInput): { records: FlowRecords; index: FlowIndex } {
  const records = new FlowRecords(flowCount);
  const index = new FlowIndex(records);
  const key = new Int32Array(KEY_WORDS);
  for (let base = 0; base < flowKeys.length; base += KEY_WORDS) {
    copyKey(flowKeys, base, key);
    index.add(key, hashKey(key, 0), records.take());
  }
  return { records, index };
}

function copyKey(from: Int32Array, base: number, key: Int32Array): void {
  for (let word = 0; word < KEY_WORDS; word++) key[word] = from[base + word]!;
}
