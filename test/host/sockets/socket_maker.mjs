/**
 * Makes sockets on request: reads one JSON array [what, options] a line from standard input and answers each with a
 * line of JSON. Ends with its standard input. Nothing is sent unless asked for, and nothing is read.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** Sockets by the group they were asked for; accepted ones are in the group of their listener. */
const groups = new Map();

const works = {
  /** TCP listeners. @returns their ports */
  async listen({ group, host, count, ipv6Only = false }) {
    const ports = [];
    for (let n = 0; n < count; n++) {
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => keep(group, socket));
      server.listen({ port: 0, host, ipv6Only });
      await once(server, 'listening');
      ports.push(server.address().port);
    }
    return ports;
  },

  /** TCP connections, one to each port. @returns how many */
  async connect({ group, host, ports }) {
    for (const port of ports) await once(keep(group, connect({ host, port, allowHalfOpen: true })), 'connect');
    return ports.length;
  },

  /** A TCP connection that nobody answers. */
  begin({ group, host, port }) {
    keep(group, connect({ host, port }));
  },

  /** UDP sockets. @returns their ports */
  async bind({ group, host, count, ipv6Only = true }) {
    const ports = [];
    for (let n = 0; n < count; n++) {
      const socket = keep(group, createSocket(host.includes(':') ? { type: 'udp6', ipv6Only } : 'udp4'));
      socket.bind(0, host);
      await once(socket, 'listening');
      ports.push(socket.address().port);
    }
    return ports;
  },

  /** UDP sockets with a peer. */
  async connectUdp({ group, host, ports, ipv6 = host.includes(':') }) {
    for (const port of ports) {
      const socket = keep(group, createSocket(ipv6 ? 'udp6' : 'udp4'));
      socket.connect(port, host);
      await once(socket, 'connect');
    }
  },

  /** How many connections a group has: accepted ones come by themselves. */
  count: ({ group }) => groups.get(group)?.length ?? 0,

  /** Sends FIN on every connection of a group. */
  end({ group }) {
    for (const socket of groups.get(group)) socket.end();
  },
};

function keep(group, socket) {
  socket.on('error', () => undefined);
  if (!groups.has(group)) groups.set(group, []);
  groups.get(group).push(socket);
  return socket;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [work, options] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify((await works[work](options)) ?? null)}\n`);
}
process.exit();
