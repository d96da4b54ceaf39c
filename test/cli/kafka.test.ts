/**
 * Flows to a topic of Kafka: to a broker of our own, which can go away and come back, and to the mock cluster of
 * librdkafka, which kcat reads.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { BinaryValues } from '../../src/cli/binary_formats.ts';
import { checkMessages } from '../../src/cli/kafka/checks.ts';
import { kafkaAddress } from '../../src/cli/kafka/kafka_address.ts';
import { openKafka } from '../../src/cli/kafka/kafka_target.ts';
import { OutputCounters } from '../../src/cli/output_counters.ts';
import type { Target } from '../../src/cli/output_target.ts';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { hasTool } from '../live/netns.ts';
import { execute } from './execute.ts';
import { KafkaBroker } from './kafka_broker.ts';
import { CAPTURES } from './read_back.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-kafka-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];

let broker: KafkaBroker | undefined;
afterEach(() => broker?.leave());

async function start(): Promise<KafkaBroker> {
  broker = await KafkaBroker.start('flows');
  return broker;
}

async function linesOf(format: string, path: string, ...options: readonly string[]): Promise<string[]> {
  expect(await execute('read', ['--no-progress', '-f', format, '-o', file('lines'), ...options, path])).toBe(0);
  return readFileSync(file('lines'), 'utf8').trimEnd().split('\n');
}

const bySequence = ({ messages }: KafkaBroker): string[] =>
  messages
    .toSorted((a, b) => Number(a.headers['pcapflow-seq']) - Number(b.headers['pcapflow-seq']))
    .map((m) => m.value);

describe('a topic', () => {
  it.each(['jsonl', 'ecs', 'zeek-json'])(
    'has a message for each line of %s, numbered in their order',
    async (format) => {
      const to = await start();
      expect(await execute('read', ['--no-progress', '-f', format, '-o', to.url, tour.path])).toBe(0);
      expect(bySequence(to)).toEqual(await linesOf(format, tour.path));
      const sequences = to.messages.map(({ headers }) => Number(headers['pcapflow-seq'])).toSorted((a, b) => a - b);
      expect(sequences).toEqual(sequences.map((_, n) => n));
      expect(to.messages.every(({ headers }) => headers['pcapflow-schema'] === '1')).toBe(true);
    },
  );

  it('has what flows are', async () => {
    const to = await start();
    expect(await execute('read', ['--no-progress', '--with', 'identify', '-o', to.url, tour.path])).toBe(0);
    expect(bySequence(to)).toEqual(await linesOf('jsonl', tour.path, '--with', 'identify'));
  });

  it('has all flows of a conversation under one key, in one partition', async () => {
    const to = await start();
    expect(await execute('read', ['--no-progress', '--unidirectional', '-o', to.url, tour.path])).toBe(0);
    const keys = new Map<string, Set<string>>();
    for (const { key, partition, value } of to.messages) {
      expect(key).toMatch(/^[0-9a-f]{16}$/);
      const { srcAddress, srcPort, dstAddress, dstPort, protocol } = JSON.parse(value) as Record<string, unknown>;
      const ends = [`${srcAddress} ${srcPort}`, `${dstAddress} ${dstPort}`].toSorted();
      const conversation = `${ends.join(' ')} ${protocol}`;
      const known = keys.get(conversation) ?? new Set();
      keys.set(conversation, known.add(`${key} ${partition}`));
    }
    expect([...keys.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set([...keys.values()].map((one) => [...one][0]?.split(' ')[0])).size).toBe(keys.size);
    // Both directions are there.
    expect(keys.size).toBeLessThan(to.messages.length);
    expect(new Set(to.messages.map(({ partition }) => partition)).size).toBeGreaterThan(1);
  });

  it('has many flows once, though answers of the broker are lost', async () => {
    const frames = Array.from({ length: 10_000 }, (_, n) => ({
      timestampNs: BigInt(n) * 1000n,
      frame: udp({ srcPort: 1024 + n, dstPort: 9 })
        .over(ipv4())
        .over(ethernet()),
    }));
    writeFileSync(file('many.pcap'), pcap(frames));
    const to = await start();
    to.answersToLose = 2;
    const options = ['--no-progress', '--stats', file('stats.json'), '-o', to.url, file('many.pcap')];
    expect(await execute('read', options)).toBe(0);
    expect(to.answersToLose).toBe(0);
    expect(to.duplicates).toBeGreaterThan(0);
    expect(bySequence(to)).toEqual(await linesOf('jsonl', file('many.pcap')));
    const { outputs } = JSON.parse(readFileSync(file('stats.json'), 'utf8')) as { outputs: unknown[] };
    expect(outputs).toMatchObject([{ format: 'jsonl', messages: 10_000, messagesLost: 0 }]);
  });

  it.each([
    ['csv', {}, 'takes a line for each flow: --format jsonl, ecs or zeek-json, not csv'],
    ['parquet', {}, 'not parquet'],
    ['jsonl', { sort: 'bytes' }, 'has no place for --sort'],
    ['jsonl', { by: 'dstPort' }, 'has no place for --by'],
    ['jsonl', { append: true }, 'has no place for --append'],
  ] as const)('refuses what has no place in it: %s %j', (format, options, message) => {
    const values = { output: 'kafka://broker/t', append: false, ...options } as unknown as BinaryValues;
    expect(() => checkMessages(format, values)).toThrow(message);
  });

  it('has an address with a broker and a name', () => {
    expect(kafkaAddress('kafka://broker/flows')).toEqual({ host: 'broker', port: 9092, topic: 'flows' });
    expect(kafkaAddress('kafka://[::1]:19092/a.b-c_d')).toEqual({ host: '::1', port: 19_092, topic: 'a.b-c_d' });
    expect(kafkaAddress('flows.jsonl')).toBeUndefined();
    for (const wrong of ['kafka://broker', 'kafka://broker:0/a', 'kafka://broker/a/b', 'kafka://b:65536/a'])
      expect(() => kafkaAddress(wrong)).toThrow('a topic is kafka://HOST:PORT/TOPIC');
  });

  it('that is not there, or not reached, is a failure before anything is read', async () => {
    const to = await start();
    const options = { isEndless: false, isShared: false, counters: new OutputCounters('jsonl', 'topic') };
    const missing = { ...to.address, topic: 'others' };
    await expect(openKafka({ ...options, address: missing })).rejects.toThrow(/others cannot be reached: This server/);
    await to.leave();
    await expect(openKafka({ ...options, address: to.address })).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/);
  });
});

/** Lines, and their keys. */
function lines(from: number, count: number): [Uint8Array, string[]] {
  const numbers = Array.from({ length: count }, (_, n) => String(from + n));
  return [Buffer.from(numbers.map((n) => `${n}\n`).join('')), numbers];
}

describe('a broker that goes away and comes back', () => {
  async function open(isShared: boolean): Promise<[KafkaBroker, Target, OutputCounters]> {
    const to = await start();
    const counters = new OutputCounters('jsonl', 'topic');
    const target = await openKafka({ address: to.address, isEndless: true, isShared, counters });
    return [to, target, counters];
  }

  it('is waited for, and gets all', async () => {
    const [to, target, counters] = await open(false);
    await target.write(...lines(0, 10));
    await target.send?.();
    await to.leave();
    await target.write(...lines(10, 10));
    let isSent = false;
    const sent = target.send?.().then(() => {
      isSent = true;
    });
    await vi.waitFor(() => expect(counters.retries).toBeGreaterThan(0), { timeout: 120_000 });
    expect(isSent).toBe(false);
    expect(target.waiting).toBe(20);
    await to.listen();
    await sent;
    expect(target.waiting).toBe(0);
    await target.drain?.();
    target.commit();
    expect(bySequence(to)).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
    expect(counters.messagesLost).toBe(0);
  });

  it('holds no other output: what it cannot get is counted', async () => {
    const [to, target, counters] = await open(true);
    await to.leave();
    const batch = 4096;
    const batches = 30;
    // It is not there while all this is written.
    for (let n = 0; n < batches; n++) await target.write(...lines(n * batch, batch));
    expect(counters.messagesLost).toBeGreaterThan(0);
    await to.listen();
    await target.drain?.();
    target.commit();
    expect(counters.messages).toBe(batch * batches);
    expect(to.messages.length).toBe(batch * batches - counters.messagesLost);
    expect(to.messages.length).toBeGreaterThan(100_000 - batch);
  });
});

describe.skipIf(!hasTool('kcat'))('kcat (package kcat)', () => {
  it('reads the flows of a topic while they come', async () => {
    // Its mock cluster lives as long as the producer, which waits for a line.
    const log = file('broker.log');
    const mock = spawn('sh', ['-c', 'exec kcat -P -b x -t t -X test.mock.num.brokers=1 -d broker 2>"$0"', log], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const portOf = (): string | undefined => /127\.0\.0\.1:(\d+)/.exec(readFileSync(log, 'utf8'))?.[1];
    await vi.waitFor(() => expect(portOf()).toBeDefined(), { timeout: 120_000 });
    const to = `127.0.0.1:${portOf()}`;
    const args = ['-C', '-b', to, '-t', 'flows', '-o', 'beginning', '-c', String(tour.flows.length), '-f', '%s\n'];
    try {
      expect(await execute('read', ['--no-progress', '-o', `kafka://${to}/flows`, tour.path])).toBe(0);
      const { stdout } = spawnSync('kcat', args, { encoding: 'utf8', timeout: 120_000 });
      const expected = await linesOf('jsonl', tour.path);
      expect(stdout.trimEnd().split('\n').toSorted()).toEqual(expected.toSorted());
    } finally {
      mock.kill('SIGKILL');
    }
  });
});
