/** `--format ipfix` and `netflow9`: read back by a decoder of ours, by tshark and by nfcapd. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import { SCHEMA_VERSION } from '../../src/flow/schema.ts';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { hasTool } from '../live/netns.ts';
import { decodeIpfix, decodeNetflow9, unsigned } from '../models/ipfix.ts';
import type { DecodedRecord } from '../models/ipfix.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { execute } from './execute.ts';
import { bothWays, collectDatagrams, expected, oneWay, tsharkFlows, tsharkLine, tsharkOneWay } from './flow_records.ts';
import { hasNfcapd, Nfcapd } from './nfcapd.ts';
import { CAPTURES, membersOfLines, sorted } from './read_back.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-ipfix-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];

function file(name: string): string {
  return join(folder, name);
}

async function read(path: string, ...options: readonly string[]): Promise<void> {
  await execute('read', ['--no-progress', ...options, path]);
}

/** What the command says when it cannot start. */
function refusal(...args: readonly string[]): string {
  const command = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [command, 'read', ...args], { encoding: 'utf8' });
  expect(status).toBe(1);
  return stderr;
}

const NTP_EPOCH = 2_208_988_800n;

/** Seconds with nine decimals of NTP's 64 bits: rounded down, as decoders do. */
function ntpSeconds(value: Uint8Array | undefined): string {
  const time = unsigned(value);
  const nanos = ((time & 0xffff_ffffn) * 1_000_000_000n) >> 32n;
  return `${(time >> 32n) - NTP_EPOCH}.${String(nanos).padStart(9, '0')}`;
}

/** The same of a biflow record. */
function received({ values }: DecodedRecord): string {
  const number = (key: string): string => String(unsigned(values.get(key)));
  const address = (v4: string, v6: string): string => {
    const bytes = values.get(v4);
    return bytes === undefined ? ipv6Text(values.get(v6) ?? new Uint8Array(16), 0) : ipv4Text(bytes, 0);
  };
  for (const [millis, ntp] of [
    ['152', '156'],
    ['153', '157'],
  ] as const)
    expect(number(millis)).toBe(
      ntpSeconds(values.get(ntp))
        .slice(0, -6)
        .replace('.', '')
        .replace(/^0+(?=.)/, ''),
    );
  expect(number('239')).toBe('1');
  return [
    address('8', '27'),
    number('7'),
    address('12', '28'),
    number('11'),
    number('4'),
    ntpSeconds(values.get('156')),
    ntpSeconds(values.get('157')),
    ...['2', '1', '352', '401', '6'].flatMap((id) => [number(id), number(`29305/${id}`)]),
    number('136'),
    number(values.has('8') ? '176' : '178'),
    number(values.has('8') ? '177' : '179'),
  ].join(' ');
}

describe('an IPFIX file', () => {
  it.each(CAPTURES.map((capture) => [capture.name, capture] as const))(
    'of %s has its flows, times to the nanosecond',
    async (name, { path, flows }) => {
      await read(path, '-f', 'ipfix', '-o', file(name));
      const messages = decodeIpfix(readFileSync(file(name)));
      const records = messages.flatMap((message) => message.records);
      expect(records.map(received)).toEqual(flows.map(expected));
      expect(messages[0]?.templates).toEqual([256, 257]);
    },
  );

  it.each(CAPTURES.map((capture) => [capture.name, capture] as const))(
    'of %s has a record for each direction with --uniflow',
    async (name, { path, flows }) => {
      await read(path, '-f', 'ipfix', '--uniflow', '-o', file(name));
      const records = decodeIpfix(readFileSync(file(name))).flatMap((message) => message.records);
      expect(records.map(oneWay)).toEqual(flows.flatMap(bothWays));
    },
  );

  it('is the same when it is written again, and for every size of block', async () => {
    await read(tour.path, '-f', 'ipfix', '-o', file('a'));
    await read(tour.path, '-f', 'ipfix', '-o', file('b'));
    await read(tour.path, '-f', 'ipfix', '-o', file('c'), '--block-size', '64');
    const bytes = readFileSync(file('a'));
    expect(readFileSync(file('b')).equals(bytes)).toBe(true);
    expect(readFileSync(file('c')).equals(bytes)).toBe(true);
  });

  it('has messages that were exported when their last flow had ended, in the domain that is given', async () => {
    await read(tour.path, '-f', 'ipfix', '-o', file('a'), '--observation-domain', '4294967295');
    const messages = decodeIpfix(readFileSync(file('a')));
    const ends = tour.flows.map(({ lastSeen }) => Math.ceil(Number(lastSeen)));
    const domain = 2 ** 32 - 1;
    expect(messages).toMatchObject([
      { exportSeconds: ends[0], sequence: 0, domain },
      { exportSeconds: Math.max(...ends), sequence: 1, domain },
    ]);
  });

  it('begins with the templates, and the version of pcapflow and of the schema as the name of its domain', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    await read(tour.path, '-f', 'ipfix', '-o', file('a'), '--observation-domain', '77');
    const [first, ...rest] = decodeIpfix(readFileSync(file('a')));
    const options = first?.options.map(({ template, values }) => ({
      template,
      domain: unsigned(values.get('149')),
      name: Buffer.from(values.get('300') ?? []).toString(),
    }));
    expect(options).toEqual([{ template: 258, domain: 77n, name: `pcapflow ${version}, schema ${SCHEMA_VERSION}` }]);
    expect(first?.records).toEqual([]);
    expect(rest.flatMap((message) => message.options)).toEqual([]);
  });

  it('has the templates and this record also without flows', async () => {
    await read(tour.path, '-f', 'ipfix', '-o', file('a'), '-F', 'port 9');
    expect(decodeIpfix(readFileSync(file('a')))).toMatchObject([
      { templates: [256, 257], records: [], options: [{ template: 258 }] },
    ]);
  });

  it('has the chosen fields only, and one direction with --unidirectional', async () => {
    await read(tour.path, '-f', 'ipfix', '-o', file('a'), '--fields', 'bytesForward,srcAddress,bytesReverse');
    const keys = decodeIpfix(readFileSync(file('a'))).flatMap(({ records }) =>
      records.map(({ values }) => [...values.keys()].join(' ')),
    );
    expect([...new Set(keys)].sort()).toEqual(['1 27 29305/1 239', '1 8 29305/1 239']);
    await read(tour.path, '-f', 'ipfix', '-o', file('a'), '--unidirectional');
    await read(tour.path, '-f', 'jsonl', '-o', file('b'), '--unidirectional');
    const records = decodeIpfix(readFileSync(file('a'))).flatMap((message) => message.records);
    expect(records.map(oneWay)).toEqual(membersOfLines(readFileSync(file('b'), 'utf8')).flatMap(bothWays));
    expect(records.some(({ values }) => values.has('29305/1'))).toBe(false);
  });

  it.skipIf(!hasTool('tshark'))('is read by tshark: the flows of all captures', async () => {
    const parts: Buffer[] = [];
    for (const { path, name } of CAPTURES) {
      await read(path, '-f', 'ipfix', '-o', file(name));
      parts.push(readFileSync(file(name)));
    }
    writeFileSync(file('all.ipfix'), Buffer.concat(parts));
    const inTshark = sorted(dissected(file('all.ipfix')).map(tsharkLine));
    expect(inTshark).toEqual(sorted(CAPTURES.flatMap(({ flows }) => flows.map(expected))));
  });

  it.skipIf(!hasTool('tshark'))('is sound for tshark, which shows the name of the domain', async () => {
    await read(tour.path, '-f', 'ipfix', '-o', file('a'));
    const show = (...options: string[]): string =>
      execFileSync('tshark', ['-r', file('a'), ...options], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(show('-V')).toContain('Options Template (Id = 258) (Scope Count = 1; Data Count = 1)');
    expect(show('-V')).toMatch(/Observation Domain Name: pcapflow \S+, schema \d+\n/);
    expect(show('-Y', '_ws.expert || _ws.malformed')).toBe('');
    expect(show('-V').toLowerCase()).not.toContain('no template found');
  });
});

function dissected(path: string): ReturnType<typeof tsharkFlows> {
  const json = execFileSync('tshark', ['-r', path, '-T', 'json', '--no-duplicate-keys'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return tsharkFlows(JSON.parse(json) as object);
}

/** Many flows of one datagram each. */
const MANY = 3000;
const many = file('many.pcap');
beforeAll(() => writeFileSync(many, manyFlows(0)));

const PCAP_HEADER_SIZE = 24;
/** Where tshark expects NetFlow. */
const CFLOW_PORT = 2055;

/** A capture of MANY datagrams, a millisecond apart. @param n its place in a series */
function manyFlows(n: number): Uint8Array {
  const begin = 1_700_000_000_000_000_000n + BigInt(n * MANY) * 1_000_000n;
  return pcap(
    Array.from({ length: MANY }, (_, port) => ({
      timestampNs: begin + BigInt(port) * 1_000_000n,
      frame: Uint8Array.from(
        udp({ srcPort: port, dstPort: 53, payload: port % 100 })
          .over(ipv4())
          .over(ethernet()),
      ),
    })),
  );
}

describe('datagrams to a collector', () => {
  it('hold all flows, numbered by records, none larger than asked for', async () => {
    const datagrams = await collectDatagrams((port) =>
      read(many, '-f', 'ipfix', '-o', `udp://127.0.0.1:${port}`, '--message-size', '700', '--rate', '5000'),
    );
    const messages = decodeIpfix(Buffer.concat(datagrams));
    expect(Math.max(...datagrams.map(({ length }) => length))).toBeLessThanOrEqual(700);
    expect(messages).toHaveLength(datagrams.length);
    let before = 0;
    for (const { sequence, records, options } of messages) {
      expect(sequence).toBe(before);
      before += records.length + options.length;
    }
    expect(before).toBe(MANY + 1);
  });

  it('are no more a second than the rate allows', async () => {
    const began = performance.now();
    const datagrams = await collectDatagrams((port) =>
      read(many, '-f', 'ipfix', '-o', `udp://127.0.0.1:${port}`, '--rate', '500'),
    );
    expect(performance.now() - began).toBeGreaterThan(((datagrams.length - 2) / 500) * 1000);
    expect(datagrams.length).toBeGreaterThan(MANY / 12);
  });

  it('of NetFlow v9 have a record for each direction, times relative to the exporter', async () => {
    const datagrams = await collectDatagrams((port) =>
      read(tour.path, '-f', 'netflow9', '-o', `udp://127.0.0.1:${port}`),
    );
    const templates: Parameters<typeof decodeNetflow9>[1] = new Map();
    const packets = datagrams.map((bytes) => decodeNetflow9(bytes, templates));
    expect(packets.map(({ sequence }) => sequence)).toEqual(packets.map((_, n) => n));
    expect(packets.flatMap(({ records }) => records.map(oneWay))).toEqual(tour.flows.flatMap(bothWays));
    for (const { exportSeconds, uptime, records } of packets) {
      const beginMs = BigInt(exportSeconds) * 1000n - BigInt(uptime);
      for (const { values } of records) {
        expect(beginMs + unsigned(values.get('22'))).toBe(unsigned(values.get('152')));
        expect(beginMs + unsigned(values.get('21'))).toBe(unsigned(values.get('153')));
      }
    }
  });

  it.skipIf(!hasTool('tshark'))('of NetFlow v9 are read by tshark: the flows of all captures', async () => {
    const datagrams = await collectDatagrams(async (port) => {
      for (const { path } of CAPTURES) await read(path, '-f', 'netflow9', '-o', `udp://127.0.0.1:${port}`);
    });
    // Each run is an exporter of its own: its templates begin again.
    const frames = datagrams.map((payload, n) => ({
      timestampNs: BigInt(n) * 1000n,
      frame: udp({ srcPort: 9, dstPort: CFLOW_PORT, payload }).over(ipv4()).over(ethernet()),
    }));
    writeFileSync(file('netflow9.pcap'), pcap(frames));
    const wanted = CAPTURES.flatMap(({ flows }) => flows.flatMap(bothWays));
    expect(sorted(dissected(file('netflow9.pcap')).map(tsharkOneWay))).toEqual(sorted(wanted));
  });

  it('that nobody takes are counted, and not a failure', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    await once(socket, 'close');
    expect(await execute('read', ['--no-progress', '-f', 'ipfix', '-o', `udp://127.0.0.1:${port}`, many])).toBe(0);
  });
});

describe('a connection to a collector', () => {
  it('carries all messages, and begins again with templates when the collector comes back', async () => {
    const sessions: Buffer[][] = [];
    const server = createServer((socket: Socket) => {
      const chunks: Buffer[] = [];
      sessions.push(chunks);
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        // The first connection is broken when something has come.
        if (sessions.length === 1) socket.destroy();
      });
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // More than the system keeps for a reader that does not read.
    const rounds = 40;
    const parts = Array.from({ length: rounds }, (_, n) => manyFlows(n).subarray(n === 0 ? 0 : PCAP_HEADER_SIZE));
    const path = file('long.pcap');
    writeFileSync(path, Buffer.concat(parts));
    await read(path, '-f', 'ipfix', '-o', `tcp://127.0.0.1:${port}`, '--flow-timeout', '1');
    await waitFor(
      () => sessions.length === 2,
      () => `${sessions.length} connections`,
    );
    server.close();
    await once(server, 'close');
    const messages = decodeIpfix(Buffer.concat(sessions[1] ?? []));
    expect(messages[0]).toMatchObject({ templates: [256, 257], sequence: 0, options: [{ template: 258 }] });
    const records = messages.reduce((sum, message) => sum + message.records.length, 0);
    expect(records).toBeGreaterThan(0);
    expect(records).toBeLessThan(rounds * MANY);
    const last = messages.at(-1)?.records.at(-1);
    expect(unsigned(last?.values.get('7'))).toBe(BigInt(MANY - 1));
  });

  it('that cannot be made is a failure before anything is read', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const message = refusal('-f', 'ipfix', '-o', `tcp://127.0.0.1:${port}`, tour.path);
    expect(message).toBe(
      `pcapflow: tcp://127.0.0.1:${port} cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}\n`,
    );
  });
});

describe('what cannot be', () => {
  it.each([
    [['-f', 'netflow9'], 'netflow9 is sent over UDP only; add --output udp://HOST:PORT'],
    [['-f', 'netflow9', '-o', 'tcp://a:1'], 'netflow9 is sent over UDP only'],
    [['-f', 'ipfix', '-o', 'udp://a'], 'a collector is udp://HOST:PORT or tcp://HOST:PORT'],
    [['-f', 'ipfix', '-o', 'udp://a:65536'], 'a collector is udp://HOST:PORT'],
    [['-f', 'jsonl', '-o', 'udp://a:1'], 'takes messages of --format ipfix or netflow9, not jsonl'],
    [['-f', 'ipfix', '-o', file('x'), '--owner'], '--owner needs --format table, jsonl or csv'],
  ])('%j is refused', (options, message) => {
    expect(refusal(...options, tour.path)).toContain(message);
  });
});

describe.skipIf(!hasNfcapd)('nfcapd', () => {
  let collector: Nfcapd | undefined;
  afterAll(() => collector?.kill());

  /** Sends, and gives what nfcapd says at its end and the flows that it has stored. */
  async function collected(send: (port: number) => Promise<void>): Promise<{ log: string; lines: string[] }> {
    collector = await Nfcapd.start(folder);
    await send(collector.port);
    const { log, path } = await collector.end();
    const format = 'fmt:%sa %da %sp %dp %pr %ipkt %ibyt %opkt %obyt';
    const out = execFileSync('nfdump', ['-r', path, '-q', '-N', '-6', '-o', format], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    return { log, lines: out.split('\n').filter((line) => line.trim() !== '') };
  }

  it('stores all biflows with their counters, without errors in their numbers', async () => {
    const { log, lines } = await collected((port) => read(many, '-f', 'ipfix', '-o', `udp://127.0.0.1:${port}`));
    expect(log).toContain(`Flows: ${MANY}, Packets: ${MANY}`);
    expect(log).toContain('Sequence Errors: 0, Bad Packets: 0');
    expect(lines).toHaveLength(MANY);
  });

  it('stores both directions of NetFlow v9', async () => {
    const { log, lines } = await collected((port) =>
      read(tour.path, '-f', 'netflow9', '-o', `udp://127.0.0.1:${port}`),
    );
    expect(log).toContain('Sequence Errors: 0, Bad Packets: 0');
    expect(lines).toHaveLength(tour.flows.flatMap(bothWays).length);
  });

  it.each(['ipfix', 'netflow9'])('shows type and code of ICMP in %s', async (format) => {
    const icmp = CAPTURES.find(({ name }) => name === 'icmp.pcap') as (typeof CAPTURES)[number];
    const { lines } = await collected((port) => read(icmp.path, '-f', format, '-o', `udp://127.0.0.1:${port}`));
    const shown = lines.map((line) => line.trim().split(/\s+/)[3]);
    const wanted = icmp.flows.map(({ icmpType, icmpCode }) => `${icmpType}.${icmpCode}`);
    expect(wanted).toContain('8.0');
    expect(new Set(shown)).toEqual(new Set(wanted));
  });

  it.each(['ipfix', 'netflow9'])('has the addresses, packets and bytes of every capture in %s', async (format) => {
    const all = CAPTURES.map(({ path }) => path);
    const given = ['--no-progress', '--order', 'given'];
    await execute('read', [...given, '-f', 'jsonl', '-o', file('all.jsonl'), ...all]);
    const { lines } = await collected(async (port) => {
      await execute('read', [...given, '-f', format, '-o', `udp://127.0.0.1:${port}`, ...all]);
    });
    const flows = membersOfLines(readFileSync(file('all.jsonl'), 'utf8'));
    const forward = ['srcAddress', 'dstAddress', 'packetsForward', 'bytesForward'];
    const reverse = ['dstAddress', 'srcAddress', 'packetsReverse', 'bytesReverse'];
    const wanted = flows.flatMap((flow) => {
      const [there, back] = [forward, reverse].map((names) => names.map((name) => flow[name]));
      if (format === 'ipfix') return [[...(there ?? []), ...(back?.slice(2) ?? [])]];
      return [there, back].filter((one) => one?.[2] !== '0');
    });
    const stored = lines.map((line) => {
      const [src, dst, , , , ...numbers] = line.trim().split(/\s+/);
      return [src, dst, ...(format === 'ipfix' ? numbers : numbers.slice(0, 2))];
    });
    expect(sorted(stored.map((line) => line.join(' ')))).toEqual(sorted(wanted.map((line) => line?.join(' ') ?? '')));
  });
});
