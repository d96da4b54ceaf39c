/** Why processes cannot be seen. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseFibTrie, parseIfInet6 } from '../../../src/attribution/namespace_addresses.ts';
import { blindness, isHidden, unseenText } from '../../../src/host/process/visibility.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-visibility-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ALL = 'CapEff:\t000001ffffffffff\n';
const NONE = 'CapEff:\t0000000000000000\n';

function tree(name: string, status: string, options: string, namespace: string, pids: readonly number[]): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'self', 'ns'), { recursive: true });
  for (const pid of pids) mkdirSync(join(root, String(pid)));
  writeFileSync(join(root, 'self', 'status'), status);
  writeFileSync(join(root, 'self', 'mountinfo'), `22 27 0:21 / ${root} rw,relatime - proc proc ${options}\n`);
  symlinkSync(`pid:[${namespace}]`, join(root, 'self', 'ns', 'pid'));
  return root;
}

describe('the view of processes is limited', () => {
  it.each([
    ['nothing', ALL, 'rw', '4026531836', [1, 2], []],
    ['an empty tree', ALL, 'rw', '4026531836', [], ['empty']],
    ['missing rights', NONE, 'rw', '4026531836', [1], ['rights']],
    ['hidepid', NONE, 'rw,hidepid=invisible,gid=77777', '4026531836', [1], ['hidepid']],
    ['a pid namespace', ALL, 'rw,hidepid=2', '4026532000', [1], ['pidNamespace']],
    ['two causes', NONE, 'rw', '4026532000', [1], ['rights', 'pidNamespace']],
  ] as const)('by %s, which is its cause', (name, status, options, namespace, pids, causes) => {
    const procRoot = tree(name, status, options, namespace, pids);
    expect(blindness({ procRoot })).toEqual(causes);
  });

  it('in one sentence: the cause, and how many processes it hides', () => {
    const rights = { procRoot: tree('sentence', NONE, 'rw', '4026532000', [1]) };
    const cause = `${rights.procRoot} does not show which sockets the processes of other users have`;
    expect(unseenText(undefined, rights)).toMatch(new RegExp(`^${cause}; run as root`));
    expect(unseenText(3, rights)).toMatch(new RegExp(`^the sockets of 3 processes cannot be seen: ${cause}; run`));
    // Nothing was refused, so it is not for want of rights.
    expect(unseenText(0, rights)).toContain('only the processes of this PID namespace');
    const whole = { procRoot: tree('whole', ALL, 'rw', '4026531836', [1]) };
    expect(unseenText(0, whole)).toBeUndefined();
    expect(unseenText(1, whole)).toMatch(
      /^the sockets of 1 process cannot be seen: this process has the rights, so a security module of the kernel may/,
    );
  });

  it('not by hidepid where a group may see all, it is off, or another mount hides it', () => {
    const line = (options: string, place = '/proc'): string =>
      `1 2 0:3 / ${place} rw shared:4 - proc proc ${options}\n`;
    expect(isHidden(line('rw,hidepid=2,gid=50'), '/proc', [100])).toBe(true);
    expect(isHidden(line('rw,hidepid=2,gid=50'), '/proc', [100, 50])).toBe(false);
    expect(isHidden(line('rw,hidepid=ptraceable,gid=50'), '/proc', [50])).toBe(true);
    expect(isHidden(line('rw,hidepid=off'), '/proc', [])).toBe(false);
    expect(isHidden(line('rw,hidepid=1') + line('rw'), '/proc', [])).toBe(false);
    expect(isHidden(line('rw,hidepid=1', '/chroot/proc'), '/proc', [])).toBe(false);
  });
});

it('addresses of another network namespace are own and broadcast addresses, from its tables', () => {
  const trie = [
    'Local:',
    '  +-- 0.0.0.0/0 3 0 5',
    '     +-- 10.77.0.0/24 2 0 2',
    '        |-- 10.77.0.2',
    '           /32 host LOCAL',
    '        |-- 10.77.0.255',
    '           /32 link BROADCAST',
    '        |-- 10.77.0.0',
    '           /24 link UNICAST',
    '',
  ];
  expect(parseFibTrie(trie.join('\n'))).toEqual(['10.77.0.2', '10.77.0.255']);
  expect(parseIfInet6('fe80000000000000000000fffe000001 02 40 20 80     eth0\nnonsense\n')).toEqual([
    'fe80::ff:fe00:1',
  ]);
});
