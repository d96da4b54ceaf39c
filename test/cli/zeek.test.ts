/** `--format zeek` and `zeek-json`: header lines, columns, what they imply and what they refuse. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ethernet, icmp, ipv4, pcap, tcp, udp } from '../builders/index.ts';
import { execute } from './execute.ts';
import { MAIN } from './owner_command.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ends = { src: '192.0.2.1', dst: '198.51.100.2' };
const answers = { src: ends.dst, dst: ends.src };
const CAPTURE = join(folder, 'some.pcap');
const packets = [
  tcp({ srcPort: 40_000, dstPort: 80, flags: 2, seq: 1 }).over(ipv4(ends)),
  tcp({ srcPort: 80, dstPort: 40_000, flags: 18, seq: 9, ack: 2 }).over(ipv4(answers)),
  tcp({ srcPort: 40_000, dstPort: 80, flags: 16, seq: 2, ack: 10, payload: 5 }).over(ipv4(ends)),
  udp({ srcPort: 53, dstPort: 5000, payload: 7 }).over(ipv4(answers)),
  icmp({ type: 3, code: 1 }).over(ipv4(ends)),
];
const START_NS = 1_700_000_000_123_456_789n;
const records = packets.map((packet, n) => ({
  timestampNs: START_NS + BigInt(n) * 1_000_500n,
  frame: packet.over(ethernet()),
}));
writeFileSync(CAPTURE, pcap(records, { format: 'ns' }));

let outputs = 0;
async function read(...options: string[]): Promise<string[]> {
  const path = join(folder, `output-${outputs++}`);
  await execute('read', ['--no-progress', '-o', path, ...options, CAPTURE]);
  return readFileSync(path, 'latin1').split('\n').slice(0, -1);
}

const FIELDS =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig ' +
  'local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto';

const TYPES =
  'time string addr port addr port enum string interval count count string bool bool count string count count count ' +
  'count set[string] count';

describe('pcapflow read --format zeek', () => {
  it("has Zeek's header lines, with times of the capture", async () => {
    const lines = await read('-f', 'zeek');
    expect(lines.slice(0, 8)).toEqual([
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      '#unset_field\t-',
      '#path\tconn',
      '#open\t2023-11-14-22-13-20',
      `#fields\t${FIELDS.replaceAll(' ', '\t')}`,
      `#types\t${TYPES.replaceAll(' ', '\t')}`,
    ]);
    expect(lines.at(-1)).toBe('#close\t2023-11-14-22-13-20');
    const rows = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));
    expect(rows.map((row) => row.length)).toEqual([22, 22, 22]);
    const [first] = rows;
    expect(first?.filter((_, n) => n !== 1).join(' ')).toBe(
      '1700000000.123456 192.0.2.1 40000 198.51.100.2 80 tcp - 0.002001 5 0 S1 - - 0 ShD 2 85 1 40 - 6',
    );
  });

  it('gives the same bytes again', async () => {
    expect(await read('-f', 'zeek')).toEqual(await read('-f', 'zeek'));
  });

  it('writes a header without flows', async () => {
    const lines = await read('-f', 'zeek', '-F', 'tcp port 1');
    expect(lines).toHaveLength(9);
    expect(lines.every((line) => line.startsWith('#'))).toBe(true);
  });

  it('knows local networks', async () => {
    const rows = (await read('-f', 'zeek', '--local-nets', '192.0.2.0/24,2001:db8::/32')).filter((l) => l[0] !== '#');
    expect(rows.map((row) => row.split('\t').slice(12, 14).join(' '))).toEqual(['T F', 'T F', 'T F']);
  });
});

describe('pcapflow read --format zeek-json', () => {
  it('has objects with what is set', async () => {
    const objects = (await read('-f', 'zeek-json')).map((line) => JSON.parse(line) as Record<string, unknown>);
    const shown = objects.map(({ uid: _uid, ...rest }) => rest);
    expect(shown).toEqual([
      {
        ...{ ts: 1_700_000_000.123456, 'id.orig_h': ends.src, 'id.orig_p': 40_000, 'id.resp_h': ends.dst },
        ...{ 'id.resp_p': 80, proto: 'tcp', duration: 0.002001, orig_bytes: 5, resp_bytes: 0, conn_state: 'S1' },
        ...{ missed_bytes: 0, history: 'ShD', orig_pkts: 2, orig_ip_bytes: 85, resp_pkts: 1, resp_ip_bytes: 40 },
        ip_proto: 6,
      },
      {
        ...{ ts: 1_700_000_000.126458, 'id.orig_h': ends.src, 'id.orig_p': 5000, 'id.resp_h': ends.dst },
        ...{ 'id.resp_p': 53, proto: 'udp', conn_state: 'SHR', missed_bytes: 0, history: '^d', orig_pkts: 0 },
        ...{ orig_ip_bytes: 0, resp_pkts: 1, resp_ip_bytes: 35, ip_proto: 17 },
      },
      {
        ...{ ts: 1_700_000_000.127458, 'id.orig_h': ends.src, 'id.orig_p': 3, 'id.resp_h': ends.dst },
        ...{ 'id.resp_p': 1, proto: 'icmp', conn_state: 'OTH', missed_bytes: 0, orig_pkts: 1, orig_ip_bytes: 28 },
        ...{ resp_pkts: 0, resp_ip_bytes: 0, ip_proto: 1 },
      },
    ]);
    expect(objects.map(({ uid }) => uid)).toEqual(objects.map(() => expect.stringMatching(/^C[0-9A-Za-z]{17}$/)));
  });

  it('has other originators with other server ports', async () => {
    const line = (await read('-f', 'zeek-json', '--server-ports', '80/tcp,100-200/udp'))[1] ?? '';
    expect(JSON.parse(line)).toMatchObject({ 'id.orig_p': 53, history: 'D', conn_state: 'S0' });
  });

  it('has the lines of jsonl with the preset in its own names', async () => {
    const flows = (await read('-f', 'jsonl', '--preset', 'zeek')).map((line) => JSON.parse(line));
    expect(flows.map(({ srcPort, zeek }) => [srcPort, zeek.history, zeek.connState, zeek.srcIsOriginator])).toEqual([
      [40_000, 'ShD', 'S1', true],
      [5000, '^d', 'SHR', true],
      [0, null, 'OTH', true],
    ]);
  });
});

describe('a connection whose only segment was damaged', () => {
  const frame = tcp({ srcPort: 40_000, dstPort: 80, flags: 2, checksum: 1 }).over(ipv4(ends)).over(ethernet());
  const path = join(folder, 'damaged.pcap');
  writeFileSync(path, pcap([{ timestampNs: START_NS, frame }]));
  const output = join(folder, 'damaged');

  it.each([
    ['jsonl', '{"stats":{"both":{"ipBytes":{"min":null,"mean":null,"sd":null},"payload":{"max":null}}}}\n'],
    ['csv', 'stats_both_ipBytes_min,stats_both_ipBytes_mean,stats_both_ipBytes_sd,stats_both_payload_max\n,,,\n'],
  ])('has no sizes: %s', async (format, text) => {
    const options = ['--preset', 'zeek', '--checksums', 'drop', '--with', 'stats', '-f', format, '-o', output];
    const fields = ['ipBytes.min', 'ipBytes.mean', 'ipBytes.sd', 'payload.max'].map((name) => `stats.both.${name}`);
    await execute('read', ['--no-progress', ...options, '--fields', fields.join(','), path]);
    expect(readFileSync(output, 'utf8')).toBe(text);
  });
});

describe("what conn.log's formats refuse", () => {
  const fixed = (option: string) =>
    `--format zeek has the columns of conn.log; leave out ${option}, or choose jsonl or csv`;
  it.each([
    [['--fields', 'srcPort'], fixed('--fields')],
    [['--by', 'srcPort'], fixed('--by')],
    [['--with', 'identify', '--owner'], fixed('--owner and --process')],
    [['--unidirectional'], 'the preset zeek has flows of both directions; leave out unidirectional flows'],
    [['--local-nets', '10.0.0.0/33'], "'10.0.0.0/33' is not a network; write 10.0.0.0/8 or 2001:db8::/32"],
    [['--local-nets', '1:2::3::4'], "'1:2::3::4' is not a network; write 10.0.0.0/8 or 2001:db8::/32"],
    [['--server-ports', '80'], "'80' is not a server port; write 80/tcp, 53/udp or 6666-6669/tcp"],
    [['--server-ports', '9-8/tcp'], "'9-8/tcp' is not a server port; write 80/tcp, 53/udp or 6666-6669/tcp"],
  ])('is said with the remedy: %j', (options, message) => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'read', '-f', 'zeek', ...options, CAPTURE], {
      encoding: 'utf8',
    });
    expect(stderr).toBe(`pcapflow: ${message}\n`);
    expect(status).not.toBe(0);
  });
});
