/** What a command is, and the runner that all share. */
import { CaptureError, FParserError, messageOf } from '../errors.ts';
import type { CommandName } from '../options/option.ts';
import type { ValuesAt } from '../options/table.ts';
import { printError } from './print_error.ts';
import { EXIT_CANNOT_START, EXIT_NO_PERMISSION, EXIT_NOT_FOUND, EXIT_OUTPUT } from './exit.ts';
import { OutputError } from './output.ts';
import { parseArguments } from './parse_arguments.ts';
import { say } from './standard_streams.ts';

/** Does a command's work. Gives the exit status. @param further values of further outputs */
export type Run<P extends CommandName> = (
  values: ValuesAt<P>,
  operands: readonly string[],
  further: readonly ValuesAt<P>[],
) => number | Promise<number>;

/** A command, apart from its options, which are in the option table, and its texts. */
export interface CommandHead<P extends CommandName = CommandName> {
  readonly name: P;
  readonly aliases?: readonly string[];
  /** Whether arguments that are not options are taken. */
  readonly takesOperands: boolean;
}

/** What is said of a command. */
export interface CommandText {
  /** One line for `pcapflow --help`. */
  readonly summary: string;
  /** Forms of the call, without `pcapflow NAME`. */
  readonly usage: readonly string[];
  /** What it does, for its own help. */
  readonly about: string;
  /** More for its help, after the options. */
  readonly notes?: readonly string[];
  /** Meaning of each exit status. */
  readonly exits: Readonly<Record<number, string>>;
}

export type CommandDefinition = CommandHead & CommandText;

/** A command that can be run. */
export interface Command extends CommandHead {
  /** Parses the arguments, loads the command's code and runs it. @throws errors that are bugs of ours */
  execute(argv: readonly string[]): Promise<number>;
}

/** Required arguments are missing: prints the command's help, and behind it which. */
export class MissingArguments extends RangeError {}

/** @param load imports the command's code, which is not needed for help and wrong arguments */
export function command<P extends CommandName>(head: CommandHead<P>, load: () => Promise<Run<P>>): Command {
  const { name, takesOperands } = head;
  return {
    ...head,
    async execute(argv) {
      try {
        const { values, operands, further } = await parseArguments(name, argv, takesOperands);
        if ((values as { readonly help: boolean }).help) {
          return (await import('./print.ts')).printOnly(await helpOf(head));
        }
        return await (await load())(values, operands, further);
      } catch (error) {
        if (!(error instanceof MissingArguments)) return await failure(error);
        say(`${await helpOf(head)}\npcapflow: ${error.message}\n`);
        return EXIT_CANNOT_START;
      }
    },
  };
}

async function helpOf(head: CommandHead): Promise<string> {
  const [{ commandHelp }, { definitionOf }] = await Promise.all([import('./help.ts'), import('./command_texts.ts')]);
  return commandHelp(definitionOf(head));
}

/** Reports why a command failed. @throws the error if it is neither a wrong argument nor an operational error */
async function failure(error: unknown): Promise<number> {
  await printError(messageOf(error));
  if (error instanceof RangeError) return EXIT_CANNOT_START;
  if (error instanceof OutputError) return EXIT_OUTPUT;
  // Operational errors have a code.
  if (!(error instanceof Error && 'code' in error)) throw error;
  switch (error.code) {
    case 'ERR_CONNECTION_NOT_FOUND':
    case 'ERR_PID_NOT_FOUND':
      return EXIT_NOT_FOUND;
    case 'ERR_PERMISSION':
      // Permission to capture; for files the error is a CaptureError.
      return error instanceof FParserError && !(error instanceof CaptureError) ? EXIT_NO_PERMISSION : EXIT_CANNOT_START;
    default:
      return EXIT_CANNOT_START;
  }
}
