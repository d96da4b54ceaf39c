/** `pcapflow read --owner`: flows with the networks of their addresses; and that nothing of it happens without it. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mmdb } from '../builders/mmdb.ts';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { answerLine, correct, globalAddresses, HEADER, startService } from '../owner/service.ts';
import { MAIN, OwnerCommand, ROOT } from './owner_command.ts';
import type { Result } from './owner_command.ts';

const SOCKET_SPY = join(ROOT, 'test/cli/socket_spy.cjs');
const subject = new OwnerCommand('read');
const hasStrace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;

const EXIT = { OK: 0, CANNOT_START: 1 } as const;

const command = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> => subject.run(args, { env });

async function serve(answer: Parameters<typeof startService>[0]): Promise<readonly string[]> {
  return ['--owner', '--owner-server', '127.0.0.1', '--owner-port', await subject.serve(answer)];
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(subject.folder, name);
  writeFileSync(path, bytes);
  return path;
}

const START_NS = 1_700_000_000_000_000_000n;
const frame = (src: string, dst: string, n = 0): Uint8Array =>
  Uint8Array.from(
    udp({ srcPort: 1024 + n, dstPort: 53 })
      .over(ipv4({ src, dst }))
      .over(ethernet()),
  );
const capture = (pairs: readonly (readonly [string, string])[]): Uint8Array =>
  pcap(pairs.map(([src, dst], n) => ({ timestampNs: START_NS + BigInt(n) * 1_000_000n, frame: frame(src, dst) })));

const few = file(
  'few.pcap',
  capture([
    ['10.0.0.1', '8.8.8.8'],
    ['9.9.9.9', '10.0.0.1'],
    ['8.8.8.9', '11.1.1.1'],
  ]),
);
const hostileName = '=1+1 | \u001b[2Jred Ünïcode';
const three: Parameters<typeof startService>[0] = (_, socket) =>
  void socket.end(
    HEADER +
      answerLine('8.8.8.8', { name: hostileName }) +
      answerLine('8.8.8.9', { name: hostileName }) +
      'NA      | 9.9.9.9          | NA                  |    | other    |            | NA\n',
  );
const ANNOUNCED = { asn: 64500, name: hostileName, country: 'NL', prefix: '8.8.8.0/24' };
const NOT_ANNOUNCED = { asn: null, name: null, country: null, prefix: null };

const records = (out: string): { srcAddress: string; dstAddress: string; srcOwner: unknown; dstOwner: unknown }[] =>
  out
    .trimEnd()
    .split('\n')
    .map(
      (line) => JSON.parse(line) as { srcAddress: string; dstAddress: string; srcOwner: unknown; dstOwner: unknown },
    );

/** Lines without what --owner puts behind them. */
const withoutOwners = (out: string): string =>
  out.replaceAll(/,"srcOwner":(?:null|\{[^}]*\}),"dstOwner":(?:null|\{[^}]*\})\}$/gm, '}');

describe('--where about owners', () => {
  const all = capture([
    ['10.0.0.1', '8.8.8.8'],
    ['9.9.9.9', '10.0.0.1'],
    ['8.8.8.9', '11.1.1.1'],
    ['10.0.0.1', '10.0.0.2'],
  ]);

  it('leaves flows out when their owners are known, and counts them', async () => {
    const path = file('where.pcap', all);
    const database = file('where.mmdb', mmdb({ '8.8.8.0/24': { autonomous_system_number: 15169 } }));
    const asn = 'dstOwner.asn = 15169 or srcOwner.asn = 15169 and bytes > 0';
    const args = [path, '--owner', '--owner-db', database, '--where', asn];
    const { status, out, err } = await command([...args, '-f', 'jsonl', '--stats', '-']);
    expect(status).toBe(EXIT.OK);
    expect(records(out).map(({ srcAddress, dstAddress }) => [srcAddress, dstAddress])).toEqual([
      ['10.0.0.1', '8.8.8.8'],
      ['8.8.8.9', '11.1.1.1'],
    ]);
    expect(JSON.parse(err)).toMatchObject({ flowsEnded: 4, flowsLeftOut: 2 });
    const table = await command([...args, '-f', 'table']);
    expect(table.out.trimEnd().split('\n')).toHaveLength(3);
    expect(table.err).toMatch(/^\n2 of 4 flows, /);
  });

  it('is refused where nobody waits for them, or looks them up', async () => {
    const asks = ['--where', 'srcOwner.country = NL'];
    const owner = ['--owner', '--owner-db', file('no.mmdb', mmdb({}))];
    for (const [args, message] of [
      [[few, ...asks], "'srcOwner.country' needs owners; add --owner"],
      [[few, '--by', 'owner.asn'], "'srcOwner.asn' needs owners; add --owner"],
      [[few, '--sort', 'owner.asn', ...owner], 'name one: srcOwner.asn, dstOwner.asn'],
      [[few, ...asks, ...owner, '-f', 'none'], 'cannot have --format none; choose table, jsonl or csv'],
    ] as const) {
      const { status, out, err } = await command(args);
      expect(status).toBe(EXIT.CANNOT_START);
      expect(out).toBe('');
      expect(err).toContain(message);
    }
  });
});

describe('owners', () => {
  const path = file(
    'sums.pcap',
    capture([
      ['10.0.0.1', '8.8.8.8'],
      ['10.0.0.2', '9.9.9.9'],
      ['8.8.8.9', '9.9.9.9'],
      ['10.0.0.3', '8.8.8.8'],
    ]),
  );
  const database = file(
    'sums.mmdb',
    mmdb({
      '8.8.8.0/24': { autonomous_system_number: 15169, autonomous_system_organization: hostileName },
      '9.9.9.0/24': { autonomous_system_number: 19281, autonomous_system_organization: 'QUAD9, CH' },
    }),
  );
  const read = (...args: readonly string[]) => command([path, '--owner', '--owner-db', database, ...args]);

  it('sum up flows, of either end too', async () => {
    const sums = async (...args: readonly string[]): Promise<readonly unknown[]> =>
      records((await read('-f', 'jsonl', ...args)).out).map((record) => Object.values(record).slice(0, 2));
    expect(await sums('--by', 'dstOwner.asn')).toEqual([
      [15169, 2],
      [19281, 2],
    ]);
    expect(await sums('--by', 'owner.asn', '--sort', '-flows')).toEqual([
      [null, 3],
      [15169, 3],
      [19281, 2],
    ]);
    expect(await sums('--by', 'dstOwner.name', '--where', 'srcAddress = 10.0.0.2')).toEqual([['QUAD9, CH', 1]]);
    const { out } = await read('-f', 'csv', '--by', 'dstOwner.name', '--sort', 'dstOwner.name', '--top', '1');
    expect(out).toBe(
      `dstOwner_name,flows,packets,bytes\n"'${hostileName}",2,2,56\n`.replace('"', '').replace('",', ','),
    );
    const table = await read('-f', 'table', '--by', 'owner.name');
    expect(table.out).toContain('QUAD9, CH');
    expect(table.out).not.toContain('\u001b');
  });

  it('put flows in order', async () => {
    for (const by of [
      ['--sort', '-dstOwner.asn'],
      ['--sort', '-srcAddress', '--where', 'dstOwner.asn = 19281'],
    ]) {
      const { status, out, err } = await read('-f', 'jsonl', ...by, '--top', '2');
      expect([status, err]).toEqual([EXIT.OK, '']);
      expect(
        records(out)
          .map(({ srcAddress }) => srcAddress)
          .sort(),
      ).toEqual(['10.0.0.2', '8.8.8.9']);
    }
  });
});

describe('flows', () => {
  it('in JSON Lines have both owners: null for private and unknown ones', async () => {
    const { status, out, err } = await command([few, ...(await serve(three))]);
    expect(status).toBe(EXIT.OK);
    expect(records(out).map(({ srcOwner, dstOwner }) => [srcOwner, dstOwner])).toEqual([
      [null, ANNOUNCED],
      [NOT_ANNOUNCED, null],
      [ANNOUNCED, null],
    ]);
    expect(subject.service?.questions).toEqual([['8.8.8.8', '9.9.9.9', '8.8.8.9', '11.1.1.1']]);
    expect(err).toBe('pcapflow: warning: 127.0.0.1: no owner for 1 of 4 addresses: it says nothing of them\n');
  });

  it('in csv have eight more columns', async () => {
    const { out } = await command([few, ...(await serve(three)), '--format', 'csv']);
    const [header = '', ...lines] = out.trimEnd().split('\n');
    const plain = (await command([few, '--format', 'csv'])).out.trimEnd().split('\n');
    expect(header).toBe(`${plain[0]},srcAsn,srcAsName,srcCountry,srcPrefix,dstAsn,dstAsName,dstCountry,dstPrefix`);
    const owner = `64500,'${hostileName},NL,8.8.8.0/24`;
    expect(lines).toEqual([`${plain[1]},,,,,${owner}`, `${plain[2]},,,,,,,,`, `${plain[3]},${owner},,,,`]);
  });

  it('in a table have two more columns, with hostile names made harmless', async () => {
    const { out, err } = await command([few, ...(await serve(three)), '--format', 'table']);
    expect(out.split('\n').map((line) => line.slice(38))).toEqual([
      'PROTO  SOURCE         DESTINATION  PACKETS       BYTES  FLAGS  END  SOURCE OWNER                      DESTINATION OWNER',
      'UDP    10.0.0.1:1024  8.8.8.8:53     1 / 0  28 B / 0 B         end  -                                 AS64500 =1+1 | \\x1b[2Jred Ünïco…',
      'UDP    9.9.9.9:1024   10.0.0.1:53    1 / 0  28 B / 0 B         end  -                                 -',
      'UDP    8.8.8.9:1024   11.1.1.1:53    1 / 0  28 B / 0 B         end  AS64500 =1+1 | \\x1b[2Jred Ünïco…  -',
      '',
    ]);
    expect(err).toContain('3 flows');
  });

  const captures = [
    'tour.pcap',
    'icmp.pcap',
    'ipv6-extensions.pcap',
    'malformed.pcap',
    'other-transports.pcap',
    'sections.pcapng',
    'tcp-flags.pcap',
    'tunnel-nested.pcap',
  ];
  it('are otherwise the same bytes', async () => {
    const database = file(
      'empty.mmdb',
      mmdb({ '1.0.0.0/24': { autonomous_system_number: 1, autonomous_system_organization: 'ONE' } }),
    );
    for (const name of captures) {
      const expected = readFileSync(join(ROOT, 'pcaps', `${name.replace(/\.pcap(ng)?$/, '')}.flows.jsonl`), 'utf8');
      const { out } = await command([join('pcaps', name), '--owner', '--owner-db', database]);
      expect(withoutOwners(out), name).toBe(expected);
      expect(out, name).toContain('"srcOwner":');
    }
    expect(existsSync(join(subject.home, 'pcapflow'))).toBe(false);
  });

  it('keep their order while they wait, and are asked for in batches of at most 1,000 addresses', async () => {
    const addresses = globalAddresses(4_500);
    const pairs = addresses.map((address, n): [string, string] =>
      n % 2 === 0 ? ['10.0.0.1', address] : [address, addresses[n - 1] ?? ''],
    );
    const path = file('many.pcap', capture(pairs));
    const { status, out, err } = await command([path, ...(await serve(correct))]);
    expect({ status, err }).toEqual({ status: EXIT.OK, err: '' });
    expect(withoutOwners(out)).toBe((await command([path])).out);
    const expected = (address: string): unknown =>
      address === '10.0.0.1' ? null : expect.objectContaining({ prefix: `${address.slice(0, -1)}0/24` });
    for (const { srcAddress, dstAddress, srcOwner, dstOwner } of records(out))
      expect([srcOwner, dstOwner]).toEqual([expected(srcAddress), expected(dstAddress)]);
    const sizes = subject.service?.questions.map((question) => question.length) ?? [];
    expect(new Set(subject.service?.questions.flat()).size).toBe(4_500);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4_500);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(sizes.length).toBeLessThanOrEqual(6);
  });

  it('come out while a pipe is still open', async () => {
    const options = await serve(correct);
    const child = spawn(process.execPath, [MAIN, 'read', '-', ...options], { cwd: ROOT, env: subject.env });
    const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
    let out = '';
    const first = new Promise<void>((resolve) =>
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        resolve();
      }),
    );
    // The second flow begins when the first has been silent for long enough to be over.
    child.stdin.write(
      pcap([
        { timestampNs: START_NS, frame: frame('10.0.0.1', '8.8.8.8') },
        { timestampNs: START_NS + 3_600_000_000_000n, frame: frame('10.0.0.1', '9.9.9.9') },
      ]),
    );
    await first;
    expect(records(out)).toMatchObject([{ dstAddress: '8.8.8.8', dstOwner: { asn: 64500 } }]);
    child.stdin.end();
    expect(await exit).toBe(EXIT.OK);
    expect(records(out)).toMatchObject([
      { dstAddress: '8.8.8.8' },
      { dstAddress: '9.9.9.9', dstOwner: { asn: 64500 } },
    ]);
  });
});

describe('a source', () => {
  it('that fails leaves owners empty and everything else as it is: one warning, exit 0', async () => {
    const options = await serve((_, socket) => void socket.destroy());
    const { status, out, err } = await command([few, ...options]);
    expect(status).toBe(EXIT.OK);
    expect(withoutOwners(out)).toBe((await command([few])).out);
    expect(records(out).every(({ srcOwner, dstOwner }) => srcOwner === null && dstOwner === null)).toBe(true);
    expect(err).toMatch(/^pcapflow: warning: 127\.0\.0\.1: no owner for 4 of 4 addresses: [^\n]*\n$/);
  });

  it('that knew the owners before is not asked again: the cache does', async () => {
    const options = await serve(correct);
    const first = await command([few, ...options]);
    const second = await command([few, ...options]);
    expect(second).toEqual(first);
    expect(subject.service?.questions).toHaveLength(1);
  });

  it('that is a local database asks nobody', async () => {
    const database = file(
      'asn.mmdb',
      mmdb({
        '8.8.8.0/24': {
          autonomous_system_number: 15169,
          autonomous_system_organization: 'GOOGLE',
          country: { iso_code: 'US' },
        },
      }),
    );
    const { status, out, err } = await command([few, ...(await serve(correct)), '--owner-db', database]);
    expect({ status, err }).toEqual({ status: EXIT.OK, err: '' });
    expect(records(out)[0]).toMatchObject({
      srcOwner: null,
      dstOwner: { asn: 15169, name: 'GOOGLE', country: 'US', prefix: '8.8.8.0/24' },
    });
    expect(subject.service?.questions).toEqual([]);
  });

  it('that cannot be used stops the command before the output is touched', async () => {
    const output = file('kept', Buffer.from('kept'));
    for (const args of [
      ['--owner', '--owner-db', join(subject.folder, 'missing')],
      ['--owner', '--owner-port', '0'],
      ['--owner-db', few],
      ['--owner-port', '43'],
      ['--owner-server', 'x'],
      ['--owner-dns'],
    ]) {
      const { status, out, err } = await command([few, '-o', output, ...args]);
      expect([status, out], args.join(' ')).toEqual([EXIT.CANNOT_START, '']);
      expect(err).toMatch(/^pcapflow: [^\n]+\n$/);
      expect(readFileSync(output, 'utf8')).toBe('kept');
    }
  });
});

describe('--owner with --format none', () => {
  const missing = ['--owner', '--owner-db', join(subject.folder, 'missing')];

  it.each(['csv', 'jsonl', 'none'])('says that a database is missing, like other formats: %s', async (format) => {
    const { status, out, err } = await command([few, '-f', format, ...missing]);
    expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
    expect(err).toContain('missing cannot be used as a database of owners: ENOENT');
  });

  it('says it before live captures anything', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'live', 'no-interface', '-f', 'none', ...missing], {
      encoding: 'utf8',
    });
    expect(status).toBe(EXIT.CANNOT_START);
    expect(stderr).toContain('missing cannot be used as a database of owners: ENOENT');
  });

  it('reads the database, and the capture', async () => {
    const database = file('none.mmdb', mmdb({ '8.8.8.0/24': { autonomous_system_number: 15169 } }));
    const { status, out, err } = await command([few, '-f', 'none', '--owner', '--owner-db', database, '--stats', '-']);
    expect([status, out]).toEqual([EXIT.OK, '']);
    expect(JSON.parse(err)).toMatchObject({ flowsEnded: 3 });
  });

  it('asks no service about owners', async () => {
    const { status } = await command([few, '-f', 'none', ...(await serve(correct))]);
    expect(status).toBe(EXIT.OK);
    expect(subject.service?.questions).toEqual([]);
  });
});

describe('without --owner', () => {
  /** Standard output is a file: a pipe is a socket of its own kind. */
  async function spied(args: readonly string[]): Promise<{ opened: string[]; loaded: string[] }> {
    const report = join(subject.home, 'report');
    const { status } = await command([...args, '-o', join(subject.home, 'flows')], {
      NODE_OPTIONS: `--require=${SOCKET_SPY}`,
      SPY_REPORT: report,
    });
    expect(status).toBe(EXIT.OK);
    return JSON.parse(readFileSync(report, 'utf8')) as { opened: string[]; loaded: string[] };
  }

  it('no socket is opened and nothing of the look-up is loaded; with it they are', async () => {
    const owned = await spied([few, ...(await serve(correct))]);
    expect(owned.opened).toContain('connect');
    // Not the help text, which names the service too.
    const isOwners = (path: string): boolean =>
      readFileSync(path, 'utf8').match(/class CymruSource|CymruSource = class/) !== null;
    expect(owned.loaded.filter(isOwners)).not.toEqual([]);
    for (const format of ['jsonl', 'csv', 'table', 'none']) {
      const plain = await spied([few, '--format', format]);
      expect(plain.opened).toEqual([]);
      expect(plain.loaded.filter(isOwners)).toEqual([]);
    }
    expect(subject.service?.questions).toHaveLength(1);
  });

  it.skipIf(!hasStrace)(
    'the system is asked for no socket of the Internet, nor with a local database (needs strace)',
    async () => {
      const trace = (...args: readonly string[]): string => {
        const log = join(subject.home, 'trace');
        const { status } = spawnSync(
          'strace',
          ['-f', '-qq', '-e', 'trace=socket,connect,sendto', '-o', log, process.execPath, MAIN, 'read', ...args],
          { cwd: ROOT, env: subject.env },
        );
        expect(status).toBe(EXIT.OK);
        return readFileSync(log, 'utf8');
      };
      const database = file('trace.mmdb', mmdb({ '8.8.8.0/24': { autonomous_system_number: 15169 } }));
      expect(trace(few)).not.toMatch(/AF_INET/);
      expect(trace(few, '--owner', '--owner-db', database)).not.toMatch(/AF_INET/);
      const closed = await startService(correct);
      await closed.close();
      expect(trace(few, '--owner', '--owner-server', '127.0.0.1', '--owner-port', String(closed.port))).toMatch(
        /AF_INET/,
      );
    },
  );
});
