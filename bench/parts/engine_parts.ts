import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  CHUNK_CAPACITY,
  CONFIG_END,
  CONTROL,
  COUNTERS_END,
  KEY_HIGH_PORT,
  KEY_LOW_PORT,
  KEY_PROTOCOL,
  KEY_SIZE,
  KEY_VERSION,
  PACKET_SIZE,
  PAGE_SIZE,
  ROWS,
  ROWS_MAX,
  STATE_CLOSED_COUNT,
  STATUS_CODE,
  STATUS_DONE,
} from '../../assembly/layout.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import { NO_LIMIT } from '../../src/engine/inline.ts';
import { planMemory, writeConfig } from '../../src/engine/memory.ts';
import { instantiate, makeViews } from '../../src/engine/wasm.ts';
import type { EngineExports, MemoryViews } from '../../src/engine/wasm.ts';
import { writeFieldProgram } from '../../src/engine/field_program.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import { engineOptions } from '../../src/reader/options.ts';
import { KEY_HIGH, KEY_PORTS, KEY_PROTOCOL as RIVAL_PROTOCOL, KEY_WORDS } from '../rival/records.ts';
import { PACKAGE_FOLDER } from '../workload.ts';

/** What bench/parts/assembly/parts.ts adds to the engine's exports; described there. */
interface PartsExports extends EngineExports {
  walkHeaders(at: number, end: number): number;
  decodeFrames(at: number, end: number): number;
  hashKeys(endpoints: number, size: number): number;
  findFlows(endpoints: number, size: number): number;
  insertFlows(endpoints: number, size: number): number;
  fileFlows(ticks: number): number;
  fireFlows(): number;
  unfileFlows(): number;
  keepPackets(at: number, end: number, to: number): number;
  logHeaders(packets: number, size: number): number;
}

/** Where endpoints of packets or flows lie, and how many. */
export interface Endpoints {
  readonly base: number;
  readonly count: number;
}

const MODULE = join(PACKAGE_FOLDER, 'dist', 'engine.parts.wasm');
const FILE_HEADER_SIZE = 24;
const FLOWS_MAX = 65_536;
const FAMILY_IPV4 = 4;

/**
 * The engine's parts over a whole capture in its memory, which the engine's own host code has laid out. What only the
 * measurement needs lies behind the engine's regions.
 */
export class EngineParts {
  readonly #exports: PartsExports;
  readonly #views: MemoryViews;
  readonly #block: { readonly base: number; readonly end: number };
  #top: number;
  #packets: Endpoints | undefined;
  /** Flows put in order; their rows are written in it. */
  #ordered: number | undefined;

  private constructor(exports: PartsExports, views: MemoryViews, block: { base: number; end: number }, top: number) {
    this.#exports = exports;
    this.#views = views;
    this.#block = block;
    this.#top = top;
  }

  /**
   * @param capture a classic microsecond file of Ethernet frames
   * @param packetCount how many packets it has
   * @param headersMax packet headers stored per flow; with 0 none are, as in `pcapflow read`
   * @throws {Error} when `npm run bench:parts` has not built the module
   */
  static async create(capture: Uint8Array, packetCount: number, headersMax = 0): Promise<EngineParts> {
    const chunksMax = packetCount / CHUNK_CAPACITY + 2 * FLOWS_MAX;
    const base = engineOptions({ maxFlows: FLOWS_MAX, blockSize: capture.length });
    const options: EngineOptions = { ...base, closedLimit: FLOWS_MAX, headersMax, chunksMax: Math.ceil(chunksMax) };
    const plan = planMemory(options);
    const spare = Math.ceil((packetCount * (PACKET_SIZE + 2 * KEY_SIZE)) / PAGE_SIZE);
    const pages = plan.pages + spare;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const exports = (await instantiate(await WebAssembly.compile(readFileSync(MODULE)), memory)) as PartsExports;
    writeConfig(memory, plan, options);
    exports.init();
    const views = makeViews(memory);
    views.u8.set(capture, plan.block.base);
    const block = { base: plan.block.base, end: plan.block.base + capture.length };
    return new EngineParts(exports, views, block, plan.pages * PAGE_SIZE);
  }

  /** Writes keys of the rival's form, low end as the source, for the loops over endpoints. */
  place(keys: Int32Array): Endpoints {
    const { data } = this.#views;
    const base = this.#top;
    const count = keys.length / KEY_WORDS;
    for (let n = 0; n < count; n++) {
      const key = keys.subarray(n * KEY_WORDS, (n + 1) * KEY_WORDS);
      const to = base + n * KEY_SIZE;
      const version = key[RIVAL_PROTOCOL]! >>> 8;
      const words = version === FAMILY_IPV4 ? [key[0]!, key[KEY_HIGH]!] : key.subarray(0, KEY_PORTS);
      for (const [word, value] of words.entries()) data.setInt32(to + 4 * word, value);
      data.setUint16(to + KEY_LOW_PORT, key[KEY_PORTS]! >>> 16, true);
      data.setUint16(to + KEY_HIGH_PORT, key[KEY_PORTS]! & 0xffff, true);
      data.setUint8(to + KEY_PROTOCOL, key[RIVAL_PROTOCOL]! & 0xff);
      data.setUint8(to + KEY_VERSION, version);
    }
    this.#top += count * KEY_SIZE;
    return { base, count };
  }

  walk(): number {
    return this.#exports.walkHeaders(this.#block.base + FILE_HEADER_SIZE, this.#block.end);
  }

  decode(): number {
    return this.#exports.decodeFrames(this.#block.base + FILE_HEADER_SIZE, this.#block.end);
  }

  /** All of a run but reading and writing. Returns how many flows ended. */
  track(): number {
    this.#reset();
    const { data } = this.#views;
    const from = this.#exports.openCapture(this.#block.base, this.#block.end);
    this.#exports.walkCapture(from, this.#block.end, NO_LIMIT);
    const status = data.getUint32(CONTROL + STATUS_CODE, true);
    if (status !== STATUS_DONE) throw new Error(`the walk stopped with status ${status}`);
    const flows = this.#exports.beginFlush();
    while (this.#exports.flushSome(flows) !== 0);
    return data.getUint32(CONTROL + STATE_CLOSED_COUNT, true);
  }

  hash(endpoints: Endpoints): number {
    return this.#exports.hashKeys(endpoints.base, endpoints.count);
  }

  find(endpoints: Endpoints): number {
    return this.#exports.findFlows(endpoints.base, endpoints.count);
  }

  /** Empties the table and fills it. Returns how many flows it has. */
  fill(endpoints: Endpoints): number {
    this.#reset();
    return this.#exports.insertFlows(endpoints.base, endpoints.count);
  }

  fileAndFire(ticks: number): number {
    this.#exports.fileFlows(ticks);
    return this.#exports.fireFlows();
  }

  fileAndUnfile(ticks: number): number {
    this.#exports.fileFlows(ticks);
    return this.#exports.unfileFlows();
  }

  /** Stores the header of every packet anew. Returns how many chunks that took. */
  log(): number {
    this.#packets ??= this.#keepPackets();
    return this.#exports.logHeaders(this.#packets.base, this.#packets.count);
  }

  /** Writes the rows of all flows. Returns how many. */
  writeRows(): number {
    const count = (this.#ordered ??= this.#exports.orderActive());
    for (let n = 0; n < count; n += ROWS_MAX) this.#exports.writeOrdered(n, ROWS_MAX);
    return count;
  }

  /** Writes all flows as JSON Lines. Returns the length of the text. */
  writeLines(): number {
    writeFieldProgram(this.#views.u8, jsonLines, FLOW_FIELDS);
    const count = (this.#ordered ??= this.#exports.orderActive());
    let length = 0;
    for (let n = 0; n < count; n += ROWS_MAX)
      length += this.#exports.writeText(ROWS, this.#exports.writeOrdered(n, ROWS_MAX));
    return length;
  }

  #keepPackets(): Endpoints {
    const base = this.#top;
    const count = this.#exports.keepPackets(this.#block.base + FILE_HEADER_SIZE, this.#block.end, base);
    this.#top += count * PACKET_SIZE;
    return { base, count };
  }

  /** State and counters as in a fresh memory; options stay. */
  #reset(): void {
    this.#views.u8.fill(0, CONTROL + CONFIG_END, CONTROL + COUNTERS_END);
    this.#exports.init();
    this.#ordered = undefined;
  }
}
