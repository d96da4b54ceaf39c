/**
 * Replay: a file takes the way of a live capture, at the recorded pace, a multiple of it, or as fast as possible.
 * Active flows can be inspected meanwhile.
 *
 *   node examples/replay.mjs FILE [SPEED]
 */
import { FParser } from 'pcapflow';

const [file = 'pcaps/tour.pcap', speed = 'max'] = process.argv.slice(2);

let ended = 0;
const count = () => {
  ended++;
};
const parser = new FParser(file, {
  isFile: true,
  direction: 'bi',
  filter: '',
  replay: { speed: speed === 'max' ? 'max' : Number(speed) },
  tcpCallback: count,
  udpCallback: count,
  icmpCallback: count,
  unknownCallback: count,
});
await parser.ready;

const report = () => {
  for (const flow of parser.flowIter()) console.error('active:', flow.getId(), flow.getInfo().sizePkts, 'packets');
};
const timer = setInterval(report, 1000);
await parser.done;
clearInterval(timer);

const { packetsSeen, packetsDelivered } = parser.getInfo();
console.log(`${packetsSeen} packets replayed, ${packetsDelivered} of them in ${ended} flows`);
