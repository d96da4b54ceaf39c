/**
 * What an option is. Every option of the commands and of the library is one entry of a plain list in this folder;
 * parsers, help texts, checks, defaults, typed interfaces, the words of the engine's control block and
 * `docs/options.md` come from it.
 */
import type { WithName } from '../flow/groups.ts';

/** Commands, as `pcapflow` calls them. */
export type CommandName =
  | 'read'
  | 'live'
  | 'top'
  | 'replay'
  | 'query'
  | 'web'
  | 'filter'
  | 'owner'
  | 'sockets'
  | 'connections'
  | 'lookup'
  | 'generate'
  | 'plan'
  | 'shard'
  | 'merge'
  | 'cluster'
  | 'completion';

/** Functions and classes of the library that take an object of options. */
export type LibraryPlace =
  | 'readFlows'
  | 'FParser'
  | 'compileFilter'
  | 'getConnections'
  | 'SocketTable'
  | 'NetworkStateTracker'
  | 'NetworkStateTracker.lookup'
  | 'interfaceAddress'
  | 'FlowAttribution'
  | 'OwnerLookup'
  | 'CymruSource'
  | 'CymruDnsSource'
  | 'localAddress';

/** Where an option applies. */
export type Place = CommandName | LibraryPlace;

/**
 * Form of the value. `flag`: true or false. `count`: a flag that may be repeated. `duration`: seconds. `list`: texts.
 * Only in the library: `function`, and `value` for an option that is checked where it is used.
 */
export type OptionType =
  | 'flag'
  | 'count'
  | 'number'
  | 'integer'
  | 'duration'
  | 'bytes'
  | 'choice'
  | 'text'
  | 'list'
  | 'function'
  | 'value';

export interface Option {
  /** Name in the library, camelCase. On the command line it is `--kebab-case`, unless `flag` says otherwise. */
  readonly name: string;
  /** Name on the command line, without the dashes, where it is another one. */
  readonly flag?: string;
  /** One letter or digit: `-f`. */
  readonly short?: string;
  readonly type: OptionType;
  /** What help texts write for the value, as in `--filter EXPR`. */
  readonly argument?: string;
  /** Unit on the command line of `bytes` that are counted in MiB there. */
  readonly commandUnit?: 'MiB';
  /** Least and greatest value, in the unit of the library. */
  readonly range?: readonly [number, number];
  /** The value must be above the lower end of the range. */
  readonly above?: true;
  /** The value must be a power of two. */
  readonly powerOfTwo?: true;
  /** Only decimal digits on the command line: not `0x10`, not `1e3`. */
  readonly digits?: true;
  /** The value may begin with a dash on the command line, as in `--sort -memory`. */
  readonly dashed?: true;
  /** Values of a `choice`; of a text or a list what its parts may be. */
  readonly choices?: readonly string[];
  /**
   * Of a list: what may follow a choice behind `=`. On the command line parts of one choice need it only once: `a=x,y` is
   * `a=x,a=y`.
   */
  readonly parts?: { readonly [choice: string]: readonly string[] };
  /** Choices that may have a number behind them, as in `payload=100`, with its range. */
  readonly sized?: { readonly [choice: string]: { readonly range: readonly [number, number] } };
  /** Value on the command line when the option has none, which then must be joined to it: `--dedup`, `--dedup=50`. */
  readonly bare?: string;
  /** A word that may stand for a number. */
  readonly orWord?: string;
  /** Between the parts of a `list`. A list without it has one part for each time the option is given. */
  readonly separator?: ',';
  /** May be null, which is as if it were not given. */
  readonly nullable?: true;
  /** Value when the option is not given. A flag is false, anything else is undefined where there is none. */
  readonly default?: string | number | boolean;
  /** Where the default is another one. */
  readonly defaultAt?: { readonly [place in Place]?: string | number };
  /** What happens without the option, where that is not a value. */
  readonly without?: string;
  /** As `--help`: it is the whole command, and other values are not looked at. */
  readonly immediate?: true;
  /** Each output has a value of its own: see parseArguments. */
  readonly perOutput?: true;
  /** Name of a flag without which this option has no meaning. */
  readonly requires?: string;
  /** Group of fields without which this option has no meaning. */
  readonly group?: WithName;
  /** One line of help. It says neither range nor default: those are added. */
  readonly help: string;
  readonly helpAt?: { readonly [place in Place]?: string };
  /** Docstring in the library where it is not `help`. */
  readonly doc?: string;
  readonly docAt?: { readonly [place in Place]?: string };
  /** TypeScript type in the library where `type` does not say it. */
  readonly typescript?: string;
  readonly where: readonly Place[];
  /** Where the engine finds the value in its control block. */
  readonly word?: ControlWord;
}

/** A word of the control block. A duration is nanoseconds, a flag 0 or 1, a choice its code, a value that is not given 0. */
export interface ControlWord {
  /** CONFIG_ offset. */
  readonly at: number;
  readonly bits: 32 | 64;
  /** What the value is multiplied by. */
  readonly times?: number;
  /** Codes of the choices, in their order. */
  readonly codes?: readonly number[];
}

/** Type of the value of an option. */
export type ValueOf<O> =
  | (O extends { readonly type: 'flag' }
      ? boolean
      : O extends { readonly type: 'number' | 'integer' | 'duration' | 'bytes' | 'count' }
        ? number
        : O extends { readonly type: 'choice'; readonly choices: readonly (infer C)[] }
          ? C
          : O extends { readonly type: 'text' }
            ? string
            : O extends { readonly type: 'list'; readonly choices: readonly (infer C)[] }
              ? readonly C[]
              : O extends { readonly type: 'list' }
                ? readonly string[]
                : unknown)
  | (O extends { readonly orWord: infer W } ? W : never);

/** Of a union of options, those that apply at a place. */
export type OptionsAt<O, P extends Place> = O extends { readonly where: readonly (infer W)[] }
  ? P extends W
    ? O
    : never
  : never;

/** The value of an option that the engine knows. */
export type SettingOf<O> = O extends { readonly type: 'flag' } | { readonly default: string | number | boolean }
  ? ValueOf<O>
  : ValueOf<O> | undefined;

type HasDefault<O, P extends Place> = O extends
  | { readonly type: 'flag' | 'count' }
  | { readonly default: string | number | boolean }
  | { readonly defaultAt: { readonly [place in P]: string | number } }
  ? true
  : false;

/** Values of options at a place, all checked, with their defaults. */
export type Values<O extends { readonly name: string }, P extends Place> = {
  readonly [One in OptionsAt<O, P> as One extends { readonly name: infer N extends string } ? N : never]: HasDefault<
    One,
    P
  > extends true
    ? ValueOf<One>
    : ValueOf<One> | undefined;
};

/** `--flow-timeout` is flowTimeout. Without the dashes. */
export function flagOf({ name, flag }: Option): string {
  return flag ?? name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** An option with its value, as help texts write it: `--format FORMAT`, `--dedup[=MS]`. @param flag with its dashes */
export function withArgument(flag: string, { argument, bare }: Option, shown = argument): string {
  if (shown === undefined) return flag;
  return bare === undefined ? `${flag} ${shown}` : `${flag}[=${shown}]`;
}

/** Value of an option that is not given. */
export function defaultOf({ type, default: value, defaultAt }: Option, place: Place): unknown {
  return defaultAt?.[place] ?? value ?? (type === 'flag' ? false : type === 'count' ? 0 : undefined);
}
