/** Assembles a reader: filter, engine, sources. */
import { setImmediate } from 'node:timers/promises';
import { CaptureReader } from './capture_reader.ts';
import type { EngineOptions } from '../engine/options.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import { createFilterFactory } from './filter_maker.ts';
import type { FilterOption } from './filter_maker.ts';
import { openInput } from '../source/file/open.ts';
import type { CaptureInput } from '../source/file/open.ts';

/** An engine with a reader over these inputs, not started yet. */
export async function openReader(
  inputs: readonly CaptureInput[],
  options: EngineOptions,
  filterOption: FilterOption | undefined,
  warn: (message: string) => void = process.emitWarning,
): Promise<CaptureReader> {
  const filter = await createFilterFactory(filterOption, warn);
  const engine = await InlineEngine.create(await loadEngine(), filter === undefined ? options : { ...options, filter });
  return new CaptureReader(engine, {
    count: inputs.length,
    open: (n, signal) => openInput(inputs[n] as CaptureInput, signal),
    breathe: () => setImmediate(),
  });
}
