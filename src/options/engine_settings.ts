/** The options that the engine itself knows, and their words in its control block. */
import { FLOW_OPTIONS } from './flow_options.ts';
import type { ControlWord, Option, SettingOf } from './option.ts';
import { PARSER_OPTIONS } from './parser_options.ts';

const LISTS = [...FLOW_OPTIONS, ...PARSER_OPTIONS] as const;

type EngineOption = Extract<(typeof LISTS)[number], { readonly word: ControlWord }>;

type Optional<O> = O extends EngineOption ? (undefined extends SettingOf<O> ? O : never) : never;

/** Their values, in the names and units of the library. */
export type EngineSettings = {
  readonly [One in Exclude<EngineOption, Optional<EngineOption>> as One['name']]: SettingOf<One>;
} & { readonly [One in Optional<EngineOption> as One['name']]?: SettingOf<One> };

const ENGINE_OPTIONS: readonly Option[] = LISTS.filter((option: Option) => option.word !== undefined);

/** Takes from checked values those that the engine knows. */
export function engineSettings(values: EngineSettings): EngineSettings {
  const taken: Record<string, unknown> = {};
  for (const { name } of ENGINE_OPTIONS) taken[name] = values[name as keyof EngineSettings];
  return taken as EngineSettings;
}

/** Gives each word of the control block that an option fills. */
export function writeSettings(settings: EngineSettings, write: (word: ControlWord, value: bigint) => void): void {
  for (const option of ENGINE_OPTIONS) {
    if (option.word !== undefined)
      write(option.word, wordValue(option, option.word, settings[option.name as keyof EngineSettings]));
  }
}

function wordValue({ type, choices = [] }: Option, { codes = [], times = 1 }: ControlWord, value: unknown): bigint {
  if (value === undefined) return 0n;
  if (type === 'choice') return BigInt(codes[choices.indexOf(String(value))] ?? 0);
  return type === 'duration' ? nanoseconds(Number(value)) : BigInt(Number(value) * times);
}

const SECOND_NS = 1e9;

/** Of a number of seconds, the nearest whole number. */
export function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * SECOND_NS));
}
