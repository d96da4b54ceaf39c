import { KEY_WORDS } from '../rival/records.ts';
import { MapFlowTable, MapLog, MapWheel, keyText, newFlow } from './map_baseline.ts';
import type { MapFlow } from './map_baseline.ts';
import { decodeAll } from './part_input.ts';
import type { PartInput } from './part_input.ts';
import { tickOf } from './rival_parts.ts';

/** The parts as one writes them first: texts as keys, objects as records, a `Map` wherever something is looked up. */
export class MapParts {
  readonly #input: PartInput;
  /** All flows of the input. */
  readonly #flows: ReadonlyMap<string, MapFlow>;

  constructor(input: PartInput) {
    this.#input = input;
    this.#flows = filledMap(input.flowKeys);
  }

  /** Without timeouts. */
  track(): number {
    return decodeAll(this.#input, new MapFlowTable());
  }

  /** The length of all keys as texts. */
  hash(): number {
    const { keys } = this.#input;
    let length = 0;
    for (let base = 0; base < keys.length; base += KEY_WORDS) length += keyText(keys, base).length;
    return length;
  }

  /** How many of the keys are found. */
  find(keys: Int32Array): number {
    let found = 0;
    for (let base = 0; base < keys.length; base += KEY_WORDS) if (this.#flows.has(keyText(keys, base))) found++;
    return found;
  }

  fill(): number {
    return filledMap(this.#input.flowKeys).size;
  }

  fileAndFire(ticks: number): number {
    const wheel = this.#filedWheel(ticks);
    let fired = 0;
    for (let tick = 0; tick < ticks; tick++) fired += wheel.take(tick);
    return fired;
  }

  fileAndUnfile(ticks: number): number {
    const wheel = this.#filedWheel(ticks);
    const { flowCount } = this.#input;
    for (let flow = 0; flow < flowCount; flow++) wheel.unfile(flow, tickOf(flow, ticks));
    return flowCount;
  }

  log(): number {
    const { packets, flowOfPacket } = this.#input;
    const log = new MapLog();
    for (const [n, packet] of packets.entries()) log.add(flowOfPacket[n]!, packet);
    return log.stored;
  }

  /** The length of all lines. */
  writeLines(): number {
    let length = 0;
    for (const flow of this.#flows.values()) length += JSON.stringify(flow).length;
    return length;
  }

  #filedWheel(ticks: number): MapWheel {
    const wheel = new MapWheel();
    for (let flow = 0; flow < this.#input.flowCount; flow++) wheel.file(flow, tickOf(flow, ticks));
    return wheel;
  }
}

function filledMap(flowKeys: Int32Array): Map<string, MapFlow> {
  const flows = new Map<string, MapFlow>();
  for (let base = 0; base < flowKeys.length; base += KEY_WORDS) {
    const key = keyText(flowKeys, base);
    flows.set(key, newFlow(key, 0));
  }
  return flows;
}
