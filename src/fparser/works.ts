/** What a parser is made of. */
import { setImmediate } from 'node:timers/promises';
import { CaptureReader } from '../reader/capture_reader.ts';
import { FlowCopier } from '../engine/copies.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import type { FlowTable } from '../engine/table.ts';
import { filterMaker } from '../reader/filter_maker.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { LiveReader } from '../reader/live_reader.ts';
import { openLive } from '../reader/open_live.ts';
import type { LiveSettings } from '../reader/open_live.ts';
import { openReplay } from '../replay/open_replay.ts';
import { openInput } from '../source/file/open.ts';
import { Delivery } from './delivery.ts';
import type { Settings } from './options.ts';

export interface Works {
  readonly feed: FlowFeed;
  readonly engine: FlowTable;
  readonly copier: FlowCopier;
  readonly delivery: Delivery;
  /** The feed of an interface or of a replay. */
  readonly live: LiveReader | undefined;
}

/** Makes everything; the feed is to be started. @throws {FParserError | FilterError} */
export function makeWorks(settings: Settings): Promise<Works> {
  return settings.isFile && settings.replay === undefined ? fileWorks(settings) : onlineWorks(settings);
}

async function fileWorks(settings: Settings): Promise<Works> {
  const filter = await filterMaker(settings.filter, (warning) => settings.log(warning, 'warning'));
  const options = filter === undefined ? settings.engine : { ...settings.engine, filter };
  const engine = await InlineEngine.create(await loadEngine(), options);
  const works = worksOf(settings, engine);
  const feed = new CaptureReader(engine, {
    count: 1,
    open: (_, signal) => openInput(settings.sources[0] as string, signal),
    async breathe() {
      works.delivery.wake();
      await setImmediate();
    },
  });
  return { ...works, feed, live: undefined };
}

async function onlineWorks(settings: Settings): Promise<Works> {
  const { sources, replay, online, filter, engine, log } = settings;
  const config: LiveSettings = {
    engine,
    filter,
    ringSize: online.ringSize,
    warn: (warning) => log(warning, 'warning'),
  };
  const live =
    replay === undefined
      ? await openLive({ interfaces: sources, ...online }, config)
      : await openReplay(sources, replay, config);
  const works = worksOf(settings, live.engine);
  return { ...works, feed: live, live };
}

function worksOf({ callbacks, log }: Settings, engine: FlowTable): Pick<Works, 'engine' | 'copier' | 'delivery'> {
  const copier = new FlowCopier(engine.views, engine.options);
  return { engine, copier, delivery: new Delivery(engine, copier, callbacks, log) };
}
