/** Times and durations as text. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** UTC, or the time of this host; microseconds cut off. Example: 2013-02-26 17:22:36.677488 */
export function timeText(
  { seconds, nanos }: { readonly seconds: number; readonly nanos: number },
  local = false,
): string {
  const date = new Date(seconds * 1000);
  // The text of UTC has the digits of the local time then.
  if (local) date.setTime(date.getTime() - date.getTimezoneOffset() * MINUTE * 1000);
  const micros = String(Math.floor(nanos / 1000)).padStart(6, '0');
  return `${date.toISOString().slice(0, -5).replace('T', ' ')}.${micros}`;
}

/** Local time of day: 17:22:36 */
export function clockText(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

/** 59.999s, 1m02.3s, 1h02m, 3d04h: rounded to what is shown. */
export function durationText(seconds: number): string {
  if (seconds < 59.9995) return `${seconds.toFixed(3)}s`;
  const tenths = Math.round(seconds * 10);
  if (tenths < 36_000) return `${Math.floor(tenths / 600)}m${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)}d${twoDigits(hours % 24)}h`;
}

/** 0s, 59s, 1m02s, 1h02m, 3d04h, 123d: rounded down, at most 6 characters for 27 years. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m${twoDigits(whole % MINUTE)}s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h${twoDigits(Math.floor((whole % HOUR) / MINUTE))}m`;
  if (whole >= 100 * DAY) return `${Math.floor(whole / DAY)}d`;
  return `${Math.floor(whole / DAY)}d${twoDigits(Math.floor((whole % DAY) / HOUR))}h`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
