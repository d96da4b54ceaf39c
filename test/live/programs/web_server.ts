/**
 * A web server, and beside it one for datagrams, that answer slowly. Each request says who makes it: the server reports
 * that with the port from which it came. Arguments: address, user id, time to the answer in milliseconds, port of both.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Who made a request, as the client says. */
export interface Request {
  readonly protocol: 6 | 17;
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  readonly uid: number;
}

const [, , host = '', ...numbers] = process.argv;
const [uid = 0, answerMs = 0, port = 0] = numbers.map(Number);

function report(protocol: 6 | 17, address: string, clientPort: number, text: string): void {
  const [, pid = '', clientUid = ''] = /(\d+)\/(\d+)/.exec(text) ?? [];
  const request: Request = { protocol, address, port: clientPort, pid: Number(pid), uid: Number(clientUid) };
  process.stdout.write(`${JSON.stringify(request)}\n`);
}

process.title = 'web-server';
const server = createServer((request, response) => {
  report(6, request.socket.remoteAddress ?? '', request.socket.remotePort ?? 0, request.url ?? '');
  setTimeout(() => response.end('answer\n'), answerMs);
});
server.listen(port, host);
await once(server, 'listening');
const socket = createSocket('udp4');
socket.on('message', (message, peer) => {
  report(17, peer.address, peer.port, message.toString());
  // One byte: bash reads no more at a time, and drops the rest of a datagram.
  setTimeout(() => socket.send('\n', peer.port, peer.address), answerMs);
});
socket.bind(port, host);
await once(socket, 'listening');
process.setgid?.(uid);
process.setuid?.(uid);
process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`);
