/** Completions of the command for shells, written from the option table: commands, options, and values that are words. */
import { flagOf } from '../options/option.ts';
import type { CommandName, Option } from '../options/option.ts';
import { optionsAt } from '../options/table.ts';
import type { CommandDefinition } from './command.ts';
import { optionHelp } from './help.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

export const COMPLETIONS: Readonly<Record<Shell, (commands: readonly CommandDefinition[]) => string>> = {
  bash,
  zsh,
  fish,
};

/** Options without an argument are followed by anything. */
function takesValue({ type, bare }: Option): boolean {
  return type !== 'flag' && type !== 'count' && bare === undefined;
}

function flagText(option: Option): string {
  const flag = flagOf(option);
  return flag.length === 1 ? `-${flag}` : `--${flag}`;
}

/** The forms in which an option is written: `-f`, `--format`. */
function formsOf(option: Option): readonly string[] {
  const { short } = option;
  return short === undefined || flagOf(option).length === 1 ? [flagText(option)] : [`-${short}`, flagText(option)];
}

/** The words that a value can be; none: anything, mostly a file. */
function wordsOf({ choices = [], orWord }: Option): readonly string[] {
  return orWord === undefined ? choices : [...choices, orWord];
}

function namesOf({ name, aliases = [] }: CommandDefinition): readonly string[] {
  return [name, ...aliases];
}

function operandsOf(name: CommandName): readonly string[] {
  return name === 'completion' ? Object.keys(COMPLETIONS) : [];
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bash(commands: readonly CommandDefinition[]): string {
  const cases = commands.map((command) => {
    const options = optionsAt(command.name);
    const values = options.filter(takesValue).map((option) => {
      const words = wordsOf(option);
      const found = words.length === 0 ? 'compgen -f -- "$word"' : `compgen -W ${quoted(words.join(' '))} -- "$word"`;
      return `        ${formsOf(option).join('|')}) mapfile -t COMPREPLY < <(${found}); return ;;\n`;
    });
    const operands = operandsOf(command.name);
    const rest =
      operands.length === 0 ? 'compgen -f -- "$word"' : `compgen -W ${quoted(operands.join(' '))} -- "$word"`;
    return `    ${namesOf(command).join('|')})
      case "$before" in
${values.join('')}      esac
      if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W ${quoted(options.flatMap(formsOf).join(' '))} -- "$word")
      else
        mapfile -t COMPREPLY < <(${rest})
      fi ;;
`;
  });
  const names = [...commands.flatMap(namesOf), 'help', '--help', '--version'];
  return `# bash completion of pcapflow: source <(pcapflow completion bash)
_pcapflow() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 || ( $COMP_CWORD -eq 2 && $before == help ) ]]; then
    mapfile -t COMPREPLY < <(compgen -W ${quoted(names.join(' '))} -- "$word")
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('')}  esac
}
complete -o filenames -o bashdefault -F _pcapflow pcapflow
`;
}

function zsh(commands: readonly CommandDefinition[]): string {
  // What _arguments reads: colons and brackets divide.
  const clean = (text: string): string => text.replaceAll(/[\\[\]:]/g, (sign) => `\\${sign}`);
  const cases = commands.map((command) => {
    const specs = optionsAt(command.name).map((option) => {
      const words = wordsOf(option);
      const action = words.length === 0 ? '_files' : `(${words.join(' ')})`;
      const value = takesValue(option) ? `:${clean(option.argument ?? 'VALUE')}:${action}` : '';
      const forms = formsOf(option);
      const help = `[${clean(optionHelp(option, command.name))}]${value}`;
      if (forms.length === 1) return quoted(`*${forms[0]}${help}`);
      return `'*'{${forms.join(',')}}${quoted(help)}`;
    });
    const operands = operandsOf(command.name);
    const rest = operands.length === 0 ? "'*:input:_files'" : quoted(`*:word:(${operands.join(' ')})`);
    return `    ${namesOf(command).join('|')})
      _arguments \\
${[...specs, rest].map((spec) => `        ${spec}`).join(' \\\n')} ;;
`;
  });
  const described = commands.flatMap((command) => namesOf(command).map((name) => quoted(`${name}:${command.summary}`)));
  return `#compdef pcapflow
# zsh completion of pcapflow: pcapflow completion zsh > "\${fpath[1]}/_pcapflow"
_pcapflow() {
  local -a commands=(
${described.map((one) => `    ${one}`).join('\n')}
    'help:options of a command'
  )
  if (( CURRENT == 2 )) || [[ CURRENT -eq 3 && $words[2] == help ]]; then
    _describe command commands
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${cases.join('')}  esac
}
compdef _pcapflow pcapflow
`;
}

function fish(commands: readonly CommandDefinition[]): string {
  const names = commands.flatMap(namesOf);
  const condition = `-n '__fish_use_subcommand'`;
  const lines = commands.flatMap((command) => [
    ...namesOf(command).map((name) => `complete -c pcapflow ${condition} -f -a ${name} -d ${quoted(command.summary)}`),
    ...optionsAt(command.name).map((option) => optionLine(command, option)),
    ...operandsOf(command.name).map(
      (word) => `complete -c pcapflow -n '__fish_seen_subcommand_from ${namesOf(command).join(' ')}' -f -a ${word}`,
    ),
  ]);
  return `# fish completion of pcapflow: pcapflow completion fish > ~/.config/fish/completions/pcapflow.fish
complete -c pcapflow ${condition} -f -a help -d 'options of a command'
complete -c pcapflow -n '__fish_seen_subcommand_from help' -f -a ${quoted(names.join(' '))}
${lines.join('\n')}
`;
}

function optionLine(command: CommandDefinition, option: Option): string {
  const flag = flagOf(option);
  const words = wordsOf(option);
  const { short } = option;
  const parts = [
    `complete -c pcapflow -n '__fish_seen_subcommand_from ${namesOf(command).join(' ')}'`,
    flag.length === 1 ? `-s ${flag}` : `-l ${flag}`,
    ...(short === undefined || flag.length === 1 ? [] : [`-s ${short}`]),
    ...(takesValue(option) ? ['-r'] : []),
    ...(words.length === 0 ? [] : [`-f -a ${quoted(words.join(' '))}`]),
    `-d ${quoted(optionHelp(option, command.name))}`,
  ];
  return parts.join(' ');
}
