/** Collectors that go away and come back while a capture runs: what they miss is counted, and nothing is blocked. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openNetworkTarget } from '../../src/cli/network_target.ts';
import { OutputCounters } from '../../src/cli/output_counters.ts';
import type { OutputKind } from '../../src/cli/output_counters.ts';
import type { Target } from '../../src/cli/output_target.ts';

const PATIENCE = { timeout: 120_000, interval: 20 };

async function open(
  protocol: 'udp' | 'tcp',
  port: number,
  isShared: boolean,
): Promise<[target: Target, counters: OutputCounters]> {
  const kind: OutputKind = protocol === 'udp' ? 'datagrams' : 'connection';
  const counters = new OutputCounters('ipfix', kind);
  const address = { protocol, host: '127.0.0.1', port };
  const options = { address, messageSize: 1400, rate: 20_000, isEndless: true, isShared, counters };
  return [await openNetworkTarget(options), counters];
}

class Collector {
  text = '';
  connections = 0;
  port = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  async listen(): Promise<void> {
    const server = createServer((socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('data', (piece: Buffer) => {
          this.text += piece.toString();
        });
    });
    this.#server = server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
  }

  async leave(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((done) => server.close(done));
  }
}

let collector: Collector | undefined;
let target: Target | undefined;
afterEach(async () => {
  target?.abandon();
  await collector?.leave();
});

async function start(isShared: boolean): Promise<[Collector, Target, OutputCounters]> {
  collector = new Collector();
  await collector.listen();
  const [opened, counters] = await open('tcp', collector.port, isShared);
  target = opened;
  return [collector, opened, counters];
}

describe('a collector over TCP', () => {
  it('is waited for when it is the only output', async () => {
    const [to, sender, counters] = await start(false);
    await sender.write(Buffer.from('a'));
    await vi.waitFor(() => expect(to.text).toBe('a'), PATIENCE);
    await to.leave();
    let written = 0;
    const writing = (async () => {
      // The first ones may still be accepted by the system.
      while (counters.reconnections === 0) {
        await sender.write(Buffer.from('b'));
        written++;
      }
    })();
    await vi.waitFor(() => expect(counters.messagesLost).toBe(1), PATIENCE);
    const before = written;
    await to.listen();
    await writing;
    // Nothing was sent in between: flows wait in the table.
    expect(written).toBe(before + 1);
    expect(sender.carrier?.session).toBe(1);
    await sender.write(Buffer.from('c'));
    await vi.waitFor(() => expect(to.text.endsWith('c')).toBe(true), PATIENCE);
    expect(counters.figures).toMatchObject({ messages: before + 3, messagesLost: 1, reconnections: 1 });
  });

  it('is not waited for when there are others: what it misses is counted', async () => {
    const [to, sender, counters] = await start(true);
    await sender.write(Buffer.from('a'));
    await vi.waitFor(() => expect(to.text).toBe('a'), PATIENCE);
    await to.leave();
    await vi.waitFor(async () => {
      await sender.write(Buffer.from('b'));
      expect(counters.messagesLost).toBeGreaterThan(2);
    }, PATIENCE);
    // It is away all the time.
    for (let n = 0; n < 1000; n++) await sender.write(Buffer.from('b'));
    expect(counters.reconnections).toBe(0);
    expect(counters.messagesLost).toBeGreaterThan(1000);
    await to.listen();
    await vi.waitFor(() => expect(counters.reconnections).toBe(1), PATIENCE);
    expect(sender.carrier?.session).toBe(1);
    await vi.waitFor(async () => {
      await sender.write(Buffer.from('c'));
      expect(to.text.endsWith('c')).toBe(true);
    }, PATIENCE);
    const { messages, messagesLost } = counters;
    // All others have arrived, but for those that the system had taken when the connection broke.
    expect(messages - messagesLost).toBeGreaterThanOrEqual(to.text.length);
    expect(messages - messagesLost).toBeLessThan(to.text.length + 5);
  });

  it('that does not read holds no other output', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).pause()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const [opened, counters] = await open('tcp', (server.address() as AddressInfo).port, true);
    target = opened;
    const message = Buffer.alloc(65_535);
    for (let n = 0; n < 1000; n++) await opened.write(message);
    expect(counters.messagesLost).toBeGreaterThan(500);
    // What it is behind is bounded.
    expect(opened.waiting).toBeLessThan((16 << 20) + message.length * 2);
    opened.abandon();
    server.close();
  });
});

it('a collector over UDP gets datagrams again when it is back; those that were refused are counted', async () => {
  const first = createSocket('udp4').bind(0, '127.0.0.1');
  await once(first, 'listening');
  const { port } = first.address();
  const [opened, counters] = await open('udp', port, false);
  target = opened;
  const received: string[] = [];
  first.on('message', (message) => received.push(message.toString()));
  await opened.write(Buffer.from('a'));
  await vi.waitFor(() => expect(received).toEqual(['a']), PATIENCE);
  first.close();
  await once(first, 'close');
  await vi.waitFor(async () => {
    await opened.write(Buffer.from('b'));
    await opened.drain?.();
    expect(counters.messagesLost).toBeGreaterThan(2);
  }, PATIENCE);
  const second = createSocket('udp4').bind(port, '127.0.0.1');
  await once(second, 'listening');
  second.on('message', (message) => received.push(message.toString()));
  const lost = (): number => counters.messagesLost;
  await vi.waitFor(async () => {
    await opened.write(Buffer.from('c'));
    expect(received.at(-1)).toBe('c');
  }, PATIENCE);
  const before = lost();
  await opened.write(Buffer.from('d'));
  await vi.waitFor(() => expect(received.at(-1)).toBe('d'), PATIENCE);
  expect(lost()).toBe(before);
  second.close();
});
