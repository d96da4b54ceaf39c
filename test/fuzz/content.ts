/**
 * Mutated conversations through every recogniser and parser of `src/content`. None may throw, and none may take longer
 * than a millisecond. The machine has other work: one that seems slow is run again, and the least processor time that
 * it took counts.
 */

import { random, type Random } from '../builders/random.ts';
import { payloadOf, SAMPLES } from '../content/messages/index.ts';
import { identify, type Identity } from '../../src/content/index.ts';
import type { FirstPayload } from '../../src/flow/first_payload.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { mutate } from './mutate.ts';

export interface ContentFuzzOptions {
  readonly seed: number;
  readonly conversations: number;
  readonly progress?: (done: number) => void;
}

export interface ContentFuzzReport {
  readonly conversations: number;
  /** Conversations by what they were taken for; `none` for no application. */
  readonly apps: ReadonlyMap<string, number>;
  /** Longest time that a conversation needed. Milliseconds. */
  readonly slowestMs: number;
}

export const BUDGET_MS = 1;
/** A slow conversation is timed so often before it counts as slow. */
const RETRIES = 100;
const PROGRESS_EVERY = 100_000;

/** @throws {Error} with the conversation in hexadecimal when a rule is broken */
export function fuzzContent({ seed, conversations, progress }: ContentFuzzOptions): ContentFuzzReport {
  const r = random(seed);
  const apps = new Map<string, number>();
  let slowestMs = 0;
  for (let n = 0; n < conversations; n++) {
    const payload = mutated(r);
    const options = { secrets: r.oneIn(2), httpQuery: r.oneIn(2) };
    const run = (): Identity => {
      try {
        return identify(payload, nodeCrypto, options);
      } catch (error) {
        throw new Error(`seed ${seed}, conversation ${n} throws: ${shown(payload)}`, { cause: error });
      }
    };
    const started = performance.now();
    const { app } = run();
    let ms = performance.now() - started;
    for (let again = 0; ms > BUDGET_MS && again < RETRIES; again++) ms = Math.min(ms, processorMs(run));
    if (ms > BUDGET_MS) throw new Error(`seed ${seed}, conversation ${n} takes ${ms.toFixed(2)} ms: ${shown(payload)}`);
    slowestMs = Math.max(slowestMs, ms);
    apps.set(app ?? 'none', (apps.get(app ?? 'none') ?? 0) + 1);
    if (n % PROGRESS_EVERY === 0) progress?.(n);
  }
  return { conversations, apps, slowestMs };
}

/** Processor time of this process, whatever else the machine does meanwhile. Milliseconds. */
function processorMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A sample with up to two messages changed; now and then a side of another one, or a long repetition. */
function mutated(r: Random): FirstPayload {
  const sample = r.pick(SAMPLES);
  const change = (parts: readonly Uint8Array[]): Uint8Array[] => {
    const source = r.oneIn(32) ? r.pick(SAMPLES).client : parts;
    return source.map((part) => (r.oneIn(3) ? part : changed(r, part)));
  };
  const { transport, ports } = sample;
  return payloadOf({ transport, ports, client: change(sample.client), server: change(sample.server) }, r.oneIn(8));
}

const PREFIX_MAX = 4096;

function changed(r: Random, part: Uint8Array): Uint8Array {
  if (part.length === 0) return r.oneIn(4) ? r.bytes(r.below(64)) : part;
  const room = r.oneIn(64) ? repeated(r, part) : part.slice();
  return room.subarray(0, mutate(r, room, room.length));
}

/** As long as a prefix may get, by one stretch of the message over and over: loops have to be bounded. */
function repeated(r: Random, part: Uint8Array): Uint8Array {
  const long = new Uint8Array(PREFIX_MAX);
  const from = r.below(part.length);
  const size = 1 + r.below(Math.min(32, part.length - from));
  long.set(part.subarray(0, PREFIX_MAX));
  for (let at = Math.min(from, PREFIX_MAX); at < PREFIX_MAX; at++) long[at] = part[from + ((at - from) % size)] ?? 0;
  return long;
}

const shown = ({ transport, originator, responder }: FirstPayload): string =>
  [originator, responder]
    .map(({ port, stream, datagrams }) => [
      port,
      ...[stream, ...datagrams].map((bytes) => Buffer.from(bytes).toString('hex')),
    ])
    .map((parts) => `${transport} ${parts.join(' ')}`)
    .join(' | ');
