/** Writes from the option table what is committed: the interfaces of the library's options, and `docs/options.md`. */
import { COMMANDS } from '../../src/cli/command_list.ts';
import { definitionOf } from '../../src/cli/command_texts.ts';
import { optionHelp } from '../../src/cli/help.ts';
import { expectation } from '../../src/options/allowed.ts';
import { defaultOf, flagOf, withArgument } from '../../src/options/option.ts';
import type { LibraryPlace, Option, Place } from '../../src/options/option.ts';
import { OPTIONS, optionsAt } from '../../src/options/table.ts';

const WIDTH = 120;
const GENERATED = '`npm run generate` writes this file from the option table, src/options/; edit that.';

const READ_OPTIONS_HEAD = `/** The options of \`readFlows\`. ${GENERATED} */
import type { FlowField } from '../flow/flow.ts';
import type { FilterOption } from './filter_maker.ts';
import type { Progress } from './progress.ts';

/** Options of \`readFlows\`. */
export interface ReadOptions {
`;

const PARSER_OPTIONS_HEAD = `/** The options of FParser. ${GENERATED} */
import type { FParserError } from '../errors.ts';
import type { FilterOption } from '../reader/filter_maker.ts';
import type { Direction, FlowOf, IcmpFlow, TcpFlow, UdpFlow, UnknownFlow } from './flow_view.ts';
import type { Log, LogLevel } from './log.ts';

/** A callback. When it returns a promise, that is awaited before the next one is called. */
export type FlowCallback<F> = (flow: F) => unknown;

/** Options of FParser. */
export interface FParserOptions<D extends Direction = Direction> {
`;

export function readOptionsFile(): string {
  return `${READ_OPTIONS_HEAD}${members('readFlows')}}\n`;
}

export function parserOptionsFile(): string {
  return `${PARSER_OPTIONS_HEAD}${members('FParser')}}\n`;
}

function members(place: LibraryPlace): string {
  return optionsAt(place)
    .map((option) => {
      const type = place === 'FParser' && option.name === 'direction' ? 'D' : typeOf(option);
      return `${docstring(sentences(option, place))}  readonly ${option.name}?: ${type};\n`;
    })
    .join('');
}

function docstring(text: string): string {
  const line = `  /** ${text} */\n`;
  if (line.length <= WIDTH) return line;
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length + 6 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return `  /**\n${lines.map((one) => `   * ${one}\n`).join('')}   */\n`;
}

function typeOf({ type, typescript, choices = [], parts = {}, sized = {}, orWord }: Option): string {
  if (typescript !== undefined) return typescript;
  switch (type) {
    case 'flag':
      return 'boolean';
    case 'choice':
      return choices.map((choice) => `'${choice}'`).join(' | ');
    case 'text':
      return 'string';
    case 'list':
      return choices.length === 0 ? 'readonly string[]' : listOf(choices, Object.keys(sized), Object.keys(parts));
    default:
      return `number${orWord === undefined ? '' : ` | '${orWord}'`}`;
  }
}

/** Of the type of a list on one line; more does not fit beside its name. */
const LIST_TYPE_MAX = 90;

function listOf(choices: readonly string[], sized: readonly string[], withParts: readonly string[]): string {
  const withNumber = sized.map((choice) => `\`${choice}=\${number}\``);
  const withText = withParts.map((choice) => `\`${choice}=\${string}\``);
  const all = [...choices.map((choice) => `'${choice}'`), ...withNumber, ...withText];
  const line = all.length > 1 ? `readonly (${all.join(' | ')})[]` : `readonly ${all.join('')}[]`;
  // As the formatter breaks a union.
  return line.length <= LIST_TYPE_MAX ? line : `readonly (\n    | ${all.join('\n    | ')}\n  )[]`;
}

/** What it is, what it may be, and what it is when it is not given. */
function sentences(option: Option, place: Place): string {
  const text = option.docAt?.[place] ?? option.doc ?? option.helpAt?.[place] ?? option.help;
  const parts = [sentence(text)];
  if (option.range !== undefined) parts.push(sentence(expectation(option)));
  const value = defaultOf(option, place);
  if (value !== undefined) parts.push(`Default \`${typeof value === 'string' ? `'${value}'` : grouped(value)}\`.`);
  else if (option.without !== undefined) parts.push(`Default: ${option.without}.`);
  return parts.join(' ');
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return capital.endsWith('.') ? capital : `${capital}.`;
}

/** 4_194_304, as TypeScript writes it. */
function grouped(value: unknown): string {
  return typeof value === 'number' && value >= 10_000
    ? value.toLocaleString('en-US').replaceAll(',', '_')
    : String(value);
}

/** A union that the formatter breaks, on one line. */
function oneLine(type: string): string {
  return type
    .replace(/\(\n +\| /, '(')
    .replace(/\n +\| /g, ' | ')
    .replace(/\n +\)/, ')');
}

/** `docs/options.md`. */
export function optionsDocument(): string {
  const library = [...new Set(OPTIONS.flatMap(({ where }) => where))].filter(
    (place) => !COMMANDS.some(({ name }) => name === place),
  );
  return [
    `<!-- ${GENERATED} -->`,
    '# Options',
    '',
    'Every option of the commands and of the library, with its range and default. An option that is not known is refused,',
    'with the name that was probably meant.',
    ...COMMANDS.map(definitionOf).flatMap(({ name, summary }) => [
      '',
      `## pcapflow ${name}`,
      '',
      sentence(summary),
      '',
      '| option | meaning; range (default) |',
      '|---|---|',
      ...optionsAt(name).map((option) => `| \`${call(option)}\` | ${cell(optionHelp(option, name))} |`),
    ]),
    ...library.flatMap((place) => [
      '',
      `## ${place}`,
      '',
      '| option | type | meaning; range, default |',
      '|---|---|---|',
      ...optionsAt(place).map(
        (option) => `| \`${option.name}\` | \`${cell(oneLine(typeOf(option)))}\` | ${cell(sentences(option, place))} |`,
      ),
    ]),
    '',
  ].join('\n');
}

function call(option: Option): string {
  const flag = flagOf(option);
  const long = withArgument(`${flag.length === 1 ? '-' : '--'}${flag}`, option);
  return option.short === undefined || flag.length === 1 ? long : `-${option.short}, ${long}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
