/** Which values an option may have, and how that is said. */
import { unknownName } from '../text/nearest.ts';
import type { Option } from './option.ts';

/** Half a nanosecond, in seconds: a shorter time is none. */
const NO_TIME_S = 0.5e-9;

/** The first part of a list that is none of its choices. */
export function wrongPart(option: Option, value: unknown): string | undefined {
  if (option.type !== 'list' || option.choices === undefined) return undefined;
  return (value as readonly string[]).find((part) => !isPart(option, part));
}

/** A choice, or one with what may follow it: `identify=tls`, `payload=100`. */
export function isPart(option: Option, part: string): boolean {
  const { choices = [], parts = {} } = option;
  const at = part.indexOf('=');
  if (choices.includes(part) || isSized(option, part)) return true;
  return at > 0 && parts[part.slice(0, at)]?.includes(part.slice(at + 1)) === true;
}

/** A choice that may have a number, and one in its range. */
function isSized({ sized = {} }: Option, part: string): boolean {
  const [, name = '', digits = ''] = /^([^=]+)=([0-9]+)$/.exec(part) ?? [];
  const range = sized[name]?.range;
  return range !== undefined && Number(digits) >= range[0] && Number(digits) <= range[1];
}

/** `unknown part 'tpc'; did you mean 'tcp'?` */
export function unknownPart({ choices = [], parts = {}, sized = {} }: Option, part: string): string {
  const key = part.slice(0, Math.max(0, part.indexOf('=')));
  if (choices.includes(key) && parts[key] === undefined) {
    const range = sized[key]?.range;
    const remedy =
      range === undefined ? `'${key}' has no number` : `its number is a whole one from ${range[0]} to ${range[1]}`;
    return `invalid part '${part}'; ${remedy}`;
  }
  const further = (parts[key] ?? []).map((one) => `${key}=${one}`);
  return unknownName('part', part, [...choices, ...further], `the parts are ${(parts[key] ?? choices).join(', ')}`);
}

/**
 * Whether a value of the right type is one that the option may have.
 * @param scale units of the library in one unit of a number's value
 */
export function isAllowed(option: Option, value: unknown, scale: number): boolean {
  if (option.type === 'choice') return option.choices?.includes(String(value)) === true;
  if (typeof value !== 'number' || option.range === undefined) return true;
  const [low, high] = option.range;
  const scaled = value * scale;
  if (!(scaled >= low && scaled <= high)) return false;
  if (option.above === true && scaled - low < (option.type === 'duration' ? NO_TIME_S : Number.MIN_VALUE)) return false;
  if ((option.type === 'integer' || option.type === 'bytes') && !Number.isInteger(value)) return false;
  return option.powerOfTwo !== true || (scaled & (scaled - 1)) === 0;
}

/** What a value must be, for messages, help texts and docs: `a whole number from 64 to 262144`. */
export function expectation(option: Option, scale = 1): string {
  if (option.choices !== undefined && option.type === 'choice') return `one of ${option.choices.join(', ')}`;
  const range = rangeText(option, scale);
  return `${typed(option, scale)}${range === '' ? '' : ` ${range}`}${orWordText(option)}`;
}

/** The word that may stand for a number. */
export function orWordText({ orWord }: Option): string {
  return orWord === undefined ? '' : `, or '${orWord}'`;
}

/** `from 64 to 262144`, `above 0, at most 10`, `from 1 on`; empty without a range. */
export function rangeText({ range, above }: Option, scale = 1): string {
  if (range === undefined) return '';
  const [low, high] = [range[0] / scale, scale === 1 ? range[1] : Math.floor(range[1] / scale)];
  const endless = high >= Number.MAX_SAFE_INTEGER;
  if (above === true) return `above ${low}${endless ? '' : `, at most ${high}`}`;
  return endless ? `from ${low} on` : `from ${low} to ${high}`;
}

/** What a value must be, but for its range. */
export function typed({ type, powerOfTwo }: Option, scale = 1): string {
  switch (type) {
    case 'flag':
      return 'true or false';
    case 'function':
      return 'a function';
    case 'choice':
    case 'text':
      return 'text';
    case 'list':
      return 'a list of texts';
    case 'duration':
      return 'a number of seconds';
    case 'bytes':
      if (powerOfTwo === true) return 'a power of two';
      return scale === 1 ? 'a whole number of bytes' : 'a whole number of MiB';
    case 'integer':
      return 'a whole number';
    default:
      return 'a number';
  }
}
