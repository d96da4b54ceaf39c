/** When a file ends: `--rotate 5m,1GiB`. */
import { bytesOfUnit, secondsOfUnit } from '../../text/units.ts';

export interface RotationLimits {
  /** Seconds; undefined: files end by their size only. Periods begin at multiples of it since the epoch. */
  readonly seconds: number | undefined;
  /** Bytes after which a file ends; undefined: by time only. */
  readonly bytes: number | undefined;
}

const FORM = /^(\d+)\s*([a-zA-Z]+)$/;

/** @throws {RangeError} for what is neither a time nor a size, and for two of a kind */
export function rotationLimits(parts: readonly string[]): RotationLimits {
  let seconds: number | undefined;
  let bytes: number | undefined;
  for (const part of parts) {
    const [, digits = '', unit = ''] = FORM.exec(part) ?? [];
    const asSeconds = secondsOfUnit(unit);
    const value = Number(digits) * (asSeconds ?? bytesOfUnit(unit) ?? 0);
    const isTaken = asSeconds === undefined ? bytes !== undefined : seconds !== undefined;
    if (!(value > 0) || isTaken)
      throw new RangeError(
        `--rotate is ${parts.join(',')}; it must be a time as 30s, 5m or 1h, a size as 1GiB, or both`,
      );
    if (asSeconds === undefined) bytes = value;
    else seconds = value;
  }
  return { seconds, bytes };
}
