/**
 * CSV of chosen fields, written by hand: streams obey back-pressure, so any size of file needs little memory. (The
 * command writes all fields faster: `pcapflow read FILE -f csv`.)
 *
 *   node examples/csv_fields.mjs FILE [FIELD ...]
 */
import { once } from 'node:events';
import { readFlows } from 'pcapflow';

const [file = 'pcaps/tour.pcap', ...chosen] = process.argv.slice(2);
const fields = chosen.length > 0 ? chosen : ['firstSeenNs', 'srcAddress', 'dstAddress', 'dstPort', 'endReason'];

/** null is an empty cell; times are bigints, nanoseconds since the epoch. */
const cell = (value) => (value === null ? '' : String(value));

process.stdout.write(`${fields.join(',')}\n`);
for await (const flow of readFlows(file)) {
  const unknown = fields.find((field) => !(field in flow));
  if (unknown !== undefined)
    throw new RangeError(`no such field: ${unknown} (there are ${Object.keys(flow).join(', ')})`);
  const line = `${fields.map((field) => cell(flow[field])).join(',')}\n`;
  if (!process.stdout.write(line)) await once(process.stdout, 'drain');
}
