/**
 * The honest rival: a plain TypeScript flow engine on typed arrays that does the same work as ours for classic
 * microsecond captures of Ethernet frames (bidirectional flows, idle and FIN timeouts, ordered ends).
 * `node dist/bench/rival.js FILE [--format none|jsonl] [--stats -]`
 */

import { readCapture } from './rival/capture.ts';
import { FlowTable } from './rival/flow_table.ts';
import type { FlowSink } from './rival/flow_table.ts';
import { JsonlWriter } from './rival/jsonl.ts';
import { benchArguments } from './arguments.ts';

const { values, positionals } = benchArguments({
  program: 'rival',
  about: 'A flow meter in plain TypeScript, to compare with.',
  operands: 'CAPTURE',
  options: {
    format: { argument: 'FORMAT', default: 'none', help: 'none or jsonl' },
    stats: { argument: 'FILE', help: 'counters as JSON' },
  },
});
const [path] = positionals;
if (path === undefined) throw new Error('rival: name a capture file');

let flowsEnded = 0;
const writer = values.format === 'jsonl' ? new JsonlWriter(1) : undefined;
const sink: FlowSink = (records, record, reason) => {
  flowsEnded++;
  writer?.write(records, record, reason);
};
const table = new FlowTable(sink);
const { delivered, malformed, notTracked } = readCapture(path, table);
table.finish();
writer?.flush();
if (values.stats === '-') {
  const packetsSeen = delivered + malformed + notTracked;
  console.error(
    JSON.stringify({ packetsSeen, delivered, malformed, notTracked, flowsStarted: table.flowsStarted, flowsEnded }),
  );
}
