/** Arguments of the programs in this folder: options that take a value, and `--help`. */
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

export interface BenchOption {
  /** What stands for its value in the help. */
  readonly argument: string;
  /** None: the value may be undefined. */
  readonly default?: string;
  readonly help: string;
}

type BenchOptions = Readonly<Record<string, BenchOption>>;

/** What a program takes. */
export interface BenchUsage<O extends BenchOptions> {
  /** File name in `dist/bench/`, without its ending. */
  readonly program: string;
  /** What it measures, in a sentence. */
  readonly about: string;
  /** As they are written in the help; none: it takes none. */
  readonly operands?: string;
  readonly options?: O;
}

export interface BenchArguments<O extends BenchOptions> {
  readonly values: { readonly [K in keyof O]: O[K] extends { readonly default: string } ? string : string | undefined };
  readonly positionals: readonly string[];
}

const HELP_FLAG = '-h, --help';

/** Prints the help, or what is wrong with an option, and ends the program then. */
export function benchArguments<const O extends BenchOptions>(usage: BenchUsage<O>): BenchArguments<O> {
  const { operands, options } = usage;
  const own = Object.entries<BenchOption>(options ?? {}).map(
    ([name, { default: value }]) =>
      [name, { type: 'string' as const, ...(value === undefined ? {} : { default: value }) }] as const,
  );
  const { values, positionals } = parsed({
    allowPositionals: operands !== undefined,
    options: { ...Object.fromEntries(own), help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    process.stdout.write(helpText(usage));
    process.exit(0);
  }
  return { values: values as BenchArguments<O>['values'], positionals };
}

function parsed<C extends ParseArgsConfig>(config: C): ReturnType<typeof parseArgs<C>> {
  try {
    return parseArgs(config);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}; see --help\n`);
    process.exit(1);
  }
}

function helpText({ program, about, operands, options = {} as never }: BenchUsage<BenchOptions>): string {
  const entries = Object.entries<BenchOption>(options);
  const lines = entries.map(([name, { argument, default: value, help }]): readonly [string, string] => [
    `--${name} ${argument}`,
    value === undefined || value === '' ? help : `${help} (${value})`,
  ]);
  const width = Math.max(...[HELP_FLAG, ...lines.map(([flag]) => flag)].map((flag) => flag.length));
  const shown = [...lines, [HELP_FLAG, 'this text'] as const].map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`);
  const words = [`node dist/bench/${program}.js`, operands === undefined ? [] : [operands], '[options]'].flat();
  return `Usage: ${words.join(' ')}\n${about}\n${shown.join('\n')}\n`;
}
