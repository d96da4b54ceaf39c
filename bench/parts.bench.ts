/**
 * The parts one by one, in nanoseconds per packet (per flow for insert, wheel and export): `node dist/bench/parts.bench.js`.
 * Every part has a plain `Map` version as its baseline and the typed-array rival. Another engine joins as a further
 * version of the same part. All versions of a part do the same work over the same packets of the `mix` workload.
 */
import { readFileSync } from 'node:fs';
import { Bench } from 'tinybench';

import { MapFlowTable, keyText, newFlow } from './map_baseline.ts';
import type { MapFlow } from './map_baseline.ts';
import { FlowIndex } from './rival/flow_index.ts';
import { flowLine } from './rival/jsonl.ts';
import { FlowTable } from './rival/flow_table.ts';
import { hashKey } from './rival/key_hash.ts';
import { PacketReader } from './rival/packet_reader.ts';
import type { PacketCounter } from './rival/packet_reader.ts';
import { FlowRecords, KEY_PORTS, KEY_WORDS } from './rival/records.ts';
import { Wheel } from './rival/wheel.ts';
import { ensureWorkload } from './workload.ts';

const SCALE = 0.01;
const FILE_HEADER_SIZE = 24;
const RECORD_HEADER_SIZE = 16;
const TICKS = 6_000;

/** One part of the engine. A version runs it once over all units and returns a number that depends on the work. */
interface Part {
  readonly name: string;
  /** Packets or flows in one run. */
  readonly unitCount: number;
  readonly versions: Readonly<Record<string, () => number>>;
}

/** Keeps the keys of all packets, one after the other. */
class KeyRecorder implements PacketCounter {
  readonly key = new Int32Array(KEY_WORDS);
  readonly keys: Int32Array;
  private recorded = 0;

  constructor(packetCount: number) {
    this.keys = new Int32Array(packetCount * KEY_WORDS);
  }

  count(): void {
    this.keys.set(this.key, KEY_WORDS * this.recorded++);
  }
}

/** Records by tick in a `Map`: what the wheel replaces. */
class MapWheel {
  private readonly ticks = new Map<number, Set<number>>();

  file(record: number, tick: number): void {
    const set = this.ticks.get(tick);
    if (set === undefined) this.ticks.set(tick, new Set([record]));
    else set.add(record);
  }

  take(tick: number): number {
    const size = this.ticks.get(tick)?.size ?? 0;
    this.ticks.delete(tick);
    return size;
  }
}

const { path, packetCount } = ensureWorkload('mix', SCALE);
const records = readFileSync(path).subarray(FILE_HEADER_SIZE);
const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
const keys = recordKeys();
const flowKeys = distinctKeys(keys);
const flowCount = flowKeys.length / KEY_WORDS;
const absentKeys = flowKeys.map((word, at) => (at % KEY_WORDS === KEY_PORTS ? word ^ 0x5555_5555 : word));
const indexed = fillIndex();
const mapped = fillMap();

const PARTS: readonly Part[] = [
  { name: 'block walk', unitCount: packetCount, versions: { rival: walkRecords } },
  {
    name: 'block walk + decode',
    unitCount: packetCount,
    versions: { rival: () => decodeAll({ key: new Int32Array(KEY_WORDS), count: () => undefined }) },
  },
  {
    name: 'block walk + decode + table',
    unitCount: packetCount,
    versions: { map: () => decodeAll(new MapFlowTable()), rival: () => decodeAll(new FlowTable(() => undefined, 65_536)) },
  },
  { name: 'key + hash', unitCount: packetCount, versions: { map: textKeys, rival: hashKeys } },
  {
    name: 'table hit',
    unitCount: packetCount,
    versions: { map: () => getAll(keys), rival: () => findAll(keys) },
  },
  {
    name: 'table miss',
    unitCount: flowCount,
    versions: { map: () => getAll(absentKeys), rival: () => findAll(absentKeys) },
  },
  {
    name: 'table insert',
    unitCount: flowCount,
    versions: { map: () => fillMap().size, rival: () => fillIndex().records.count },
  },
  {
    name: 'wheel file + fire',
    unitCount: flowCount,
    versions: { map: turnMapWheel, rival: turnWheel },
  },
  { name: 'export jsonl', unitCount: flowCount, versions: { map: stringifyAll, rival: writeLines } },
];

await main();

async function main(): Promise<void> {
  console.log(`Node ${process.version}; ${packetCount} packets, ${flowCount} flow keys`);
  for (const { name, unitCount, versions } of PARTS) {
    const bench = new Bench({ name, time: 300, warmupTime: 100 });
    for (const [version, run] of Object.entries(versions)) {
      const expected = run();
      bench.add(version, () => {
        if (run() !== expected) throw new Error(`${name}, ${version}: two runs differ`);
      });
    }
    await bench.run();
    for (const task of bench.tasks) {
      const { result } = task;
      if (result.state !== 'completed') throw new Error(`${name}, ${task.name}: ${result.state}`);
      const nanoseconds = (result.latency.p50 * 1e6) / unitCount;
      console.log(`  ${name.padEnd(28)} ${task.name.padEnd(6)} ${nanoseconds.toFixed(1).padStart(8)} ns`);
    }
  }
}

function walkRecords(): number {
  let count = 0;
  for (let at = 0; at < records.length; count++) at += RECORD_HEADER_SIZE + view.getUint32(at + 8, true);
  return count;
}

function decodeAll(counter: PacketCounter): number {
  const reader = new PacketReader(records, counter);
  for (let at = 0; at < records.length; ) {
    const capLen = view.getUint32(at + 8, true);
    reader.read(at + RECORD_HEADER_SIZE, capLen, view.getUint32(at + 12, true));
    at += RECORD_HEADER_SIZE + capLen;
  }
  return reader.delivered;
}

function recordKeys(): Int32Array {
  const recorder = new KeyRecorder(packetCount);
  decodeAll(recorder);
  return recorder.keys;
}

function distinctKeys(all: Int32Array): Int32Array {
  const texts = new Set<string>();
  const distinct: number[] = [];
  for (let base = 0; base < all.length; base += KEY_WORDS) {
    const text = keyText(all, base);
    if (!texts.has(text)) distinct.push(...all.subarray(base, base + KEY_WORDS));
    texts.add(text);
  }
  return Int32Array.from(distinct);
}

function textKeys(): number {
  let length = 0;
  for (let base = 0; base < keys.length; base += KEY_WORDS) length += keyText(keys, base).length;
  return length;
}

function hashKeys(): number {
  let mixed = 0;
  for (let base = 0; base < keys.length; base += KEY_WORDS) mixed ^= hashKey(keys, base);
  return mixed;
}

function fillIndex(): { records: FlowRecords; index: FlowIndex } {
  const pool = new FlowRecords(flowCount);
  const index = new FlowIndex(pool);
  const key = new Int32Array(KEY_WORDS);
  for (let base = 0; base < flowKeys.length; base += KEY_WORDS) {
    copyKey(flowKeys, base, key);
    index.add(key, hashKey(key, 0), pool.take());
  }
  return { records: pool, index };
}

function fillMap(): Map<string, MapFlow> {
  const flows = new Map<string, MapFlow>();
  for (let base = 0; base < flowKeys.length; base += KEY_WORDS) {
    const key = keyText(flowKeys, base);
    flows.set(key, newFlow(key, 0));
  }
  return flows;
}

/** How many of the keys are found. */
function findAll(wanted: Int32Array): number {
  const key = new Int32Array(KEY_WORDS);
  let found = 0;
  for (let base = 0; base < wanted.length; base += KEY_WORDS) {
    copyKey(wanted, base, key);
    if (indexed.index.find(key, hashKey(key, 0)) >= 0) found++;
  }
  return found;
}

function getAll(wanted: Int32Array): number {
  let found = 0;
  for (let base = 0; base < wanted.length; base += KEY_WORDS) if (mapped.has(keyText(wanted, base))) found++;
  return found;
}

function copyKey(from: Int32Array, base: number, key: Int32Array): void {
  for (let word = 0; word < KEY_WORDS; word++) key[word] = from[base + word]!;
}

function turnWheel(): number {
  const pool = new FlowRecords(flowCount);
  const wheel = new Wheel(pool);
  for (let flow = 0; flow < flowCount; flow++) wheel.file(pool.take(), tickOf(flow));
  let fired = 0;
  for (let tick = 0; tick < TICKS; tick++) {
    for (let record = wheel.takeList(tick); record >= 0; record = wheel.after(record)) fired++;
  }
  return fired;
}

function turnMapWheel(): number {
  const wheel = new MapWheel();
  for (let flow = 0; flow < flowCount; flow++) wheel.file(flow, tickOf(flow));
  let fired = 0;
  for (let tick = 0; tick < TICKS; tick++) fired += wheel.take(tick);
  return fired;
}

function tickOf(flow: number): number {
  return (flow * 7_919) % TICKS;
}

function writeLines(): number {
  let length = 0;
  for (let record = 0; record < flowCount; record++) length += flowLine(indexed.records, record, 'end').length;
  return length;
}

function stringifyAll(): number {
  let length = 0;
  for (const flow of mapped.values()) length += JSON.stringify(flow).length;
  return length;
}
