/**
 * A process with sockets, a file mode mask of its own, and threads. Reads one JSON array [what, options] a line from
 * standard input and answers each with a line of JSON. Ends with its standard input.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

const sockets = [];

const works = {
  /** A listener and connections to it. @returns its port and theirs */
  async connections({ count = 1, host = '127.0.0.1' }) {
    const server = createServer((socket) => sockets.push(socket));
    server.listen(0, host);
    await once(server, 'listening');
    const { port } = server.address();
    const ports = [];
    for (let n = 0; n < count; n++) {
      const socket = connect({ host, port });
      await Promise.all([once(socket, 'connect'), once(server, 'connection')]);
      sockets.push(socket);
      ports.push(socket.localPort);
    }
    return { port, ports };
  },

  /** A UDP socket without a peer. @returns its port */
  async bind({ host = '127.0.0.1' }) {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind(0, host);
    await once(socket, 'listening');
    sockets.push(socket);
    return socket.address().port;
  },

  /** A UDP socket that is connected to something; nothing is sent. @returns its port */
  async connectUdp({ host, port }) {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.connect(port, host);
    await once(socket, 'connect');
    sockets.push(socket);
    return socket.address().port;
  },

  async threads({ count }) {
    const workers = Array.from({ length: count }, () => new Worker('setInterval(() => {}, 1e6)', { eval: true }));
    await Promise.all(workers.map((worker) => once(worker, 'online')));
    return count;
  },

  umask: ({ mask }) => process.umask(mask),

  /** @param name at most 15 bytes */
  name: ({ name }) => writeFileSync('/proc/self/comm', name),

  memory: () => process.memoryUsage().rss,
};

for await (const line of createInterface({ input: process.stdin })) {
  const [work, options] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify((await works[work](options)) ?? null)}\n`);
}
process.exit();
