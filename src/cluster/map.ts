/** A map job: the packets of a run of inputs, divided among buckets. */
import { CaptureError, FParserError } from '../errors.ts';
import { CaptureReader } from '../reader/capture_reader.ts';
import type { ReaderHost } from '../reader/capture_reader.ts';
import { createFilterFactory } from '../reader/filter_maker.ts';
import { openInput } from '../source/file/open.ts';
import type { CaptureInput } from '../source/file/open.ts';
import type { ByteSource } from '../source/file/source.ts';
import { setImmediate } from 'node:timers/promises';
import { DividingEngine } from './dividing_engine.ts';
import type { DividedInput } from './dividing_engine.ts';
import { jobId } from './plan.ts';
import type { Plan, PlanInput } from './plan.ts';
import { hashKeyOf, planSettings } from './plan_options.ts';
import { PieceWriter } from './piece_file.ts';
import { nearOf } from './plan_times.ts';
import { piecesName } from './results.ts';
import { checkRoots } from './roots.ts';
import type { InputProblem, MapInput, MapResult } from './results.ts';
import { inputAt } from './storage.ts';
import type { Storage } from './storage.ts';

/** How often progress is reported, milliseconds. */
const PROGRESS_MS = 1000;

/** What a job is given besides its plan. */
export interface JobHost {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the bytes read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** Below which its files must really be; undefined: anywhere. See roots.ts. */
  readonly roots?: readonly string[] | undefined;
}

/** @throws {FParserError} ERR_WRITE, and for an input that is damaged where the plan says so */
export async function mapJob(plan: Plan, index: number, storage: Storage, host: JobHost): Promise<MapResult> {
  const settings = await planSettings(plan);
  const filter = await createFilterFactory(settings.filter, () => undefined);
  const writer = await PieceWriter.create(storage, plan.buckets);
  const run = plan.runs[index] as readonly number[];
  let current = 0;
  let read = 0;
  try {
    const options = { ...settings.engine, hashKey: hashKeyOf(plan), ...(filter === undefined ? {} : { filter }) };
    const engine = await DividingEngine.make(options, plan.buckets, nearOf(settings.engine), {
      add: (bucket, entries) => writer.add(bucket, entries),
      endBlock: (head) => writer.endBlock(head, current),
    });
    const inputs: MapInput[] = [];
    for (const input of run) {
      const planned = plan.inputs[input] as PlanInput;
      await checkRoots([planned.url], host.roots);
      const { divided, problems, isDamaged, bytes } = await divide(planned, engine, host, read);
      if (isDamaged && plan.onBadFile === 'fail') throw refused(planned, problems);
      const skipped = isDamaged && plan.onBadFile === 'skip';
      writer.endInput(current, !skipped);
      inputs.push({ input, ...texts(skipped ? undefined : divided), skipped, problems });
      read += bytes;
      current++;
    }
    const job = jobId(plan, 'map', index);
    return { job, inputs, ...(await writer.end((digest) => piecesName(job, digest))) };
  } finally {
    await writer.abandon();
  }
}

interface Divided {
  readonly divided: DividedInput;
  readonly problems: readonly InputProblem[];
  /** Not all of it could be read, or it is another file than the one that was planned. */
  readonly isDamaged: boolean;
  /** Taken from it. */
  readonly bytes: number;
}

async function divide(
  planned: PlanInput,
  engine: DividingEngine,
  { signal, onProgress }: JobHost,
  before: number,
): Promise<Divided> {
  const changes: FParserError[] = [];
  const reader = new CaptureReader<DividingEngine>(engine, await readerHost(planned, changes));
  const stop = (): void => reader.stop();
  signal?.addEventListener('abort', stop);
  const report = (): void => onProgress?.(before + reader.bytesTaken);
  const timer = setInterval(report, PROGRESS_MS);
  engine.beginInput();
  try {
    signal?.throwIfAborted();
    await reader.start();
    while (await reader.advance());
  } catch (error) {
    // What cannot be read at all is thrown by start; it is a problem like others.
    if (!(error instanceof FParserError) || !reader.problems.includes(error)) throw error;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
    reader.close();
  }
  signal?.throwIfAborted();
  report();
  const problems = [...changes, ...reader.problems].map(({ code, message }) => ({ code, message }));
  const isDamaged = changes.length > 0 || reader.failure !== undefined;
  return { divided: engine.endInput(), problems, isDamaged, bytes: reader.bytesTaken };
}

/** Reads no more of an input than was planned; that it has changed is a problem of it. */
async function readerHost({ url, size, tag }: PlanInput, changes: FParserError[]): Promise<ReaderHost> {
  const { storage, name } = inputAt(url);
  const found = await storage.stat(name);
  let input: CaptureInput = url;
  if (found !== undefined && (found.size !== size || found.tag !== tag)) {
    const what =
      found.size === size ? 'the content is another one' : `${size} bytes were planned, it has ${found.size}`;
    changes.push(new CaptureError('ERR_READ', url, 0, `has changed since it was planned (${what}); plan again`));
  }
  if (!url.startsWith('/') || (found !== undefined && found.size > size)) input = storage.open(name, 0, size);
  const open = async (_: number, signal: AbortSignal): Promise<ByteSource> =>
    named(await openInput(input, signal), url);
  return { count: 1, open, yieldToEventLoop: () => setImmediate() };
}

/** The source under the name of its input. */
function named(source: ByteSource, name: string): ByteSource {
  return {
    name,
    size: source.size,
    waits: source.waits,
    get taken() {
      return source.taken;
    },
    read: (into) => source.read(into),
    close: () => source.close(),
  };
}

function refused({ url }: PlanInput, [problem]: readonly InputProblem[]): FParserError {
  const remedy = 'the job fails, as --on-bad-file says';
  return new CaptureError('ERR_READ', url, 0, `${problem?.message ?? 'is damaged'}; ${remedy}`);
}

/** Times as text, for JSON. */
function texts(divided: DividedInput | undefined): Omit<MapInput, 'input' | 'skipped' | 'problems'> {
  const { packets = 0, wireBytes = 0, first = 0n, earliest = 0n, latest = 0n, lateBy = 0n } = divided ?? {};
  const { fault = 0, beyondSnaplen = 0, wireLengthsTooShort = 0, timestampsUnknown = 0 } = divided ?? {};
  const counts = { packets, wireBytes, fault, beyondSnaplen, wireLengthsTooShort, timestampsUnknown };
  const times = { first, earliest, latest, lateBy };
  return {
    ...counts,
    ...(Object.fromEntries(Object.entries(times).map(([name, time]) => [name, String(time)])) as Record<
      keyof typeof times,
      string
    >),
  };
}
