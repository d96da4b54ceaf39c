/**
 * Nanoseconds per frame of the compiled function and of the plain interpreter, and milliseconds to compile. Frames are
 * those of the fuzz tests, Ethernet, whole, seed 1, laid out one after the other as an engine has them.
 */
import { assembleFilterModule, compileProgram, instantiateFilter, interpret } from "../../../src/filter/index.ts";
import { randomFrame } from "../fuzz/frames.ts";
import { Random } from "../fuzz/random.ts";
import { ENTRY_BYTES, makeDriver } from "./driver.ts";

const FRAME_COUNT = 4096;
const ROUNDS = 200;

/** `count` hosts, none of them in the frames. */
export function hostList(count: number): string {
  const hosts = Array.from({ length: count }, (_, index) => `172.16.${index >>> 8}.${index & 0xff}`);
  return `host ${hosts.join(" or ")}`;
}

export const EXPRESSIONS: Readonly<Record<string, string>> = {
  "one port, one host": "tcp port 443 and host 10.0.0.1",
  "arithmetic and net": "ip[2:2] > 500 and not net 10.0.0.0/8",
  flags: "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
  "ports and vlan": "vlan and (port 53 or port 80 or portrange 8000-8100)",
  "100 hosts": hostList(100),
  "10,000 hosts": hostList(10_000),
};

export interface FilterBenchResult {
  readonly name: string;
  readonly instructions: number;
  readonly compileMs: number;
  readonly compiledNs: number;
  readonly interpretedNs: number;
}

export function benchFilters(): FilterBenchResult[] {
  const random = new Random(1);
  const frames = Array.from({ length: FRAME_COUNT }, () => randomFrame(random, 1));
  const memory = new WebAssembly.Memory({ initial: 64 });
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  let at = FRAME_COUNT * ENTRY_BYTES;
  frames.forEach(({ bytes: frame, wireLength }, index) => {
    [at, frame.length, wireLength].forEach((value, word) => view.setUint32(index * ENTRY_BYTES + 4 * word, value, true));
    bytes.set(frame, at);
    at += frame.length;
  });
  return Object.entries(EXPRESSIONS).map(([name, expression]) => {
    const start = performance.now();
    const program = compileProgram(expression);
    const run = instantiateFilter(assembleFilterModule(program), memory);
    const drive = makeDriver(run, memory);
    drive(0, FRAME_COUNT);
    const compileMs = performance.now() - start;
    let kept = 0;
    const compiled = (): void => {
      kept += drive(0, FRAME_COUNT);
    };
    const interpreted = (): void => {
      for (const { bytes: frame, wireLength } of frames) kept += interpret(program, frame, wireLength);
    };
    const compiledNs = nanosecondsPerFrame(compiled, ROUNDS);
    const interpretedNs = nanosecondsPerFrame(interpreted, program.length > 1000 ? 1 : 10);
    if (Number.isNaN(kept)) throw new RangeError("unreachable");
    return { name, instructions: program.length, compileMs, compiledNs, interpretedNs };
  });
}

/** The best of five. */
function nanosecondsPerFrame(run: () => void, rounds: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const start = performance.now();
    for (let round = 0; round < rounds; round += 1) run();
    best = Math.min(best, ((performance.now() - start) * 1e6) / (rounds * FRAME_COUNT));
  }
  return best;
}
