/** Assembles a live capture: source, filter, threaded engine. */
import { setImmediate } from 'node:timers/promises';
import type { EngineOptions } from '../engine/options.ts';
import { ThreadedEngine } from '../engine/threaded.ts';
import { withAddressLimit } from './address_limit.ts';
import { createFilterFactory } from './filter_maker.ts';
import type { FilterOption } from './filter_maker.ts';
import { LiveReader } from './live_reader.ts';
import { openIdentities } from './open_identities.ts';
import type { LiveLimits } from './live_reader.ts';
import type { FrameSource } from '../source/live/frame_source.ts';
import { liveSource } from './live_source.ts';
import type { LiveSourceOptions } from './live_source.ts';

/** Bytes of the frame ring: 100,000 frames of 128 bytes, half a second at 200,000 packets a second. */
const RING_SIZE = 16 << 20;

export interface LiveSettings extends LiveLimits {
  readonly engine: EngineOptions;
  /** Bytes of the frame ring, a power of two. Default 16 MiB, for a replay 2 MiB. */
  readonly ringSize?: number | undefined;
  /** Started flows that may wait to be read, a power of two. Default: starts are not recorded. */
  readonly starts?: number | undefined;
  readonly filter: FilterOption;
  readonly warn: (message: string) => void;
  readonly yieldToEventLoop?: () => Promise<void>;
}

/** A live capture, not started yet. A filter as text goes to the source, a compiled one to the engine. */
export async function openLive(
  interfaces: Omit<LiveSourceOptions, 'filter' | 'snaplen'>,
  settings: LiveSettings,
): Promise<LiveReader> {
  const { filter, engine } = settings;
  const text = typeof filter === 'string' ? filter : '';
  const source = await liveSource({ ...interfaces, filter: text, snaplen: engine.snaplen ?? 0 }, settings.warn);
  return openRing(source, settings, typeof filter === 'string' ? undefined : filter);
}

/** A source with its ring, filter and engine. */
export async function openRing(
  source: FrameSource,
  settings: LiveSettings,
  filterOption: FilterOption | undefined,
): Promise<LiveReader> {
  const filter = await createFilterFactory(filterOption, settings.warn);
  const making = ThreadedEngine.create({
    ...settings.engine,
    ...(filter === undefined ? {} : { filter }),
    blockSize: 0,
    ringSize: settings.ringSize ?? RING_SIZE,
    ...(settings.starts === undefined ? {} : { starts: settings.starts }),
    waits: source.waits,
  });
  const engine = await withAddressLimit(making);
  const yieldToEventLoop = settings.yieldToEventLoop ?? (() => setImmediate());
  return new LiveReader(engine, source, settings, yieldToEventLoop, await openIdentities(engine));
}
