/** Counts and sizes in few characters. */

const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
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

/** Bytes with their unit, which has a binary prefix from 10,000 on: 9999 B, 9.8 KiB, 1.2 GiB. */
export function sizeText(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
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
