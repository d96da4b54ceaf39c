/** Formats of parts: each part is a whole file, with the bytes that `read` would write for its flows. */
import { DERIVED_FIELDS } from '../flow/derived_schema.ts';
import { withTimeForm } from '../flow/field.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { chooseFields, FLOW_FIELDS, fieldsWith } from '../flow/fields.ts';
import type { WithName } from '../flow/groups.ts';
import { checkAddresses, checkUniflow, groupsOfFormat } from '../options/presets.ts';
import type { ValuesAt } from '../options/table.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { FlowOutput } from '../write/flow_output.ts';

const PART_FORMATS = ['parquet', 'arrow', 'jsonl', 'csv', 'table', 'cic', 'zeek', 'zeek-json', 'ecs', 'ipfix'] as const;
type PartFormat = (typeof PART_FORMATS)[number];

type Values = Pick<
  ValuesAt<'read'>,
  | 'binaryAddresses'
  | 'fields'
  | 'format'
  | 'observationDomain'
  | 'preset'
  | 'timeFormat'
  | 'unidirectional'
  | 'uniflow'
  | 'with'
>;

/** Writes all flows of a feed that has started. Returns how many. @throws {FParserError} ERR_WRITE */
export type WritePart = (feed: FlowFeed, output: FlowOutput) => Promise<number>;

/** How parts are written, and what that needs of flows. */
export interface PartPlan {
  readonly format: PartFormat;
  /** Undefined: those that the format has. */
  readonly fields: readonly FieldDefinition[] | undefined;
  readonly groups: readonly WithName[];
  /** Some fields are derived. */
  readonly derived: boolean;
  readonly preset: Values['preset'];
  /** Loads the code of the format. */
  load(): Promise<WritePart>;
}

/** @throws {RangeError} for a format, or a field, that a part cannot have */
export function partPlan(values: Values): PartPlan {
  const { fields: names, timeFormat } = values;
  const format = PART_FORMATS.find((one) => one === (values.format ?? 'parquet'));
  if (values.format === 'nfstream')
    throw new RangeError('--format nfstream numbers its lines, which parts cannot; give another --format');
  if (format === undefined) throw new RangeError(`format ${values.format}: a plan writes ${PART_FORMATS.join(', ')}`);
  checkAddresses(format, values.binaryAddresses);
  checkUniflow(format, values.uniflow);
  const isLog = format === 'zeek' || format === 'zeek-json';
  if (names !== undefined && (isLog || format === 'cic' || format === 'ecs'))
    throw new RangeError(`--format ${format} has columns of its own; leave out --fields`);
  const own: readonly WithName[] = values.with ?? [];
  const chosen = names === undefined ? undefined : chooseFields('--fields', names.split(','), own, DERIVED_FIELDS);
  const usual = format === 'table' && own.length === 0 ? undefined : fieldsWith(own);
  const fields = isLog || format === 'cic' ? undefined : (chosen ?? usual);
  const hasForm = timeFormat !== 'seconds' && !['table', 'parquet', 'arrow', 'ipfix'].includes(format);
  const formed = hasForm ? fields?.map((field) => withTimeForm(field, timeFormat)) : fields;
  return {
    format,
    fields: formed,
    groups: [...new Set([...own, ...groupsOfFormat(format)])],
    derived: chosen?.some(({ group }) => group === 'derived') === true,
    preset: isLog ? 'zeek' : values.preset,
    load: () => loadWriter(format, formed, values),
  };
}

async function loadWriter(format: PartFormat, fields: PartPlan['fields'], values: Values): Promise<WritePart> {
  switch (format) {
    case 'parquet':
    case 'arrow': {
      const { columnEncoder, writeColumns } = await import('../write/columns.ts');
      const encoder = await columnEncoder(format, true);
      const settings = { waitMaxMs: Infinity, binaryAddresses: values.binaryAddresses };
      return (feed, output) => writeColumns(feed, output, fields ?? FLOW_FIELDS, encoder, settings);
    }
    case 'ipfix': {
      const { messageSettings, writeMessages } = await import('../write/messages.ts');
      // A file has its templates once.
      const settings = messageSettings(fields ?? FLOW_FIELDS, { ...values, templateRefresh: 0 }, false);
      return (feed, output) => writeMessages(feed, output, settings, false);
    }
    default: {
      const { rowSinks } = await import('../write/row_sinks.ts');
      const { writeFlows } = await import('../write/flows.ts');
      const makeSink = await rowSinks(format, fields, { localTime: false, look: {} });
      return (feed, output) => writeFlows(feed, makeSink(false), output);
    }
  }
}
