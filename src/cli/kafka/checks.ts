/** Which formats and options go to a topic of Kafka. */
import { wantsIdentity } from '../../flow/groups.ts';
import type { BinaryValues } from '../binary_formats.ts';
import type { FlowFormat } from '../format_traits.ts';

/** A line for each flow, and nothing else. */
const FORMATS = ['jsonl', 'ecs', 'zeek-json'] as const satisfies readonly FlowFormat[];
export type MessageFormat = (typeof FORMATS)[number];

/** @throws {RangeError} for a format or an option without a place in messages */
export function checkMessages(format: FlowFormat, values: BinaryValues): MessageFormat {
  const { output, owner = false, process: byProcess = false, with: groups = [], sort, top, by } = values;
  const known = FORMATS.find((one) => one === format);
  if (known === undefined)
    throw new RangeError(
      `--output ${output} takes a line for each flow: --format jsonl, ecs or zeek-json, not ${format}`,
    );
  const others: readonly (readonly [boolean, string])[] = [
    [owner, '--owner'],
    [byProcess, '--process'],
    [wantsIdentity(groups), '--with identify'],
    [sort !== undefined, '--sort'],
    [top !== undefined, '--top'],
    [by !== undefined, '--by'],
    [values.append, '--append'],
  ];
  const wrong = others.find(([isGiven]) => isGiven)?.[1];
  if (wrong !== undefined) throw new RangeError(`--output ${output} has no place for ${wrong}; leave it out`);
  return known;
}
