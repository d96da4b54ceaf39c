/** Formats that are not text: their writers, and which options go together with them. */
import type { FieldDefinition } from '../flow/field.ts';
import { wantsIdentity } from '../flow/groups.ts';
import type { ValuesAt } from '../options/table.ts';
import type { Writer } from './flow_options.ts';
import { networkAddress } from './network_address.ts';
import type { NetworkOptions } from './network_target.ts';

const BINARY_FORMATS = ['ipfix', 'netflow9'] as const;
export type BinaryFormat = (typeof BINARY_FORMATS)[number];

export type BinaryValues = Pick<
  ValuesAt<'read'>,
  | 'output'
  | 'uniflow'
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

export function isBinary(format: string): format is BinaryFormat {
  return BINARY_FORMATS.some((one) => one === format);
}

/** @throws {RangeError} when it would go to a terminal, or an option has no place in the format */
export function checkBinary(format: BinaryFormat, values: BinaryValues): void {
  const { output, owner = false, process: byProcess = false, with: groups = [], sort, top, by } = values;
  if (output === undefined && process.stdout.isTTY === true)
    throw new RangeError(`--format ${format} is not text, and would disturb the terminal; add --output FILE`);
  const textOnly: readonly (readonly [boolean, string])[] = [
    [owner, '--owner'],
    [byProcess, '--process'],
    [wantsIdentity(groups), '--with identify'],
    [sort !== undefined, '--sort'],
    [top !== undefined, '--top'],
    [by !== undefined, '--by'],
  ];
  const wrong = textOnly.find(([isGiven]) => isGiven)?.[1];
  if (wrong !== undefined)
    throw new RangeError(`${wrong} needs --format table, jsonl or csv; ${format} has no place for it`);
}

/**
 * Loads the writer of a format. Call it before the capture is open.
 * @throws {RangeError} when the format does not have the fields
 */
export async function binaryWriter(
  format: BinaryFormat,
  fields: readonly FieldDefinition[],
  values: BinaryValues,
): Promise<Writer> {
  const [{ writeMessages }, { dataRecordFormat }] = await Promise.all([
    import('./write_messages.ts'),
    import('../export/ipfix/template.ts'),
  ]);
  const isNetflow9 = format === 'netflow9';
  const isOneWay = values.unidirectional;
  const kind = isNetflow9 ? 'netflow9' : values.uniflow || isOneWay ? 'uniflow' : 'biflow';
  const settings = {
    format: dataRecordFormat(fields, kind, isOneWay),
    isNetflow9,
    domain: values.observationDomain,
    templateRefresh: values.templateRefresh,
  };
  return (feed, output, live = false) => writeMessages(feed, output, settings, live);
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
): NetworkOptions | undefined {
  const address = networkAddress(output);
  if (format === 'netflow9' && address?.protocol !== 'udp')
    throw new RangeError('--format netflow9 is sent over UDP only; add --output udp://HOST:PORT');
  if (address === undefined) return undefined;
  if (format !== 'ipfix' && format !== 'netflow9')
    throw new RangeError(`--output ${output} takes messages of --format ipfix or netflow9, not ${format}`);
  return { address, messageSize, rate, isEndless };
}
