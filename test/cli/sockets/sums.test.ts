import { expect, describe, it } from 'vitest';
import {
  groupColumns,
  groupSums,
  GROUP_SUMS,
  protocolSums,
  PROTOCOL_SUMS,
  sumsText,
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
      { proto: 'tcp', sockets: 4, ipv4: 3, ipv6: 1, listening: 1, established: 2, timeWait: 1, orphaned: 1 },
      { proto: 'udp', sockets: 1, ipv4: 1, ipv6: 0, listening: 0, established: 0, timeWait: 0, orphaned: 0 },
    ]);
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
