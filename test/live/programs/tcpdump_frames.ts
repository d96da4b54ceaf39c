/**
 * Runs a TcpdumpSource with a collecting sink and reports, one line of JSON each: that it is open (or why not), that
 * the wanted frames have come, then, when the run is over, what came. SIGTERM stops it.
 */
import { createHash } from 'node:crypto';
import { FParserError } from '../../../src/errors.ts';
import { dropTo } from '../../../src/source/live/rights.ts';
import { TcpdumpSource } from '../../../src/source/tcpdump/tcpdump_source.ts';
import type { TcpdumpSourceOptions } from '../../../src/source/tcpdump/tcpdump_source.ts';
import { CollectingSink } from '../../source/live/collecting_sink.ts';

export interface TcpdumpFramesOptions extends TcpdumpSourceOptions {
  /** Frames after which a report is made. */
  readonly count?: number;
  /** Lost interfaces that are noticed before that report. */
  readonly problems?: number;
  /** Become `user` as well when the source is open. */
  readonly drop?: boolean;
  /** tcpdump remains root. */
  readonly root?: boolean;
}

export interface Told {
  readonly code: string;
  readonly message: string;
}

export interface OpenReport {
  readonly error?: Told;
  readonly linkTypes: readonly number[];
  readonly recordUnitsNs: readonly number[];
  /** Milliseconds since the process began. */
  readonly afterMs: number;
}

export interface CameReport {
  readonly count: number;
}

export interface EndReport {
  readonly error?: Told;
  readonly count: number;
  /** Of all frames, see `digestOf`. */
  readonly digest: string;
  readonly problems: readonly Told[];
  readonly packetsDroppedKernel: number | null;
  readonly closeMs: number;
}

/** SHA-256 of the frames and their lengths, in order. */
export function digestOf(frames: Iterable<{ readonly frame: Uint8Array; readonly wireLen: number }>): string {
  const hash = createHash('sha256');
  for (const { frame, wireLen } of frames) hash.update(`${wireLen} ${frame.length} `).update(frame);
  return hash.digest('hex');
}

const options = JSON.parse(process.argv[2] ?? '{}') as TcpdumpFramesOptions;
const say = (report: OpenReport | CameReport | EndReport): boolean =>
  process.stdout.write(`${JSON.stringify(report)}\n`);
const told = (error: unknown): Told => {
  if (!(error instanceof FParserError)) throw error;
  return { code: error.code, message: error.message };
};

const sink = new CollectingSink();
const source = new TcpdumpSource(options.root === true ? { ...options, user: 'root' } : options);
process.on('SIGTERM', () => source.stop());
sink.onFrame = () => {
  if (sink.frames.length === options.count) setImmediate(came);
};

function came(): void {
  if (source.problems.length >= (options.problems ?? 0)) say({ count: sink.frames.length });
  else setTimeout(came, 20);
}

const openError = await source.open(sink).then(() => undefined, told);
say({
  ...(openError === undefined ? {} : { error: openError }),
  linkTypes: sink.interfaces.map(({ linkType }) => linkType),
  recordUnitsNs: sink.interfaces.map(({ recordUnitNs }) => recordUnitNs),
  afterMs: performance.now(),
});
if (openError === undefined) {
  if (options.drop === true && options.user !== undefined) dropTo(options.user);
  const error = await source.run().then(() => undefined, told);
  const began = performance.now();
  await source.close();
  const closeMs = performance.now() - began;
  say({
    ...(error === undefined ? {} : { error }),
    count: sink.frames.length,
    digest: digestOf(sink.frames),
    problems: source.problems.map(told),
    packetsDroppedKernel: source.packetsDroppedKernel,
    closeMs,
  });
}
