/**
 * Bounded mutation fuzz of readers and decoder, in this process. One input is one mutated frame, fed as a sound record
 * of a capture with many such records, or one mutated capture file.
 *
 * Checked: the engine never traps, every packet has exactly one counter, every call comes to an end, and for a sample
 * of the inputs flows and counters are those of the model. In every other round all groups of fields are on, and are
 * compared too.
 */

import type { Flow } from '../../src/flow/flow.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { STATUS_DONE, STATUS_DRAIN, STATUS_LINK_TYPE, STATUS_MORE } from '../../assembly/layout.ts';
import { pcap, pcapngOf, random, type CaptureRecord, type Random } from '../builders/index.ts';
import {
  checkSum,
  commonCounters,
  difference,
  modelOptions,
  optionsOf,
  run,
  testedEngine,
  type RunOptions,
} from '../engine/harness.ts';
import { onLink, randomPacket } from '../engine/scenario.ts';
import { flowLine, flowsOf, readCapture, type FlowOptions } from '../models/index.ts';
import { ALL_GROUPS, groupsDifference, wantedGroups } from './groups.ts';
import { mutate } from './mutate.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** Stop when this many inputs were tried. */
  readonly inputs: number;
  /** Or after this time. */
  readonly seconds?: number;
  /** Called now and then. */
  readonly progress?: (report: FuzzReport) => void;
  readonly module?: WebAssembly.Module;
}

export interface FuzzReport {
  /** Mutated frames through the decoder. */
  readonly frames: number;
  /** Mutated files through the readers. */
  readonly files: number;
  /** Inputs of which flows and counters were compared with the model. */
  readonly compared: number;
}

/** What went wrong, with the capture that shows it. */
export class FuzzFinding extends Error {
  readonly capture: Uint8Array;
  constructor(message: string, capture: Uint8Array, cause?: unknown) {
    super(message, { cause });
    this.capture = capture;
  }
}

const LINK_TYPES = [
  1, 1, 1, 1, 7, 8, 10, 107, 117, 129, 178, 226, 239, 242, 258, 281, 282, 284, 285, 0, 9, 12, 50, 51, 101, 104, 105,
  108, 113, 127, 192, 204, 228, 229, 276,
];
const SETTINGS: readonly RunOptions[] = [
  { decapsulate: true, maxFlows: 256, flowTimeout: 5, finTimeout: 1 },
  {
    decapsulate: true,
    direction: 'uni',
    fragments: 'port0',
    maxFlows: 64,
    flowTimeout: 1,
    finTimeout: 0,
    activeTimeout: 3,
  },
  { decapsulate: false, maxFlows: 1024, snaplen: 96 },
];
/** Settings of all rounds, in turn: without groups and with them. */
const ROUNDS: readonly RunOptions[] = SETTINGS.flatMap((setting) => [
  setting,
  { ...setting, with: ALL_GROUPS, ...(setting.direction === 'uni' ? { interim: 0.5 } : {}) },
]);
/** Mutated frames of one capture; all of them are in one block. */
const FRAMES = 4096;
/** Frames that mutations start from, made anew for each link type and setting. */
const SEEDS = 512;
/** Captures between two that are compared with the model. */
const COMPARE_EVERY = 8;
const FRAME_MAX = 400;
const RECORD_HEADER = 16;
const FILE_HEADER = 24;
const START_S = 1_700_000_000;

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const r = random(options.seed);
  const module = options.module ?? (await testedEngine());
  const began = performance.now();
  const report = { frames: 0, files: 0, compared: 0 };
  for (let round = 0; report.frames + report.files < options.inputs; round++) {
    const setting = ROUNDS[round % ROUNDS.length] as RunOptions;
    const linkType = r.pick(LINK_TYPES);
    const seeds = Array.from({ length: SEEDS }, () =>
      Uint8Array.from(onLink(r, linkType, randomPacket(r))).slice(0, FRAME_MAX),
    );
    const engine = await InlineEngine.create(module, optionsOf({ ...setting, blockSize: 1 << 21 }));
    for (let n = 0; n < 48 && report.frames + report.files < options.inputs; n++) {
      const bytes = capture(r, linkType, seeds);
      const seen = feed(engine, bytes);
      if (seen !== FRAMES) throw new FuzzFinding(`${seen} of ${FRAMES} records were read`, bytes);
      report.frames += FRAMES;
      report.files += mutatedFiles(r, engine, seeds, linkType);
      if ((round * 48 + n) % COMPARE_EVERY === 0) report.compared += await compare(r, linkType, seeds, setting, module);
    }
    options.progress?.(report);
    if (options.seconds !== undefined && performance.now() - began > options.seconds * 1000) break;
  }
  return report;
}

/** A sound classic capture of mutated frames. Written by hand: this is what the time of the run goes into. */
function capture(r: Random, linkType: number, seeds: readonly Uint8Array[], count = FRAMES): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER + count * (RECORD_HEADER + FRAME_MAX));
  const view = new DataView(bytes.buffer);
  bytes.set(pcap([], { linkType, format: 'ns' }));
  let at = FILE_HEADER;
  let time = r.below(1e9);
  for (let n = 0; n < count; n++) {
    const seed = r.pick(seeds);
    const frame = bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + FRAME_MAX);
    frame.set(seed);
    const length = mutate(r, frame.subarray(0, seed.length), seed.length);
    time += r.oneIn(64) ? 1e9 : r.below(1e6);
    const late = r.oneIn(32) ? 1 : 0;
    view.setUint32(at, START_S + Math.floor(time / 1e9) - late, true);
    view.setUint32(at + 4, time % 1e9, true);
    view.setUint32(at + 8, length, true);
    view.setUint32(at + 12, r.oneIn(16) ? r.below(2000) : seed.length, true);
    at += RECORD_HEADER + length;
  }
  return bytes.subarray(0, at);
}

const FILES = 16;

/** Small files with mutated bytes anywhere, headers of file, records and blocks among them. */
function mutatedFiles(r: Random, engine: InlineEngine, seeds: readonly Uint8Array[], linkType: number): number {
  for (let n = 0; n < FILES; n++) feed(engine, mutatedFile(r, seeds, linkType));
  return FILES;
}

function mutatedFile(r: Random, seeds: readonly Uint8Array[], linkType: number): Uint8Array {
  const records = Array.from(
    { length: r.between(1, 6) },
    (_, n): CaptureRecord => ({
      timestampNs: BigInt(START_S + n) * 1_000_000_000n,
      frame: r.pick(seeds).slice(0, 80),
    }),
  );
  const whole = r.oneIn(2)
    ? pcapngOf(records, { linkType, tsresol: r.pick([6, 9]), tsoffset: r.oneIn(4) ? -5n : 0n, bigEndian: r.oneIn(2) })
    : pcap(records, { linkType, format: r.pick(['us', 'ns', 'modified']), bigEndian: r.oneIn(2) });
  return whole.slice(0, mutate(r, whole, whole.length));
}

/** Gives a capture to the engine; says how many records were read. @throws {FuzzFinding} */
export function feed(engine: InlineEngine, bytes: Uint8Array): number {
  const before = engine.counters().packetsSeen;
  try {
    engine.beginFile();
    for (let at = 0; at < bytes.length; ) {
      const space = engine.space();
      const part = bytes.subarray(at, at + space.length);
      space.set(part);
      engine.filled(part.length);
      at += part.length;
      if (!walk(engine, bytes)) break;
    }
    checkSum(engine.counters());
  } catch (error) {
    if (error instanceof FuzzFinding) throw error;
    throw new FuzzFinding(error instanceof Error ? error.message : String(error), bytes, error);
  }
  return engine.counters().packetsSeen - before;
}

/**
 * Uses what was given. False when the file cannot be read further. @throws {FuzzFinding} when it goes on without end
 */
function walk(engine: InlineEngine, bytes: Uint8Array): boolean {
  for (let turns = 0; turns < 100_000; turns++) {
    const { status } = engine.walk();
    if (status === STATUS_DONE || status === STATUS_MORE) return true;
    if (status === STATUS_DRAIN) engine.release(engine.closedCount);
    else if (status !== STATUS_LINK_TYPE || !engine.opened) return false;
  }
  throw new FuzzFinding('reading does not come to an end', bytes);
}

const COMPARED_FRAMES = 200;

/** Fresh inputs through a fresh engine and the model. @throws {FuzzFinding} where they differ */
async function compare(
  r: Random,
  linkType: number,
  seeds: readonly Uint8Array[],
  setting: RunOptions,
  module: WebAssembly.Module,
): Promise<number> {
  const bytes = capture(r, linkType, seeds, COMPARED_FRAMES);
  await agree(bytes, setting, module);
  const file = mutatedFile(r, seeds, linkType);
  await agree(file, setting, module);
  return COMPARED_FRAMES + 1;
}

/** Do engine and model see the same in this capture? @throws {FuzzFinding} */
export async function agree(bytes: Uint8Array, setting: RunOptions, module?: WebAssembly.Module): Promise<void> {
  const { records, error } = readCapture(bytes);
  const wantedOfFlows: object[] = [];
  const onEnd: FlowOptions['onEnd'] = (flow, record) => wantedOfFlows.push(wantedGroups(flow, record, setting));
  const want = flowsOf(records, {
    ...modelOptions(setting),
    ...(setting.with?.includes('tcp') === true ? { onEnd } : {}),
  });
  const got = await run(bytes, { ...setting, ...(module === undefined ? {} : { module }) });
  const flows = got.flows.filter(({ final }) => final !== false);
  const counters = [want.counters, commonCounters(got.counters)].map((one) => JSON.stringify(one));
  const found =
    difference(want.flows.map(flowLine), flows.map(flowLine)) ?? difference([counters[0] ?? ''], [counters[1] ?? '']);
  if (found !== undefined)
    throw new FuzzFinding(`model and engine differ with ${JSON.stringify(setting)}: ${found}`, bytes);
  for (const [n, wanted] of wantedOfFlows.entries()) {
    const part = groupsDifference(flows[n] as Flow, wanted);
    if (part === undefined) continue;
    throw new FuzzFinding(`flow ${n} differs with ${JSON.stringify(setting)}: ${part}`, bytes);
  }
  const told = got.problems.filter((problem) => problem.code !== 'ERR_UNSUPPORTED_LINKTYPE').length > 0;
  const wanted = error !== undefined && error.code !== 'unsupportedLinkType';
  if (told !== wanted) {
    throw new FuzzFinding(
      `model: ${error?.message ?? 'no error'}, engine: ${got.problems.map((one) => one.message).join() || 'no error'}`,
      bytes,
    );
  }
}
