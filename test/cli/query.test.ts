/** `--where`, `--sort`, `--top`, `--by`: alone and together, in each format, compared with the flows themselves. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tour = 'pcaps/tour.pcap';

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function pcapflow(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/bin/pcapflow/main.cjs', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, out: stdout, err: stderr };
}

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
const read = (...args: readonly string[]): string[] => linesOf(pcapflow(['read', tour, ...args]).out);

interface Shown {
  readonly srcAddress: string;
  readonly dstAddress: string;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly protocol: number;
  readonly firstSeen: number;
  readonly packetsForward: number;
  readonly packetsReverse: number;
  readonly bytesForward: number;
  readonly bytesReverse: number;
}

const all = read('-f', 'jsonl').map((line) => ({ line, flow: JSON.parse(line) as Shown }));
const bytes = ({ bytesForward, bytesReverse }: Shown): number => bytesForward + bytesReverse;
const packets = ({ packetsForward, packetsReverse }: Shown): number => packetsForward + packetsReverse;

describe('--sort and --top', () => {
  const largest = all.toSorted((a, b) => bytes(b.flow) - bytes(a.flow)).map(({ line }) => line);

  it('write the same lines in another order', () => {
    expect(read('-f', 'jsonl', '--sort', '-bytes')).toEqual(largest);
    expect(read('-f', 'jsonl', '--sort=bytes')).toEqual(
      all.toSorted((a, b) => bytes(a.flow) - bytes(b.flow)).map(({ line }) => line),
    );
  });

  it('write the first of them, the largest unless an order is given', () => {
    expect(read('-f', 'jsonl', '--top', '5')).toEqual(largest.slice(0, 5));
    const ports = read('-f', 'csv', '--fields', 'dstPort', '--sort', 'dstPort', '--top', '4').slice(1).map(Number);
    expect(ports).toEqual(
      all
        .map(({ flow }) => flow.dstPort)
        .sort((a, b) => a - b)
        .slice(0, 4),
    );
  });

  it('work with --where, in tables and for replay', () => {
    const args = ['-f', 'jsonl', '--where', 'protocol = udp', '--sort', '-bytes', '--top', '3'];
    const expected = largest.filter((line) => (JSON.parse(line) as Shown).protocol === 17).slice(0, 3);
    expect(read(...args)).toEqual(expected);
    expect(linesOf(pcapflow(['replay', tour, '--speed', 'max', ...args]).out)).toEqual(expected);
    const table = pcapflow(['read', tour, '-f', 'table', ...args.slice(2)]);
    expect(linesOf(table.out)).toHaveLength(4);
    expect(table.err).toContain(`${all.filter(({ flow }) => flow.protocol === 17).length} of 29 flows, 287 packets`);
  });

  it('keep what is written behind a flow, also of flows that are chosen', () => {
    const plain = read('-f', 'jsonl', '--with', 'identify');
    const byBytes = plain.toSorted((a, b) => bytes(JSON.parse(b) as Shown) - bytes(JSON.parse(a) as Shown));
    expect(read('-f', 'jsonl', '--with', 'identify', '--sort', '-bytes')).toEqual(byBytes);
    expect(read('-f', 'jsonl', '--with', 'identify', '--where', 'bytes > 1kB', '--top', '2')).toEqual(
      byBytes.slice(0, 2),
    );
    expect(read('-f', 'jsonl', '--with', 'identify', '--where', 'protocol = udp')).toEqual(
      plain.filter((line) => (JSON.parse(line) as Shown).protocol === 17),
    );
  });
});

/** Sums of flows by a key, the most bytes first. */
function sums(keyOf: (flow: Shown) => string): string[] {
  const groups = new Map<string, { flows: number; packets: number; bytes: number }>();
  for (const { flow } of all) {
    const group = groups.get(keyOf(flow)) ?? { flows: 0, packets: 0, bytes: 0 };
    groups.set(keyOf(flow), group);
    group.flows++;
    group.packets += packets(flow);
    group.bytes += bytes(flow);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .map(([key, group]) => `${key},${group.flows},${group.packets},${group.bytes}`);
}

describe('--by', () => {
  it('sums up flows with the same values', () => {
    expect(read('-f', 'csv', '--by', 'dstPort')).toEqual([
      'dstPort,flows,packets,bytes',
      ...sums(({ dstPort }) => String(dstPort)),
    ]);
    expect(read('-f', 'csv', '--by', 'protocol,srcAddress')).toEqual([
      'protocol,srcAddress,flows,packets,bytes',
      ...sums(({ protocol, srcAddress }) => `${protocol},${srcAddress}`),
    ]);
  });

  it('sums up networks', () => {
    const network = ({ srcAddress }: Shown): string =>
      srcAddress.includes(':') ? '2001:db8::/32' : `${srcAddress.split('.').slice(0, 2).join('.')}.0.0/16`;
    expect(read('-f', 'csv', '--by', 'srcAddress/16/32').slice(1)).toEqual(sums(network));
    expect(
      read('-f', 'csv', '--by', 'srcAddress/0')
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).toEqual(['0.0.0.0/0', '2001:db8:1::/64']);
  });

  it('counts a flow for both ends, and once where both are the same', () => {
    const talkers = new Map<string, number>();
    for (const { flow } of all) {
      for (const port of new Set([flow.srcPort, flow.dstPort])) {
        talkers.set(String(port), (talkers.get(String(port)) ?? 0) + 1);
      }
    }
    const shown = read('-f', 'csv', '--by', 'port')
      .slice(1)
      .map((line) => line.split(',').slice(0, 2));
    expect(new Map(shown.map(([port, flows]) => [port, Number(flows)]))).toEqual(talkers);
  });

  it('sorts by each sum and by the fields', () => {
    const flows = read('-f', 'jsonl', '--by', 'dstPort', '--sort', 'dstPort').map(
      (line) => (JSON.parse(line) as { dstPort: number }).dstPort,
    );
    expect(flows).toEqual(flows.toSorted((a, b) => a - b));
    const counts = read('-f', 'jsonl', '--by', 'dstPort', '--sort', '-packets', '--top', '4').map(
      (line) => (JSON.parse(line) as { packets: number }).packets,
    );
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(counts).toHaveLength(4);
  });

  it('writes intervals of a replay, which add up', () => {
    const { out } = pcapflow([
      'replay',
      tour,
      '--speed',
      '2000',
      '-f',
      'jsonl',
      '--by',
      'protocol',
      '--interval',
      '0.1',
    ]);
    const lines = linesOf(out).map((line) => JSON.parse(line) as { until: number; flows: number });
    expect(lines.reduce((sum, { flows }) => sum + flows, 0)).toBe(29);
    expect(lines.every(({ until }) => Math.abs(until - Date.now() / 1000) < 3600)).toBe(true);
    expect(lines.map(({ until }) => until)).toEqual(lines.map(({ until }) => until).toSorted((a, b) => a - b));
  });
});

describe('derived fields and times', () => {
  it('can be written, and are what follows from the others', () => {
    const [header, ...rows] = read('-f', 'csv', '--fields', 'bytes,firstSeen,lastSeen,duration,bitsPerSecond,service');
    expect(header).toBe('bytes,firstSeen,lastSeen,duration,bitsPerSecond,service');
    for (const row of rows) {
      const [sum, first = '', last = '', duration, rate] = row.split(',');
      const ns = BigInt(last.replace('.', '')) - BigInt(first.replace('.', ''));
      expect(BigInt(duration?.replace('.', '') ?? '')).toBe(ns);
      if (ns === 0n) expect(rate).toBe('');
      else expect(Number(rate)).toBe((Number(sum) * 8) / (Number(ns) / 1e9));
    }
    expect(rows.filter((row) => row.endsWith(',https'))).toHaveLength(4);
  });

  it('are in objects and beside fields of groups', () => {
    const args = ['-f', 'jsonl', '--with', 'tcp,community-id', '--fields', 'communityId,duration,tcp.forward.isn'];
    const lines = read(...args).map(
      (line) => JSON.parse(line) as { duration: number; tcp: unknown; communityId: string },
    );
    expect(lines).toHaveLength(29);
    expect(lines.every(({ duration, communityId }) => duration >= 0 && communityId.startsWith('1:'))).toBe(true);
    expect(lines[0]?.duration).toBe(0.217);
  });

  it('--local-time shows the time of this host in tables', () => {
    const { out } = pcapflow(['read', tour, '-f', 'table', '--local-time'], { TZ: 'Asia/Kathmandu' });
    expect(out).toMatch(/^START \(LOCAL\) .*\n2023-11-15 03:58:20\.560000 /);
  });
});

describe('refusals and figures', () => {
  it.each([
    [['--sort', 'byts'], "--sort: unknown field 'byts'; did you mean 'bytes'?"],
    [['--sort', 'port'], "--sort: 'port' is either of two fields; name one of them"],
    [['--by', 'dstPrt'], "--by: unknown field 'dstPrt'; did you mean 'dstPort'?"],
    [['--by', 'dstPort/8'], '--by: dstPort is not an address, so it has no prefix length'],
    [['--by', 'srcAddress/24/129'], "--by: 'srcAddress/24/129' has a prefix length that is too large"],
    [['--by', 'dstPort,dstPort'], "--by has 'dstPort' twice"],
    [['--by', 'dstPort', '--sort', 'firstSeen'], "--sort: unknown column 'firstSeen'"],
    [['--by', 'dstPort', '--fields', 'bytes'], '--by has columns of its own; leave out --fields'],
    [['--by', 'dstPort', '--owner'], '--by has columns of its own: leave out --owner and --process'],
    [['--top', '0'], '--top is 0; it must be a whole number from 1 to 1000000'],
  ])('refuses the options %j', (args, message) => {
    const { status, err, out } = pcapflow(['read', tour, ...args]);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain(message);
  });

  it('--interval needs something to write after it', () => {
    const { status, err } = pcapflow(['replay', tour, '--interval', '1']);
    expect(status).toBe(1);
    expect(err).toContain('--interval requires --sort, --top or --by');
  });

  it('--stats says how many flows --where left out', () => {
    const plain = pcapflow(['read', tour, '-f', 'none', '--stats', '-']);
    expect(JSON.parse(plain.err)).not.toHaveProperty('flowsLeftOut');
    const leftOut = all.filter(({ flow }) => flow.protocol !== 17).length;
    for (const format of ['none', 'jsonl', 'csv']) {
      const { err, out } = pcapflow(['read', tour, '-f', format, '--where', 'protocol = udp', '--stats', '-']);
      expect(JSON.parse(err)).toMatchObject({ flowsEnded: 29, flowsLeftOut: leftOut });
      if (format === 'jsonl') expect(linesOf(out)).toHaveLength(29 - leftOut);
    }
  });
});
