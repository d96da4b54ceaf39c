/** Checks of the options that are given to the library. */
import { unknownName } from '../text/nearest.ts';
import { expectation, isAllowed, orWordText, typed, unknownPart, wrongPart } from './allowed.ts';
import type { Option, Place } from './option.ts';
import { needlessOption } from './group_options.ts';
import { presetValue } from './presets.ts';
import { optionsAt } from './table.ts';
import type { ValuesAt } from './table.ts';

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
  const { with: groups } = values as { readonly with?: readonly string[] };
  const needless = needlessOption(optionsAt(place), place, values, groups);
  if (needless !== undefined) {
    const { name, group } = needless;
    throw new RangeError(`${name} needs the group ${group}; add with: ['${group}']`);
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
    throw new TypeError(`${option.name} is ${described(value)}; it must be ${wanted(option)}`);
  const wrong = wrongPart(option, value);
  if (wrong !== undefined) throw new RangeError(`${option.name} has an ${unknownPart(option, wrong)}`);
  if (!isAllowed(option, value, 1)) {
    throw new RangeError(`${option.name} is ${String(value)}; it must be ${expectation(option)}`);
  }
  return value;
}

/** What a value must be, in words. */
function wanted(option: Option): string {
  return `${typed(option)}${orWordText(option)}${option.nullable === true ? ' or null' : ''}`;
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

function described(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}
