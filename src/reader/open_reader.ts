/** Assembles a reader: filter, engine, sources. */
import { withAddressLimit } from './address_limit.ts';
import { CaptureReader } from './capture_reader.ts';
import type { ReaderHost } from './capture_reader.ts';
import type { EngineOptions } from '../engine/options.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine, randomHashKey } from '../engine/load.ts';
import { createFilterFactory } from './filter_maker.ts';
import type { FilterOption } from './filter_maker.ts';
import { openIdentities } from './open_identities.ts';
import { filesAtOnce } from './reading_order.ts';
import { namedInputs } from '../source/file/inputs.ts';
import type { NamedInput } from '../source/file/inputs.ts';
import { openInput } from '../source/file/open.ts';
import type { CaptureInput } from '../source/file/open.ts';

/** Order of several files: by their first packets, merged where they overlap, or as named. */
export type OrderOption = 'time' | 'given';

/** The inputs as a reader uses them. */
export function readerHost(
  inputs: readonly NamedInput[],
  by: OrderOption,
  warn: (message: string) => void,
  yieldToEventLoop: () => Promise<void> = () => new Promise((resolve) => void setImmediate(resolve)),
): ReaderHost {
  const input = (n: number): NamedInput => inputs[n] as NamedInput;
  return {
    count: inputs.length,
    open: (n, signal) => openInput(input(n).input, signal),
    yieldToEventLoop,
    order: {
      by,
      name: (n) => input(n).name,
      canLookInto: (n) => input(n).isFile,
      isOptional: (n) => input(n).found,
    },
    warn,
  };
}

/**
 * An engine with a reader over these inputs, not started yet.
 * @param warn receives warnings about oddities that do not prevent reading
 * @param yieldToEventLoop gives the event loop a turn
 * @throws {CaptureError} for a folder that cannot be used
 */
export async function openReader(
  inputs: readonly CaptureInput[],
  options: EngineOptions,
  filterOption: FilterOption | undefined,
  warn: (message: string) => void = process.emitWarning,
  order: OrderOption = 'time',
  yieldToEventLoop?: () => Promise<void>,
): Promise<CaptureReader> {
  const named = namedInputs(inputs);
  const filter = await createFilterFactory(filterOption, warn);
  const files = filesAtOnce(named.length, options.blockSize);
  const module = await loadEngine(options.sharedMemory === true ? 'shared' : 'plain');
  const hashKey = options.hashKey ?? randomHashKey();
  const settings = { ...options, hashKey, files, ...(filter === undefined ? {} : { filter }) };
  const engine = await withAddressLimit(InlineEngine.create(module, settings));
  const host = readerHost(named, order, warn, yieldToEventLoop);
  return new CaptureReader(engine, host, await openIdentities(engine));
}
