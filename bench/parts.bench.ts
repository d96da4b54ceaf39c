/**
 * The parts one by one, in nanoseconds per packet or per flow: `npm run bench:parts`.
 * Every part has a plain `Map` version as its baseline where that can do it at all, the typed-array rival, and the
 * engine. All versions of a part do the same work over the same packets of the `mix` workload; look-ups and insertions
 * include key and hash, which a `Map` cannot do without. The engine's wheel has five levels and works out each
 * deadline, where the other two have one list for each tick and are told it.
 */
import { Bench } from 'tinybench';

import { EngineParts } from './parts/engine_parts.ts';
import { MapParts } from './parts/map_parts.ts';
import { readPartInput } from './parts/part_input.ts';
import { RivalParts } from './parts/rival_parts.ts';
import { benchArguments } from './arguments.ts';

benchArguments({
  program: 'parts.bench',
  about: 'The parts of the engine, a Map and a typed-array rival: nanoseconds per packet or flow.',
});

const SCALE = 0.01;
const TICKS = 6_000;
const VERSIONS = ['map', 'rival', 'engine'] as const;

/** One part of the engine. A version runs it once over all units and returns a number that depends on the work. */
interface Part {
  readonly name: string;
  /** What the time of one run is divided by the number of. */
  readonly unit: 'packet' | 'flow';
  /** What each version must return, where that is known: how many were walked, found, fired. */
  readonly result?: number;
  readonly versions: Readonly<Partial<Record<(typeof VERSIONS)[number], () => number>>>;
}

const input = readPartInput(SCALE);
const { packetCount, flowCount, keys, absentKeys, flowKeys } = input;
const map = new MapParts(input);
const rival = new RivalParts(input);
const engine = await EngineParts.create(input.capture, packetCount);
const filled = await EngineParts.create(input.capture, packetCount);
const logging = await EngineParts.create(input.capture, packetCount, packetCount);
const flows = engine.place(flowKeys);
const wanted = { all: filled.place(keys), absent: filled.place(absentKeys) };
filled.fill(filled.place(flowKeys));

const PARTS: readonly Part[] = [
  {
    name: 'block walk',
    unit: 'packet',
    result: packetCount,
    versions: { rival: () => rival.walk(), engine: () => engine.walk() },
  },
  {
    name: 'block walk, decode',
    unit: 'packet',
    result: packetCount,
    versions: { rival: () => rival.decode(), engine: () => engine.decode() },
  },
  {
    name: 'block walk, decode, flows',
    unit: 'packet',
    versions: { map: () => map.track(), rival: () => rival.track(), engine: () => engine.track() },
  },
  {
    name: 'key, hash',
    unit: 'packet',
    versions: { map: () => map.hash(), rival: () => rival.hash(), engine: () => filled.hash(wanted.all) },
  },
  {
    name: 'table hit',
    unit: 'packet',
    result: packetCount,
    versions: { map: () => map.find(keys), rival: () => rival.find(keys), engine: () => filled.find(wanted.all) },
  },
  {
    name: 'table miss',
    unit: 'flow',
    result: 0,
    versions: {
      map: () => map.find(absentKeys),
      rival: () => rival.find(absentKeys),
      engine: () => filled.find(wanted.absent),
    },
  },
  {
    name: 'table insert',
    unit: 'flow',
    result: flowCount,
    versions: { map: () => map.fill(), rival: () => rival.fill(), engine: () => engine.fill(flows) },
  },
  {
    name: 'wheel file, fire',
    unit: 'flow',
    result: flowCount,
    versions: {
      map: () => map.fileAndFire(TICKS),
      rival: () => rival.fileAndFire(TICKS),
      engine: () => filled.fileAndFire(TICKS),
    },
  },
  {
    name: 'wheel file, unfile',
    unit: 'flow',
    result: flowCount,
    versions: {
      map: () => map.fileAndUnfile(TICKS),
      rival: () => rival.fileAndUnfile(TICKS),
      engine: () => filled.fileAndUnfile(TICKS),
    },
  },
  { name: 'packet log', unit: 'packet', versions: { map: () => map.log(), engine: () => logging.log() } },
  { name: 'export rows', unit: 'flow', result: flowCount, versions: { engine: () => filled.writeRows() } },
  {
    name: 'export jsonl',
    unit: 'flow',
    versions: { map: () => map.writeLines(), rival: () => rival.writeLines(), engine: () => filled.writeLines() },
  },
];

await main();

async function main(): Promise<void> {
  console.log(`Node ${process.version}; ${packetCount} packets, ${flowCount} flow keys; medians, ns`);
  printRow('part', 'per', [...VERSIONS]);
  for (const part of PARTS) {
    const results = await measurePart(part);
    printRow(
      part.name,
      part.unit,
      VERSIONS.map((version) => results.get(version)?.toFixed(1) ?? '-'),
    );
  }
}

/** Nanoseconds per unit, by version. */
async function measurePart({ name, unit, result: known, versions }: Part): Promise<Map<string, number>> {
  const unitCount = unit === 'packet' ? packetCount : flowCount;
  const bench = new Bench({ name, time: 300, warmupTime: 100 });
  for (const [version, run] of Object.entries(versions)) {
    const expected = run();
    if (known !== undefined && expected !== known) throw new Error(`${name}, ${version}: ${expected}, not ${known}`);
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
