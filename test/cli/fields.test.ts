/** `--fields` on the command line and `fields` in the library: the same flows, with the chosen fields in that order. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readFlows } from '../../src/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tour = 'pcaps/tour.pcap';
const CHOSEN = ['endReason', 'tcpFlagsReverse', 'firstSeen', 'srcAddress', 'bytesReverse'] as const;

function pcapflow(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/bin/pcapflow/main.cjs', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

/** Each line's members by key, as the text that they are. */
function members(line: string): ReadonlyMap<string, string> {
  return new Map([...line.matchAll(/"(\w+)":("[^"]*"|[^,}]+)/g)].map(([, key = '', value = '']) => [key, value]));
}

const all = pcapflow('read', tour, '-f', 'jsonl').out.trimEnd().split('\n').map(members);
const chosen = all.map((flow) => CHOSEN.map((field) => flow.get(field) ?? ''));

describe('--fields', () => {
  it('chooses and orders the members of JSON Lines', () => {
    const { status, out } = pcapflow('read', tour, '-f', 'jsonl', '--fields', CHOSEN.join(','));
    const lines = chosen.map((values) => `{${CHOSEN.map((field, n) => `"${field}":${values[n]}`).join(',')}}\n`);
    expect({ status, out }).toEqual({ status: 0, out: lines.join('') });
    expect(out).toContain('"tcpFlagsReverse":null');
  });

  it('chooses and orders the columns of CSV, null as nothing', () => {
    const plain = (value: string): string => (value === 'null' ? '' : value.replaceAll('"', ''));
    const { out } = pcapflow('read', tour, '-f', 'csv', '--fields', CHOSEN.join(','));
    expect(out).toBe([CHOSEN.join(','), ...chosen.map((values) => values.map(plain).join(',')), ''].join('\n'));
  });

  it('chooses and orders the columns of the table', () => {
    const { out } = pcapflow('read', tour, '-f', 'table', '--fields', CHOSEN.join(','));
    const [title = '', ...rows] = out.trimEnd().split('\n');
    expect(title.split(/ {2,}/)).toEqual(CHOSEN);
    expect(rows).toHaveLength(all.length);
    expect(rows[0]).toMatch(/^fin {8}SAPF {13}2023-11-14 22:13:20\.560000 {2}2001:db8:1::10 +20077$/);
  });

  it('gives all fields in their usual order when all are named', () => {
    const plain = pcapflow('read', tour, '-f', 'csv').out;
    const names = plain.slice(0, plain.indexOf('\n'));
    expect(pcapflow('read', tour, '-f', 'csv', '--fields', names).out).toBe(plain);
  });

  it('holds for replay, too', () => {
    const { status, out } = pcapflow('replay', tour, '--speed', 'max', '-f', 'csv', '--fields', 'dstPort,endReason');
    expect(status).toBe(0);
    expect(out.split('\n')[0]).toBe('dstPort,endReason');
    const pairs = all.map((flow) => `${flow.get('dstPort')},${flow.get('endReason')?.replaceAll('"', '')}`);
    expect(out.trimEnd().split('\n').slice(1).sort()).toEqual(pairs.sort());
  });

  it.each(['read', 'replay', 'live'])(
    'is refused by %s when a field is unknown, before anything is read',
    (command) => {
      const source = command === 'live' ? 'lo' : tour;
      expect(pcapflow(command, source, '--fields', 'srcPort,dstPrt')).toEqual({
        status: 1,
        out: '',
        err: "pcapflow: --fields has an unknown field 'dstPrt'; did you mean 'dstPort'?\n",
      });
    },
  );
});

describe('fields of readFlows', () => {
  it('are those of the records, in that order', async () => {
    const flows: object[] = [];
    for await (const flow of readFlows(root + tour, { fields: CHOSEN })) {
      const { endReason, firstSeenNs }: { endReason: string; firstSeenNs: bigint } = flow;
      expect([typeof endReason, typeof firstSeenNs]).toEqual(['string', 'bigint']);
      flows.push(flow);
    }
    const whole: object[] = [];
    for await (const { endReason, tcpFlagsReverse, firstSeenNs, srcAddress, bytesReverse } of readFlows(root + tour)) {
      whole.push({ endReason, tcpFlagsReverse, firstSeenNs, srcAddress, bytesReverse });
    }
    expect(flows).toEqual(whole);
    expect(Object.keys(flows[0] ?? {})).toEqual(Object.keys(whole[0] ?? {}));
    expect(Object.isFrozen(flows[0])).toBe(true);
  });

  it('are refused at once when one is unknown', () => {
    const fields = ['srcAdress'] as unknown as ['srcAddress'];
    expect(() => readFlows(tour, { fields })).toThrow(
      "fields has an unknown field 'srcAdress'; did you mean 'srcAddress'?",
    );
  });
});
