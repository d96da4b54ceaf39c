/**
 * Holds sockets of all kinds until its standard input ends. Prints one line of JSON: its pid, the pid of a child that
 * shares its first connection, and the connections it has, as `protocol address port address port`.
 *
 * usage: node socket_holder.mjs TITLE
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

process.title = process.argv[2];

const connections = [];
const held = [];

/** A listener, a connection to it and the accepted end. */
async function tcp(address, listenAddress = address) {
  const server = createServer({ pauseOnConnect: true }).listen({ port: 0, host: listenAddress, ipv6Only: false });
  await once(server, 'listening');
  const { port } = server.address();
  const client = connect({ port, host: address });
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
  connections.push(
    `tcp ${address} ${client.localPort} ${address} ${port}`,
    `tcp ${address} ${port} ${address} ${client.localPort}`,
  );
  held.push(server, client, accepted);
  return client;
}

async function udp(type, bindAddress, peer, shown = peer) {
  const socket = createSocket(type);
  socket.bind(0, bindAddress);
  await once(socket, 'listening');
  if (peer !== undefined) {
    socket.connect(9, peer);
    await once(socket, 'connect');
    connections.push(`udp ${shown} ${socket.address().port} ${shown} 9`);
  }
  held.push(socket);
}

const shared = await tcp('127.0.0.1');
await tcp('::1');
await tcp('127.0.0.1', '::');
await udp('udp4', '127.0.0.1', '127.0.0.1');
await udp('udp6', '::1', '::1');
await udp('udp6', '::', '::ffff:127.0.0.1', '127.0.0.1');
await udp('udp4', '127.0.0.1');
await udp('udp6', '::');

// Ends when this process does.
const child = spawn('cat', [], { stdio: ['pipe', 'ignore', 'inherit', shared] });
await once(child, 'spawn');
console.log(JSON.stringify({ pid: process.pid, childPid: child.pid, shared: connections[0], connections }));
process.stdin.on('end', () => process.exit()).resume();
