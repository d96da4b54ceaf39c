/** Help texts, written from the option table. */
import { rangeText } from '../options/allowed.ts';
import { defaultOf, flagOf, withArgument } from '../options/option.ts';
import type { CommandName, Option } from '../options/option.ts';
import { optionsAt } from '../options/table.ts';
import type { CommandDefinition } from './command.ts';

const WIDTH = 120;
/** Column at which the help of options begins. */
const INDENT = 26;
const MIB = 2 ** 20;

/** What `pcapflow COMMAND --help` shows. */
export function commandHelp(command: CommandDefinition): string {
  const { name, about, notes, exits } = command;
  const statuses = Object.entries(exits).map(([status, meaning]) => `${status} ${meaning}`);
  return [
    ...usageLines(command),
    ...wrap(about, 0),
    '',
    ...optionsAt(name).flatMap((option) => optionLines(option, name)),
    '',
    ...(notes ?? []).flatMap((note) => [...wrap(note, 0), '']),
    ...wrap(`exit status: ${statuses.join(', ')}`, 0),
    '',
  ].join('\n');
}

/** What `pcapflow --help` shows. */
export function generalHelp(commands: readonly CommandDefinition[]): string {
  const lines: readonly (readonly [string, string])[] = [
    ...commands.flatMap(({ name, usage, summary }) =>
      usage.slice(0, 1).map((one) => [`${name} ${one}`, summary] as const),
    ),
    ['COMMAND --help', 'options of a command'],
    ['help COMMAND', 'the same'],
    ['--version', ''],
  ];
  const width = Math.max(...lines.map(([call]) => call.length));
  return lines
    .map(([call, summary], n) =>
      `${n === 0 ? 'usage:' : '      '} pcapflow ${call.padEnd(width)}  ${summary}`.trimEnd(),
    )
    .join('\n')
    .concat('\n');
}

function usageLines({ name, usage, aliases = [] }: CommandDefinition): readonly string[] {
  const calls = [name, ...aliases].flatMap((called) => usage.map((one) => `pcapflow ${called} ${one}`));
  return calls.map((call, n) => `${n === 0 ? 'usage:' : '      '} ${call}`);
}

function optionLines(option: Option, place: CommandName): readonly string[] {
  const flag = flagOf(option);
  const long = flag.length === 1 ? `-${flag}` : `--${flag}`;
  const head =
    option.short === undefined ? `      ${long}` : flag.length === 1 ? `  ${long}` : `  -${option.short}, ${long}`;
  const call = withArgument(head, option);
  const lines = wrap(optionHelp(option, place), INDENT);
  if (call.length > INDENT - 1) return [call, ...lines];
  return lines.map((line, n) => (n === 0 ? call.padEnd(INDENT) + line.slice(INDENT) : line));
}

/** Help of an option with its range and its default: `kernel buffer, from 1 to 2047 (cap)`. */
export function optionHelp(option: Option, place: CommandName): string {
  const { requires, helpAt, help, choices, type, orWord } = option;
  const text = helpAt?.[place] ?? help;
  const scale = option.commandUnit === 'MiB' ? MIB : 1;
  const range = [
    type === 'choice' && !(choices ?? []).every((choice) => text.includes(choice)) ? (choices ?? []).join(', ') : '',
    option.powerOfTwo === true ? 'a power of two' : '',
    type === 'duration' ? `seconds ${rangeText(option, scale)}` : rangeText(option, scale),
    orWord === undefined ? '' : `or '${orWord}'`,
  ].filter((part) => part !== '');
  const shown = isFlag(option) ? undefined : (defaultOf(option, place) ?? option.without);
  return [
    requires === undefined ? '' : `with --${requires}: `,
    text,
    range.length === 0 ? '' : `; ${range.join(' ')}`,
    shown === undefined ? '' : ` (${String(shown)})`,
  ].join('');
}

function isFlag({ type }: Option): boolean {
  return type === 'flag' || type === 'count';
}

/** Wraps text to 120 columns, starting at a column; line breaks in the text are kept. */
function wrap(text: string, column: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && column + line.length + 1 + word.length > WIDTH) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => ' '.repeat(column) + line);
}
