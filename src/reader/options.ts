/** Translates the options of `readFlows` to those of the engine. */
import type { EngineOptions } from '../engine/options.ts';
import { checkOptions } from '../options/check.ts';
import { checkPreset } from '../options/presets.ts';
import { engineOptionsOf } from './engine_options.ts';
import { checkFilter } from './filter_maker.ts';
import type { ReadOptions } from './read_options.ts';

/** Checks the options and fills in the defaults. @throws {TypeError} @throws {RangeError} */
export function engineOptions(options: ReadOptions): Omit<EngineOptions, 'filter'> {
  const values = checkOptions('readFlows', options);
  checkPreset(values);
  checkFilter(options.filter);
  return engineOptionsOf(values, values.blockSize);
}
