/** Checks of values: what an option must be, whether a value is that, and what to say when it is not. */
import { unknownName } from '../text/nearest.ts';
import type { Option, Place } from './option.ts';
import { presetValue } from './presets.ts';
import { optionsAt } from './table.ts';
import type { ValuesAt } from './table.ts';

/** Half a nanosecond, in seconds: a shorter time is none. */
const NO_TIME_S = 0.5e-9;

/**
 * Checks the options given to a function of the library and fills in defaults.
 * @throws {TypeError} for an option that is not known, and for a value of the wrong type
 * @throws {RangeError} for a value out of range
 */
export function checkOptions<P extends Place>(place: P, given: object): ValuesAt<P> {
  refuseUnknown(place, given);
  const values: Record<string, unknown> = {};
  const { preset } = given as { readonly preset?: unknown };
  checkOption(place, 'preset', preset);
  for (const option of optionsAt(place)) {
    const value = (given as Record<string, unknown>)[option.name];
    const checked = value === undefined ? undefined : checkValue(option, value);
    values[option.name] = presetValue(option, place, preset, checked);
  }
  return Object.freeze(values) as ValuesAt<P>;
}

const knownNames = new Map<Place, ReadonlySet<string>>();

/** @throws {TypeError} when it is not an object, or has an option that is not known at this place */
export function refuseUnknown(place: Place, given: object): void {
  if (typeof given !== 'object' || given === null) throw new TypeError('the options must be an object');
  let known = knownNames.get(place);
  if (known === undefined) {
    known = new Set(optionsAt(place).map(({ name }) => name));
    knownNames.set(place, known);
  }
  for (const name of Object.keys(given)) {
    if (!known.has(name)) throw new TypeError(unknownName('option', name, known, `${place} has no such option`));
  }
}

/** Checks the value of one option of a place; undefined is not given. @throws {TypeError} @throws {RangeError} */
export function checkOption(place: Place, name: string, value: unknown): void {
  for (const option of optionsAt(place)) if (option.name === name && value !== undefined) checkValue(option, value);
}

/**
 * Checks one value of the library.
 * @throws {TypeError} for a value of the wrong type @throws {RangeError} for one out of range
 */
export function checkValue(option: Option, value: unknown): unknown {
  if (option.type === 'value' || (option.nullable === true && value === null)) return value;
  if (!hasType(option, value))
    throw new TypeError(
      `${option.name} is ${described(value)}; it must be ${typed(option)}${option.nullable === true ? ' or null' : ''}`,
    );
  const wrong = wrongPart(option, value);
  if (wrong !== undefined) throw new RangeError(`${option.name} has an ${unknownPart(option, wrong)}`);
  if (!isAllowed(option, value, 1)) {
    throw new RangeError(`${option.name} is ${String(value)}; it must be ${expectation(option)}`);
  }
  return value;
}

function hasType({ type, orWord }: Option, value: unknown): boolean {
  switch (type) {
    case 'flag':
      return typeof value === 'boolean';
    case 'function':
      return typeof value === 'function';
    case 'choice':
    case 'text':
      return typeof value === 'string';
    case 'list':
      return Array.isArray(value) && value.every((part) => typeof part === 'string');
    default:
      return typeof value === 'number' || (orWord !== undefined && value === orWord);
  }
}

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

function orWordText({ orWord }: Option): string {
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

function typed({ type, powerOfTwo }: Option, scale = 1): string {
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

function described(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}
