/**
 * DNS peers: which resolvers are asked, by whom, and how many questions stay without an answer. The filter drops all
 * other packets before they are decoded.
 *
 *   node examples/dns_peers.mjs FILE
 */
import { readFlows } from 'pcapflow';

const [file = 'pcaps/tour.pcap'] = process.argv.slice(2);

/** @type {Map<string, { questions: number, answers: number }>} */
const peers = new Map();
for await (const flow of readFlows(file, { filter: 'udp port 53' })) {
  const pair = `${flow.srcAddress} -> ${flow.dstAddress}`;
  const { questions, answers } = peers.get(pair) ?? { questions: 0, answers: 0 };
  peers.set(pair, { questions: questions + flow.packetsForward, answers: answers + flow.packetsReverse });
}

for (const [pair, { questions, answers }] of peers) {
  console.log(`${pair}: ${questions} packets with questions, ${answers} with answers`);
}
