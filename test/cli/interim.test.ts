/** `--interim`: running records in every text format, in `read`, `replay` and `readFlows`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT_CANNOT_START } from '../../src/cli/exit.ts';
import { readFlows } from '../../src/index.ts';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECOND_NS = 1_000_000_000n;

/** Two flows: packets at these seconds from 80 to 81, and one from 90 to 91 at second 2. */
const TIMES = [0, 1, 10, 11, 45, 46, 47];
const path = join(folder, 'flows.pcap');
const packet = (second: number, port: number) => ({
  timestampNs: BigInt(1_700_000_000 + second) * SECOND_NS,
  frame: udp({ srcPort: port, dstPort: port + 1, payload: new Uint8Array(10) })
    .over(ipv4({ src: '192.0.2.1', dst: '192.0.2.2' }))
    .over(ethernet()),
});
const packets = [...TIMES.map((second) => packet(second, 80)), packet(2, 90)];
packets.sort((a, b) => Number(a.timestampNs - b.timestampNs));
writeFileSync(path, pcap(packets, { format: 'ns' }));

/** Port, packets, sequence, final, end reason. */
const RECORDS = ['80,2,0,false,active', '80,4,1,false,active', '80,7,2,true,end', '90,1,0,true,end'];
const FIELDS = 'srcPort,packetsForward,sequence,final,endReason';

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

const main = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));

function pcapflow(...args: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, path], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

const read = (...options: readonly string[]): string => pcapflow('read', ...options).out;

describe('--interim', () => {
  it('writes what a flow has when a packet comes after each interval', () => {
    const out = read('--interim', '10', '-f', 'csv', '--fields', FIELDS);
    expect(out.trimEnd().split('\n').slice(1).toSorted()).toEqual(RECORDS);
  });

  it('is the same in JSON, where sequence and final are behind all other fields', () => {
    const lines = read('--interim', '10', '-f', 'jsonl', '--with', 'stats').trimEnd().split('\n');
    const flows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(
      flows
        .map((flow) =>
          FIELDS.split(',')
            .map((name) => String(flow[name]))
            .join(','),
        )
        .toSorted(),
    ).toEqual(RECORDS);
    expect(Object.keys(flows[0] ?? {}).slice(-3)).toEqual(['stats', 'sequence', 'final']);
  });

  it('is the same in replay and in tables', () => {
    const options = ['--interim', '10', '--fields', FIELDS, '-f'];
    const replayed = pcapflow('replay', '--speed', 'max', ...options, 'csv');
    expect(replayed.out).toBe(read(...options, 'csv'));
    const rows = read(...options, 'table')
      .trimEnd()
      .split('\n')
      .slice(1);
    expect(rows.map((row) => row.trim().split(/ +/).join(',')).toSorted()).toEqual(RECORDS);
  });

  it('is `interim` of readFlows, and leaves flows as they are without it', async () => {
    const records = [];
    for await (const flow of readFlows(path, { interim: 10 }))
      records.push([flow.packetsForward, flow.sequence, flow.final]);
    expect(records.filter(([, , final]) => final === false)).toEqual([
      [2, 0, false],
      [4, 1, false],
    ]);
    for await (const flow of readFlows(path)) expect('sequence' in flow).toBe(false);
  });

  it.each([
    [['-f', 'ipfix', '-o', join(folder, 'x')], '--format ipfix has no place for running records'],
    [['-f', 'cic'], '--format cic has no place for running records'],
    [['-f', 'nfstream'], '--format nfstream has no place for running records'],
    [['-f', 'zeek'], '--format zeek has no place for running records'],
    [['--by', 'dstPort'], '--by would count packets of running records again'],
    [['--with', 'identify'], 'running records do not say what a flow is'],
  ])('is refused with %s', (options, message) => {
    const { status, err } = pcapflow('read', '--interim', '10', ...options);
    expect(err).toContain(message);
    expect(status).toBe(EXIT_CANNOT_START);
  });

  it('is named where one of its fields is asked for without it', () => {
    const { err } = pcapflow('read', '--fields', 'sequence');
    expect(err).toContain('add --interim S');
    expect(() => readFlows(path, { fields: ['final'] })).toThrow('add interim: S');
  });
});
