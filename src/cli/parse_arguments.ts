/** The arguments of a command, read by the option table. */
import { expectation, isAllowed, isPart, unknownPart, wrongPart } from '../options/allowed.ts';
import { commandOptions } from '../options/command_options.ts';
import { unknownName } from '../text/nearest.ts';
import { needlessOption } from '../options/group_options.ts';
import { defaultOf, flagOf } from '../options/option.ts';
import type { CommandName, Option } from '../options/option.ts';
import { groupsOfFormat, presetValue } from '../options/presets.ts';
import { tokensOf } from './tokens.ts';
import type { ValuesAt } from '../options/table.ts';

const MIB = 2 ** 20;

export interface Arguments<P extends CommandName> {
  /** Checked, in the units of the library, with defaults. Frozen. */
  readonly values: ValuesAt<P>;
  /** The same for each further output: only what outputs have of their own may differ. */
  readonly further: readonly ValuesAt<P>[];
  /** What is not an option, in its order. */
  readonly operands: readonly string[];
}

/** One of these that is given again begins a further output, to which the options of outputs behind it belong. */
const OUTPUT_BEGINS: ReadonlySet<string> = new Set(['format', 'output']);

/**
 * Reads all arguments once.
 * @param takesOperands whether anything but options may be given
 * @throws {RangeError} for an unknown or misused option, or an invalid value
 */
export async function parseArguments<P extends CommandName>(
  command: P,
  argv: readonly string[],
  takesOperands: boolean,
): Promise<Arguments<P>> {
  const options = new Map((await commandOptions(command)).map((option) => [flagOf(option), option]));
  const { texts, further, operands } = splitArguments(command, argv, options);
  const [operand] = operands;
  if (operand !== undefined && !takesOperands)
    throw new RangeError(`unexpected argument '${operand}'; see pcapflow ${command} --help`);
  const immediate = [...texts.keys()].some((option) => option.immediate === true);
  const settingOf = (option: Option | undefined): unknown => {
    const given = option !== undefined && (!immediate || option.immediate === true) ? texts.get(option) : undefined;
    return option === undefined || given === undefined ? undefined : parsedValue(option, given);
  };
  const values: Record<string, unknown> = {};
  const valuesOf = (own: ReadonlyMap<Option, readonly string[]>): Record<string, unknown> => {
    const perOutput = [...options.values()].filter((option) => option.perOutput === true);
    const settings = perOutput.map((option) => {
      const given = own.get(option);
      return [option.name, given === undefined ? defaultOf(option, command) : parsedValue(option, given)];
    });
    return Object.freeze({ ...values, ...Object.fromEntries(settings) });
  };
  const preset = settingOf(options.get('preset'));
  for (const option of options.values()) values[option.name] = presetValue(option, command, preset, settingOf(option));
  for (const [flag, { name, requires }] of options) {
    const missing = requires !== undefined && values[requires] !== true;
    if (missing && values[name] !== undefined && values[name] !== false)
      throw new RangeError(`--${flag} requires --${requires}`);
  }
  const outputs = further.map(valuesOf);
  const groups = [values, ...outputs].flatMap((one) => groupsOf(one));
  const needless = needlessOption(options.values(), command, values, groups);
  if (needless !== undefined) {
    const { group } = needless;
    throw new RangeError(`--${flagOf(needless)} needs the group ${group}; add --with ${group}`);
  }
  return {
    values: Object.freeze(values) as ValuesAt<P>,
    further: outputs as ValuesAt<P>[],
    operands,
  };
}

/** Those that are asked for, and those that the format is made of. */
function groupsOf(values: Readonly<Record<string, unknown>>): readonly string[] {
  const { with: asked = [], format } = values as { readonly with?: readonly string[]; readonly format?: string };
  return [...asked, ...groupsOfFormat(format)];
}

interface Split {
  /** Texts of each option that was given, one for each time; empty texts for flags. */
  readonly texts: ReadonlyMap<Option, readonly string[]>;
  /** The same of each further output. */
  readonly further: readonly ReadonlyMap<Option, readonly string[]>[];
  readonly operands: readonly string[];
}

function splitArguments(command: CommandName, argv: readonly string[], options: ReadonlyMap<string, Option>): Split {
  const letters = new Map([...options].map(([flag, { short }]) => [short, flag]));
  const tokens = tokensOf(argv, {
    nameOf: (letter) => letters.get(letter),
    takesValue: (name) => {
      const option = options.get(name);
      return option !== undefined && !isFlag(option.type) && option.bare === undefined;
    },
  });
  const texts = new Map<Option, string[]>();
  const further: Map<Option, string[]>[] = [];
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'operand') {
      operands.push(token.text);
      continue;
    }
    const option = options.get(token.name);
    if (option === undefined) throw new RangeError(unknownOption(command, token.shown, options.keys()));
    checkToken(option, token.shown, token.value, token.inline);
    const current = further.at(-1) ?? texts;
    if (OUTPUT_BEGINS.has(option.name) && option.perOutput === true && current.has(option)) further.push(new Map());
    const own = option.perOutput === true ? (further.at(-1) ?? texts) : texts;
    const given = own.get(option);
    const text = token.value ?? option.bare ?? '';
    if (given === undefined) own.set(option, [text]);
    else given.push(text);
  }
  return { texts, further, operands };
}

function unknownOption(command: CommandName, rawName: string, flags: Iterable<string>): string {
  const see = `see pcapflow ${command} --help`;
  // A single letter is near to anything.
  const known = rawName.startsWith('--') ? [...flags].map((flag) => `--${flag}`) : [];
  return unknownName('option', rawName, known, see);
}

function isFlag(type: Option['type']): boolean {
  return type === 'flag' || type === 'count';
}

/** @throws {RangeError} for a value that is missing, or is there and has no place */
function checkToken(option: Option, shown: string, value: string | undefined, inline: boolean): void {
  if (isFlag(option.type)) {
    if (value !== undefined) throw new RangeError(`${shown} takes no value, and has ${JSON.stringify(value)}`);
    return;
  }
  if (value === undefined && option.bare !== undefined) return;
  if (value === undefined) throw new RangeError(`${shown} needs a value: ${option.argument ?? 'VALUE'}`);
  // A lone dash is standard input or output.
  if (inline || !/^-./s.test(value) || (option.dashed === true && /^-[a-z]{2,}/i.test(value))) return;
  throw new RangeError(
    `${shown} needs a value, and '${value}' looks like an option; write --${flagOf(option)}=${value}`,
  );
}

/** The last of several texts counts, except for lists. @throws {RangeError} naming option, value and bounds */
function parsedValue(option: Option, texts: readonly string[]): unknown {
  const last = texts.at(-1) ?? '';
  switch (option.type) {
    case 'flag':
      return true;
    case 'count':
      return texts.length;
    case 'text':
      return last;
    case 'list':
      return partsOf(option, texts);
    default:
      return option.type === 'choice' ? checked(option, last, last, 1) : numberOf(option, last);
  }
}

function partsOf(option: Option, texts: readonly string[]): readonly string[] {
  const { separator } = option;
  const given =
    separator === undefined ? texts : texts.flatMap((text) => text.split(separator)).map((text) => text.trim());
  const parts = option.parts === undefined ? given : withKeys(option, given);
  const wrong = wrongPart(option, parts);
  if (wrong !== undefined) throw new RangeError(`--${flagOf(option)} has an ${unknownPart(option, wrong)}`);
  return parts;
}

/** `a=x,y` is `a=x,a=y`. */
function withKeys(option: Option, given: readonly string[]): string[] {
  let key = '';
  return given.map((part) => {
    if (!isPart(option, part) && isPart(option, key + part)) return key + part;
    key = part.slice(0, part.indexOf('=') + 1);
    return part;
  });
}

function numberOf(option: Option, text: string): number | string {
  if (text === option.orWord) return text;
  const scale = option.commandUnit === 'MiB' ? MIB : 1;
  const isNumber = option.digits === true ? /^[0-9]+$/.test(text) : text.trim() !== '';
  return checked(option, text, isNumber ? Number(text) : Number.NaN, scale) * scale;
}

function checked<T extends number | string>(option: Option, text: string, value: T, scale: number): T {
  if (!Number.isNaN(value) && isAllowed(option, value, scale)) return value;
  const shown = Number.isNaN(value) ? JSON.stringify(text) : text;
  throw new RangeError(`--${flagOf(option)} is ${shown}; it must be ${expectation(option, scale)}`);
}
