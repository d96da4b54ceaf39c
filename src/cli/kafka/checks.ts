/** Which formats and options go to a topic of Kafka. */
import { textOption } from '../binary_formats.ts';
import type { BinaryValues } from '../binary_formats.ts';
import type { FlowFormat } from '../format_traits.ts';

/** A line for each flow, and nothing else. */
const FORMATS = ['jsonl', 'ecs', 'zeek-json'] as const satisfies readonly FlowFormat[];
export type MessageFormat = (typeof FORMATS)[number];

/** @throws {RangeError} for a format or an option without a place in messages */
export function checkMessages(format: FlowFormat, values: BinaryValues): MessageFormat {
  const { output } = values;
  const known = FORMATS.find((one) => one === format);
  if (known === undefined)
    throw new RangeError(
      `--output ${output} takes a line for each flow: --format jsonl, ecs or zeek-json, not ${format}`,
    );
  const wrong = textOption(values) ?? (values.append ? '--append' : undefined);
  if (wrong !== undefined) throw new RangeError(`--output ${output} has no place for ${wrong}; leave it out`);
  return known;
}
