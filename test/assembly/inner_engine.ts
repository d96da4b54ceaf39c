/** The engine's inner functions over a memory of their own: module/entry.ts, compiled on demand with assertions on. */
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileEngine } from '../../.ci/asc.mjs';
import { KEY_LOW, KEY_LOW_PORT, KEY_PROTOCOL, KEY_SIZE, KEY_VERSION, SCRATCH_PACKET } from '../../assembly/layout.ts';
import { planMemory, reserve, writeConfig } from '../../src/engine/memory.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import { instantiate, makeViews } from '../../src/engine/wasm.ts';
import type { EngineExports, MemoryViews } from '../../src/engine/wasm.ts';
import { engineOptions } from '../../src/reader/options.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODULE = join(ROOT, 'dist', 'engine.inner.wasm');

/** What entry.ts adds to the engine. Times and ticks are u64. */
export interface InnerExports extends EngineExports {
  addFlow(key: number, hash: number, first: bigint, last: bigint): number;
  dropFlow(index: number): void;
  copyFlow(to: number, from: number): void;
  addPacketTo(index: number, side: number, ipBytes: number, wireBytes: number, payloadBytes: number): void;
  setLast(index: number, time: bigint): void;
  nextInList(index: number): number;
  allocateFlow(): number;
  giveBack(index: number): void;
  findFlow(key: number, hash: number): number;
  likelyFlow(hash: number): number;
  lookUpFlow(key: number, hash: number): number;
  beginGrowth(): void;
  growSome(places: number): number;
  beginOrder(): void;
  putInOrder(place: number, index: number): void;
  sortOrder(count: number): number;
  orderedFlow(base: number, place: number): number;
  evictOne(): void;
  noteFlow(index: number, last: bigint): void;
  setWheelTime(time: bigint): void;
  nextDueTick(target: bigint, budget: number): number;
  takeDue(): number;
  fileFlow(index: number, tick: bigint, earliest: bigint): void;
  unfileFlow(index: number): void;
  deadlineOf(index: number): bigint;
  dueTick(index: number): bigint;
  packetSides(index: number, packet: number, side: number): void;
  startLog(index: number): void;
  logPacket(index: number, packet: number, sender: number): void;
  endLog(index: number): void;
  freeLog(index: number): void;
  putDecimal(to: number, value: number): number;
  putDigits(to: number, value: bigint): number;
  putTime(to: number, time: bigint): number;
  putIpv4(to: number, address: number): number;
  sampleDeviation(n: bigint, sum: bigint, squares: bigint): number;
  startStats(index: number): void;
}

export interface InnerEngine {
  readonly exports: InnerExports;
  readonly views: MemoryViews;
}

/** Latest change of a file of the engine, milliseconds. */
function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    }),
  );
}

let built: Promise<WebAssembly.Module> | undefined;

/** Compiles entry.ts unless that was done since the last change. Several processes may do it at once. */
async function build(): Promise<WebAssembly.Module> {
  const changed = Math.max(newest(join(ROOT, 'assembly')), newest(join(ROOT, 'test', 'assembly', 'module')));
  if ((statSync(MODULE, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= changed) {
    mkdirSync(join(ROOT, 'dist'), { recursive: true });
    const part = `${MODULE}.${process.pid}`;
    const entry = join('test', 'assembly', 'module', 'entry.ts');
    await compileEngine([join('assembly', 'index.ts'), entry, '--target', 'inner', '--outFile', part]);
    renameSync(part, MODULE);
  }
  return WebAssembly.compile(readFileSync(MODULE));
}

/** The module that is tested, whole engine included. */
export function innerModule(): Promise<WebAssembly.Module> {
  built ??= build();
  return built;
}

/** An empty table. */
export async function openInner(options: Partial<EngineOptions> = {}): Promise<InnerEngine> {
  const known: EngineOptions = { ...engineOptions({ maxFlows: 4096 }), ...options };
  const plan = planMemory(known);
  const memory = reserve(plan.pages, false);
  const exports = (await instantiate(await innerModule(), memory)) as InnerExports;
  writeConfig(memory, plan, known);
  exports.init();
  return { exports, views: makeViews(memory) };
}

/** Writes the key number `n` of a UDP flow: keys sort like their numbers. Returns its address. */
export function writeKey({ views }: InnerEngine, n: number): number {
  const key = SCRATCH_PACKET;
  views.u8.fill(0, key, key + KEY_SIZE);
  views.data.setUint32(key + KEY_LOW, n, false);
  views.data.setUint16(key + KEY_LOW_PORT, 1, true);
  views.data.setUint8(key + KEY_PROTOCOL, 17);
  views.data.setUint8(key + KEY_VERSION, 4);
  return key;
}

/** Seeds of a random test: one that is always the same, and one that changes with each run; both are in the titles. */
export const SEEDS: readonly number[] = [1, 2, 3, Number(process.env.TEST_SEED ?? Date.now() % 1_000_000)];
