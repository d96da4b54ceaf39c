/** Makes a plan: finds the inputs, looks when each begins, and decides which are read together. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CaptureError } from '../errors.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import { createFilterFactory } from '../reader/filter_maker.ts';
import { glanceAt } from '../reader/glance.ts';
import { timeOrder } from '../reader/reading_order.ts';
import type { FileGlance } from '../reader/reading_order.ts';
import { namedInputs } from '../source/file/inputs.ts';
import { openInput } from '../source/file/open.ts';
import { engineDigest, planSettings } from './plan_options.ts';
import type { Plan, PlanInput } from './plan.ts';
import { inputAt, openStorage } from './storage.ts';
import type { StoredObject } from './storage.ts';

/** Bytes of small inputs that one map job reads. */
const RUN_SIZE = 256 * 2 ** 20;

export type PlanRequest = Pick<Plan, 'buckets' | 'output' | 'options' | 'onBadFile' | 'ordered' | 'again'>;

interface Found extends StoredObject {
  readonly url: string;
  /** It was found in a folder, so it is left out if it is not a capture. */
  readonly isOptional: boolean;
}

/**
 * @param inputs files, folders, patterns with `*` and `?`, or `s3://bucket/prefix`
 * @param warn receives what was left out
 * @throws {CaptureError} for an input that is not there @throws {RangeError} for an option that is wrong
 */
export async function makePlan(
  inputs: readonly string[],
  request: PlanRequest,
  warn: (message: string) => void,
): Promise<Plan> {
  const settings = await planSettings(request);
  // A field that messages cannot have is found before anything is read.
  if (settings.part.format === 'ipfix') await settings.part.load();
  const filter = await createFilterFactory(settings.filter, () => undefined);
  const options = { ...settings.engine, maxFlows: 1, closedLimit: 1, ...(filter === undefined ? {} : { filter }) };
  const engine = await InlineEngine.create(await loadEngine(), options);
  const found: Found[] = [];
  for (const input of inputs) found.push(...(await findInputs(input)));
  const kept: { readonly file: Found; readonly first: bigint | undefined }[] = [];
  for (const file of found) {
    const glance = await glanceAt(engine, () => openInput(localOr(file)));
    if (glance === 'not a capture' && file.isOptional) warn(`${file.url} is not a capture; it is left out`);
    else kept.push({ file, first: typeof glance === 'bigint' ? glance : undefined });
  }
  if (kept.length === 0) throw new CaptureError('ERR_NOT_A_CAPTURE', inputs[0] ?? '', 0, 'has no captures');
  const planned = inOrder(kept, settings.order);
  return { version: 1, engine: engineDigest(), inputs: planned, runs: runsOf(planned), ...request };
}

function localOr({ url, size }: Found): string | AsyncIterable<Uint8Array> {
  const { storage, name } = inputAt(url);
  return url.startsWith('/') ? url : storage.open(name, 0, size);
}

/** Inputs in the order in which packets of equal time are taken, with their groups. */
function inOrder(
  kept: readonly { readonly file: Found; readonly first: bigint | undefined }[],
  by: string,
): PlanInput[] {
  const glances = kept.map(({ first }, number): FileGlance => ({ number, seen: true, first }));
  const groups = by === 'given' ? glances.map(({ number }) => [{ number }]) : timeOrder(glances);
  return groups.flatMap((members, group) =>
    members
      .map(({ number }) => number)
      .sort((a, b) => a - b)
      .map((number) => {
        const { file, first } = kept[number] as (typeof kept)[number];
        const { url, size, tag } = file;
        return { url, size, tag, group, firstNs: first === undefined ? null : String(first) };
      }),
  );
}

/** Small inputs together, large ones alone; the largest runs first, so that the last ones to end are short. */
function runsOf(inputs: readonly PlanInput[]): number[][] {
  const runs: { readonly inputs: number[]; size: number }[] = [];
  inputs.forEach(({ size }, n) => {
    const last = runs.at(-1);
    if (last === undefined || last.size + size > RUN_SIZE) runs.push({ inputs: [n], size });
    else {
      last.inputs.push(n);
      last.size += size;
    }
  });
  return runs.sort((a, b) => b.size - a.size).map((run) => run.inputs);
}

async function findInputs(input: string): Promise<readonly Found[]> {
  if (input.startsWith('s3://')) return listed(input);
  const path = resolve(input);
  if (statSync(path, { throwIfNoEntry: false }) === undefined && /[*?]/.test(path)) return matching(input, path);
  const files = namedInputs([path]);
  return Promise.all(
    files.map(async ({ name, isFile, found }) => ({ ...(await one(name, isFile)), isOptional: found })),
  );
}

async function one(path: string, isFile: boolean): Promise<Omit<Found, 'isOptional'>> {
  const { storage, name } = inputAt(path);
  const found = await storage.stat(name);
  if (found === undefined) {
    const why =
      isFile || statSync(path, { throwIfNoEntry: false }) === undefined ? 'no such file' : 'is not a regular file';
    throw new CaptureError('ERR_NO_SUCH_FILE', path, 0, `${why}; a plan needs files that stay as they are`);
  }
  return { ...found, url: path };
}

/** Objects below a prefix. */
async function listed(url: string): Promise<readonly Found[]> {
  const at = url.lastIndexOf('/');
  const root = url.slice(0, at).length > 's3://'.length ? url.slice(0, at) : url;
  const prefix = root === url ? '' : url.slice(at + 1);
  const objects = await openStorage(root).list(prefix);
  if (objects.length === 0) throw new CaptureError('ERR_NO_SUCH_FILE', url, 0, 'no object has a name that begins so');
  return objects.map((object) => ({ ...object, url: `${root}/${object.name}`, isOptional: true }));
}

/** Files whose names match the last part of a pattern. */
async function matching(input: string, path: string): Promise<readonly Found[]> {
  const { storage, name: pattern } = inputAt(path);
  if (/[*?]/.test(storage.url)) throw new RangeError(`${input}: only the last part of a path can have * and ?`);
  const parts = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')));
  const test = new RegExp(`^${parts.join('')}$`);
  const objects = (await storage.list('')).filter(({ name }) => test.test(name) && !name.startsWith('.'));
  if (objects.length === 0) throw new CaptureError('ERR_NO_SUCH_FILE', input, 0, 'no file matches');
  return objects.map((object) => ({ ...object, url: `${storage.url}/${object.name}`, isOptional: false }));
}
