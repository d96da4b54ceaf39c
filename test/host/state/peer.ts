/** A child process with sockets: the tests ask it to make them, and expect to find its pid. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Reads commands as JSON lines and answers each with one: tcp listener, server that passes its connections on, tcp
 * client, udp socket with or without a peer, change of user.
 */
const PROGRAM = `
const net = require('net'), dgram = require('dgram');
const kept = [], started = [], connected = new Set();
const { spawn } = require('child_process');
let accepted = () => {};
const talking = () => [...kept.filter((one) => one instanceof net.Socket), ...connected];
// The system says that a connection is made before its server has accepted it.
const oneTalks = async () => {
  while (talking().length === 0) await new Promise((resolve) => { accepted = resolve; });
  return talking();
};
const commands = {
  listen: ({ host, port = 0, ipv6Only = false }) => new Promise((resolve) => {
    const server = net.createServer((socket) => { kept.push(socket); socket.on('error', () => {}); accepted(); });
    server.listen({ host, port, ipv6Only }, () => resolve({ port: server.address().port }));
    kept.push(server);
  }),
  // As inetd does: each connection is given to a process of its own.
  serve: ({ host, port = 0 }) => new Promise((resolve) => {
    const server = net.createServer({ pauseOnConnect: true }, (socket) => {
      started.push(spawn('sleep', ['600'], { stdio: [socket, 'ignore', 'ignore'] }));
      socket.destroy();
    });
    server.listen({ host, port }, () => resolve({ port: server.address().port }));
    kept.push(server);
  }),
  // As a server that forks for each connection, some time after it has accepted it.
  serveLater: ({ host, port = 0 }) => new Promise((resolve) => {
    const server = net.createServer({ pauseOnConnect: true }, (socket) => setTimeout(() => {
      started.push(spawn('sleep', ['600'], { stdio: [socket, 'ignore', 'ignore'] }));
      socket.destroy();
    }, 100));
    server.listen({ host, port }, () => resolve({ port: server.address().port }));
    kept.push(server);
  }),
  // A child has the listening socket too.
  shared: ({ host, port = 0 }) => new Promise((resolve) => {
    const server = net.createServer().listen({ host, port }, () => {
      started.push(spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', server._handle.fd] }));
      resolve({ port: server.address().port });
    });
    kept.push(server);
  }),
  started: () => ({ pids: started.map(({ pid }) => pid) }),
  connect: ({ host, port }) => new Promise((resolve, reject) => {
    const socket = net.connect(port, host, () => resolve({ port: socket.localPort }));
    socket.on('error', reject);
    kept.push(socket);
  }),
  udp: ({ host, port = 0, family = 4, to }) => new Promise((resolve) => {
    const socket = dgram.createSocket({ type: 'udp' + family, reuseAddr: port !== 0 });
    kept.push(socket);
    socket.bind(port, host, () => {
      if (to === undefined) resolve({ port: socket.address().port });
      else socket.send('x', to.port, to.host, () => resolve({ port: socket.address().port }));
    });
  }),
  connectUdp: ({ host, port = 0, to }) => new Promise((resolve) => {
    const socket = dgram.createSocket({ type: 'udp4', reuseAddr: port !== 0 });
    kept.push(socket);
    socket.bind(port, host, () => socket.connect(to.port, to.host, () => {
      connected.add(socket);
      resolve({ port: socket.address().port });
    }));
  }),
  send: ({ to }) => new Promise((resolve) => {
    const socket = kept.findLast((one) => one instanceof dgram.Socket);
    socket.send('x', to.port, to.host, () => resolve({}));
  }),
  end: async () => { for (const one of await oneTalks()) one.end?.(); return {}; },
  write: async () => {
    for (const one of await oneTalks()) one instanceof net.Socket ? one.write('x') : one.send('x');
    return {};
  },
  setuid: ({ uid }) => { process.setgroups([]); process.setuid(uid); return {}; },
};
require('readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const [name, options] = JSON.parse(line);
  console.log(JSON.stringify(await commands[name](options)));
}).on('close', () => {
  for (const child of started) child.kill();
  process.exit();
});
`;

interface SocketAddress {
  readonly host?: string;
  readonly port?: number;
  readonly ipv6Only?: boolean;
  readonly family?: 4 | 6;
  readonly to?: { readonly host: string; readonly port: number };
}

export class Peer implements Disposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /** @param namespace name of a network namespace; default this process's */
  constructor(namespace?: string) {
    const command = [process.execPath, '-e', PROGRAM];
    const [program = '', ...args] = namespace === undefined ? command : ['ip', 'netns', 'exec', namespace, ...command];
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Port of the new socket. */
  async make(
    kind: 'listen' | 'serve' | 'serveLater' | 'shared' | 'connect' | 'udp' | 'connectUdp',
    address: SocketAddress,
  ): Promise<number> {
    return (await this.#ask<{ readonly port: number }>(kind, address)).port;
  }

  /** Processes that have the connections of a `serve` socket. */
  async started(): Promise<readonly number[]> {
    return (await this.#ask<{ readonly pids: readonly number[] }>('started', {})).pids;
  }

  /** Sends a byte over each tcp connection, and from each udp socket with a peer. */
  async write(): Promise<void> {
    await this.#ask('write', {});
  }

  /** Sends a byte from the udp socket made last. */
  async send(to: { readonly host: string; readonly port: number }): Promise<void> {
    await this.#ask('send', { to });
  }

  /** Sends FIN over each tcp connection. */
  async end(): Promise<void> {
    await this.#ask('end', {});
  }

  async becomeUser(uid: number): Promise<void> {
    await this.#ask('setuid', { uid });
  }

  async #ask<T>(name: string, options: object): Promise<T> {
    this.#child.stdin?.write(`${JSON.stringify([name, options])}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the child ended at ${name}`);
    return JSON.parse(String(value)) as T;
  }

  /** Kills the process and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Its end of input ends it and what it has started. */
  [Symbol.dispose](): void {
    if (this.#child.stdin?.writable === true) this.#child.stdin.end();
    else this.#child.kill('SIGKILL');
  }
}
