/** The option table: all lists, and what applies where. Order is that of help texts. */
import { CAPTURE_OPTIONS } from './capture_options.ts';
import { CLUSTER_OPTIONS } from './cluster_options.ts';
import { FLOW_OPTIONS, OUTPUT_OPTIONS } from './flow_options.ts';
import { GENERATE_OPTIONS } from './generate_options.ts';
import { HELP_OPTION } from './help_option.ts';
import { CONNECTIONS_OPTIONS, FILTER_OPTIONS, LOOKUP_OPTIONS, SOCKETS_OPTIONS } from './host_commands.ts';
import { LIBRARY_OPTIONS } from './library_options.ts';
import type { Option, Place, Values } from './option.ts';
import { OWNER_OPTIONS } from './owner_options.ts';
import { PARSER_OPTIONS } from './parser_options.ts';
import { QUERY_OPTIONS } from './query_options.ts';
import { QUEUE_OPTIONS } from './queue_options.ts';
import { WEB_OPTIONS } from './web_options.ts';

const LISTS = [
  FILTER_OPTIONS,
  SOCKETS_OPTIONS,
  CONNECTIONS_OPTIONS,
  LOOKUP_OPTIONS,
  CAPTURE_OPTIONS,
  OUTPUT_OPTIONS,
  FLOW_OPTIONS,
  PARSER_OPTIONS,
  OWNER_OPTIONS,
  LIBRARY_OPTIONS,
  QUERY_OPTIONS,
  WEB_OPTIONS,
  GENERATE_OPTIONS,
  CLUSTER_OPTIONS,
  QUEUE_OPTIONS,
  HELP_OPTION,
] as const;

type AnyOption = (typeof LISTS)[number][number];

/** Values of the options of a command, or of a place of the library: checked, with defaults, frozen. */
export type ValuesAt<P extends Place> = Values<AnyOption, P>;

export const OPTIONS: readonly Option[] = LISTS.flat();

/** Options of a command or of a place of the library. */
export function optionsAt(place: Place): readonly Option[] {
  return OPTIONS.filter(({ where }) => where.includes(place));
}
