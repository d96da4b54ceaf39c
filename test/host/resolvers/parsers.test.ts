/** The parsers of all resolvers that run a program, on recorded output and on hostile lines. */
import { describe, expect, it } from 'vitest';
import { parseBsdFstat } from '../../../src/host/resolvers/bsd_fstat.ts';
import { parseBsdProcstat } from '../../../src/host/resolvers/bsd_procstat.ts';
import { parseBsdSockstat } from '../../../src/host/resolvers/bsd_sockstat.ts';
import { parseLsof } from '../../../src/host/resolvers/lsof.ts';
import { parseNetstat } from '../../../src/host/resolvers/netstat.ts';
import { parseNetstatWindows } from '../../../src/host/resolvers/netstat_windows.ts';
import type { LineFilter } from '../../../src/host/resolvers/parse_lines.ts';
import { parseSs } from '../../../src/host/resolvers/ss.ts';
import type { Connection } from '../../../src/host/resolvers/connection.ts';
import { FSTAT, LSOF, LSOF_MAC, NETSTAT, NETSTAT_WINDOWS, PROCSTAT, SOCKSTAT, SS, SS_OLD } from './recorded.ts';

type Parse = (lines: Iterable<string>, filter?: LineFilter) => Connection[];

/** `tcp 192.0.2.1 443 > 192.0.2.2 50000`, and `(6)` at the end for IPv6. */
function short(connections: readonly Connection[]): string[] {
  return connections.map(
    (c) =>
      `${c.protocol} ${c.localAddress} ${c.localPort} > ${c.remoteAddress} ${c.remotePort}${c.isIpv6 ? ' (6)' : ''}`,
  );
}

describe('netstat', () => {
  const TOR = [
    'tcp 192.168.0.1 44284 > 38.229.79.2 443',
    'tcp 2001:db8::1 44284 > 2001:db8::1:0:0:2 443 (6)',
    'tcp 192.168.0.1 9001 > 203.0.113.9 50000',
    'udp 192.168.0.1 5000 > 192.168.0.254 53',
  ];

  it.each<[string, LineFilter]>([
    ['a pid', { pid: 15843 }],
    ['a name', { name: 'tor' }],
    ['both', { pid: 15843, name: 'tor' }],
  ])('gives the connections of %s', (_, filter) => expect(short(parseNetstat(NETSTAT, filter))).toEqual(TOR));

  it('gives a connection as plain data', () => {
    expect(parseNetstat(NETSTAT, { pid: 15843 })[0]).toEqual({
      localAddress: '192.168.0.1',
      localPort: 44284,
      remoteAddress: '38.229.79.2',
      remotePort: 443,
      protocol: 'tcp',
      isIpv6: false,
    });
  });

  it('takes no line of a pid or name that only begins like it', () => {
    expect(parseNetstat(NETSTAT, { pid: 1584 })).toEqual([]);
    expect(parseNetstat(NETSTAT, { name: 'to' })).toEqual([]);
    expect(parseNetstat(NETSTAT, { pid: 15843, name: 'dhclient' })).toEqual([]);
  });

  it('knows a name with blanks, and one that was cut to 19 bytes with its pid', () => {
    expect(short(parseNetstat(NETSTAT, { name: 'nginx: worker process' }))).toEqual([
      'tcp 2001:db8::1 80 > 2001:db8::3 50000 (6)',
    ]);
    expect(parseNetstat(NETSTAT, { name: 'nginx: worker x' })).toEqual([]);
  });

  it('gives link-local ends', () => {
    expect(short(parseNetstat(NETSTAT, { name: 'dhclient' }))).toEqual([
      'udp 192.168.0.1 68 > 192.168.0.254 67',
      'udp fe80::1 546 > fe80::2 547 (6)',
    ]);
  });

  it('tells of lines with unusable addresses, and gives all lines without a filter', () => {
    const unusable: string[] = [];
    expect(parseNetstat(NETSTAT, { onUnusable: (line) => unusable.push(line) })).toHaveLength(7);
    expect(unusable).toEqual([NETSTAT.find((line) => line.includes('16.111.19.278'))]);
  });
});

describe('netstat of Windows', () => {
  it('gives established TCP connections of a pid, with CR at the line ends', () => {
    expect(short(parseNetstatWindows(NETSTAT_WINDOWS, { pid: 15843 }))).toEqual([
      'tcp 192.168.0.1 44284 > 38.229.79.2 443',
      'tcp 2001:db8::1 49671 > 2001:db8::2 443 (6)',
      'tcp fe80::1 49672 > fe80::2 445 (6)',
    ]);
  });

  it('knows no names but those of known pids', () => {
    expect(parseNetstatWindows(NETSTAT_WINDOWS, { name: 'tor' })).toEqual([]);
    expect(parseNetstatWindows(NETSTAT_WINDOWS, { name: 'tor', namesakes: [158] })).toHaveLength(1);
  });
});

describe('ss', () => {
  const TOR = [
    'udp 192.168.0.1 5000 > 192.168.0.254 53',
    'tcp 192.168.0.1 44284 > 38.229.79.2 443',
    'tcp 2001:db8::1 44284 > 2001:db8::1:0:0:2 443 (6)',
    'tcp 192.168.0.1 9001 > 203.0.113.9 50000',
  ];

  it.each<[string, LineFilter]>([
    ['a pid', { pid: 15843 }],
    ['a name', { name: 'tor' }],
    ['both', { pid: 15843, name: 'tor' }],
  ])('gives the connections of %s', (_, filter) => expect(short(parseSs(SS, filter))).toEqual(TOR));

  it('keeps mapped addresses when asked to', () => {
    expect(short(parseSs(SS, { pid: 15843, keepMapped: true }))[3]).toBe(
      'tcp ::ffff:192.168.0.1 9001 > ::ffff:203.0.113.9 50000 (6)',
    );
  });

  it('finds each of several processes, once', () => {
    const nginx = ['tcp 192.168.0.1 80 > 203.0.113.10 40000'];
    expect(short(parseSs(SS, { pid: 711 }))).toEqual(nginx);
    expect(short(parseSs(SS, { pid: 712 }))).toEqual(nginx);
    expect(short(parseSs(SS, { name: 'nginx' }))).toEqual(nginx);
  });

  it('drops the zone of a link-local address, also with a dot in it', () => {
    expect(short(parseSs(SS, { pid: 501 }))).toEqual(['udp fe80::1 546 > fe80::2 547 (6)']);
  });

  it('reads the older form', () => {
    expect(short(parseSs(SS_OLD, { pid: 15843, name: 'tor' }))).toEqual([
      'tcp 192.168.0.1 44415 > 38.229.79.2 443',
      'tcp 192.168.0.1 44416 > 38.229.79.3 443',
      'tcp 2001:db8::1 44417 > 2001:db8::2 443 (6)',
    ]);
  });

  it.each([
    ['a name with a quote', '"a" b",pid=7,fd=3', 'a" b'],
    ['a name that was cut at its bracket', '"a" b",pid=7,fd=3', 'a" b)c'],
    ['a name of more than 15 bytes', '"fifteen-bytes-l",pid=7,fd=3', 'fifteen-bytes-long'],
    ['a name that looks like an entry', '"x",pid=1,fd=1",pid=7,fd=3', 'x",pid=1,fd=1'],
    ['a name like a second process', '"x",1,1",7,3', 'x",1,1'],
    ['a name with control characters', '"\u001b\t",pid=7,fd=3', '\u001b\t'],
  ])('parses a line of ss with %s', (_, entry, name) => {
    const lines = [`tcp ESTAB 0 0 192.0.2.1:1 192.0.2.2:2 users:((${entry}))`];
    expect(parseSs(lines, { pid: 7, name })).toHaveLength(1);
    expect(parseSs(lines, { pid: 7 })).toHaveLength(1);
    expect(parseSs(lines, { pid: 1 })).toEqual([]);
    expect(parseSs(lines, { pid: 7, name: 'other' })).toEqual([]);
  });

  it.each([
    'users:((',
    'users:((")',
    'users:(("a"',
    'users:(("a",pid=))',
    'users:(("a",pid=0,fd=1))',
    'users:((,,))',
    'users:(())',
    '',
  ])('is not confused by %j', (users) =>
    expect(parseSs([`tcp ESTAB 0 0 192.0.2.1:1 192.0.2.2:2 ${users}`])).toEqual([]),
  );
});

describe('lsof', () => {
  it.each<[string, LineFilter]>([
    ['a pid', { pid: 15843 }],
    ['a name', { name: 'tor' }],
    ['both', { pid: 15843, name: 'tor' }],
  ])('gives the connections of %s', (_, filter) => {
    expect(short(parseLsof(LSOF, filter))).toEqual([
      'tcp 192.168.0.1 44415 > 38.229.79.2 443',
      'tcp 2001:db8::1 44418 > 2001:db8::2 443 (6)',
      'tcp 192.168.0.1 9001 > 203.0.113.9 50000',
      'udp 192.168.0.1 5000 > 192.168.0.254 53',
    ]);
  });

  it('knows names with escapes', () => {
    expect(parseLsof(LSOF, { name: 'Web Content' })).toHaveLength(1);
    expect(parseLsof(LSOF_MAC, { name: 'Google Chrome', pid: 401 })).toHaveLength(1);
    // Printed by lsof 4.95 for ESC, TAB, l, backslash, blank, e acute.
    const lines = [
      String.raw`s^[\tl\\\x20\xc3\xa9 12432 root 5u IPv4 1021706 0t0 TCP 192.0.2.1:1->192.0.2.2:2 (ESTABLISHED)`,
    ];
    expect(parseLsof(lines, { name: 's\u001b\tl\\ é' })).toHaveLength(1);
    expect(parseLsof(lines, { name: 's' })).toEqual([]);
  });

  it('knows names with brackets: up to the first one too many', () => {
    const line = (name: string): string => `${name} 7 root 3u IPv4 1 0t0 TCP 192.0.2.1:1->192.0.2.2:2 (ESTABLISHED)`;
    expect(parseLsof([line('a(b)c')], { name: 'a(b)c' })).toHaveLength(1);
    expect(parseLsof([line('a')], { name: 'a)b' })).toHaveLength(1);
    expect(parseLsof([line('a(b)')], { name: 'a(b))c' })).toHaveLength(1);
    expect(parseLsof([line('a(b)')], { name: 'a' })).toEqual([]);
  });

  it('reads what it prints on a Mac', () => {
    expect(short(parseLsof(LSOF_MAC, { name: 'tor' }))).toEqual([
      'tcp 192.168.0.1 44415 > 38.229.79.2 443',
      'tcp 2001:db8::1 44418 > 2001:db8::2 443 (6)',
    ]);
  });
});

describe('sockstat of FreeBSD', () => {
  it.each<[string, LineFilter]>([
    ['a pid', { pid: 4397 }],
    ['a name', { name: 'tor' }],
    ['both', { pid: 4397, name: 'tor' }],
  ])('gives the connections of %s', (_, filter) => {
    expect(short(parseBsdSockstat(SOCKSTAT, filter))).toEqual([
      'tcp 172.27.72.202 54011 > 38.229.79.2 9001',
      'tcp 2001:db8::1 54013 > 2001:db8::2 9001 (6)',
      'udp 172.27.72.202 5000 > 172.27.72.1 53',
    ]);
  });

  it('knows a command with blanks', () =>
    expect(parseBsdSockstat(SOCKSTAT, { pid: 512, name: 'tor two' })).toHaveLength(1));
});

describe('procstat of FreeBSD', () => {
  it('gives the connections of a process', () => {
    expect(short(parseBsdProcstat(PROCSTAT, { pid: 3561, name: 'tor' }))).toEqual([
      'tcp 10.0.0.2 9050 > 10.0.0.1 22370',
      'tcp 2001:db8::1 9050 > 2001:db8::2 22371 (6)',
      'udp 10.0.0.2 5000 > 10.0.0.1 53',
    ]);
    expect(parseBsdProcstat(PROCSTAT, { pid: 356 })).toEqual([]);
  });

  it('knows a command with blanks', () => {
    const lines = PROCSTAT.map((line) => line.replace(' tor  ', ' t o r'));
    expect(parseBsdProcstat(lines, { name: 't o r' })).toHaveLength(3);
  });

  it('takes no file for a socket', () => {
    expect(parseBsdProcstat([' 3561 tor 4 v r r------- 1 0 - /tmp/x TCP 10.0.0.2:9050 10.0.0.1:22370'])).toEqual([]);
  });
});

describe('fstat of OpenBSD', () => {
  it.each<[string, LineFilter]>([
    ['a pid', { pid: 15843 }],
    ['a name', { name: 'tor' }],
    ['both', { pid: 15843, name: 'tor' }],
  ])('gives the connections of %s', (_, filter) => {
    expect(short(parseBsdFstat(FSTAT, filter))).toEqual([
      'tcp 192.168.1.100 36174 > 4.3.2.1 443',
      'tcp 192.168.1.100 9001 > 4.3.2.2 50000',
      'tcp 2001:db8::1 36175 > 2001:db8::2 443 (6)',
      'udp 192.168.1.100 5000 > 192.168.1.1 53',
    ]);
  });
});

/** A line of each format with the process called `name` and the remote end `remote`. */
const FORMATS: readonly [string, Parse, (name: string, remote?: string) => string][] = [
  ['netstat', parseNetstat, (name, remote = '192.0.2.2:2') => `tcp 0 0 192.0.2.1:1 ${remote} ESTABLISHED 7/${name}`],
  [
    'netstat of Windows',
    parseNetstatWindows,
    (_, remote = '192.0.2.2:2') => `  TCP 192.0.2.1:1 ${remote} ESTABLISHED 7`,
  ],
  [
    'ss',
    parseSs,
    (name, remote = '192.0.2.2:2') => `tcp ESTAB 0 0 192.0.2.1:1 ${remote} users:(("${name}",pid=7,fd=3))`,
  ],
  [
    'lsof',
    parseLsof,
    (name, remote = '192.0.2.2:2') =>
      `${name.replaceAll(' ', '\\x20')} 7 root 3u IPv4 1 0t0 TCP 192.0.2.1:1->${remote} (ESTABLISHED)`,
  ],
  ['sockstat', parseBsdSockstat, (name, remote = '192.0.2.2:2') => `root ${name} 7 3 tcp4 192.0.2.1:1 ${remote}`],
  [
    'procstat',
    parseBsdProcstat,
    (name, remote = '192.0.2.2:2') => `7 ${name} 3 s - rw------ 2 0 TCP 192.0.2.1:1 ${remote}`,
  ],
  [
    'fstat',
    parseBsdFstat,
    (name, remote = '192.0.2.2:2') => `root ${name} 7 3* internet stream tcp 0x0 192.0.2.1:1 --> ${remote}`,
  ],
];

const NAMELESS = 'netstat of Windows';

describe.each(FORMATS.filter(([format]) => format !== NAMELESS))('%s', (_, parse, line) => {
  it.each(['.', '.*', 'a.c', '(', '[', 'a|b', '^', '$', '\\', 'a*', 'x-y_z', '$&', 'ab', 'abcd'])(
    'does not take %s for abc',
    (name) => {
      expect(parse([line('abc')], { name })).toEqual([]);
    },
  );

  it.each(['a.c', 'a*', '(x', '[', 'a|b', '^$', 'abc'])('the parser finds %s', (name) =>
    expect(parse([line(name)], { name })).toHaveLength(1),
  );
});

describe.each(FORMATS)('%s', (format, parse, line) => {
  it('gives a connection', () => {
    expect(short(parse([line('a')], { pid: 7 }))).toEqual(['tcp 192.0.2.1 1 > 192.0.2.2 2']);
  });

  it('gives two equal lines once, in the order of the source', () => {
    const lines = [line('a', '192.0.2.9:9'), line('a', '192.0.2.2:2'), line('a', '192.0.2.9:9')];
    expect(parse(lines, { pid: 7 }).map(({ remotePort }) => remotePort)).toEqual([9, 2]);
  });

  it.each([
    '16.111.19.278:443',
    '192.0.2.2:0',
    '*:*',
    '*',
    '192.0.2.2:*',
    '192.0.2.2',
    ':443',
    '192.0.2.2:65536',
    '192.0.2.2:-1',
    '192.0.2.02:1',
    '[2001:db8::1:443',
    '[2001:db8::1]x:443',
    '[]:1',
    '%eth0:1',
    'localhost:80',
    '192.0.2.2:443x',
  ])('skips and counts %s', (remote) => {
    const unusable: string[] = [];
    expect(parse([line('a', remote), line('a')], { pid: 7, onUnusable: (text) => unusable.push(text) })).toHaveLength(
      1,
    );
    expect(unusable).toEqual([line('a', remote)]);
  });

  // Quadratic work on 1 MB would be 10^12 steps, many minutes.
  it.each([
    ['one word', (name: string) => line(name), 'x'],
    ['blanks', (name: string) => line(name), ' '],
    ['words', (name: string) => line(name), 'x '],
    ['brackets', (name: string) => line(name), ')'],
    ['entries of ss', (name: string) => line(name), '",pid=1,fd=1),("'],
    ['quotes', (name: string) => line(name), '",'],
    ['a long address', (text: string) => line('a', text), ':'],
    ['dots', (text: string) => line('a', text), '1.'],
    ['nothing else', (text: string) => text, 'users:(("'],
    ['arrows', (text: string) => text, '->'],
  ])('reads a line of 1 MB in linear time: %s', (_, make, piece) => {
    const long = make(piece.repeat(Math.ceil(1e6 / piece.length)));
    if (format !== NAMELESS) expect(long.length).toBeGreaterThanOrEqual(1e6);
    const start = process.cpuUsage();
    expect(short(parse([long, line('a')], { name: 'a', namesakes: [7] }))).toContain('tcp 192.0.2.1 1 > 192.0.2.2 2');
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });

  it('throws for no line', () => {
    let seed = 1;
    const random = (n: number): number => (seed = (seed * 48271) % 0x7fffffff) % n;
    const words = line('a').split(/( |:|\(|\)|,|"|->)/);
    for (let n = 0; n < 2000; n++) {
      const mutated = words
        .map((word) => (random(6) === 0 ? words[random(words.length)] : word))
        .join('')
        .slice(0, random(200));
      expect(() => parse([mutated])).not.toThrow();
    }
  });
});
