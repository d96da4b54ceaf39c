/**
 * Top talkers: the hosts that sent and received most.
 *
 *   node examples/top_talkers.mjs FILE [COUNT]
 */
import { readFlows } from 'pcapflow';

const [file = 'pcaps/tour.pcap', count = '5'] = process.argv.slice(2);

/** @type {Map<string, { sent: number, received: number }>} */
const hosts = new Map();
const add = (address, sent, received) => {
  const host = hosts.get(address) ?? { sent: 0, received: 0 };
  hosts.set(address, { sent: host.sent + sent, received: host.received + received });
};

for await (const flow of readFlows(file)) {
  add(flow.srcAddress, flow.bytesForward, flow.bytesReverse);
  add(flow.dstAddress, flow.bytesReverse, flow.bytesForward);
}

const total = ({ sent, received }) => sent + received;
const ranking = [...hosts].sort(([, a], [, b]) => total(b) - total(a)).slice(0, Number(count));
for (const [address, { sent, received }] of ranking) {
  console.log(`${address.padEnd(20)} sent ${sent} B, received ${received} B`);
}
