/** The programs of examples/ run as their comments say, and print what a reader is led to expect. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp } from './builders/index.ts';
import { mmdb } from './builders/mmdb.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOUR = join(ROOT, 'pcaps', 'tour.pcap');
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

const programs = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.mjs'));
const tested = new Set<string>();

/** Lines of standard output. @throws {Error} with standard error when the exit status is not 0 */
async function example(name: string, ...args: string[]): Promise<string[]> {
  tested.add(`${name}.mjs`);
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'examples', `${name}.mjs`), ...args], {
    cwd: ROOT,
    timeout: 120_000,
  });
  return stdout.trimEnd().split('\n');
}

describe('examples', () => {
  it('top_talkers ranks hosts by bytes', async () => {
    expect(await example('top_talkers', TOUR, '2')).toEqual([
      '192.0.2.10           sent 10915 B, received 109357 B',
      '203.0.113.80         sent 77086 B, received 5513 B',
    ]);
  });

  it('dns_peers counts questions and answers', async () => {
    expect(await example('dns_peers', TOUR)).toEqual([
      '192.0.2.10 -> 192.0.2.1: 4 packets with questions, 4 with answers',
    ]);
  });

  it('filter keeps what the expression says', async () => {
    expect(await example('filter', 'tcp dst port 443', TOUR)).toEqual([
      'an ARP frame: dropped',
      `${TOUR}: 49 packets in 3 flows`,
    ]);
    expect((await example('filter', 'arp', TOUR))[0]).toBe('an ARP frame: kept');
  });

  it('filter reports a mistake', async () => {
    const failure = example('filter', 'tcp port', TOUR);
    await expect(failure).rejects.toMatchObject({ code: 1, stdout: '' });
  });

  it('csv_fields prints the chosen fields', async () => {
    const lines = await example('csv_fields', TOUR, 'srcAddress', 'tcpFlagsForward');
    expect(lines).toHaveLength(30);
    expect(lines.slice(0, 2)).toEqual(['srcAddress,tcpFlagsForward', '2001:db8:1::10,27']);
    expect(lines).toContain('192.0.2.10,');
    await expect(example('csv_fields', TOUR, 'color')).rejects.toThrow('no such field: color');
  });

  it('fparser_callbacks calls one callback for each kind', async () => {
    const lines = await example('fparser_callbacks', TOUR);
    expect(lines).toHaveLength(29); // 28 flows, IGMP has no callback, and the last line.
    expect(lines[0]).toBe(
      'tcp 2001:db8:1::10 51001 -> 2001:db8:80::443 443: 32 packets, 2 with SYN, 0.217 s, ended by fin',
    );
    expect(lines).toContain('udp 192.0.2.10 5353 -> 224.0.0.251 5353: 2 out, 0 back');
    expect(lines).toContain('icmp 192.0.2.10 -> 192.0.2.1: types 8, 0');
    expect(lines.at(-1)).toBe('done');
  });

  it('replay hands over every packet', async () => {
    expect(await example('replay', TOUR)).toEqual(['287 packets replayed, 285 of them in 29 flows']);
  });

  it('owners asks nobody without a database', async () => {
    const lines = await example('owners', TOUR);
    expect(lines).toHaveLength(11);
    expect(lines).toContain('224.0.0.251          localMulticast');
  });

  it('owners names the networks of a local database', async () => {
    const database = join(folder, 'asn.mmdb');
    const network = { autonomous_system_number: 64_500, autonomous_system_organization: 'EXAMPLE' };
    writeFileSync(database, mmdb({ '8.8.8.0/24': network }));
    const question = udp({ srcPort: 41_000, dstPort: 53 })
      .over(ipv4({ src: '192.0.2.10', dst: '8.8.8.8' }))
      .over(ethernet());
    const capture = join(folder, 'question.pcap');
    writeFileSync(capture, pcap([{ timestampNs: 1_700_000_000_000_000_000n, frame: Uint8Array.from(question) }]));
    expect(await example('owners', capture, database)).toEqual([
      '192.0.2.10           invalid',
      '8.8.8.8              AS64500 EXAMPLE',
    ]);
  });

  it.runIf(process.platform === 'linux')('sockets lists listeners and counts connections', async () => {
    const lines = await example('sockets');
    expect(lines.at(-1)).toMatch(/^(\d+ established connections|skipped: .+)$/);
  });

  it.runIf(process.platform === 'linux')('whose_connection finds itself', async () => {
    const lines = await example('whose_connection');
    expect(lines.at(-1)).toMatch(/^(that is this process|skipped: .+)$/);
  });

  it('live sees its own datagrams, or says why it cannot capture', async () => {
    const lines = await example('live', 'lo', '0.5');
    expect(lines.at(-1)).toMatch(/^(packets seen, [1-9]\d* udp flows|skipped: .+)$/);
  });

  it('watch_folder summarises each capture, also a damaged one', async () => {
    const watched = mkdtempSync(join(folder, 'watched-'));
    copyFileSync(TOUR, join(watched, 'a.pcap'));
    writeFileSync(join(watched, 'b.pcap'), 'not a capture file at all');
    const lines = await example('watch_folder', watched, '2');
    expect(lines[0]).toBe('a.pcap: 29 flows, 142770 B');
    expect(lines[1]).toMatch(/^b\.pcap: 0 flows, 0 B, then: .*b\.pcap/);
  });

  it('all of them are tested', () => {
    expect(programs.length).toBeGreaterThanOrEqual(10);
    expect(programs.filter((name) => !tested.has(name))).toEqual([]);
  });
});
