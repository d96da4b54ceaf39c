/** Formats that are not text: their writers, and which options go together with them. */
import type { FieldDefinition } from '../flow/field.ts';
import { wantsIdentity } from '../flow/groups.ts';
import type { ValuesAt } from '../options/table.ts';
import type { Writer } from './flow_options.ts';
import type { MemberPath } from '../export/identity_paths.ts';
import { networkAddress } from './network_address.ts';
import type { NetworkOptions } from './network_options.ts';
import { withPackages } from './optional_package.ts';
import { wantedIdentities } from '../reader/flow_feed.ts';
import { rowAt } from '../engine/table.ts';
import type { MakeFurtherColumns } from '../write/columns.ts';

const BINARY_FORMATS = ['ipfix', 'netflow9', 'arrow', 'parquet'] as const;
export type BinaryFormat = (typeof BINARY_FORMATS)[number];

export type BinaryValues = Pick<
  ValuesAt<'read'>,
  | 'output'
  | 'append'
  | 'uniflow'
  | 'binaryAddresses'
  | 'observationDomain'
  | 'templateRefresh'
  | 'messageSize'
  | 'rate'
  | 'unidirectional'
  | 'with'
  | 'sort'
  | 'top'
  | 'by'
> & { readonly owner?: boolean; readonly process?: boolean };

/** In live capture: how long flows wait for a batch of Arrow, or a row group of Parquet, to be full. */
const STREAM_WAIT_MS = 1000;
const ROW_GROUP_WAIT_MS = 60_000;

export function isBinary(format: string): format is BinaryFormat {
  return BINARY_FORMATS.some((one) => one === format);
}

/** An option that was given and has a place only in the formats of text; undefined: there is none. */
export function textOption(values: BinaryValues): string | undefined {
  const { owner = false, process: byProcess = false, sort, top, by } = values;
  const textOnly: readonly (readonly [boolean, string])[] = [
    [owner, '--owner'],
    [byProcess, '--process'],
    [sort !== undefined, '--sort'],
    [top !== undefined, '--top'],
    [by !== undefined, '--by'],
  ];
  return textOnly.find(([isGiven]) => isGiven)?.[1];
}

/** @throws {RangeError} when it would go to a terminal, or an option has no place in the format */
export function checkBinary(format: BinaryFormat, values: BinaryValues): void {
  const { output } = values;
  if (output === undefined && process.stdout.isTTY === true)
    throw new RangeError(`--format ${format} is not text, and would disturb the terminal; add --output FILE`);
  if (values.append && (format === 'arrow' || format === 'parquet'))
    throw new RangeError(`--append cannot add to a file of --format ${format}; write another file`);
  const wrong = textOption(values);
  if (wrong !== undefined)
    throw new RangeError(`${wrong} needs --format table, jsonl or csv; ${format} has no place for it`);
}

/**
 * Loads the writer of a format. Call it before the capture is open.
 * @param members of what flows are, where that is wanted; undefined: all
 * @throws {RangeError} when the format does not have the fields, or a package is missing
 */
export async function binaryWriter(
  format: BinaryFormat,
  fields: readonly FieldDefinition[],
  values: BinaryValues,
  members?: readonly MemberPath[],
): Promise<Writer> {
  switch (format) {
    case 'arrow':
    case 'parquet':
      return columnWriter(format, fields, values, await identityMaker(values, members));
    default:
      return messageWriter(format === 'netflow9', fields, values);
  }
}

async function messageWriter(
  isNetflow9: boolean,
  fields: readonly FieldDefinition[],
  values: BinaryValues,
): Promise<Writer> {
  const { messageSettings, writeMessages } = await import('../write/messages.ts');
  const settings = messageSettings(fields, values, isNetflow9);
  return (feed, output, live = false) => writeMessages(feed, output, settings, live);
}

/** Makes the columns of what flows are, where that is wanted. */
async function identityMaker(
  values: BinaryValues,
  members: readonly MemberPath[] | undefined,
): Promise<MakeFurtherColumns> {
  if (!wantsIdentity(values.with)) return () => undefined;
  const { IdentityColumns } = await import('../export/identity_columns.ts');
  return (feed, capacity) => {
    const identities = wantedIdentities(feed);
    const gathered = new IdentityColumns(members, capacity);
    return {
      columns: gathered.columns,
      add(rows, at) {
        // Each row is asked for once.
        for (let n = 0; n < rows.count; n++) gathered.put(identities.take(rowAt(rows, n)), at + n);
      },
    };
  };
}

/** A file of Arrow can be read from any place; what is piped is a stream. */
async function columnWriter(
  format: 'arrow' | 'parquet',
  fields: readonly FieldDefinition[],
  { output, binaryAddresses }: BinaryValues,
  makeIdentities: MakeFurtherColumns,
): Promise<Writer> {
  const isFile = output !== undefined && output !== '-' && !output.endsWith('.arrows');
  const packages = format === 'parquet' ? (['@bokuweb/zstd-wasm'] as const) : (['apache-arrow'] as const);
  const { columnEncoder, writeColumns } = await import('../write/columns.ts');
  const encoder = await withPackages(`--format ${format}`, packages, () => columnEncoder(format, isFile));
  const waitMs = format === 'arrow' ? STREAM_WAIT_MS : ROW_GROUP_WAIT_MS;
  return (feed, sink, live = false) => {
    const waitMaxMs = live ? waitMs : Infinity;
    return writeColumns(feed, sink, fields, encoder, { waitMaxMs, binaryAddresses, makeFurther: makeIdentities });
  };
}

/**
 * How the output is sent to a collector; undefined: it is a file.
 * @param isEndless the capture has no end of its own
 * @throws {RangeError} for an address that is none, or that does not suit the format
 */
export function networkOptions(
  format: string,
  { output, messageSize, rate }: BinaryValues,
  isEndless: boolean,
): Omit<NetworkOptions, 'isShared' | 'counters'> | undefined {
  const address = networkAddress(output);
  if (format === 'netflow9' && address?.protocol !== 'udp')
    throw new RangeError('--format netflow9 is sent over UDP only; add --output udp://HOST:PORT');
  if (address === undefined) return undefined;
  if (format !== 'ipfix' && format !== 'netflow9')
    throw new RangeError(`--output ${output} takes messages of --format ipfix or netflow9, not ${format}`);
  return { address, messageSize, rate, isEndless };
}
