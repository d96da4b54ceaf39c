/**
 * Filters by themselves: `npm run bench:filter`. Nanoseconds per frame of the compiled function, called from
 * WebAssembly as the engine does, and of the plain interpreter over the same frames of `mix`; milliseconds to compile,
 * from the text to a function that can be called. `first` is the first compilation of the expression in this process:
 * that of the first row finds nothing warm.
 */
import { readFileSync } from 'node:fs';

import { assembleFilterModule, compileProgram, interpret } from '../src/filter/index.ts';
import { instantiateFilter } from '../src/filter/wasm/instantiate.ts';
import type { BpfProgram } from '../src/filter/index.ts';
import type { FilterFunction } from '../src/filter/wasm/instantiate.ts';
import { ENTRY_SIZE, makeDriver } from './filter_driver.ts';
import { FILTERS, hostList } from './filters.ts';
import { median } from './measure.ts';
import { ensureWorkload } from './workload.ts';
import { benchArguments } from './arguments.ts';

benchArguments({
  program: 'filter.bench',
  about: 'Filters by themselves: nanoseconds per frame of mix, milliseconds to compile.',
});

interface Frame {
  readonly bytes: Uint8Array;
  readonly wireLen: number;
}

interface Expression {
  readonly name: string;
  readonly text: string;
  readonly compileMsMax: number;
}

const FRAME_COUNT = 4096;
const SCALE = 0.01;
const FILE_HEADER_SIZE = 24;
const RECORD_HEADER_SIZE = 16;
const ROUNDS = 7;
/** A round runs at least so long. */
const ROUND_MS = 30;
const COMPILE_MS_MAX = 5;
const RATIO_MIN = 20;

const EXPRESSIONS: readonly Expression[] = [
  ...FILTERS.flatMap(({ name, literal, passing }) => [
    { name, text: literal, compileMsMax: COMPILE_MS_MAX },
    { name: `${name}, all pass`, text: passing, compileMsMax: COMPILE_MS_MAX },
  ]),
  { name: 'flags', text: 'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0', compileMsMax: COMPILE_MS_MAX },
  {
    name: 'ports behind vlan',
    text: 'vlan and (port 53 or port 80 or portrange 8000-8100)',
    compileMsMax: COMPILE_MS_MAX,
  },
  { name: '10,000 hosts', text: hostList('172.16', 10_000), compileMsMax: 100 },
];

main();

function main(): void {
  const frames = readFrames();
  const memory = new WebAssembly.Memory({ initial: 64 });
  layOut(frames, memory);
  console.log(`Node ${process.version}; ${frames.length} frames of mix; medians of ${ROUNDS}`);
  printRow([
    'expression',
    'steps',
    'compiled ns',
    'interpreted ns',
    'ratio',
    'target',
    'first ms',
    'compile ms',
    'target',
  ]);
  for (const expression of EXPRESSIONS) printRow(measureExpression(expression, frames, memory));
}

function measureExpression(
  { name, text, compileMsMax }: Expression,
  frames: readonly Frame[],
  memory: WebAssembly.Memory,
): string[] {
  const compileMs = Array.from({ length: ROUNDS }, () => elapsedMs(() => compileFilter(text, memory)));
  const { program, run } = compileFilter(text, memory);
  const drive = makeDriver(run, memory);
  const kept = interpretAll(program, frames);
  if (drive(0, frames.length) !== kept) throw new Error(`${name}: compiled and interpreted program differ`);
  const compiledNs = nanosecondsPerFrame(() => drive(0, frames.length));
  const interpretedNs = nanosecondsPerFrame(() => interpretAll(program, frames));
  return [
    ...[name, String(program.length), compiledNs.toFixed(1), interpretedNs.toFixed(0)],
    ...[(interpretedNs / compiledNs).toFixed(0), `at least ${RATIO_MIN}`],
    ...[
      (compileMs[0] ?? Number.NaN).toFixed(1),
      (median(compileMs) ?? Number.NaN).toFixed(1),
      `at most ${compileMsMax}`,
    ],
  ];
}

function compileFilter(text: string, memory: WebAssembly.Memory): { program: BpfProgram; run: FilterFunction } {
  const program = compileProgram(text);
  return { program, run: instantiateFilter(assembleFilterModule(program), memory) };
}

function interpretAll(program: BpfProgram, frames: readonly Frame[]): number {
  let kept = 0;
  for (const { bytes, wireLen } of frames) if (interpret(program, bytes, wireLen) !== 0) kept++;
  return kept;
}

function readFrames(): Frame[] {
  const file = readFileSync(ensureWorkload('mix', SCALE).path);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const frames: Frame[] = [];
  for (let at = FILE_HEADER_SIZE; frames.length < FRAME_COUNT; ) {
    const begin = at + RECORD_HEADER_SIZE;
    const end = begin + view.getUint32(at + 8, true);
    frames.push({ bytes: file.subarray(begin, end), wireLen: view.getUint32(at + 12, true) });
    at = end;
  }
  return frames;
}

/** Puts the driver's table at 0 and the frames behind it. */
function layOut(frames: readonly Frame[], memory: WebAssembly.Memory): void {
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  let at = frames.length * ENTRY_SIZE;
  for (const [n, frame] of frames.entries()) {
    const entry = [at, frame.bytes.length, frame.wireLen];
    for (const [word, value] of entry.entries()) view.setUint32(n * ENTRY_SIZE + 4 * word, value, true);
    bytes.set(frame.bytes, at);
    at += frame.bytes.length;
  }
}

function nanosecondsPerFrame(pass: () => void): number {
  for (let spentMs = 0; spentMs < ROUND_MS; ) spentMs += elapsedMs(pass);
  const times = Array.from({ length: ROUNDS }, () => {
    let passes = 0;
    let spentMs = 0;
    for (; spentMs < ROUND_MS; passes++) spentMs += elapsedMs(pass);
    return (spentMs * 1e6) / (passes * FRAME_COUNT);
  });
  return median(times) ?? Number.NaN;
}

function elapsedMs(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function printRow([name = '', ...cells]: readonly string[]): void {
  console.log(`  ${name.padEnd(24)}${cells.map((cell) => cell.padStart(15)).join('')}`);
}
