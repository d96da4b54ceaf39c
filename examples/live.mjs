/**
 * Live capture: flows of an interface for some seconds, then a summary. Needs root or CAP_NET_RAW, and the optional
 * package `cap`, or tcpdump. Without rights it says so and does nothing.
 *
 *   sudo node examples/live.mjs [INTERFACE] [SECONDS]
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { FParser, PcapflowError } from 'pcapflow';

const [name = 'lo', seconds = '1'] = process.argv.slice(2);

let flows = 0;
const parser = new FParser(name, {
  direction: 'bi',
  filter: 'ip or ip6',
  udpCallback(flow) {
    flows++;
    if (flows <= 10) console.log(flow.kind, flow.getId(), flow.getInfo().sizePkts, 'packets');
  },
});

try {
  await parser.ready;
  if (name === 'lo') await sendToMyself();
  await setTimeout(Number(seconds) * 1000);
  await parser.stop(); // Hands over the flows that are still active.
  console.log(`${parser.getInfo().packetsSeen > 0 ? 'packets' : 'no packets'} seen, ${flows} udp flows`);
} catch (error) {
  if (!(error instanceof PcapflowError)) throw error;
  console.log(`skipped: ${error.message}`);
}

/** Two datagrams over loopback, so that there is something to see. */
async function sendToMyself() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  for (let n = 0; n < 2; n++) {
    socket.send('hello', port, '127.0.0.1');
    await once(socket, 'message');
  }
  socket.close();
}
