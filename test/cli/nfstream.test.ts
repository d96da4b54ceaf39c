/** `--format nfstream` and `--preset nfstream`: rows computed by hand, and what does not end a flow. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { EXIT_CANNOT_START } from '../../src/cli/exit.ts';
import { readFlows } from '../../src/index.ts';
import { ACK, ethernet, FIN, ipv4, pcap, PSH, RST, SYN, tcp, udp, vlan } from '../builders/index.ts';
import { execute } from './execute.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TOUR = fileURLToPath(new URL('../../pcaps/tour.pcap', import.meta.url));
const START_MS = 1_700_000_000_000;
const START_NS = BigInt(START_MS) * 1_000_000n;

async function textOf(path: string, ...options: readonly string[]): Promise<string> {
  const output = join(folder, 'flows.csv');
  expect(await execute('read', [...options, '--no-progress', '-o', output, path])).toBe(0);
  return readFileSync(output, 'utf8');
}

type Row = Readonly<Record<string, string>>;

async function rowsOf(path: string, ...options: readonly string[]): Promise<Row[]> {
  const [header = '', ...lines] = (await textOf(path, ...options)).split('\n').slice(0, -1);
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, n) => [names[n] as string, value])));
}

/** A segment at a time in milliseconds after the start. */
type Sent = readonly [ms: number, from: 'client' | 'server', flags: number, payload?: number];

const CLIENT = { ip: '10.0.0.1', port: 4000, mac: '02:00:5e:00:00:01' };
const SERVER = { ip: '10.0.0.2', port: 80, mac: '06:00:5e:00:00:02' };

/** Segments of one connection in a file. @param tag VLAN */
function connection(segments: readonly Sent[], tag = 7): string {
  const path = join(folder, 'connection.pcap');
  const records = segments.map(([ms, from, flags, payload = 0]) => {
    const [src, dst] = from === 'client' ? [CLIENT, SERVER] : [SERVER, CLIENT];
    const segment = tcp({ srcPort: src.port, dstPort: dst.port, flags, payload });
    return {
      timestampNs: START_NS + BigInt(Math.round(ms * 1e6)),
      frame: segment
        .over(ipv4({ src: src.ip, dst: dst.ip }))
        .over(vlan(tag))
        .over(ethernet({ src: src.mac, dst: dst.mac })),
    };
  });
  writeFileSync(path, pcap(records, { format: 'ns' }));
  return path;
}

/** Columns of the three scopes: `bidirectional_`, `src2dst_`, `dst2src_`. */
function scopes(columns: Readonly<Record<string, readonly [both: number, src2dst: number, dst2src: number]>>): Row {
  const titles = ['bidirectional', 'src2dst', 'dst2src'];
  return Object.fromEntries(
    titles.flatMap((title, n) =>
      Object.entries(columns).map(([name, values]) => [`${title}_${name}`, String(values[n])]),
    ),
  );
}

describe('the columns of NFStream', () => {
  test('are those of a connection', async () => {
    const path = connection([
      [0, 'client', SYN],
      [10.5, 'server', SYN | ACK],
      [20.25, 'client', ACK],
      [30.75, 'client', PSH | ACK, 100],
      [131, 'server', FIN | ACK],
    ]);
    const [row = {}, ...others] = await rowsOf(path, '-f', 'nfstream');
    expect(others).toEqual([]);
    expect(row).toEqual({
      id: '0',
      expiration_id: '0',
      src_ip: '10.0.0.1',
      src_mac: '02:00:5e:00:00:01',
      src_oui: '02:00:5e',
      src_port: '4000',
      dst_ip: '10.0.0.2',
      dst_mac: '06:00:5e:00:00:02',
      dst_oui: '06:00:5e',
      dst_port: '80',
      protocol: '6',
      ip_version: '4',
      vlan_id: '7',
      tunnel_id: '0',
      ...scopes({
        first_seen_ms: [START_MS, START_MS, START_MS + 10],
        last_seen_ms: [START_MS + 131, START_MS + 30, START_MS + 131],
        duration_ms: [131, 30, 121],
        packets: [5, 3, 2],
        bytes: [300, 220, 80],
        min_ps: [40, 40, 40],
        mean_ps: [60, 220 / 3, 40],
        stddev_ps: [Math.sqrt(8000 / 4), Math.sqrt(60_000 / 9 / 2), 0],
        max_ps: [140, 140, 40],
        min_piat_ms: [9, 10, 120],
        mean_piat_ms: [32.75, 15.375, 120.5],
        stddev_piat_ms: [Math.sqrt(6075.375 / 3), Math.sqrt(47.53125), 0],
        max_piat_ms: [100, 20, 120],
        syn_packets: [2, 1, 1],
        cwr_packets: [0, 0, 0],
        ece_packets: [0, 0, 0],
        urg_packets: [0, 0, 0],
        ack_packets: [4, 2, 2],
        psh_packets: [1, 1, 0],
        rst_packets: [0, 0, 0],
        fin_packets: [1, 0, 1],
      }),
    });
  });

  test('stand in its order', async () => {
    const header = (await textOf(TOUR, '-f', 'nfstream')).split('\n')[0]?.split(',') ?? [];
    const own = ['packets', 'bytes'];
    const seen = ['first_seen_ms', 'last_seen_ms', 'duration_ms', ...own];
    const flags = ['syn', 'cwr', 'ece', 'urg', 'ack', 'psh', 'rst', 'fin'].map((flag) => `${flag}_packets`);
    const figures = (unit: string): string[] => ['min', 'mean', 'stddev', 'max'].map((figure) => `${figure}_${unit}`);
    const ofScopes = (names: readonly string[]): string[] =>
      ['bidirectional', 'src2dst', 'dst2src'].flatMap((scope) => names.map((name) => `${scope}_${name}`));
    expect(header.slice(14)).toEqual([seen, figures('ps'), figures('piat_ms'), flags].flatMap(ofScopes));
  });

  test('are 0 for what there is not, and MAC addresses empty', async () => {
    const path = join(folder, 'raw.pcap');
    const frame = udp({ srcPort: 1000, dstPort: 53, payload: 4 }).over(ipv4({ src: '10.0.0.1', dst: '10.0.0.2' }));
    writeFileSync(path, pcap([{ timestampNs: START_NS, frame }], { linkType: 101 }));
    const [row = {}] = await rowsOf(path, '-f', 'nfstream');
    const { src_mac, src_oui, dst_mac, dst_oui, vlan_id } = row;
    expect([src_mac, src_oui, dst_mac, dst_oui, vlan_id]).toEqual(['', '', '', '', '0']);
    const answers = Object.entries(row).filter(([name]) => name.startsWith('dst2src_'));
    expect(answers.length).toBe(21);
    expect(answers.filter(([, value]) => value !== '0')).toEqual([]);
    expect(row['src2dst_mean_ps']).toBe('32');
    expect(row['bidirectional_max_piat_ms']).toBe('0');
  });

  test('number the flows, and are the same with several engines', async () => {
    const text = await textOf(TOUR, '--preset', 'nfstream');
    const ids = text
      .split('\n')
      .slice(1, -1)
      .map((line) => Number(line.split(',')[0]));
    expect(ids.length).toBeGreaterThan(20);
    expect(ids).toEqual(ids.map((_, n) => n));
    expect(await textOf(TOUR, '--preset', 'nfstream', '--jobs', '2')).toBe(text);
    expect(await textOf(TOUR, '--preset', 'nfstream', '--block-size', '64')).toBe(text);
  });
});

describe('the preset nfstream', () => {
  const packets = async (segments: readonly Sent[], ...options: string[]): Promise<string[]> =>
    (await rowsOf(connection(segments), '--preset', 'nfstream', ...options)).map(
      (row) => `${row['src2dst_packets']}+${row['dst2src_packets']} ${row['expiration_id']}`,
    );

  test('leaves a flow whole over FIN, RST and SYN, and new connections', async () => {
    const closed: Sent[] = [
      [0, 'client', SYN],
      [1, 'server', SYN | ACK],
      [2, 'client', FIN | ACK],
      [3, 'server', FIN | ACK],
      [4, 'client', ACK],
    ];
    expect(await packets([...closed, [60_000, 'client', SYN], [60_001, 'server', SYN | ACK]])).toEqual(['4+3 0']);
    expect(
      await packets([
        [0, 'client', SYN],
        [1, 'server', RST],
        [119_000, 'client', SYN],
      ]),
    ).toEqual(['2+1 0']);
  });

  test('ends it after 120 s of silence, after FIN and RST as well', async () => {
    for (const flags of [ACK, FIN, RST]) {
      expect(
        await packets([
          [0, 'client', flags],
          [120_000, 'client', ACK],
        ]),
      ).toEqual(['2+0 0']);
      expect(
        await packets([
          [0, 'client', flags],
          [120_000.001, 'client', ACK],
        ]),
      ).toEqual(['1+0 0', '1+0 0']);
    }
  });

  test('ends it at an age of 1800 s', async () => {
    const segments = Array.from({ length: 33 }, (_, n): Sent => [n * 60_000, 'client', ACK]);
    expect(await packets(segments)).toEqual(['31+0 1', '2+0 0']);
    expect(await packets(segments, '--active-timeout', '600')).toEqual(['11+0 1', '11+0 1', '11+0 0']);
  });

  test('has groups and rules in the library, too', async () => {
    const path = connection([
      [0, 'client', SYN],
      [1, 'server', RST],
      [100_000, 'client', SYN],
    ]);
    const flows = [];
    for await (const flow of readFlows(path, { preset: 'nfstream', with: ['community-id'] })) flows.push(flow);
    expect(flows.map(({ packetsForward, packetsReverse }) => [packetsForward, packetsReverse])).toEqual([[2, 1]]);
    expect(Object.keys(flows[0] ?? {}).slice(-4)).toEqual(['tcp', 'communityId', 'stats', 'link']);
  });

  test('refuses what its columns have no room for', async () => {
    for (const options of [['--fields', 'srcPort'], ['--with', 'identify'], ['--by', 'dstPort'], ['--owner']]) {
      const status = await execute('read', ['-f', 'nfstream', ...options, '-o', join(folder, 'refused'), TOUR]);
      expect(status, options.join(' ')).toBe(EXIT_CANNOT_START);
    }
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});
