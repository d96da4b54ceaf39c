/** Moments as people write them. */

const NS_PER_SECOND = 1_000_000_000n;
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const SECONDS = /^(\d{1,11})(?:\.(\d{1,9}))?$/;

/**
 * Nanoseconds since the epoch of an ISO 8601 date and time (`2024-05-01T12:00:00.5Z`) or of seconds since the epoch;
 * undefined: it is neither. Without a zone it is UTC.
 * @param local without a zone it is the time of this host
 */
export function momentNs(text: string, local = false): bigint | undefined {
  const seconds = SECONDS.exec(text);
  if (seconds !== null) return nanoseconds(BigInt(seconds[1] ?? 0), seconds[2]);
  const [, date = '', minute = '00:00', second = '00', fraction, zone = local ? '' : 'Z'] = ISO.exec(text) ?? [];
  const milliseconds = Date.parse(`${date}T${minute}:${second}${zone}`);
  // Date accepts the 31st of February.
  if (Number.isNaN(milliseconds) || !isDate(date)) return undefined;
  const since = BigInt(milliseconds / 1000);
  return since < 0n ? undefined : nanoseconds(since, fraction);
}

function nanoseconds(seconds: bigint, fraction = ''): bigint {
  return seconds * NS_PER_SECOND + BigInt(fraction.padEnd(9, '0'));
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
