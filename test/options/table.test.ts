/** A walk over the option table: every entry is whole, and what is made of it agrees with it. */
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command_list.ts';
import { definitionOf } from '../../src/cli/command_texts.ts';
import { commandHelp } from '../../src/cli/help.ts';
import { parseArguments } from '../../src/cli/parse_arguments.ts';
import { expectation, isAllowed } from '../../src/options/allowed.ts';
import { checkOptions } from '../../src/options/check.ts';
import { writeSettings } from '../../src/options/engine_settings.ts';
import { commandOptions } from '../../src/options/command_options.ts';
import { defaultOf, flagOf } from '../../src/options/option.ts';
import type { CommandName, LibraryPlace, Option, Place } from '../../src/options/option.ts';
import { OPTIONS, optionsAt } from '../../src/options/table.ts';
import { engineOptions } from '../../src/reader/options.ts';

const isCommand = (place: Place): place is CommandName => COMMANDS.some(({ name }) => name === place);
const NUMBERS: readonly Option['type'][] = ['number', 'integer', 'duration', 'bytes'];
const each = OPTIONS.map((option): [string, Option] => [`${option.name} of ${option.where.join(', ')}`, option]);
const used = OPTIONS.flatMap((option) => option.where.map((place): [Place, Option] => [place, option]));
const inCommands = used.flatMap(([place, option]) => (isCommand(place) ? [[place, option] as const] : []));
const inLibrary = used.flatMap(([place, option]) =>
  isCommand(place) ? [] : [[place, option] as [LibraryPlace, Option]],
);

describe('an entry of the option table', () => {
  it.each(each)('has a name, a help and a place: %s', (_, { name, help, where }) => {
    expect(name).toMatch(/^[a-z][a-zA-Z0-9]*$/);
    expect(help).toMatch(/^[A-Za-z].*[^.]$/);
    expect(where.length).toBeGreaterThan(0);
  });

  it.each(each)('has what its type needs: %s', (_, option) => {
    const { type, range, choices, argument, word, typescript, where } = option;
    if (NUMBERS.includes(type)) {
      expect(range).toHaveLength(2);
      expect(range?.[0]).toBeLessThan(range?.[1] ?? Number.NaN);
    }
    if (type === 'choice') expect(choices?.length).toBeGreaterThan(0);
    if (type === 'function' || type === 'value') expect(typescript).toBeTypeOf('string');
    if (where.some(isCommand) && type !== 'flag' && type !== 'count') expect(argument).toBeTypeOf('string');
    if (word?.codes !== undefined) expect(word.codes).toHaveLength(choices?.length ?? 0);
  });

  it.each(used)('has a default that it would accept: %s %j', (place, option) => {
    const value = defaultOf(option, place);
    if (value !== undefined && option.type !== 'value') expect(isAllowed(option, value, 1)).toBe(true);
  });

  it.each([...new Set(used.map(([place]) => place))])('is the only one of its name in %s', (place) => {
    const names = optionsAt(place).map(({ name }) => name);
    const flags = optionsAt(place).map(flagOf);
    const shorts = optionsAt(place).flatMap(({ short }) => short ?? []);
    for (const list of [names, flags, shorts]) expect(new Set(list).size).toBe(list.length);
  });
});

describe('a command', () => {
  it.each(COMMANDS.map(({ name }) => name))('%s loads all its options, in the order of the table', async (name) => {
    expect(await commandOptions(name)).toEqual(optionsAt(name));
  });

  it.each(inCommands)('%s names its option in its help: %j', (place, option) => {
    const command = COMMANDS.find(({ name }) => name === place);
    const flag = flagOf(option);
    const help = command === undefined ? '' : commandHelp(definitionOf(command));
    expect(help).toMatch(new RegExp(`^ +(-${option.short ?? ''}, )?--?${flag}( |\\[=|$)`, 'm'));
    const value = defaultOf(option, place);
    if (value !== undefined && option.type !== 'flag' && option.type !== 'count')
      expect(help.replaceAll(/\s+/g, ' ')).toContain(`(${String(value)})`);
  });

  it.each(COMMANDS.map(({ name }) => name))('%s has help of at most 120 columns, with its exit statuses', (name) => {
    const command = COMMANDS.find((one) => one.name === name);
    const help = command === undefined ? '' : commandHelp(definitionOf(command));
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(help).toMatch(/^exit status: 0 /m);
  });

  const numbers = inCommands.filter(([, { type }]) => NUMBERS.includes(type));
  it.each(numbers)('%s refuses what is out of range, with value and bound: %j', async (place, option) => {
    const { range = [0, 0], commandUnit, above } = option;
    const scale = commandUnit === 'MiB' ? 2 ** 20 : 1;
    const flag = `--${flagOf(option)}`;
    const low = range[0] / scale;
    const wrong = [above === true ? low : low - 1, range[1] / scale + 1].filter((value) => value < 2 ** 53);
    for (const value of wrong) {
      const act = () => parseArguments(place, [`${flag}=${value}`], true);
      await expect(act).rejects.toThrow(RangeError);
      await expect(act).rejects.toThrow(`${flag} is ${value}; it must be ${expectation(option, scale)}`);
      expect(expectation(option, scale)).toContain(String(low));
    }
    await expect(parseArguments(place, [`${flag}=much`], true)).rejects.toThrow(`${flag} is "much"; it must be `);
  });

  it('has values with the defaults of the table, in the units of the library, frozen', async () => {
    const given = ['lo', '--ring', '4', '--flow-timeout=0.5', '-F', 'tcp'];
    const { values, operands } = await parseArguments('live', given, true);
    expect(values).toMatchObject({ ringSize: 4 << 20, flowTimeout: 0.5, finTimeout: 30, filter: 'tcp' });
    expect(values.bufferSize).toBeUndefined();
    expect(operands).toEqual(['lo']);
    expect(Object.isFrozen(values)).toBe(true);
  });
});

describe('the library', () => {
  // What has a check of its own, where it is used, is tested there.
  const checked = inLibrary.filter(([, { type }]) => type !== 'value');
  it.each(checked)('%s refuses a wrong type: %j', (place, option) => {
    const act = () => checkOptions(place, { [option.name]: Symbol('wrong') });
    expect(act).toThrow(TypeError);
    expect(act).toThrow(new RegExp(`^${option.name} is of type symbol; it must be `));
  });

  it.each(checked.filter(([, { range }]) => range !== undefined))(
    '%s refuses what is out of range: %j',
    (place, option) => {
      const [low, high] = option.range ?? [0, 0];
      for (const value of [option.above === true ? low : low - 1, high * 2, Number.NaN]) {
        const act = () => checkOptions(place, { [option.name]: value });
        expect(act).toThrow(RangeError);
        expect(act).toThrow(`${option.name} is ${value}; it must be ${expectation(option)}`);
      }
    },
  );

  it('has the defaults of the table, and those of its own where the table says so', () => {
    expect(checkOptions('readFlows', {})).toMatchObject({ direction: 'bi', flowTimeout: 600, maxFlows: 4_194_304 });
    expect(checkOptions('readFlows', {}).snaplen).toBeUndefined();
    expect(checkOptions('FParser', {})).toMatchObject({
      direction: 'uni',
      flowTimeout: 600,
      snaplen: 100,
      filter: 'ip',
    });
    expect(checkOptions('FParser', { flowTimeout: undefined }).flowTimeout).toBe(600);
  });
});

describe('the control block', () => {
  const words = (options: Parameters<typeof engineOptions>[0]): Readonly<Record<string, bigint>> => {
    const found: Record<string, bigint> = {};
    const names = new Map(OPTIONS.flatMap(({ name, word }) => (word === undefined ? [] : [[word.at, name] as const])));
    writeSettings(engineOptions(options), ({ at }, value) => {
      found[names.get(at) ?? ''] = value;
    });
    return found;
  };

  it('has nanoseconds, codes and 0 for what is not given', () => {
    expect(
      words({ direction: 'uni', flowTimeout: 0.5, decapsulate: true, fragments: 'port0', snaplen: 64 }),
    ).toMatchObject({
      direction: 0n,
      flowTimeout: 500_000_000n,
      finTimeout: 30_000_000_000n,
      activeTimeout: 0n,
      decapsulate: 1n,
      fragments: 0n,
      snaplen: 64n,
      communityIdSeed: 0n,
      maxFlows: 4_194_304n,
      softMemLimit: 0n,
      hardMemLimit: 0n,
    });
    expect(words({})).toMatchObject({ direction: 1n, decapsulate: 0n, fragments: 1n, snaplen: 0n });
  });
});
