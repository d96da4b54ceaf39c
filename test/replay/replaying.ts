/** Replays of captures that a test has made, into a sink that keeps the frames. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { ReplaySource } from '../../src/replay/replay_source.ts';
import type { ReplayOptions } from '../../src/replay/replay_source.ts';
import { readCapture } from '../models/index.ts';
import type { CapturedFrame } from '../models/index.ts';
import { CollectingSink } from '../source/live/collecting_sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file for this test. Returns its path. */
export function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

export interface Replayed {
  readonly source: ReplaySource;
  readonly sink: CollectingSink;
  /** What `open` or `run` rejected with. */
  readonly error: unknown;
  readonly warnings: readonly string[];
}

/** Replays to the end. */
export async function replay(
  files: string | readonly string[],
  options: Partial<ReplayOptions> = {},
  sink: CollectingSink = new CollectingSink(),
): Promise<Replayed> {
  const warnings: string[] = [];
  const source = new ReplaySource({ files, speed: 'max', warn: (message) => warnings.push(message), ...options });
  let error: unknown;
  try {
    await source.open(sink);
    await source.run();
  } catch (cause) {
    error = cause;
  }
  await source.close();
  return { source, sink, error, warnings };
}

/** The sink has these records, all of them, and no others. */
export function expectRecords(
  { frames, interfaces, dropped, published }: CollectingSink,
  records: readonly CapturedFrame[],
): void {
  expect(frames.length).toBe(records.length);
  expect({ dropped, published }).toEqual({ dropped: 0, published: records.length });
  for (const [n, { timestampNs, bytes, wireLen, linkType, untimed }] of records.entries()) {
    const frame = frames[n] as (typeof frames)[number];
    const { linkType: given } = interfaces[frame.interfaceNumber] as (typeof interfaces)[number];
    // Without a time of its own a packet gets that of the clock, which does not believe what is dated far ahead.
    const isTime = untimed === 'last' ? frame.timestampNs <= timestampNs : frame.timestampNs === timestampNs;
    if (isTime && frame.wireLen === wireLen && given === linkType && Buffer.compare(frame.frame, bytes) === 0) continue;
    expect({ n, ...frame, linkType: given }).toEqual({
      n,
      interfaceNumber: frame.interfaceNumber,
      timestampNs,
      frame: bytes,
      wireLen,
      linkType,
    });
  }
}

/** The records of a capture, as the slow reader of the tests finds them. */
export function recordsOf(bytes: Uint8Array): readonly CapturedFrame[] {
  return readCapture(bytes).records;
}
