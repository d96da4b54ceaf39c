/**
 * Runs a CapSource with a collecting sink and reports, one line of JSON each: that it is open (or why not), then, when
 * the run is over, everything that came. SIGTERM stops it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FParserError } from '../../../src/errors.ts';
import { makeCapture, takeBuffer } from '../../../src/source/cap/cap_package.ts';
import { CapSource } from '../../../src/source/cap/cap_source.ts';
import type { CapSourceOptions } from '../../../src/source/cap/cap_source.ts';
import type { FrameSource } from '../../../src/source/live/frame_source.ts';
import { PromiscuousCapSource } from '../../../src/source/cap/promiscuous_cap_source.ts';
import { dropTo } from '../../../src/source/live/rights.ts';
import { CollectingSink } from '../../source/live/collecting_sink.ts';
import type { CollectingSinkOptions } from '../../source/live/collecting_sink.ts';

export interface CapFramesOptions extends CapSourceOptions {
  readonly sink?: CollectingSinkOptions;
  /** The run is stopped when so many frames came. */
  readonly count?: number;
  /** Lost interfaces that are noticed before the run is stopped. */
  readonly problems?: number;
  /** A line is written each time that so many frames came. */
  readonly tell?: number;
  /** Times an `open` is made to fail in the package before, after which garbage is collected. */
  readonly failures?: number;
  /** How often the source is opened and closed before. */
  readonly cycles?: number;
  /** Whom to become when it is open. */
  readonly user?: string;
  /** The interfaces themselves, in processes of their own. */
  readonly promiscuous?: boolean;
  readonly snaplen?: number;
  /** What each frame takes in the sink, microseconds. */
  readonly slowUs?: number;
}

export interface Told {
  readonly code: string;
  readonly message: string;
}

export interface OpenReport {
  readonly error?: Told;
  readonly linkTypes: readonly number[];
  /** Resident memory before and after the cycles, bytes. */
  readonly memory: readonly [before: number, after: number];
}

export interface CameReport {
  readonly came: number;
}

export interface EndReport {
  readonly error?: Told;
  readonly frames: readonly { readonly hex: string; readonly wireLen: number; readonly timestampNs: string }[];
  readonly count: number;
  readonly published: number;
  readonly problems: readonly Told[];
  readonly name: string;
  readonly packetsDroppedKernel: number | null;
  /** What a second `open` said after rights were dropped. */
  readonly reopened?: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as CapFramesOptions;
// Code that is run with the flag set finds `gc`.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const say = (report: OpenReport | CameReport | EndReport): boolean =>
  process.stdout.write(`${JSON.stringify(report)}\n`);
const told = (error: unknown): Told => {
  if (!(error instanceof FParserError)) throw error;
  return { code: error.code, message: error.message };
};

for (let index = 0; index < (options.failures ?? 0); index++) {
  try {
    makeCapture().open('any', 'no filter at all', 1 << 20, takeBuffer().buffer);
    throw new Error('a filter that is none was accepted');
  } catch (error) {
    if (!/syntax error|parse/.test((error as Error).message)) throw error;
  }
  collectGarbage();
}

const memory: number[] = [];
for (let index = 0; index <= (options.cycles ?? 0); index++) {
  if (index === Math.min(10, options.cycles ?? 0)) memory.push(process.memoryUsage.rss());
  if (index === options.cycles) break;
  if (options.cycles === undefined) break;
  const source = new CapSource(options);
  await source.open(new CollectingSink());
  await source.close();
  await source.run();
  if (index % 10 === 9) collectGarbage();
}
memory.push(process.memoryUsage.rss());

/** Ends the run, as soon as it has noticed what it is to notice. */
function stop(): void {
  if (source.problems.length >= (options.problems ?? 0)) source.stop();
  else setTimeout(stop, 20).unref();
}

const sink = new CollectingSink(options.sink);
const source: FrameSource =
  options.promiscuous === true ? new PromiscuousCapSource({ snaplen: 0, ...options }) : new CapSource(options);
sink.onFrame = () => {
  if (options.slowUs !== undefined) {
    const end = performance.now() + options.slowUs / 1000;
    while (performance.now() < end);
  }
  const came = sink.frames.length;
  if (options.tell !== undefined && came % options.tell === 0) setImmediate(() => say({ came }));
  if (came === options.count) stop();
};
process.on('SIGTERM', stop);

let failure: Told | undefined;
try {
  await source.open(sink);
} catch (error) {
  failure = told(error);
}
say({
  ...(failure === undefined ? {} : { error: failure }),
  linkTypes: sink.interfaces.map(({ linkType }) => linkType),
  memory: [memory[0] ?? 0, memory[1] ?? 0],
});
if (failure === undefined) {
  let reopened: string | undefined;
  if (options.user !== undefined && options.promiscuous !== true) {
    dropTo(options.user);
    const another = new CapSource(options);
    reopened = await another.open(new CollectingSink()).then(
      () => 'open',
      (error: unknown) => told(error).code,
    );
  }
  const error = await source.run().then(() => undefined, told);
  await source.close();
  say({
    ...(error === undefined ? {} : { error }),
    frames:
      options.slowUs !== undefined
        ? []
        : sink.frames.map(({ frame, wireLen, timestampNs }) => ({
            hex: Buffer.from(frame).toString('hex'),
            wireLen,
            timestampNs: String(timestampNs),
          })),
    count: sink.frames.length,
    published: sink.published,
    problems: source.problems.map(told),
    name: source.name,
    packetsDroppedKernel: source.packetsDroppedKernel,
    ...(reopened === undefined ? {} : { reopened }),
  });
}
