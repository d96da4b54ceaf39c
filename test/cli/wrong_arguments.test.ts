/** Wrong command lines end with the status of "cannot start", before anything is done, and say why. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { caughtOutput } from './caught_output.ts';
import type { CaughtOutput } from './caught_output.ts';
import { execute } from './execute.ts';
import { MAIN } from './owner_command.ts';

async function run(line: string): Promise<CaughtOutput> {
  const [name = '', ...args] = line.split(' ');
  return caughtOutput(() => execute(name, args));
}

describe('a wrong command line', () => {
  it.each([
    ['read --fliter tcp', "unknown option '--fliter'; did you mean '--filter'?"],
    ['read --flow-timout 5', "unknown option '--flow-timout'; did you mean '--flow-timeout'?"],
    ['read --flowTimeout 5', "unknown option '--flowTimeout'; did you mean '--flow-timeout'?"],
    ['read --zebra', "unknown option '--zebra'; see pcapflow read --help"],
    ['read -x', "unknown option '-x'; see pcapflow read --help"],
    ['read -hx', "unknown option '-x'"],
    ['read --filter', '--filter needs a value: EXPR'],
    ['read -F', '-F needs a value: EXPR'],
    ['read --filter --stats', "--filter needs a value, and '--stats' looks like an option; write --filter=--stats"],
    ['read --decapsulate=yes', '--decapsulate takes no value, and has "yes"'],
    ['read --help=yes', '--help takes no value, and has "yes"'],
    ['read --help --zebra', "unknown option '--zebra'"],
    [
      'read --format json',
      '--format is json; it must be one of table, jsonl, csv, cic, nfstream, zeek, zeek-json, ecs, ',
    ],
    ['read --flow-timeout 0', '--flow-timeout is 0; it must be a number of seconds above 0, at most 31536000'],
    ['read --flow-timeout 1e-10', '--flow-timeout is 1e-10; it must be a number of seconds above 0'],
    ['read --flow-timeout=-1', '--flow-timeout is -1; it must be'],
    ['read --fin-timeout often', '--fin-timeout is "often"; it must be a number of seconds from 0 to 31536000'],
    ['read --snaplen=', '--snaplen is ""; it must be a whole number from 64 to 262144'],
    ['read --snaplen 63', '--snaplen is 63; it must be a whole number from 64 to 262144'],
    ['read --snaplen 100.5', '--snaplen is 100.5; it must be a whole number'],
    ['read --max-flows 16000001', '--max-flows is 16000001; it must be a whole number from 1 to 16000000'],
    ['read --block-size 1', '--block-size is 1; it must be a whole number of bytes from 64 to 67108864'],
    ['read --fragments drop', '--fragments is drop; it must be one of attribute, port0'],
    ['read --owner-db x', '--owner-db requires --owner'],
    ['read --owner-dns', '--owner-dns requires --owner'],
    ['read --owner --owner-port 0', '--owner-port is 0; it must be a whole number from 1 to 65535'],
    ['read --payload-only', '--payload-only needs the group first-packets; add --with first-packets'],
    ['read --with payload=9 --community-id-seed 1', '--community-id-seed needs the group community-id; add --with'],
    ['read --with tcp --idle-threshold 3', '--idle-threshold needs the group activity; add --with activity'],
    ['read -f jsonl --local-nets 10.0.0.0/33', '--local-nets needs the group zeek; add --with zeek'],
    ['live lo --server-ports 80/tcp', '--server-ports needs the group zeek; add --with zeek'],
    ['replay x --secrets', '--secrets needs the group identify; add --with identify'],
    ['read --no-port-guess', '--no-port-guess needs the group identify; add --with identify'],
    ['read -f zeek --preset cic', "--format zeek has flows by Zeek's rules; leave out --preset cic"],
    ['live lo -f zeek-json --preset cic', "--format zeek-json has flows by Zeek's rules; leave out --preset cic"],
    ['read /no/such/file', 'no such file'],
    ['read --with first-packets=3 --payload-only /no/such/file', '/no/such/file: no such file'],
    ['read -f cic --idle-threshold 3 /no/such/file', '/no/such/file: no such file'],
    ['read --preset zeek --local-nets 10.0.0.0/8 /no/such/file', '/no/such/file: no such file'],
    ['read -f jsonl -o /dev/null -f cic -o - --idle-threshold 3 /no/such/file', '/no/such/file: no such file'],
    ['live', 'no interface is named'],
    ['live lo --ring 3', '--ring is 3; it must be a power of two from 2 to 1024'],
    ['live lo --ring 1', '--ring is 1; it must be a power of two from 2 to 1024'],
    ['live lo --buffer 2048', '--buffer is 2048; it must be a whole number of MiB from 1 to 2047'],
    ['live lo --buffer 1.5', '--buffer is 1.5; it must be a whole number of MiB'],
    ['live lo --count 0', '--count is 0; it must be a whole number from 1 on'],
    ['live lo --duration 0', '--duration is 0; it must be a number of seconds above 0, at most 2147483'],
    ['live lo --capture pcap', '--capture is pcap; it must be one of cap, tcpdump'],
    ['live lo --user nobody-of-that-name', 'nobody-of-that-name'],
    ['live --list --zebra', "unknown option '--zebra'"],
    ['top lo --interval 3601', '--interval is 3601; it must be a number of seconds from 0.1 to 3600'],
    ['top lo --format csv', "unknown option '--format'"],
    ['replay', 'no file is named'],
    ['replay x --speed 0', "--speed is 0; it must be a number above 0, or 'max'"],
    ['replay x --speed Infinity', '--speed is Infinity; it must be'],
    ['filter', 'usage: pcapflow filter'],
    ['filter', 'pcapflow: a filter is needed\n'],
    ['generate', 'pcapflow: --profile is needed\n'],
    ['generate --profile mix', 'pcapflow: --packets is needed\n'],
    ['plan', 'pcapflow: a capture is needed\n'],
    ['plan x', 'pcapflow: --output is needed\n'],
    ['shard', 'pcapflow: --plan is needed\n'],
    ['query', 'pcapflow: SQL and a capture are needed\n'],
    ['cluster', 'pcapflow: an action is needed\n'],
    ['filter -dd tcp', '-d is given once (text) or three times (numbers)'],
    ['filter tcp --linktype X', 'link type X is not known'],
    ['owner 1.2.3', '"1.2.3"'],
    ['owner 192.0.2.1 --port 65536', '--port is 65536; it must be a whole number from 1 to 65535'],
    ['owner --format xml', '--format is xml; it must be one of table, json, ndjson, csv'],
    ['sockets extra', "unexpected argument 'extra'; see pcapflow sockets --help"],
    ['sockets --pid 0', '--pid is "0"'],
    ['sockets --name=', '--name is empty'],
    ['sockets --state zebra', 'zebra'],
    ['sockets --columns pid,size', '--columns is size'],
    ['sockets --sort -m', "--sort needs a value, and '-m' looks like an option; write --sort=-m"],
    ['sockets --sort -size', '--sort is size; it must be one of proto'],
    ['sockets --watch 0', '--watch is 0; it must be a number of seconds from 0.1 to 86400'],
    ['sockets --color yes', '--color is yes; it must be one of auto, always, never'],
    ['netstat --color yes', '--color is yes'],
    ['connections', '--pid N or --name NAME is needed'],
    ['connections extra', "unexpected argument 'extra'"],
    ['connections --pid 0x10', '--pid is "0x10"; it must be a whole number from 1 on'],
    ['connections --pid 0', '--pid is 0; it must be a whole number from 1 on'],
    ['connections --pid 99999999999999999999', '--pid is 99999999999999999999; it must be'],
    ['connections --pid 1 --timeout 0', '--timeout is 0; it must be a number of seconds above 0'],
    ['connections --pid 1 --timeout 9e9', '--timeout is 9e9; it must be'],
    ['connections --name=', '--name is empty'],
    ['lookup tcp', '1 arguments; PROTO LOCAL REMOTE are needed'],
    ['lookup icmp 192.0.2.1:1 192.0.2.2:1', 'PROTO is icmp; it must be one of tcp, udp'],
    ['lookup tcp 192.0.2.1 192.0.2.2:1', 'LOCAL is "192.0.2.1"'],
    ['lookup tcp 192.0.2.1:1 192.0.2.2:1 --format xml', '--format is xml; it must be one of text, json'],
  ])('%s refuses its arguments: %s', async (line, message) => {
    const { status, out, err } = await run(line);
    expect(err).toContain(message);
    expect([status, out]).toEqual([1, '']);
  });

  it.each([
    ['raed', "pcapflow: unknown command 'raed'; did you mean 'read'?\nusage: pcapflow read"],
    ['socket', "unknown command 'socket'; did you mean 'sockets'?"],
    ['zebra', "pcapflow: unknown command 'zebra'\nusage: pcapflow read"],
    ['constructor', "unknown command 'constructor'\n"],
  ])('a command %s: %s', (name, message) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, name], { encoding: 'utf8' });
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([1, '']);
  });
});

describe('help', () => {
  it.each(['read --help --snaplen 5', 'live --list --help', 'sockets -h --watch 0', 'read -h --owner-dns'])(
    'comes first, whatever values stand beside it: %s',
    async (line) => {
      const { status, out, err } = await run(line);
      expect([status, err]).toEqual([0, '']);
      expect(out).toMatch(/^usage: pcapflow /);
    },
  );

  it('does not keep the list of interfaces from coming, and neither do wrong values', async () => {
    const { status, out } = await run('live --list --snaplen 5');
    expect([status, out.split(' ')[0]]).toEqual([0, 'NAME']);
  });
});
