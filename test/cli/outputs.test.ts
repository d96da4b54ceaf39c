/** Several outputs of one capture. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { execute } from './execute.ts';
import { CAPTURES } from './read_back.ts';

const main = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];

const FORMATS = ['csv', 'parquet', 'jsonl', 'ipfix', 'ecs', 'arrow', 'table'];

/** Of a file. */
const PCAP_HEADER_SIZE = 24;

const SOME = new Set(['tour.pcap', 'blocks.pcapng', 'empty.pcap', 'icmp.pcap', 'ipv6-extensions.pcap']);

function output(format: string, name: string): string[] {
  return ['-f', format, '-o', file(name)];
}

describe('several outputs', () => {
  it.each(CAPTURES.filter(({ name }) => SOME.has(name)).map((capture) => [capture.name, capture.path] as const))(
    'of %s have what each has alone',
    async (_, path) => {
      const read = (...options: readonly string[]): Promise<number> =>
        execute('read', ['--no-progress', '--time-format', 'seconds', ...options, path]);
      await read(...FORMATS.flatMap((format) => output(format, `together.${format}`)));
      for (const format of FORMATS) {
        await read(...output(format, 'alone'));
        expect(readFileSync(file(`together.${format}`)).equals(readFileSync(file('alone'))), format).toBe(true);
      }
    },
  );

  it('of several engines have what one engine gives', () => {
    // Three blocks of a file; each conversation has packets in all of them.
    const conversations = 9000;
    const rounds = 5;
    const frames = Array.from({ length: conversations }, (_, n) =>
      Uint8Array.from(
        udp({ srcPort: 1024 + n, dstPort: 9 })
          .over(ipv4({ src: `10.0.0.${n % 250}` }))
          .over(ethernet()),
      ),
    );
    const parts = Array.from({ length: rounds }, (_, round) => {
      const times = frames.map((frame, n) => ({ timestampNs: BigInt(round * conversations + n) * 100_000n, frame }));
      return pcap(times).subarray(round === 0 ? 0 : PCAP_HEADER_SIZE);
    });
    writeFileSync(file('blocks.pcap'), Buffer.concat(parts));
    const run = (jobs: string): readonly Buffer[] => {
      const options = ['--no-progress', '--jobs', jobs, '--flow-timeout', '0.5'];
      const outputs = FORMATS.flatMap((format) => output(format, `jobs.${jobs}.${format}`));
      const args = [main, 'read', ...options, ...outputs, file('blocks.pcap')];
      expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      return FORMATS.map((format) => readFileSync(file(`jobs.${jobs}.${format}`)));
    };
    const [alone, shared] = [run('1'), run('2')];
    for (const [n, format] of FORMATS.entries()) expect(shared[n]?.equals(alone[n] as Buffer), format).toBe(true);
    expect(alone[0]?.toString().split('\n').length).toBeGreaterThan(40_000);
  });

  it('have options of their own, which stand behind the format or the file', async () => {
    await execute('read', [
      ...['--no-progress', ...output('csv', 'one'), '--fields', 'srcAddress,dstPort', ...output('csv', 'two')],
      ...[...output('ipfix', 'bi'), ...output('ipfix', 'uni'), '--uniflow', '-f', 'jsonl', '--time-format', 'iso'],
      ...['-o', file('iso'), tour.path],
    ]);
    expect(readFileSync(file('one'), 'utf8').split('\n')[0]).toBe('srcAddress,dstPort');
    expect(readFileSync(file('two'), 'utf8').split('\n')[0]).toContain('endReason');
    expect(readFileSync(file('uni')).length).not.toBe(readFileSync(file('bi')).length);
    expect(readFileSync(file('iso'), 'utf8')).toContain('"firstSeen":"2023-11-14T');
  });

  it('have the flows of the preset that the first format brings', async () => {
    const first = ['--no-progress', ...output('zeek', 'conn.log'), '--with', 'tcp'];
    await execute('read', [...first, ...output('jsonl', 'like'), ...output('zeek-json', 'json'), tour.path]);
    await execute('read', [
      '--no-progress',
      '--preset',
      'zeek',
      '--with',
      'tcp',
      ...output('jsonl', 'alone'),
      tour.path,
    ]);
    expect(readFileSync(file('like')).equals(readFileSync(file('alone')))).toBe(true);
    const log = readFileSync(file('conn.log'), 'utf8').split('\n');
    expect(readFileSync(file('json'), 'utf8').trim().split('\n')).toHaveLength(
      log.filter((line) => line !== '' && !line.startsWith('#')).length,
    );
  });

  it('go to standard output where only one of them writes there', () => {
    const args = [main, 'read', '-f', 'none', '-f', 'jsonl', '-o', '-', ...output('csv', 'x'), tour.path];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim().split('\n')).toHaveLength(29);
  });

  it('have only the flows of --where, and all of them count once', async () => {
    const where = ['--where', 'dstPort == 443', '--stats', file('stats')];
    await execute('read', ['--no-progress', ...output('jsonl', 'a'), ...output('csv', 'b'), ...where, tour.path]);
    const lines = readFileSync(file('a'), 'utf8').trim().split('\n');
    expect(lines.length).toBe(tour.flows.filter(({ dstPort }) => dstPort === '443').length);
    expect(readFileSync(file('b'), 'utf8').trim().split('\n').length).toBe(lines.length + 1);
  });

  it.each([
    [['-f', 'csv', '-o', 'x', '-f', 'jsonl', '-o', 'x'], 'the same file as --output x'],
    [['-f', 'csv', '-o', 'x', '-f', 'jsonl', '-o', 'y', '--sort', 'bytes'], 'more than one output cannot have --sort'],
    [['-f', 'csv', '-o', 'x', '-f', 'jsonl', '-o', 'y', '--owner'], 'cannot have --owner and --process'],
    [['-f', 'csv', '-o', 'x', '-f', 'cic', '-o', 'y'], 'make it the first one, or add --with tcp,stats,activity'],
    [['--preset', 'nfstream', '-f', 'csv', '-o', 'x', '-f', 'nfstream', '-o', 'y'], 'direction; make it the first one'],
    [['-f', 'csv', '-o', 'x', '-f', 'zeek', '-o', 'y'], 'make it the first one, or add --preset zeek'],
    [['-f', 'csv', '-o', 'x', '-f', 'netflow9', '-o', 'y'], '--format netflow9 is sent over UDP only'],
    [['-f', 'cic', '-o', 'x', '-f', 'zeek-json', '-o', 'y'], '--format zeek-json changes how flows are made'],
    [['-f', 'csv', '-f', 'jsonl'], 'cannot both go to standard output'],
    [['-f', 'csv', '-o', 'x', '-f', 'ecs', '-o', '-', '-f', 'jsonl', '-o', '/dev/stdout'], 'cannot both go to'],
    [
      ['-f', 'csv', '--rotate', '5m', '-o', 'x-%i.csv', '-f', 'parquet', '--rotate', '1h', '-o', './x-%i.parquet'],
      "would share ./x.manifest.jsonl; let them differ before the first '%'",
    ],
    [['-f', 'csv', '-o', 'x', '--uniflow'], '--uniflow needs --format ipfix'],
  ])('refuse what does not go together: %j', (options, message) => {
    const { status, stderr } = spawnSync(process.execPath, [main, 'read', ...options, tour.path], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(stderr).toContain(message);
    expect(status).toBe(1);
  });
});
