/**
 * Bounded mutation fuzz of what is around captures: gzip, zstd, several files, zero tails, joined files. One input is
 * one capture of one to three files, each with a few changed bytes anywhere.
 *
 * Checked: reading comes to its end, throws nothing but errors of operation, gives the same records and problems
 * however the bytes arrive, and of one file as many records as the model finds in what was decoded.
 */
import { gzipSync } from 'node:zlib';
import { Converter } from '../../src/replay/converter.ts';
import { FParserError } from '../../src/errors.ts';
import { CaptureReader } from '../../src/reader/capture_reader.ts';
import { uncompressed } from '../../src/source/file/compressed.ts';
import { concat, pcap, pcapngOf, type CaptureRecord, type Random } from '../builders/index.ts';
import { BytesSource, testedEngine } from '../engine/harness.ts';
import { readCapture } from '../models/index.ts';
import { zstd, hasZstd } from '../source/file/containers.ts';
import { mutate } from './mutate.ts';

const FILES_MAX = 3;
const START_NS = 1_700_000_000_000_000_000n;
/** Captures read at a time: decompression waits for other threads. */
const LANES = 16;
/** Calls after which a capture of a few kilobytes must be at its end. */
const STEPS_MAX = 100_000;

/** What reading a capture gave. */
interface Outcome {
  readonly records: number;
  readonly problems: readonly string[];
}

/** A capture that was read wrongly, with its files. */
export class ContainerFinding extends Error {
  readonly files: readonly Uint8Array[];
  constructor(message: string, files: readonly Uint8Array[], cause?: unknown) {
    super(message, { cause });
    this.files = files;
  }
}

/** Reads `count` mutated captures. Returns how many files they had. @throws {ContainerFinding} */
export async function fuzzContainers(
  r: Random,
  count: number,
  progress = (_files: number): void => {},
): Promise<number> {
  const packed = pool(r);
  let files = 0;
  for (let n = 0; n < count; n += LANES) {
    const inputs = Array.from({ length: Math.min(LANES, count - n) }, () => ({
      capture: Array.from({ length: r.pick([1, 1, 2, FILES_MAX]) }, () => changed(r, r.pick(packed))),
      chunkSize: r.pick([1, 7, 100, 1000]),
    }));
    await Promise.all(inputs.map(({ capture, chunkSize }) => check(capture, chunkSize)));
    for (const { capture } of inputs) files += capture.length;
    progress(files);
  }
  return files;
}

/** Reads the files of one capture in pieces of many sizes. @throws {ContainerFinding} */
export async function checkContainers(capture: readonly Uint8Array[]): Promise<void> {
  for (const chunkSize of [1, 2, 7, 30, 100, 300, 1000]) await check(capture, chunkSize);
}

/** @throws {ContainerFinding} */
async function check(capture: readonly Uint8Array[], chunkSize: number): Promise<void> {
  const whole = await outcome(capture, Infinity);
  const pieces = await outcome(capture, chunkSize);
  if (JSON.stringify(whole) !== JSON.stringify(pieces)) {
    const message = `whole ${JSON.stringify(whole)}, in pieces ${JSON.stringify(pieces)}`;
    throw new ContainerFinding(message, capture);
  }
  if (capture.length === 1) await compareWithModel(capture[0] as Uint8Array, whole);
}

/** Captures in all containers, to be changed. */
function pool(r: Random): Uint8Array[] {
  const plain = Array.from({ length: 12 }, (_, n) => {
    const records = Array.from(
      { length: r.between(0, 12) },
      (_unused, at): CaptureRecord => ({
        timestampNs: START_NS + BigInt(at * 7 + n) * 1_000_000n,
        frame: r.bytes(r.between(1, 90)),
      }),
    );
    const bigEndian = r.oneIn(2);
    return r.oneIn(2)
      ? pcapngOf(records, { tsresol: r.pick([6, 9]), bigEndian })
      : pcap(records, { format: r.pick(['us', 'ns', 'modified']), bigEndian });
  });
  const gzip = (bytes: Uint8Array): Uint8Array => Uint8Array.from(gzipSync(bytes));
  const halves = (bytes: Uint8Array): Uint8Array[] => [
    bytes.subarray(0, bytes.length >> 1),
    bytes.subarray(bytes.length >> 1),
  ];
  return plain.flatMap((bytes) => [
    bytes,
    concat(bytes, r.pick(plain)),
    gzip(bytes),
    concat(...halves(bytes).map(gzip)),
    gzip(gzip(bytes)),
    ...(hasZstd ? [zstd(bytes, '--check'), concat(...halves(bytes).map((half) => zstd(half))), gzip(zstd(bytes))] : []),
  ]);
}

function changed(r: Random, bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const end = r.pick([0, 0, 1, 4, 16, 600]);
  const kept = r.oneIn(4) ? copy.length : mutate(r, copy, copy.length);
  return concat(copy.subarray(0, kept), r.oneIn(3) ? r.bytes(end) : new Uint8Array(end));
}

/** @throws {ContainerFinding} */
async function outcome(files: readonly Uint8Array[], chunkSize: number): Promise<Outcome> {
  // One that has read before would give its clock's time to packets without any.
  const converter = await Converter.create(await testedEngine(), undefined, FILES_MAX);
  const reader = new CaptureReader(converter, {
    count: files.length,
    open: (n) => uncompressed(new BytesSource(`file ${n}`, files[n] as Uint8Array, chunkSize)),
    yieldToEventLoop: async () => {},
    order: { by: 'time', name: (n) => `file ${n}`, canLookInto: () => true, isOptional: () => false },
  });
  let records = 0;
  try {
    await reader.start().catch((error: unknown) => {
      if (!(error instanceof FParserError)) throw error;
    });
    for (let step = 0; ; step++) {
      records += converter.waitingCount;
      converter.release();
      if (!(await reader.advance())) break;
      if (step > STEPS_MAX) throw new Error('reading does not come to an end');
    }
  } catch (error) {
    throw new ContainerFinding(error instanceof Error ? error.message : String(error), files, error);
  } finally {
    reader.close();
    converter.release();
  }
  return { records, problems: reader.problems.map(({ message }) => message) };
}

async function compareWithModel(file: Uint8Array, { records, problems }: Outcome): Promise<void> {
  const pieces: Uint8Array[] = [];
  try {
    const source = await uncompressed(new BytesSource('file', file, Infinity));
    const into = new Uint8Array(65_536);
    for (let size = await source.read(into); size > 0; size = await source.read(into)) pieces.push(into.slice(0, size));
  } catch (error) {
    if (!(error instanceof FParserError)) throw new ContainerFinding(String(error), [file], error);
  }
  const model = readCapture(concat(...pieces));
  if (model.records.length === records) return;
  throw new ContainerFinding(`${records} records, the model has ${model.records.length}: ${problems.join()}`, [file]);
}
