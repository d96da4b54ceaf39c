/** What a parser is made of from the moment its capture is open. */
import { setImmediate } from 'node:timers/promises';
import { CaptureReader } from '../capture_reader.ts';
import { FlowCopier } from '../engine/copies.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import { FParserError } from '../errors.ts';
import { filterMaker } from '../filter_maker.ts';
import { openInput } from '../source/open.ts';
import { Delivery } from './delivery.ts';
import type { Settings } from './options.ts';

export interface Works {
  readonly reader: CaptureReader;
  readonly engine: InlineEngine;
  readonly copier: FlowCopier;
  readonly delivery: Delivery;
}

/**
 * Opens the capture and reads its header.
 * @throws {FParserError | FilterError}
 */
export async function openWorks(settings: Settings): Promise<Works> {
  const { source, isFile, replay, callbacks, log } = settings;
  if (!isFile || replay) {
    throw new FParserError(
      'ERR_LIVE_UNAVAILABLE',
      `${source}: this version reads captures only, without live capture and replay; for a file set isFile`,
    );
  }
  const filter = await filterMaker(settings.filter, (warning) => log(warning, 'warning'));
  const options = filter === undefined ? settings.engine : { ...settings.engine, filter };
  const engine = await InlineEngine.create(await loadEngine(), options);
  const copier = new FlowCopier(engine.views, options);
  const delivery = new Delivery(engine, copier, callbacks, log);
  const reader = new CaptureReader(engine, {
    count: 1,
    open: () => openInput(source),
    async breathe() {
      delivery.wake();
      await setImmediate();
    },
  });
  await reader.start();
  return { reader, engine, copier, delivery };
}
