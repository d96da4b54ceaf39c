/** Options of a group of fields without that group, and what a value of the wrong type could have been. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { FParser, readFlows } from '../../src/index.ts';

const TOUR = fileURLToPath(new URL('../../pcaps/tour.pcap', import.meta.url));

it.each([
  [{ communityIdSeed: 1 }, "communityIdSeed needs the group community-id; add with: ['community-id']"],
  [{ with: ['tcp'], localNets: ['x'] }, "localNets needs the group zeek; add with: ['zeek']"],
  [{ idleThreshold: 2, with: ['stats'] }, "idleThreshold needs the group activity; add with: ['activity']"],
  [{ payloadOnly: true }, "payloadOnly needs the group first-packets; add with: ['first-packets']"],
  [{ portGuess: false }, "portGuess needs the group identify; add with: ['identify']"],
] as const)('the library refuses %j', (options, message) => {
  expect(() => readFlows(TOUR, options)).toThrow(new RangeError(message));
  expect(() => new FParser(TOUR, { isFile: true, ...options })).toThrow(new RangeError(message));
});

it.each([
  { communityIdSeed: 1, with: ['community-id'] },
  { payloadOnly: true, with: ['first-packets=3'] },
  { payloadOnly: false, portGuess: true },
  { idleThreshold: 2, preset: 'cic' },
  { localNets: ['10.0.0.0/8'], preset: 'zeek' },
] as const)('the library takes %j', (options) => {
  expect(() => readFlows(TOUR, options)).not.toThrow();
});

it('says all that jobs may be', () => {
  const jobs = 'all' as unknown as number;
  expect(() => readFlows(TOUR, { jobs })).toThrow("jobs is of type string; it must be a whole number, or 'auto'");
});
