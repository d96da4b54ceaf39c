/** Units behind numbers, as people write them in options and expressions. */

/** Bytes, by the name in capitals: case does not count. */
const BYTES: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KIB', 2 ** 10],
  ['MIB', 2 ** 20],
  ['GIB', 2 ** 30],
  ['TIB', 2 ** 40],
]);

/** Seconds. Case counts: `M` is a million. */
const SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['min', 60],
  ['h', 3600],
  ['d', 86_400],
]);

/** Bytes of a unit of size; undefined: it is none. */
export function bytesOfUnit(name: string): number | undefined {
  return BYTES.get(name.toUpperCase());
}

/** Seconds of a unit of time, from one second on; undefined: it is none. */
export function secondsOfUnit(name: string): number | undefined {
  return SECONDS.get(name);
}
