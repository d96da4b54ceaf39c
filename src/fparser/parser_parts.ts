/** The parts of a parser. */
import { setImmediate } from 'node:timers/promises';
import { FlowCopier } from '../engine/copies.ts';
import type { FlowTable } from '../engine/table.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { LiveReader } from '../reader/live_reader.ts';
import { openLive } from '../reader/open_live.ts';
import type { LiveSettings } from '../reader/open_live.ts';
import { openReader } from '../reader/open_reader.ts';
import { openReplay } from '../replay/open_replay.ts';
import { Delivery } from './delivery.ts';
import type { FlowSource } from './delivery.ts';
import type { Settings } from './options.ts';

export interface ParserParts {
  readonly feed: FlowFeed;
  readonly engine: FlowTable;
  readonly copier: FlowCopier;
  readonly delivery: Delivery;
  /** The feed of an interface or of a replay. */
  readonly live: LiveReader | undefined;
}

/** Assembles a parser; its feed is not started yet. @throws {FParserError | FilterError} */
export function assembleParser(settings: Settings): Promise<ParserParts> {
  return settings.isFile && settings.replay === undefined ? fileParts(settings) : onlineParts(settings);
}

async function fileParts(settings: Settings): Promise<ParserParts> {
  const warn = (warning: string): void => settings.log(warning, 'warning');
  let delivery: Delivery | undefined;
  const feed = await openReader(settings.sources, settings.engine, settings.filter, warn, 'time', async () => {
    delivery?.wake();
    await setImmediate();
  });
  const parts = commonParts(settings, feed);
  ({ delivery } = parts);
  return { ...parts, feed, live: undefined };
}

async function onlineParts(settings: Settings): Promise<ParserParts> {
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
      : await openReplay(sources, { speed: replay }, config);
  const parts = commonParts(settings, live);
  return { ...parts, feed: live, live };
}

function commonParts(
  { callbacks, log }: Settings,
  source: FlowSource,
): Pick<ParserParts, 'engine' | 'copier' | 'delivery'> {
  const { engine } = source;
  const copier = new FlowCopier(engine.views, engine.options);
  return { engine, copier, delivery: new Delivery(source, copier, callbacks, log) };
}
