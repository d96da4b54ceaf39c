/** Runs captures that are in memory through the engine, block by block, as the command does with files. */

import { readFileSync } from 'node:fs';
import { CaptureReader } from '../../src/reader/capture_reader.ts';
import type { EngineCounters } from '../../src/engine/counters.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import { planSides } from '../../src/engine/side_records.ts';
import { INDEX_SLOTS_MIN, ROWS_MAX, SLOT_SIZE } from '../../assembly/layout.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { rowAt } from '../../src/engine/table.ts';
import type { RowRange } from '../../src/engine/table.ts';
import { loadEngine } from '../../src/engine/load.ts';
import { recordReader } from '../../src/engine/rows.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { fieldsWith } from '../../src/flow/fields.ts';
import { groupsOn } from '../../src/flow/groups.ts';
import type { FParserError } from '../../src/errors.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { engineOptions } from '../../src/reader/options.ts';
import type { ReadOptions } from '../../src/reader/read_options.ts';
import type { ByteSource } from '../../src/source/file/source.ts';
import { flowLine, type FlowCounters, type FlowOptions } from '../models/index.ts';

export interface RunOptions extends ReadOptions {
  /** Bytes that the source gives at a time; default as many as are asked for. */
  readonly chunkSize?: number;
  /** Closed flows at which reading pauses. */
  readonly closedLimit?: number;
  readonly hashKey?: Uint32Array;
  /** Another build of the engine. */
  readonly module?: WebAssembly.Module;
  /** Looks at the rows of closed flows before they are freed. */
  readonly onRows?: (rows: RowRange, engine: InlineEngine) => void;
  /** Limits of memory, as flows that fit, with the smallest index. */
  readonly memory?: { readonly soft: number; readonly hard: number };
  /** As in EngineOptions. */
  readonly makeFilter?: NonNullable<EngineOptions['filter']>;
}

export interface Run {
  readonly flows: readonly Flow[];
  readonly lines: readonly string[];
  readonly counters: EngineCounters;
  readonly problems: readonly FParserError[];
  readonly engine: InlineEngine;
}

/** Flows that a test has room for, unless it says otherwise. */
const MAX_FLOWS = 4096;

/** Bytes in memory as a source that gives `chunkSize` of them at a time. */
export class BytesSource implements ByteSource {
  readonly waits = false;
  readonly name: string;
  readonly size: number;
  taken = 0;
  readonly #bytes: Uint8Array;
  readonly #chunkSize: number;

  constructor(name: string, bytes: Uint8Array, chunkSize: number) {
    this.name = name;
    this.size = bytes.length;
    this.#bytes = bytes;
    this.#chunkSize = chunkSize;
  }

  read(into: Uint8Array): number {
    const part = this.#bytes.subarray(this.taken, this.taken + Math.min(into.length, this.#chunkSize));
    into.set(part);
    this.taken += part.length;
    return part.length;
  }

  close(): void {}
}

let built: Promise<WebAssembly.Module> | undefined;

/** The engine that is tested: the release build, or the file that PCAPFLOW_ENGINE names. */
export function testedEngine(): Promise<WebAssembly.Module> {
  const path = process.env.PCAPFLOW_ENGINE;
  built ??= path === undefined ? loadEngine() : WebAssembly.compile(readFileSync(path));
  return built;
}

/** Options as an engine takes them. */
export function optionsOf({
  closedLimit,
  hashKey,
  memory,
  makeFilter,
  chunkSize: _chunkSize,
  module: _module,
  onRows: _onRows,
  ...options
}: RunOptions): EngineOptions {
  const known = engineOptions({ maxFlows: MAX_FLOWS, ...options });
  return {
    ...known,
    ...(memory === undefined
      ? {}
      : { softMemLimit: limitOf(memory.soft, known), hardMemLimit: limitOf(memory.hard, known) }),
    ...(closedLimit === undefined ? {} : { closedLimit }),
    ...(hashKey === undefined ? {} : { hashKey }),
    ...(makeFilter === undefined ? {} : { filter: makeFilter }),
  };
}

/** Bytes of so many flows and the smallest index. */
function limitOf(flows: number, options: EngineOptions): number {
  return flows * planSides(options).flowBytes + INDEX_SLOTS_MIN * SLOT_SIZE;
}

/** All files as one capture. Counters are read after each block too: their sum must hold at every moment. */
export async function run(files: Uint8Array | readonly Uint8Array[], options: RunOptions = {}): Promise<Run> {
  const list = files instanceof Uint8Array ? [files] : files;
  const engine = await InlineEngine.create(options.module ?? (await testedEngine()), optionsOf(options));
  const reader = new CaptureReader(engine, {
    count: list.length,
    open: async (n) => new BytesSource(`file ${n}`, list[n] ?? new Uint8Array(0), options.chunkSize ?? Infinity),
    yieldToEventLoop: async () => {},
  });
  const flows: Flow[] = [];
  const readFlow = recordReader(engine.placed(fieldsWith(groupsOn(options)))) as (views: RowBytes, row: number) => Flow;
  try {
    await reader.start();
  } catch (error) {
    if (reader.problems.length === 0) throw error;
    return { flows, lines: [], counters: engine.counters(), problems: reader.problems, engine };
  }
  while (await reader.advance()) {
    while (engine.closedCount > 0) {
      engine.takeClosed(ROWS_MAX, (rows) => {
        for (let n = 0; n < rows.count; n++) flows.push(readFlow(engine.views, rowAt(rows, n)));
        options.onRows?.(rows, engine);
      });
    }
    checkSum(engine.counters());
  }
  reader.close();
  const counters = engine.counters();
  checkSum(counters);
  return { flows, lines: flows.map(flowLine), counters, problems: reader.problems, engine };
}

/** seen = delivered + filtered + malformed + not tracked. @throws {Error} */
export function checkSum(c: EngineCounters): void {
  const sum = c.packetsDelivered + c.packetsFiltered + c.packetsMalformed + c.packetsNotTracked;
  if (c.packetsSeen !== sum)
    throw new Error(`${c.packetsSeen} packets seen, ${sum} accounted for: ${JSON.stringify(c)}`);
}

const ns = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));

/** The preset cic in the model's words. */
export const CIC_PRESET: FlowOptions = {
  flowTimeoutNs: ns(120),
  finTimeoutNs: ns(120),
  activeTimeoutNs: ns(120),
  cutRules: 'cic',
};

/** The same options in the model's words. */
export function modelOptions(options: RunOptions): FlowOptions {
  const { direction, flowTimeout, finTimeout, activeTimeout, fragments, decapsulate, maxFlows, snaplen, preset } =
    options;
  const engine = optionsOf(options);
  const { softMemLimit: softBytes, hardMemLimit: hardBytes } = engine;
  return {
    ...(softBytes === undefined || hardBytes === undefined
      ? {}
      : { memory: { softBytes, hardBytes, flowBytes: planSides(engine).flowBytes } }),
    ...(preset === undefined ? {} : CIC_PRESET),
    ...(direction === undefined ? {} : { direction }),
    ...(flowTimeout === undefined ? {} : { flowTimeoutNs: ns(flowTimeout) }),
    ...(finTimeout === undefined ? {} : { finTimeoutNs: ns(finTimeout) }),
    ...(activeTimeout === undefined ? {} : { activeTimeoutNs: ns(activeTimeout) }),
    ...(fragments === undefined ? {} : { fragments }),
    ...(decapsulate === undefined ? {} : { decapsulate }),
    ...(maxFlows === undefined ? {} : { maxFlows }),
    ...(snaplen === undefined ? {} : { snaplen }),
  };
}

/** The counters that model and engine both have. */
export function commonCounters(counters: FlowCounters | EngineCounters): FlowCounters {
  const {
    packetsSeen,
    packetsDelivered,
    packetsFiltered,
    packetsMalformed,
    packetsNotTracked,
    truncated,
    fragmentsUnmatched,
    timestampsBackwards,
    timestampsLate,
    timestampsUnknown,
    timestampJumps,
    timestampOutliers,
    clockRestarts,
    flowsStarted,
    flowsEnded,
    flowsEvicted,
  } = counters;
  return {
    packetsSeen,
    packetsDelivered,
    packetsFiltered,
    packetsMalformed,
    packetsNotTracked,
    truncated,
    fragmentsUnmatched,
    timestampsBackwards,
    timestampsLate,
    timestampsUnknown,
    timestampJumps,
    timestampOutliers,
    clockRestarts,
    flowsStarted,
    flowsEnded,
    flowsEvicted,
  };
}

/** The first difference of two lists of lines, as text; undefined when they are equal. */
export function difference(want: readonly string[], got: readonly string[]): string | undefined {
  for (let n = 0; n < Math.max(want.length, got.length); n++) {
    if (want[n] !== got[n])
      return `line ${n} of ${want.length}, got ${got.length}\n  want ${want[n]}\n  got  ${got[n]}`;
  }
  return undefined;
}
