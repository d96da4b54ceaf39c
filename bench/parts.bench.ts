/**
 * The parts one by one, in nanoseconds per packet or per flow: `npm run bench:parts`.
 * Every part has a plain `Map` version as its baseline where that can do it at all, the typed-array rival, and the
 * engine. All versions of a part do the same work over the same packets of the `mix` workload; look-ups and insertions
 * include key and hash, which a `Map` cannot do without.
 */
import { readFileSync } from 'node:fs';
import { Bench } from 'tinybench';

import { EngineParts } from './engine_parts.ts';
import { MapFlowTable, MapLog, MapWheel, keyText, newFlow } from './map_baseline.ts';
import type { LoggedPacket, MapFlow } from './map_baseline.ts';
import { walkBlock } from './rival/capture.ts';
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
const VERSIONS = ['map', 'rival', 'engine'] as const;

/** One part of the engine. A version runs it once over all units and returns a number that depends on the work. */
interface Part {
  readonly name: string;
  /** What the time of one run is divided by the number of. */
  readonly unit: 'packet' | 'flow';
  readonly versions: Readonly<Partial<Record<(typeof VERSIONS)[number], () => number>>>;
}

/** Keeps the keys of all packets, one after the other, and what a log stores of each. */
class KeyRecorder implements PacketCounter {
  readonly key = new Int32Array(KEY_WORDS);
  readonly keys: Int32Array;
  readonly packets: LoggedPacket[] = [];

  constructor(packetCount: number) {
    this.keys = new Int32Array(packetCount * KEY_WORDS);
  }

  count(side: 0 | 1, bytes: number, wireLen: number, payloadSize: number, flags: number, sequence: number): void {
    this.keys.set(this.key, KEY_WORDS * this.packets.length);
    this.packets.push({ side, bytes, wireLen, payloadSize, flags, sequence });
  }
}

const { path, packetCount } = ensureWorkload('mix', SCALE);
const capture = readFileSync(path);
const records = capture.subarray(FILE_HEADER_SIZE);
const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
const recorder = new KeyRecorder(packetCount);
decodeAll(recorder);
const { keys, packets } = recorder;
const flowKeys = distinctKeys(keys);
const flowCount = flowKeys.length / KEY_WORDS;
const absentKeys = flowKeys.map((word, at) => (at % KEY_WORDS === KEY_PORTS ? word ^ 0x5555_5555 : word));
const indexed = fillIndex();
const mapped = fillMap();
const flowOfPacket = numberFlows();
const tracking = await EngineParts.create(capture, packetCount);
const inserting = await EngineParts.create(capture, packetCount);
const inserted = inserting.place(flowKeys);
const filled = await EngineParts.create(capture, packetCount);
const wanted = { all: filled.place(keys), absent: filled.place(absentKeys), flows: filled.place(flowKeys) };
filled.fill(wanted.flows);
const logging = await EngineParts.create(capture, packetCount, packetCount);

const PARTS: readonly Part[] = [
  { name: 'block walk', unit: 'packet', versions: { rival: walkRecords, engine: () => tracking.walk() } },
  {
    name: 'block walk, decode',
    unit: 'packet',
    versions: {
      rival: () => decodeAll({ key: new Int32Array(KEY_WORDS), count: () => undefined }),
      engine: () => tracking.decode(),
    },
  },
  {
    name: 'block walk, decode, flows',
    unit: 'packet',
    versions: { map: () => decodeAll(new MapFlowTable()), rival: trackAll, engine: () => tracking.track() },
  },
  {
    name: 'key, hash',
    unit: 'packet',
    versions: { map: textKeys, rival: hashKeys, engine: () => filled.hash(wanted.all) },
  },
  {
    name: 'table hit',
    unit: 'packet',
    versions: { map: () => getAll(keys), rival: () => findAll(keys), engine: () => filled.find(wanted.all) },
  },
  {
    name: 'table miss',
    unit: 'flow',
    versions: { map: () => getAll(absentKeys), rival: () => findAll(absentKeys), engine: () => filled.find(wanted.absent) },
  },
  {
    name: 'table insert',
    unit: 'flow',
    versions: {
      map: () => fillMap().size,
      rival: () => fillIndex().records.count,
      engine: () => inserting.fill(inserted),
    },
  },
  {
    name: 'wheel file, fire',
    unit: 'flow',
    versions: { map: turnMapWheel, rival: turnWheel, engine: () => filled.fileAndFire(TICKS) },
  },
  {
    name: 'wheel file, unfile',
    unit: 'flow',
    versions: { map: unfileMapWheel, rival: unfileWheel, engine: () => filled.fileAndUnfile(TICKS) },
  },
  { name: 'packet log', unit: 'packet', versions: { map: logPackets, engine: () => logging.log() } },
  { name: 'export rows', unit: 'flow', versions: { engine: () => filled.writeRows() } },
  {
    name: 'export jsonl',
    unit: 'flow',
    versions: { map: stringifyAll, rival: writeLines, engine: () => filled.writeLines() },
  },
];

await main();

async function main(): Promise<void> {
  console.log(`Node ${process.version}; ${packetCount} packets, ${flowCount} flow keys; medians, ns`);
  printRow('part', 'per', [...VERSIONS]);
  for (const part of PARTS) {
    const results = await measurePart(part);
    printRow(part.name, part.unit, VERSIONS.map((version) => results.get(version)?.toFixed(1) ?? '-'));
  }
}

/** Nanoseconds per unit, by version. */
async function measurePart({ name, unit, versions }: Part): Promise<Map<string, number>> {
  const unitCount = unit === 'packet' ? packetCount : flowCount;
  const bench = new Bench({ name, time: 300, warmupTime: 100 });
  for (const [version, run] of Object.entries(versions)) {
    const expected = run();
    bench.add(version, () => {
      if (run() !== expected) throw new Error(`${name}, ${version}: two runs differ`);
    });
  }
  await bench.run();
  const results = new Map<string, number>();
  for (const task of bench.tasks) {
    const { result } = task;
    if (result.state !== 'completed') throw new Error(`${name}, ${task.name}: ${result.state}`);
    results.set(task.name, (result.latency.p50 * 1e6) / unitCount);
  }
  return results;
}

function printRow(name: string, unit: string, cells: readonly string[]): void {
  console.log(`  ${name.padEnd(26)} ${unit.padEnd(6)} ${cells.map((cell) => cell.padStart(9)).join('')}`);
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

/** Flows of the rival, timeouts and the end of the capture included. */
function trackAll(): number {
  let ended = 0;
  const table = new FlowTable(() => {
    ended++;
  }, 65_536);
  walkBlock(view, records.length, new PacketReader(records, table), table);
  table.finish();
  return ended;
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
  const wheel = fileMapWheel();
  let fired = 0;
  for (let tick = 0; tick < TICKS; tick++) fired += wheel.take(tick);
  return fired;
}

function fileMapWheel(): MapWheel {
  const wheel = new MapWheel();
  for (let flow = 0; flow < flowCount; flow++) wheel.file(flow, tickOf(flow));
  return wheel;
}

function unfileWheel(): number {
  const pool = new FlowRecords(flowCount);
  const wheel = new Wheel(pool);
  for (let flow = 0; flow < flowCount; flow++) wheel.file(pool.take(), tickOf(flow));
  for (let flow = 0; flow < flowCount; flow++) wheel.unlink(flow);
  return pool.count;
}

function unfileMapWheel(): number {
  const wheel = fileMapWheel();
  for (let flow = 0; flow < flowCount; flow++) wheel.unfile(flow, tickOf(flow));
  return flowCount;
}

/** The flow of each packet, by the order in which they began. */
function numberFlows(): Int32Array {
  const numbers = new Map([...mapped.keys()].map((key, number) => [key, number]));
  return Int32Array.from(packets, (_, n) => numbers.get(keyText(keys, n * KEY_WORDS)) ?? -1);
}

function logPackets(): number {
  const log = new MapLog();
  for (const [n, packet] of packets.entries()) log.add(flowOfPacket[n]!, packet);
  return log.stored;
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
