/** Assembles a replay: capture files, filter, threaded engine. */
import type { LiveReader } from '../reader/live_reader.ts';
import { openRing } from '../reader/open_live.ts';
import type { LiveSettings } from '../reader/open_live.ts';
import type { ReplayOptions } from './replay_source.ts';

/** A replay waits when its ring is full; a small one stays in the cache. */
const REPLAY_RING_SIZE = 2 << 20;

/** A replay of capture files, not started yet. */
export async function openReplay(
  files: readonly string[],
  pace: Pick<ReplayOptions, 'speed' | 'order'>,
  settings: LiveSettings,
): Promise<LiveReader> {
  const { ReplaySource } = await import('./replay_source.ts');
  const ringSize = settings.ringSize ?? REPLAY_RING_SIZE;
  return openRing(
    new ReplaySource({ files, ...pace, warn: settings.warn }),
    { ...settings, ringSize },
    settings.filter,
  );
}
