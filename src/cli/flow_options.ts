/** Options that `read`, `live` and `replay` share: how flows are made of packets, and where they go. */
import type { FieldDefinition } from '../flow/field.ts';
import { chooseFields, FLOW_FIELDS } from '../flow/fields.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import { checkMaxFlows, checkSnaplen, checkTimeout } from '../reader/options.ts';
import type { ReadOptions } from '../reader/options.ts';
import type { Output } from './output.ts';

/** For parseArgs. */
export const FLOW_OPTIONS = {
  format: { type: 'string', short: 'f' },
  fields: { type: 'string' },
  output: { type: 'string', short: 'o' },
  filter: { type: 'string', short: 'F' },
  'flow-timeout': { type: 'string' },
  'fin-timeout': { type: 'string' },
  'active-timeout': { type: 'string' },
  snaplen: { type: 'string' },
  unidirectional: { type: 'boolean' },
  fragments: { type: 'string' },
  decapsulate: { type: 'boolean' },
  'max-flows': { type: 'string' },
  stats: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What they mean, for the help texts. */
export const FLOW_USAGE = `\
  -f, --format FORMAT     table, jsonl, csv or none (table on a terminal, else jsonl)
      --fields A,B,...    write these fields of a flow only, in this order (docs/schema.md)
  -o, --output FILE       write the flows to FILE
  -F, --filter EXPR       keep only packets that match, as in pcap-filter(7)
      --flow-timeout S    silence that ends a flow (600)
      --fin-timeout S     silence that ends a flow after FIN from both sides or RST (30)
      --active-timeout S  cut flows that are older than S (off)
      --unidirectional    one flow for each direction
      --fragments HOW     later fragments: attribute (to the flow of the first one) or port0
      --decapsulate       follow tunnels to the innermost packet
      --max-flows N       active flows at most; the least recently used are evicted (4194304)
      --stats FILE        write all counters as one JSON object ('-': standard error)
`;

export interface FlowValues {
  readonly format?: string | undefined;
  readonly fields?: string | undefined;
  readonly output?: string | undefined;
  readonly filter?: string | undefined;
  readonly 'flow-timeout'?: string | undefined;
  readonly 'fin-timeout'?: string | undefined;
  readonly 'active-timeout'?: string | undefined;
  readonly snaplen?: string | undefined;
  readonly unidirectional?: boolean | undefined;
  readonly fragments?: string | undefined;
  readonly decapsulate?: boolean | undefined;
  readonly 'max-flows'?: string | undefined;
}

/** @throws {RangeError} for a value that makes no sense, naming the option as it is written here */
export function flowOptions(values: FlowValues): ReadOptions {
  const { fragments } = values;
  if (fragments !== undefined && fragments !== 'attribute' && fragments !== 'port0') {
    throw new RangeError(`--fragments is ${fragments}; it must be one of attribute, port0`);
  }
  return {
    direction: values.unidirectional === true ? 'uni' : 'bi',
    ...(fragments === undefined ? {} : { fragments }),
    ...(values.decapsulate === undefined ? {} : { decapsulate: values.decapsulate }),
    ...(values.filter === undefined ? {} : { filter: values.filter }),
    ...given('flowTimeout', timeout('--flow-timeout', values['flow-timeout'], false)),
    ...given('finTimeout', timeout('--fin-timeout', values['fin-timeout'], true)),
    ...given('activeTimeout', timeout('--active-timeout', values['active-timeout'], false)),
    ...given('snaplen', checked('--snaplen', values.snaplen, checkSnaplen)),
    ...given('maxFlows', checked('--max-flows', values['max-flows'], checkMaxFlows)),
  };
}

function timeout(option: string, text: string | undefined, zeroAllowed: boolean): number | undefined {
  return checked(option, text, (seconds) => checkTimeout(option, seconds, zeroAllowed));
}

/** @param check is told the option's name for its message */
function checked(
  option: string,
  text: string | undefined,
  check: (value: number, name: string) => unknown,
): number | undefined {
  const value = numberOption(option, text);
  if (value !== undefined) check(value, option);
  return value;
}

/** An option that may be missing. @throws {RangeError} */
export function numberOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new RangeError(`${option} is ${JSON.stringify(text)}; it must be a number`);
  return value;
}

/** The property, when there is a value for it. */
export function given<K extends string, T>(name: K, value: T | undefined): { readonly [key in K]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in K]: T });
}

/** Undefined: all fields; a table then has columns of its own. */
export type ChosenFields = readonly FieldDefinition[] | undefined;

/** `live`: flows are shown as they end, however few they are. */
export type Writer = (feed: FlowFeed, output: Output, live?: boolean) => Promise<void>;

/**
 * Loads what writes a format. It comes before a capture is open: who has given up rights may be unable to read the program.
 * `none` tracks, and writes nothing.
 */
const FORMATS: Readonly<Record<string, (fields: ChosenFields) => Promise<Writer>>> = {
  async table(fields) {
    const [{ writeTable }, { streamingTable, table }, { columnsOf }] = await Promise.all([
      import('./write_flows.ts'),
      import('../export/table.ts'),
      import('../export/field_columns.ts'),
    ]);
    const columns = columnsOf(fields);
    return (feed, output, live = false) => writeTable(feed, live ? streamingTable(columns) : table(columns), output);
  },
  async jsonl(fields = FLOW_FIELDS) {
    const [{ writeLines }, { jsonLines }] = await Promise.all([
      import('./write_flows.ts'),
      import('../export/jsonl.ts'),
    ]);
    return (feed, output) => writeLines(feed, jsonLines, fields, output);
  },
  async csv(fields = FLOW_FIELDS) {
    const [{ writeLines }, { csv }] = await Promise.all([import('./write_flows.ts'), import('../export/csv.ts')]);
    return (feed, output) => writeLines(feed, csv, fields, output);
  },
  none: () =>
    Promise.resolve(async (feed) => {
      while (await feed.advance()) feed.engine.release(feed.engine.closedCount);
    }),
};

/** The format that was asked for, or the one that suits where it goes. @throws {RangeError} */
export function chosenFormat(values: FlowValues): {
  readonly format: string;
  readonly fields: ChosenFields;
  readonly loadWriter: () => Promise<Writer>;
} {
  const toTerminal = values.output === undefined && process.stdout.isTTY === true;
  const format = values.format ?? (toTerminal ? 'table' : 'jsonl');
  const loadWriter = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (loadWriter === undefined)
    throw new RangeError(`--format is ${format}; it must be one of ${Object.keys(FORMATS).join(', ')}`);
  const fields = values.fields === undefined ? undefined : chooseFields('--fields', values.fields.split(','));
  return { format, fields, loadWriter: () => loadWriter(fields) };
}
