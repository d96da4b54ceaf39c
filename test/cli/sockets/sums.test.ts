import { expect, describe, it } from 'vitest';
import {
  groupColumns,
  groupSums,
  GROUP_SUMS,
  protocolSums,
  PROTOCOL_SUMS,
  sumsText,
  withTotal,
} from '../../../src/cli/sockets/sums.ts';
import { entry } from './entry.ts';

const LISTEN = 10;
const TIME_WAIT = 6;
const entries = [
  entry({ pid: 7, name: 'sshd', user: 'root', row: { state: LISTEN, rxQueue: 2, inode: 5 } }),
  entry({ pid: 7, name: 'sshd', user: 'root', row: { inode: 6, txQueue: 40 } }),
  entry({ pid: 9, name: '=curl', user: 'ann', row: { local: '::1', remote: '::1', remotePort: 2, inode: 7 } }),
  entry({ row: { state: TIME_WAIT, inode: 0 } }),
  entry({ protocol: 'udp', row: { state: 7, inode: 8 } }),
];

describe('sums of sockets', () => {
  it('by process have sockets, states and queues, the most sockets first', () => {
    const sums = groupSums(entries, groupColumns('process'));
    expect(sums.map(({ pid, name, sockets }) => [pid, name, sockets])).toEqual([
      [7, 'sshd', 2],
      [null, null, 2],
      [9, '=curl', 1],
    ]);
    expect(sums[0]).toMatchObject({ user: 'root', listening: 1, established: 1, timeWait: 0, rxQueue: 2, txQueue: 40 });
    expect(sums.reduce((total, { sockets }) => total + Number(sockets), 0)).toBe(entries.length);
  });

  it('by other columns, and not by what is no column', () => {
    expect(groupSums(entries, groupColumns('proto,state')).map(({ proto, state }) => `${proto} ${state}`)).toEqual([
      'tcp established',
      'tcp listen',
      'tcp timeWait',
      'udp close',
    ]);
    expect(() => groupColumns('all')).toThrow('--by is all');
    expect(() => groupColumns('proces')).toThrow('proces');
  });

  it('by protocol count families, states and what no process owns', () => {
    expect(protocolSums(entries)).toEqual([
      { proto: 'tcp', sockets: 4, ipv4: 3, ipv6: 1, listening: 1, established: 2, timeWait: 1, orphaned: 0 },
      { proto: 'udp', sockets: 1, ipv4: 1, ipv6: 0, listening: 0, established: 0, timeWait: 0, orphaned: 0 },
    ]);
    // The kernel has taken them; a connection that nobody has accepted yet, or in time-wait, is no orphan.
    const left = ['05', '04', '01', '03'].map((state) =>
      entry({ row: { state: Number.parseInt(state, 16), inode: 0 } }),
    );
    expect(protocolSums(left, ['tcp', 'raw'])).toMatchObject([
      { proto: 'tcp', sockets: 4, established: 1, orphaned: 2 },
      { proto: 'raw', sockets: 0, ipv4: 0, orphaned: 0 },
    ]);
    const total = withTotal(protocolSums(entries)).at(-1);
    expect(total).toMatchObject({ proto: 'total', sockets: 5, ipv4: 4, ipv6: 1, listening: 1, timeWait: 1 });
  });

  it.each([
    [80, 24],
    [120, 40],
    [160, 50],
  ])('fit a terminal of %i x %i, with the titles on each screen', async (columns, rows) => {
    const many = Array.from({ length: 100 }, (_, n) =>
      entry({
        pid: n + 1,
        name: 'program',
        user: 'root',
        command: `/usr/bin/program --with ${'much '.repeat(20)}${n}`,
      }),
    );
    const names = groupColumns('process,command');
    const all = [...names, ...GROUP_SUMS];
    const text = await sumsText(groupSums(many, names), all, 'table', false, { columns, rows });
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    const titles = lines.flatMap((line, n) => (/^ *PID {2}NAME +USER +COMMAND +.*SOCKETS/.test(line) ? [n] : []));
    expect(titles).toEqual(Array.from({ length: Math.ceil(100 / (rows - 2)) }, (_, n) => n * (rows - 1)));
    expect(lines).toHaveLength(100 + titles.length);
    expect(lines[1]).toMatch(/^ +1 {2}program {2}root {2}\/usr\/bin\/pr.*… .* 1\b/);
  });

  it('are a table, JSON and CSV, with titles also where there is nothing', async () => {
    const names = [...groupColumns('process'), ...GROUP_SUMS];
    const sums = groupSums(entries, groupColumns('process'));
    const table = (await sumsText(sums, names, 'table', false)).split('\n');
    expect(table[0]).toMatch(/^ *PID {2}NAME +USER +SOCKETS +LISTENING /);
    expect(table[1]).toMatch(/^ +7 {2}sshd +root +2 +1 +1 +0 +2 +40$/);
    expect(JSON.parse(await sumsText(sums, names, 'json', false))).toEqual(sums);
    const csv = (await sumsText(sums, names, 'csv', false)).split('\n');
    expect(csv[0]).toBe('pid,name,user,sockets,listening,established,timeWait,rxQueue,txQueue');
    expect(csv[3]).toBe("9,'=curl,ann,1,0,1,0,0,0");
    expect(await sumsText([], PROTOCOL_SUMS, 'json', false)).toBe('[]\n');
    expect(await sumsText([], ['proto'], 'table', false)).toBe('PROTO\n');
  });
});
