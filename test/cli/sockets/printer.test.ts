import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { COLUMN_NAMES } from '../../../src/options/host_commands.ts';
import { DEFAULT_COLUMNS } from '../../../src/cli/sockets/socket_columns.ts';
import type { SocketEntry } from '../../../src/cli/sockets/socket_columns.ts';
import { printerOf } from '../../../src/cli/sockets/printer.ts';
import type { PrinterOptions, Target } from '../../../src/cli/sockets/printer.ts';
import { localOwner, ownerOf } from '../../../src/owner/owner.ts';
import { entry } from './entry.ts';

const HOSTILE = '\u001b[31mA\n\u202e';
const HARMLESS = '\\x1b[31mA\\x0a\\u{202e}';

const google = ownerOf([
  { asn: 15169, name: 'GOOGLE, US', country: 'US', prefix: '8.8.8.0/24', registry: 'arin', allocated: null },
]);
const ENTRIES: readonly SocketEntry[] = [
  entry({
    row: { local: '10.0.0.1', localPort: 41000, remote: '8.8.8.8', remotePort: 443 },
    pid: 4242,
    name: 'curl',
    user: 'root',
    owner: google,
    service: 'HTTPS',
  }),
  entry({ row: { local: '::', localPort: 22, state: 10 }, pid: 1, name: 'sshd', user: 'root', service: 'SSH' }),
  entry({
    protocol: 'udp',
    row: { local: 'fe80::1', localPort: 53, remote: 'fe80::2', remotePort: 9, txQueue: 5, rxQueue: 700 },
    owner: localOwner('linkLocal'),
  }),
];

const print = (
  entries: readonly SocketEntry[],
  options: Partial<PrinterOptions> = {},
  target: Target = {},
  env: Record<string, string> = {},
): Promise<string> =>
  printerOf(
    { format: 'table', columns: DEFAULT_COLUMNS, csvRaw: false, color: 'auto', intervalMs: undefined, ...options },
    target,
    env,
  )(entries);

describe('a table', () => {
  it('is aligned; an address and its port are one', async () => {
    expect(await print(ENTRIES)).toBe(
      [
        'PROTO  LOCAL           REMOTE       STATE         PID  NAME  USER',
        'tcp    10.0.0.1:41000  8.8.8.8:443  established  4242  curl  root',
        'tcp    [::]:22         [::]:*       listen          1  sshd  root',
        'udp    [fe80::1]:53    [fe80::2]:9  established     -  -     -',
        '',
      ].join('\n'),
    );
  });

  it('has the columns that were asked for, in their order', async () => {
    expect(
      await print(ENTRIES, {
        columns: ['localPort', 'local', 'asn', 'asName', 'country', 'prefix', 'service', 'rxQueue', 'txQueue'],
      }),
    ).toBe(
      [
        'LPORT  LOCAL     AS       AS NAME     CC  PREFIX      SERVICE  RXQ  TXQ',
        '41000  10.0.0.1  AS15169  GOOGLE, US  US  8.8.8.0/24  HTTPS      0    0',
        '   22  ::        -        -           -   -           SSH        0    0',
        '   53  fe80::1   -        linkLocal   -   -           -        700    5',
        '',
      ].join('\n'),
    );
  });

  it('of nothing is its heading', async () => {
    expect(await print([])).toBe('PROTO  LOCAL  REMOTE  STATE  PID  NAME  USER\n');
  });

  it('shows names harmless, and aligned by what they take on a terminal', async () => {
    const names = [HOSTILE, '日本語', 'cafe\u0301', 'é', '👩‍👩‍👧'];
    const lines = (
      await print(
        names.map((name) => entry({ name, user: 'x' })),
        { columns: ['name', 'user'] },
      )
    )
      .trimEnd()
      .split('\n');
    expect(lines.slice(1)).toEqual(
      names.map((name) => {
        const shown = name === HOSTILE ? HARMLESS : name;
        return `${shown}${' '.repeat(HARMLESS.length - stringWidth(shown))}  x`;
      }),
    );
  });

  const wide = [
    ...ENTRIES,
    entry({
      pid: 7,
      name: '日本語日本',
      user: 'ünï',
      owner: ownerOf([{ asn: 1, name: '語'.repeat(40), country: null, prefix: null, registry: null, allocated: null }]),
    }),
  ];
  it('fits the width of a terminal, by display width, and keeps process and state', async () => {
    for (const entries of [ENTRIES, wide]) {
      const whole = (await print(entries, { columns: COLUMN_NAMES })).trimEnd().split('\n');
      const titles = (whole[0] ?? '').split(/ +/);
      const width = Math.max(...whole.map((line) => stringWidth(line)));
      for (let columns = 20; columns <= 200; columns++) {
        const lines = (await print(entries, { columns: COLUMN_NAMES }, { isTTY: true, columns }))
          .trimEnd()
          .split('\n')
          .map((line) => line.replaceAll(/\u001b\[[0-9;]*m/g, ''));
        expect(lines).toHaveLength(whole.length);
        for (const line of lines) expect(stringWidth(line), `${columns} columns: ${line}`).toBeLessThanOrEqual(columns);
        if (width <= columns) expect(lines).toEqual(whole);
        const shown = (lines[0] ?? '').trim().split(/ +/);
        // What is left has its order, and with some room whose socket it is does not go. Two columns are called NAME.
        let at = 0;
        for (const title of shown) at = titles.indexOf(title, at) + 1 || Number.NaN;
        expect(at, `${columns} columns: ${lines[0]}`).not.toBeNaN();
        if (columns >= 40) expect(shown).toEqual(expect.arrayContaining(['STATE', 'NAME']));
      }
    }
  });

  it.each([
    [80, 24],
    [120, 40],
    [160, 50],
  ])('at %i x %i has its titles on each screen, and all sockets', async (columns, rows) => {
    const many = Array.from({ length: 200 }, (_, n) =>
      entry({
        row: {
          local: '2001:db8:1234:5678::1',
          localPort: 40_000 + n,
          remote: '2001:db8:8765:4321::2',
          remotePort: 443,
        },
        pid: 10_000 + n,
        name: 'a-long-name-15c',
        user: 'www-data',
        command: `/usr/bin/program ${'argument '.repeat(30)}`,
        cgroup: '/system.slice/a-service.service',
      }),
    );
    const wanted = [...DEFAULT_COLUMNS, 'rxQueue', 'txQueue', 'inode', 'command', 'cgroup'] as const;
    const lines = (await print(many, { columns: wanted, color: 'never' }, { isTTY: true, columns, rows }))
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    const titles = lines.flatMap((line, n) => (line.startsWith('PROTO') ? [n] : []));
    expect(titles).toEqual(Array.from({ length: Math.ceil(200 / (rows - 2)) }, (_, n) => n * (rows - 1)));
    const sockets = lines.filter((line) => !line.startsWith('PROTO'));
    expect(sockets).toHaveLength(200);
    for (const [n, line] of sockets.entries())
      expect(line).toMatch(new RegExp(`\\]:443 +established +${10_000 + n} +a-long-name-15c`));
    expect(lines.slice(0, 2)).toMatchSnapshot();
    // A pipe has them once.
    const piped = (await print(many, { columns: wanted })).split('\n');
    expect(piped.filter((line) => line.startsWith('PROTO'))).toHaveLength(1);
  });

  it('is whole where there is no terminal, and 80 wide on one of unknown width', async () => {
    const name = 'x'.repeat(300);
    expect((await print([entry({ name })], { columns: ['name'] })).split('\n')[1]).toBe(name);
    expect(
      (await print([entry({ name })], { columns: ['name'] }, { isTTY: true, columns: 0 }, { TERM: 'dumb' })).split(
        '\n',
      )[1],
    ).toBe(`${'x'.repeat(79)}…`);
  });
});

describe('colours', () => {
  const terminal = { isTTY: true, columns: 200 };
  const codes = (text: string): string[] => [...new Set(text.match(/\u001b\[[0-9;]*m/g))];
  const without = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*m/g, '');
  const columns = ['proto', 'state', 'asName'] as const;

  it('say nothing that the text does not', async () => {
    const bare = await print(ENTRIES, { columns });
    for (const env of [{ TERM: 'xterm' }, { TERM: 'xterm-256color' }, { COLORTERM: 'truecolor' }]) {
      const painted = await print(ENTRIES, { columns }, terminal, env);
      expect(codes(painted).length).toBeGreaterThan(3);
      expect(without(painted)).toBe(bare);
    }
  });

  it('are of the palette that the terminal has', async () => {
    expect(codes(await print(ENTRIES, { columns }, terminal, { TERM: 'xterm' })).join('')).not.toContain('38;5');
    expect(await print(ENTRIES, { columns }, terminal, { TERM: 'xterm-256color' })).toContain(
      '\u001b[38;5;71mestablished\u001b[0m',
    );
    expect(await print(ENTRIES, { columns }, terminal, { COLORTERM: 'truecolor' })).toBe(
      await print(ENTRIES, { columns }, terminal, { TERM: 'xterm-256color' }),
    );
  });

  it.each([
    [{ TERM: 'xterm', NO_COLOR: '1' }, 'auto'],
    [{ TERM: 'dumb' }, 'auto'],
    [{ FORCE_COLOR: '3' }, 'never'],
    [{ FORCE_COLOR: '0' }, 'auto'],
  ] as const)('are left out with %j and --color=%s', async (env, color) => {
    expect(codes(await print(ENTRIES, { columns, color }, terminal, env))).toEqual([]);
  });

  it('do not end at the end of a cut line', async () => {
    for (let width = 1; width < 40; width++) {
      const lines = (await print(ENTRIES, { columns }, { isTTY: true, columns: width }, { TERM: 'xterm' }))
        .trimEnd()
        .split('\n');
      for (const line of lines) expect(line).not.toMatch(/\u001b\[[1-9][0-9;]*m[^\u001b]*$/);
    }
  });
});

describe('data', () => {
  const hostile = [
    entry({ name: HOSTILE }),
    entry({ name: '=1+1', pid: 5, user: '@x' }),
    entry({ name: 'a"b,c' }),
    entry({ name: '-5' }),
  ];
  const columns = ['name', 'pid', 'user', 'asn'] as const;

  it('as json is one array, with raw names and nulls', async () => {
    const text = await print(hostile, { format: 'json', columns });
    expect(JSON.parse(text)).toEqual([
      { name: HOSTILE, pid: null, user: null, asn: null },
      { name: '=1+1', pid: 5, user: '@x', asn: null },
      { name: 'a"b,c', pid: null, user: null, asn: null },
      { name: '-5', pid: null, user: null, asn: null },
    ]);
    expect(text).not.toMatch(/\u001b/);
    expect(await print([], { format: 'json', columns })).toBe('[]\n');
  });

  it('as ndjson is a line each', async () => {
    const lines = (await print(ENTRIES, { format: 'ndjson', columns: COLUMN_NAMES }))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines[0]).toEqual({
      proto: 'tcp',
      local: '10.0.0.1',
      localPort: 41000,
      remote: '8.8.8.8',
      remotePort: 443,
      state: 'established',
      pid: 4242,
      name: 'curl',
      user: 'root',
      asn: 15169,
      asName: 'GOOGLE, US',
      prefix: '8.8.8.0/24',
      country: 'US',
      service: 'HTTPS',
      rxQueue: 0,
      txQueue: 0,
      umask: null,
      procState: null,
      threads: null,
      memory: null,
      inode: 12345,
      descriptor: null,
      holders: null,
      namespace: null,
      command: null,
      cgroup: null,
    });
    expect(lines).toHaveLength(3);
    expect(await print([], { format: 'ndjson', columns })).toBe('');
  });

  it('as csv does not become formulas, unless that is wanted', async () => {
    expect(await print(hostile, { format: 'csv', columns })).toBe(
      `name,pid,user,asn\n"${HOSTILE}",,,\n'=1+1,5,'@x,\n"a""b,c",,,\n-5,,,\n`,
    );
    expect(await print(hostile.slice(1, 2), { format: 'csv', columns, csvRaw: true })).toBe(
      'name,pid,user,asn\n=1+1,5,@x,\n',
    );
  });
});

describe('snapshot after snapshot', () => {
  const target = { isTTY: true, columns: 60, rows: 5 };

  it('clears the terminal, and says what there is no room for', async () => {
    const printer = printerOf(
      { format: 'table', columns: ['proto', 'state'], csvRaw: false, color: 'never', intervalMs: 2000 },
      target,
      {},
    );
    expect(await printer(ENTRIES.slice(0, 2))).toMatch(
      /^\u001b\[H\u001b\[J2 sockets at \d\d:\d\d:\d\d, every 2 s\nPROTO  STATE\ntcp    established\ntcp    listen\n$/,
    );
    expect(await printer(ENTRIES)).toMatch(
      /^\u001b\[H\u001b\[J3 sockets at .*\nPROTO  STATE\ntcp    established\n… 2 more\n$/,
    );
    expect(await printer([])).toMatch(/J0 sockets at .*\nPROTO  STATE\n$/);
    for (const rows of [1, 2, 3]) {
      const small = printerOf(
        { format: 'table', columns: ['proto'], csvRaw: false, color: 'never', intervalMs: 500 },
        { ...target, rows },
        {},
      );
      expect((await small(ENTRIES)).split('\n').length).toBe(Math.max(2, rows));
    }
  });

  it.each([
    [{}, {}],
    [target, { TERM: 'dumb' }],
  ])('comes one after the other without codes on %j with %j', async (where, env) => {
    const printer = printerOf(
      { format: 'table', columns: ['proto'], csvRaw: false, color: 'auto', intervalMs: 500 },
      where,
      env,
    );
    expect([await printer([]), await printer(ENTRIES), await printer([])]).toEqual([
      'PROTO\n',
      '\nPROTO\ntcp\ntcp\nudp\n',
      '\nPROTO\n',
    ]);
  });
});
