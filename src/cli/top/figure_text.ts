/** Figures in few characters: what changes every second must not jump about. */

const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps of 1000: 999, 1.0k, 12.3M. At most 6 characters below 10^18. */
export function decimalText(value: number): string {
  return stepped(value, 1000, DECIMAL);
}

/** Steps of 1024: 999, 1.0Ki, 12.3Mi. At most 7 characters below 2^60. */
export function binaryText(value: number): string {
  return stepped(value, 1024, BINARY);
}

/** A count in full as long as it has no more than six digits. */
export function countText(value: number): string {
  return value < 1e6 ? String(value) : decimalText(value);
}

/** 0s, 59s, 1m02s, 1h02m, 3d04h, 123d. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number): string => String(n).padStart(2, '0');
  if (whole < MINUTE) return `${whole}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m${two(whole % MINUTE)}s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h${two(Math.floor((whole % HOUR) / MINUTE))}m`;
  if (whole >= 100 * DAY) return `${Math.floor(whole / DAY)}d`;
  return `${Math.floor(whole / DAY)}d${two(Math.floor((whole % DAY) / HOUR))}h`;
}

/** 1,234,567 */
export function groupedText(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

function stepped(value: number, step: number, units: readonly string[]): string {
  if (Math.round(value) < 1000) return String(Math.round(value));
  let scaled = value;
  let unit = 0;
  // 999.95 would be written with four digits before the point.
  do {
    scaled /= step;
    unit++;
  } while (scaled >= 999.95 && unit < units.length - 1);
  return `${scaled.toFixed(1)}${units[unit]}`;
}
