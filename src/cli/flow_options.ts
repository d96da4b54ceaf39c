/**
 * Translates the options that `read`, `live`, `top` and `replay` share to engine settings and to the writer of a
 * format.
 */
import type { FieldDefinition } from '../flow/field.ts';
import { chooseFields, fieldsWith, FLOW_FIELDS } from '../flow/fields.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { EngineSettings } from '../options/engine_settings.ts';
import type { ValuesAt } from '../options/table.ts';
import type { Output } from './output.ts';

/** The options of the engine: `--unidirectional` is the only one that has another form in the library. */
export function flowSettings<V extends Omit<EngineSettings, 'direction'> & { readonly unidirectional: boolean }>(
  values: V,
): V & EngineSettings {
  return { ...values, direction: values.unidirectional ? 'uni' : 'bi' };
}

/** Undefined: the fields that every flow has; a table then has columns of its own. */
export type ChosenFields = readonly FieldDefinition[] | undefined;

/** `live`: flows are shown as they end, however few they are. */
export type Writer = (feed: FlowFeed, output: Output, live?: boolean) => Promise<void>;

/**
 * Loads the writer of a format. Call it before the capture is open: after dropping privileges the process may be unable
 * to read its own files. `none` tracks, and writes nothing.
 */
const FORMATS: Readonly<Record<FlowFormat, (fields: ChosenFields) => Promise<Writer>>> = {
  async table(fields) {
    const [{ writeTable }, { streamingTable, table }, { columnsOf }] = await Promise.all([
      import('./write_flows.ts'),
      import('../export/table.ts'),
      import('../export/field_columns.ts'),
    ]);
    const columns = columnsOf(fields);
    return (feed, output, live = false) =>
      writeTable(feed, live ? streamingTable(columns) : table(columns), output, fields);
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

/** What flows are is written behind their fields. */
async function identifyingWriter(format: Exclude<FlowFormat, 'none'>, fields: ChosenFields): Promise<Writer> {
  const { annotatedWriter } = await import('./write_annotated.ts');
  return annotatedWriter(format, fields, { owners: undefined, identities: undefined });
}

export type FlowFormat = NonNullable<ValuesAt<'read'>['format']>;

/** The format and the fields that were asked for, or the format that suits where it goes. @throws {RangeError} for a field */
export function chosenFormat({ format: asked, fields: names, output, with: groups = [] }: FormatValues): {
  readonly format: FlowFormat;
  readonly fields: ChosenFields;
  readonly loadWriter: () => Promise<Writer>;
} {
  // Looking at process.stdout makes its stream, which takes 3 ms: only where it decides.
  const format = asked ?? (output === undefined && process.stdout.isTTY === true ? 'table' : 'jsonl');
  const usual = format === 'table' || groups.length === 0 ? undefined : fieldsWith(groups);
  const fields = names === undefined ? usual : chooseFields('--fields', names.split(','), groups);
  const loadWriter = (): Promise<Writer> =>
    format !== 'none' && groups.includes('identify') ? identifyingWriter(format, fields) : FORMATS[format](fields);
  return { format, fields, loadWriter };
}

type FormatValues = Pick<ValuesAt<'read'>, 'format' | 'fields' | 'output' | 'with'>;
