/**
 * `--with link` against tshark's own fields, on given captures (../shared/captures). Skipped without that folder or
 * without tshark. Conversations inside of tunnels or errors, and those that are several flows, are left out.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Flow } from '../../src/flow/flow.ts';
import { execute } from './execute.ts';

const FOLDER = fileURLToPath(new URL('../../../shared/captures/', import.meta.url));
const canRun = existsSync(FOLDER) && spawnSync('tshark', ['--version']).status === 0;
const SIZE_MAX = 500_000;
const NAMES = /vlan|mpls|qinq|ipv6|6in4|gtp|vxlan|gre|ecn|sll|wlan|http|dns|frag|tcp/i;

const FIELDS = [
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'ip.proto',
  'tcp.srcport',
  'tcp.dstport',
  'udp.srcport',
  'udp.dstport',
  'vlan.id',
  'mpls.label',
  'eth.src',
  'eth.dst',
  'ip.ttl',
  'ipv6.hlim',
  'ip.dsfield',
  'ipv6.tclass',
  'ipv6.flow',
  'ip.flags.df',
] as const;

type Row = Readonly<Record<(typeof FIELDS)[number], string>>;

/** tshark's fields of each frame; several values have commas between them. */
function rowsOf(file: string): Row[] {
  const args = ['-n', '-r', file, '-o', 'ip.defragment:FALSE', '-T', 'fields', '-E', 'occurrence=a'];
  const text = execFileSync('tshark', [...args, ...FIELDS.flatMap((name) => ['-e', name])], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(FIELDS.map((name, n) => [name, cells[n] ?? ''])) as unknown as Row;
    });
}

interface Packet {
  readonly row: Row;
  readonly from: string;
}

const numbers = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number));

/** Packets of one header each, by conversation: TCP or UDP and both ends. */
function conversations(rows: readonly Row[]): ReadonlyMap<string, readonly Packet[]> {
  const found = new Map<string, Packet[]>();
  for (const row of rows) {
    const protocol = row['tcp.srcport'] === '' ? 'udp' : 'tcp';
    const src = row['ip.src'] || row['ipv6.src'];
    const dst = row['ip.dst'] || row['ipv6.dst'];
    const values = [src, dst, row[`${protocol}.srcport`], row[`${protocol}.dstport`], row['eth.src'], row['eth.dst']];
    const isPlain = values.slice(0, 4).every((value) => value !== '') && values.every((value) => !value.includes(','));
    if (!isPlain || (row['ip.src'] !== '' && row['ipv6.src'] !== '')) continue;
    const from = `${src} ${values[2]}`;
    const name = `${protocol} ${[from, `${dst} ${values[3]}`].sort().join(' ')}`;
    found.set(name, [...(found.get(name) ?? []), { row, from }]);
  }
  return found;
}

function expectDirection(ours: NonNullable<Flow['link']>['forward'], rows: readonly Row[], what: string): void {
  const isIpv6 = rows.some((row) => row['ipv6.src'] !== '');
  const ttls = rows.map((row) => Number(row[isIpv6 ? 'ipv6.hlim' : 'ip.ttl']));
  const services = rows.map((row) => Number(row[isIpv6 ? 'ipv6.tclass' : 'ip.dsfield']));
  const none = rows.length === 0;
  const theirs = {
    ttlFirst: none ? null : ttls[0],
    ttlMin: none ? null : Math.min(...ttls),
    ttlMax: none ? null : Math.max(...ttls),
    tosFirst: none ? null : services[0],
    tosLast: none ? null : services.at(-1),
    dscpChanged: none ? null : new Set(services.map((service) => service >> 2)).size > 1,
    ecnCe: services.filter((service) => service % 4 === 3).length,
    flowLabel: isIpv6 ? Number(rows[0]?.['ipv6.flow']) : null,
    dfPackets: rows.filter((row) => /1|True/.test(row['ip.flags.df'])).length,
  };
  expect(ours, what).toMatchObject(theirs);
}

describe.skipIf(!canRun)('pcapflow read --with link', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let compared = 0;
  let tagged = 0;
  const files = canRun
    ? readdirSync(FOLDER).filter((name) => NAMES.test(name) && statSync(join(FOLDER, name)).size < SIZE_MAX)
    : [];
  test.each(files.filter((name) => /\.(pcap|pcapng|cap)$/.test(name)))('agrees with tshark on %s', async (name) => {
    const output = join(folder, `${name}.jsonl`);
    const timeouts = ['--flow-timeout', '31536000', '--fin-timeout', '31536000'];
    await execute('read', ['-f', 'jsonl', '--with', 'link', '--no-progress', ...timeouts, '-o', output, FOLDER + name]);
    if (!existsSync(output)) return;
    const ours = new Map<string, Flow[]>();
    for (const line of readFileSync(output, 'utf8').split('\n').slice(0, -1)) {
      const flow = JSON.parse(line) as Flow;
      const ends = [`${flow.srcAddress} ${flow.srcPort}`, `${flow.dstAddress} ${flow.dstPort}`].sort();
      const key = `${flow.protocol === 6 ? 'tcp' : flow.protocol === 17 ? 'udp' : ''} ${ends.join(' ')}`;
      ours.set(key, [...(ours.get(key) ?? []), flow]);
    }
    for (const [key, packets] of conversations(rowsOf(FOLDER + name))) {
      const [flow, second] = ours.get(key) ?? [];
      if (flow === undefined || second !== undefined) continue;
      if (flow.packetsForward + flow.packetsReverse !== packets.length) continue;
      const { link } = flow;
      if (link === undefined) throw new Error(`${name}: no group link`);
      const what = `${name} ${key}`;
      const isForward = ({ from }: Packet): boolean => from === `${flow.srcAddress} ${flow.srcPort}`;
      const forward = packets.filter(isForward).map(({ row }) => row);
      const reverse = packets.filter((packet) => !isForward(packet)).map(({ row }) => row);
      expectDirection(link.forward, forward, `${what} forward`);
      expectDirection(link.reverse as typeof link.forward, reverse, `${what} reverse`);
      const first = packets[0]?.row as Row;
      const [vlans, labels] = [numbers(first['vlan.id']), numbers(first['mpls.label'])];
      expect({ vlans: link.vlans, mpls: link.mpls, count: [link.vlanCount, link.mplsCount] }, what).toEqual({
        vlans: vlans.slice(0, 3),
        mpls: labels.slice(0, 4),
        count: [vlans.length, labels.length],
      });
      const macs = forward[0]?.['eth.src'] ? [forward[0]['eth.src'], forward[0]['eth.dst']] : undefined;
      if (macs !== undefined) expect([link.srcMac, link.dstMac], what).toEqual(macs);
      compared++;
      if (vlans.length + labels.length > 0) tagged++;
    }
  });
  test('on many conversations, some of them in VLANs or behind labels', () => {
    expect(compared).toBeGreaterThan(200);
    expect(tagged).toBeGreaterThan(5);
  });
});
