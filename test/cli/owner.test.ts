/** `pcapflow owner` as a user meets it, with a local service. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mmdb } from '../builders/mmdb.ts';
import { startDns } from '../owner/dns_server.ts';
import { answerLine, correct, globalAddresses, HEADER } from '../owner/service.ts';
import type { startService } from '../owner/service.ts';
import { MAIN, OwnerCommand } from './owner_command.ts';
import type { Result } from './owner_command.ts';

const subject = new OwnerCommand('owner');
const EXIT = { OK: 0, CANNOT_START: 1, STRICT: 2, PART: 3 } as const;

const command = (args: readonly string[], input?: string): Promise<Result> =>
  subject.run(args, input === undefined ? {} : { input });

async function serve(answer: Parameters<typeof startService>[0]): Promise<readonly string[]> {
  return ['--server', '127.0.0.1', '--port', await subject.serve(answer)];
}

const cache = (): string => join(subject.home, 'pcapflow', 'owners.json');
const MIXED = ['8.8.8.8', '10.0.0.1', '2a00:1450::1', '9.9.9.9'];
/** Knows three, one of which is not announced. */
const mixed: Parameters<typeof startService>[0] = (_, socket) =>
  void socket.end(
    HEADER +
      answerLine('2a00:1450::1', { asn: '64501 64502', name: '=HYPERLINK("x") | \u001b[31mred' }) +
      'NA      | 9.9.9.9          | NA                  |    | other    |            | NA\n' +
      answerLine('8.8.8.8'),
  );

describe('output', () => {
  it('is a table by itself, with hostile text made harmless', async () => {
    const { status, out, err } = await command([...MIXED, ...(await serve(mixed))]);
    expect({ status, err }).toEqual({ status: EXIT.OK, err: '' });
    expect(out).toBe(
      [
        'ADDRESS          AS  PREFIX          CC  REGISTRY  ALLOCATED   NAME',
        '8.8.8.8       64500  8.8.8.0/24      NL  ripencc   2001-02-03  EXAMPLE-AS, NL',
        '10.0.0.1          -  -               -   -         -           siteLocal',
        '2a00:1450::1  64501  2a00:1450::/48  NL  ripencc   2001-02-03  =HYPERLINK("x") | \\x1b[31mred',
        '9.9.9.9           -  -               -   -         -           -',
        '',
      ].join('\n'),
    );
  });

  it('is json, ndjson or csv, with all that is known', async () => {
    const options = await serve(mixed);
    const json = await command([...MIXED, ...options, '--format', 'json']);
    const records = JSON.parse(json.out) as unknown[];
    expect(records).toEqual([
      {
        address: '8.8.8.8',
        asn: 64500,
        name: 'EXAMPLE-AS, NL',
        country: 'NL',
        prefix: '8.8.8.0/24',
        registry: 'ripencc',
        allocated: '2001-02-03',
        scope: 'global',
        asns: [64500],
      },
      {
        address: '10.0.0.1',
        asn: null,
        name: 'siteLocal',
        country: null,
        prefix: null,
        registry: null,
        allocated: null,
        scope: 'siteLocal',
        asns: [],
      },
      {
        address: '2a00:1450::1',
        asn: 64501,
        name: '=HYPERLINK("x") | \u001b[31mred',
        country: 'NL',
        prefix: '2a00:1450::/48',
        registry: 'ripencc',
        allocated: '2001-02-03',
        scope: 'global',
        asns: [64501, 64502],
      },
      {
        address: '9.9.9.9',
        asn: null,
        name: null,
        country: null,
        prefix: null,
        registry: null,
        allocated: null,
        scope: 'global',
        asns: [],
      },
    ]);
    const ndjson = await command([...MIXED, '--no-network', '--format', 'ndjson']);
    expect(
      ndjson.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(records);
    const csv = await command([...MIXED, '--no-network', '--format', 'csv']);
    expect(csv.out.split('\n').slice(0, 4)).toEqual([
      'address,asn,name,country,prefix,registry,allocated,scope,asns',
      '8.8.8.8,64500,"EXAMPLE-AS, NL",NL,8.8.8.0/24,ripencc,2001-02-03,global,64500',
      '10.0.0.1,,siteLocal,,,,,siteLocal,',
      '2a00:1450::1,64501,"\'=HYPERLINK(""x"") | \u001b[31mred",NL,2a00:1450::/48,ripencc,2001-02-03,global,64501 64502',
    ]);
    expect((await command(['2a00:1450::1', '--no-network', '--format', 'csv', '--csv-raw'])).out).toContain(
      ',"=HYPERLINK',
    );
    expect((await command(['--no-network', '--format', 'json'], '')).out).toBe('[\n]\n');
  });

  it('ends quietly when its reader is gone', () => {
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        'set -o pipefail; seq -f 10.0.%g.1 0 250 | "$0" "$1" owner --no-network -f ndjson | head -n 1; echo "${PIPESTATUS[1]}"',
        process.execPath,
        MAIN,
      ],
      { encoding: 'utf8', env: subject.env },
    );
    expect([stdout.split('\n').length, stdout.trimEnd().split('\n').at(-1), stderr]).toEqual([3, '0', '']);
  });
});

describe('addresses', () => {
  it('come from standard input, one per line, in their order', async () => {
    const addresses = globalAddresses(3_000);
    const options = await serve(correct);
    const { status, out } = await command([...options, '-f', 'ndjson'], `${addresses.join('\r\n')}\n\n   10.0.0.1   `);
    expect(status).toBe(EXIT.OK);
    const records = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { address: string; asn: number | null });
    expect(records.map(({ address }) => address)).toEqual([...addresses, '10.0.0.1']);
    expect(records.filter(({ asn }) => asn === 64500)).toHaveLength(3_000);
    expect(subject.service?.questions.every((question) => question.length <= 1_000)).toBe(true);
  });

  it('may come from both', async () => {
    const { out } = await command(['10.0.0.1', '-', '--no-network', '-f', 'csv'], '::1\n');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['address', '10.0.0.1', '::1']);
  });

  it('that are none: an argument cannot start, a line is skipped', async () => {
    for (const bad of ['localhost', '8.8.8.8/24', '1.2.3', 'fe80::1%eth0']) {
      expect(await command(['10.0.0.1', bad])).toMatchObject({
        status: EXIT.CANNOT_START,
        out: '',
        err: `pcapflow: not an IP address: ${JSON.stringify(bad)}\n`,
      });
    }
    const { status, out, err } = await command(
      ['--no-network', '-f', 'ndjson'],
      `\u001b[2J\n10.0.0.1\n${'x'.repeat(200_000)}\n::1\n${'bad\n'.repeat(20)}`,
    );
    expect(status).toBe(EXIT.PART);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
    expect(err).not.toContain('\u001b');
    expect(err.trimEnd().split('\n')).toHaveLength(11);
    expect(err).toContain('and 12 more lines are not addresses');
  });
});

describe('the cache', () => {
  it('answers for the whole prefix, also without the network', async () => {
    expect((await command(['8.8.8.8', ...(await serve(correct))])).status).toBe(EXIT.OK);
    expect((statSync(cache()).mode & 0o777).toString(8)).toBe('600');
    const { out } = await command(['8.8.8.200', '8.8.9.1', '--no-network', '-f', 'csv']);
    expect(out.split('\n').slice(1, 3)).toEqual([
      '8.8.8.200,64500,"EXAMPLE-AS, NL",NL,8.8.8.0/24,ripencc,2001-02-03,global,64500',
      '8.8.9.1,,,,,,,global,',
    ]);
    expect(subject.service?.questions).toEqual([['8.8.8.8']]);
  });

  it('behind a symbolic link is not used: one warning, and the answers are there', async () => {
    mkdirSync(join(subject.home, 'other'), { mode: 0o700 });
    symlinkSync(join(subject.home, 'other'), join(subject.home, 'pcapflow'));
    const { status, out, err } = await command(['8.8.8.8', ...(await serve(correct))]);
    expect(status).toBe(EXIT.OK);
    expect(out).toContain('EXAMPLE-AS, NL');
    expect(err).toBe(
      `pcapflow: warning: the cache of owners is off: ${join(subject.home, 'pcapflow')} is a symbolic link\n`,
    );
  });

  it('that is broken is set aside', async () => {
    mkdirSync(join(subject.home, 'pcapflow'), { mode: 0o700 });
    writeFileSync(cache(), '{"version":1');
    const { status, err } = await command(['8.8.8.8', ...(await serve(correct))]);
    expect({ status, err }).toEqual({ status: EXIT.OK, err: '' });
    expect(readFileSync(`${cache()}.bad`, 'utf8')).toBe('{"version":1');
    expect(JSON.parse(readFileSync(cache(), 'utf8'))).toMatchObject({ version: 1 });
  });
});

describe('a service that fails', () => {
  it('leaves fields empty, warns once and exits with 0, or with --strict 2', async () => {
    const options = await serve((_, socket) => void socket.end('no such service\u001b[2J\n'));
    for (const [strict, status] of [
      [[], EXIT.OK],
      [['--strict'], EXIT.STRICT],
    ] as const) {
      const result = await command(['8.8.8.8', '10.0.0.1', ...options, ...strict, '-f', 'csv']);
      expect(result).toEqual({
        status,
        out: 'address,asn,name,country,prefix,registry,allocated,scope,asns\n8.8.8.8,,,,,,,global,\n10.0.0.1,,siteLocal,,,,,siteLocal,\n',
        err: 'pcapflow: warning: 127.0.0.1: no owner for 1 of 1 addresses: the answer does not begin with "Bulk mode"\n',
      });
    }
    expect(existsSync(cache())).toBe(false);
  });

  it('is no failure when nothing had to be asked', async () => {
    const options = await serve((_, socket) => void socket.destroy());
    expect((await command(['10.0.0.1', ...options, '--strict'])).status).toBe(EXIT.OK);
    expect((await command(['8.8.8.8', '--no-network', '--strict'])).status).toBe(EXIT.OK);
  });
});

describe('other sources', () => {
  it('a local database is asked instead of service and cache', async () => {
    const file = join(subject.home, 'asn.mmdb');
    writeFileSync(
      file,
      mmdb({ '8.8.8.0/24': { autonomous_system_number: 15169, autonomous_system_organization: 'GOOGLE' } }),
    );
    const { status, out } = await command([
      '8.8.8.8',
      '9.9.9.9',
      '--owner-db',
      file,
      '-f',
      'csv',
      ...(await serve(correct)),
    ]);
    expect(status).toBe(EXIT.OK);
    expect(out.split('\n').slice(1, 3)).toEqual([
      '8.8.8.8,15169,GOOGLE,,8.8.8.0/24,,,global,15169',
      '9.9.9.9,,,,,,,global,',
    ]);
    expect(subject.service?.questions).toEqual([]);
    expect(existsSync(cache())).toBe(false);
    for (const bad of [join(subject.home, 'missing'), MAIN]) {
      expect(await command(['8.8.8.8', '--owner-db', bad])).toMatchObject({
        status: EXIT.CANNOT_START,
        out: '',
        err: expect.stringContaining(`${bad} cannot be used`),
      });
    }
  });

  it('owner asks over DNS', async () => {
    const dns = await startDns((name) =>
      name.startsWith('as')
        ? ['64500 | NL | ripencc | 2001-02-03 | EXAMPLE-AS, NL']
        : ['64500 | 8.8.8.0/24 | NL | ripencc | 2001-02-03'],
    );
    const [host = '', port = ''] = dns.address.split(':');
    const { out } = await command(['8.8.8.8', '--dns', '--server', host, '--port', port, '-f', 'csv']);
    await dns.close();
    expect(out.split('\n')[1]).toBe('8.8.8.8,64500,"EXAMPLE-AS, NL",NL,8.8.8.0/24,ripencc,2001-02-03,global,64500');
  });
});

describe('options', () => {
  it.each([
    [['--format', 'xml'], '--format is xml'],
    [['--port', '0'], 'port is 0'],
    [['--port', 'x'], '--port is "x"'],
    [['--port', '65536'], 'port is 65536'],
    [['--no-such'], '--no-such'],
    [['--dns', '--server', 'name.example'], 'Invalid IP address: name.example'],
  ])('that make no sense cannot start: %s', async (args, message) => {
    const { status, out, err } = await command(['8.8.8.8', ...args]);
    expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('are all in the help', async () => {
    const { status, out } = await command(['--help']);
    expect(status).toBe(EXIT.OK);
    for (const option of [
      '--format',
      '--no-network',
      '--owner-db',
      '--dns',
      '--server',
      '--port',
      '--csv-raw',
      '--strict',
    ])
      expect(out).toContain(option);
  });
});
