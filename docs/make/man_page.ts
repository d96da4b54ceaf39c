/** The manual page pcapflow(1), written from the list of commands and the option table. */
import type { CommandDefinition } from '../../src/cli/command.ts';
import { optionHelp } from '../../src/cli/help.ts';
import { flagOf, withArgument } from '../../src/options/option.ts';
import type { Option } from '../../src/options/option.ts';
import { optionsAt } from '../../src/options/table.ts';

/** In the language of man(7). */
export function manPage(commands: readonly CommandDefinition[]): string {
  return `${[
    '.\\" Written by `npm run generate` from the option table, src/options/; edit that.',
    '.TH PCAPFLOW 1 "" "pcapflow" "User Commands"',
    '.SH NAME',
    'pcapflow \\- network flows of packet captures and live interfaces',
    '.SH SYNOPSIS',
    ...commands.flatMap(({ name, usage }) => usage.flatMap((call) => [synopsis(name, call), '.br'])),
    '.B pcapflow help',
    '.I COMMAND',
    '.SH DESCRIPTION',
    'pcapflow turns packets into flows: who spoke to whom, when, how much, and why it ended.',
    'Each command has options of its own.',
    ...commands.flatMap(section),
    '.SH SEE ALSO',
    '.BR tcpdump (8),',
    '.BR pcap-filter (7),',
    '.BR ss (8)',
  ].join('\n')}\n`;
}

function synopsis(name: string, call: string): string {
  return `.B pcapflow ${name}\n${roff(call)}`;
}

function section({ name, aliases = [], about, notes = [], exits }: CommandDefinition): readonly string[] {
  return [
    `.SH ${[name, ...aliases].join(', ').toUpperCase()}`,
    roff(about),
    ...optionsAt(name).flatMap((option) => ['.TP', optionTag(option), roff(optionHelp(option, name))]),
    ...notes.flatMap((note) => ['.PP', roff(note)]),
    '.PP',
    'Exit status:',
    ...Object.entries(exits).flatMap(([status, meaning]) => ['.TP', `.B ${status}`, roff(meaning)]),
  ];
}

function optionTag(option: Option): string {
  const flag = flagOf(option);
  const { short, argument } = option;
  const long = flag.length === 1 ? `-${flag}` : `--${flag}`;
  const forms = short === undefined || flag.length === 1 ? [long] : [`-${short}`, long];
  const shown = forms.map((form) => `\\fB${roff(form)}\\fR`).join(', ');
  return withArgument(shown, option, argument === undefined ? undefined : `\\fI${roff(argument)}\\fR`);
}

/** Text that has no meaning to roff. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');
}
