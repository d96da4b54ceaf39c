/**
 * FParser: one callback for each kind of flow, with the headers of its packets. Callbacks may return a promise; the
 * next one waits for it.
 *
 *   node examples/fparser_callbacks.mjs FILE
 */
import { FParser } from 'pcapflow';

const [file = 'pcaps/tour.pcap'] = process.argv.slice(2);
const SYN = 0x02;

const parser = new FParser(file, {
  isFile: true,
  direction: 'bi',
  filter: '',
  tcpCallback(flow) {
    const { src, sport, dst, dport } = flow.getId();
    const { sizePkts, durationUs } = flow.getInfo();
    const syns = [...flow].filter((header) => (header.flags & SYN) !== 0).length;
    console.log(
      `tcp ${src} ${sport} -> ${dst} ${dport}: ${sizePkts} packets, ${syns} with SYN, ` +
        `${(durationUs / 1e6).toFixed(3)} s, ended by ${flow.endReason}`,
    );
  },
  udpCallback: async (flow) => {
    const { src, sport, dst, dport } = flow.getId();
    console.log(`udp ${src} ${sport} -> ${dst} ${dport}: ${flow.forward.length} out, ${flow.reverse.length} back`);
  },
  icmpCallback(flow) {
    const types = [...new Set([...flow].map((header) => header.type))];
    console.log(`icmp ${flow.getId().src} -> ${flow.getId().dst}: types ${types.join(', ')}`);
  },
  killCallback: () => console.log('done'),
});
await parser.done;
