/** Processes: details, names, lists, owners of sockets. */
import { spawn, spawnSync } from 'node:child_process';
import { fstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { HostError } from '../../../src/host/errors.ts';
import { pidsByName } from '../../../src/host/process/pids_by_name.ts';
import { parseStatus, processDetails } from '../../../src/host/process/process_details.ts';
import { processIds, processList } from '../../../src/host/process/process_list.ts';
import { processName } from '../../../src/host/process/process_name.ts';
import { parseStartTicks, processStartTicks } from '../../../src/host/process/process_start.ts';
import { socketOwners } from '../../../src/host/process/socket_owners.ts';
import { parsePasswords, userName } from '../../../src/host/process/user_name.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-process-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A recorded process: its files below a proc root of its own. */
function recordedProcess(root: string, pid: number, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, root, String(pid)), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, root, String(pid), name), text);
}

const uid = process.getuid?.() ?? 0;

describe('process details', () => {
  it('of this process are what it knows of itself', async () => {
    const before = process.umask(0o027);
    const workers = [1, 2].map(() => new Worker('setInterval(() => {}, 1000)', { eval: true }));
    try {
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('online', resolve))));
      const details = processDetails(process.pid);
      expect(details).toMatchObject({
        pid: process.pid,
        umask: '0027',
        parentPid: process.ppid,
        threadGroupId: process.pid,
      });
      expect(details?.name).toBe(readFileSync('/proc/self/comm', 'utf8').trim());
      expect(details?.threads).toBeGreaterThan(2);
      expect(details?.uid).toEqual({
        real: uid,
        effective: process.geteuid?.(),
        saved: expect.any(Number),
        fs: expect.any(Number),
      });
      const { rss } = process.memoryUsage();
      expect(Math.abs((details?.memory ?? 0) - rss) / rss).toBeLessThan(0.2);
      expect(details?.virtualMemory).toBeGreaterThan(details?.memory ?? Number.POSITIVE_INFINITY);
    } finally {
      process.umask(before);
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  });

  it('are null when there is no such process, and refuse what is no pid', () => {
    expect(processDetails(2 ** 30)).toBeNull();
    expect(() => processDetails(0)).toThrow(RangeError);
    expect(() => processDetails(1.5)).toThrow(RangeError);
  });

  it('of a kernel thread of an old kernel have neither umask nor memory', () => {
    const details = parseStatus(
      2,
      'Name:\tkthreadd\nState:\tS (sleeping)\nTgid:\t2\nPid:\t2\nPPid:\t0\nUid:\t0\t0\t0\t0\nThreads:\t1\n',
    );
    expect(details).toEqual({
      pid: 2,
      name: 'kthreadd',
      umask: null,
      state: { letter: 'S', word: 'sleeping' },
      threads: 1,
      memory: null,
      virtualMemory: null,
      uid: { real: 0, effective: 0, saved: 0, fs: 0 },
      parentPid: 0,
      threadGroupId: 2,
    });
  });

  it.each([
    ['R', 'running'],
    ['S', 'sleeping'],
    ['D', 'disk sleep'],
    ['T', 'stopped'],
    ['t', 'tracing stop'],
    ['Z', 'zombie'],
    ['X', 'dead'],
    ['I', 'idle'],
    ['K', 'unknown'],
  ])('state %s is %s', (letter, word) => {
    expect(parseStatus(1, `State:\t${letter} (whatever)\n`).state).toEqual({ letter, word });
  });

  it('are found by name, in any order, and anything else is null', () => {
    const details = parseStatus(
      7,
      'VmRSS:\t    5432 kB\nNonsense\n:\nThreads:\tmany\nUid:\t1\t2\t3\nVmSize:\t10 kB\nUmask:\t0022\n',
    );
    expect(details).toMatchObject({
      memory: 5432 * 1024,
      virtualMemory: 10_240,
      threads: null,
      uid: null,
      umask: '0022',
      name: null,
      state: null,
    });
  });

  it('keep hostile names raw: newline and backslash are escaped by the kernel, ESC is not', () => {
    expect(parseStatus(7, 'Name:\ta\\nUid:\\\\\u001b[31m\nUid:\t5\t6\t7\t8\n')).toMatchObject({
      name: 'a\nUid:\\\u001b[31m',
      uid: { real: 5, effective: 6, saved: 7, fs: 8 },
    });
  });
});

describe('hostile process names', () => {
  const hostile = 'a) R 1\n\u001b]0;\\(';

  it('are read raw of a real process, and do not move the fields of its stat', async () => {
    const child = spawn(process.execPath, [
      '-e',
      'process.title = "x"; require("fs").writeFileSync("/proc/self/comm", process.argv[1]); console.log("ready"); setInterval(() => {}, 1000)',
      hostile,
    ]);
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const pid = child.pid ?? 0;
      expect(processName(pid)).toBe(hostile);
      expect(processDetails(pid)?.name).toBe(hostile);
      expect(processDetails(pid)?.uid?.real).toBe(uid);
      expect(pidsByName(hostile)).toEqual([pid]);
      const [uptime = ''] = readFileSync('/proc/uptime', 'latin1').split(' ');
      const ticks = processStartTicks(pid) ?? 0;
      expect(ticks).toBeGreaterThan(0);
      expect(ticks / 100).toBeLessThanOrEqual(Number(uptime));
      expect(ticks).toBeGreaterThanOrEqual(processStartTicks(process.pid) ?? Number.POSITIVE_INFINITY);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('with brackets are passed over by their last one', () => {
    const rest = Array.from({ length: 19 }, (_, index) => String(index)).join(' ');
    expect(parseStartTicks(`12 (a) S 1 (b)) S ${rest.slice(2)} 4711 8 9`)).toBe(4711);
    expect(parseStartTicks('12 (a')).toBeUndefined();
    expect(parseStartTicks('')).toBeUndefined();
  });
});

describe('the process list', () => {
  it('has this process with its user, and starts with the newest', async () => {
    const child = spawn('sleep', ['60']);
    try {
      const pid = child.pid ?? 0;
      const list = processList();
      expect(list.find((entry) => entry.pid === process.pid)).toEqual({ pid: process.pid, uid: process.geteuid?.() });
      const pids = list.map((entry) => entry.pid);
      expect(pids).toContain(pid);
      expect(pids.indexOf(pid)).toBeLessThan(pids.indexOf(process.pid));
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('knows that numbers start again from the bottom', () => {
    for (const pid of [1, 200, 300, 32_000]) recordedProcess('wrapped', pid, {});
    writeFileSync(join(folder, 'wrapped', 'loadavg'), '0.08 0.03 0.05 2/117 250\n');
    mkdirSync(join(folder, 'wrapped', 'net'));
    expect(processIds({ procRoot: join(folder, 'wrapped') })).toEqual([200, 1, 32_000, 300]);
  });

  it('is an error where there is no /proc', () => {
    expect(() => processList({ procRoot: join(folder, 'none') })).toThrow(HostError);
    expect(() => processList({ procRoot: join(folder, 'none') })).toThrow(
      expect.objectContaining({ code: 'ERR_PROC_UNAVAILABLE' }),
    );
  });
});

describe('pids by name', () => {
  it('go by comm, executable and first argument', () => {
    recordedProcess('names', 10, { comm: 'web\n', cmdline: '/opt/x\0' });
    recordedProcess('names', 11, { comm: 'other\n', cmdline: '/usr/bin/web\0--flag\0web2\0' });
    recordedProcess('names', 12, { comm: 'third\n', cmdline: '' });
    symlinkSync('/srv/web (deleted)', join(folder, 'names', '12', 'exe'));
    recordedProcess('names', 13, { comm: 'webx\n', cmdline: 'web2\0' });
    const options = { procRoot: join(folder, 'names') };
    expect(pidsByName('web', options)).toEqual([10, 11, 12]);
    expect(pidsByName('web2', options)).toEqual([13]);
    expect(pidsByName('nobody', options)).toEqual([]);
  });
});

describe('owners of sockets', () => {
  it('name this process for its listener', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle;
      const { owners } = socketOwners();
      expect(owners.get(fstatSync(fd).ino)).toEqual([
        { pid: process.pid, name: processName(process.pid), descriptors: [fd] },
      ]);
    } finally {
      server.close();
    }
  });

  it('name all processes that share a socket', () => {
    for (const [pid, name] of [
      [20, 'a\nb'],
      [3, 'first'],
    ] as const) {
      recordedProcess('owners', pid, { comm: `${name}\n` });
      mkdirSync(join(folder, 'owners', String(pid), 'fd'));
      symlinkSync('socket:[77]', join(folder, 'owners', String(pid), 'fd', '5'));
      symlinkSync('socket:[77]', join(folder, 'owners', String(pid), 'fd', '6'));
      symlinkSync('/dev/null', join(folder, 'owners', String(pid), 'fd', '0'));
    }
    expect(socketOwners({ procRoot: join(folder, 'owners') })).toEqual({
      owners: new Map([
        [
          77,
          [
            { pid: 3, name: 'first', descriptors: [5, 6] },
            { pid: 20, name: 'a\nb', descriptors: [5, 6] },
          ],
        ],
      ]),
      permissionDenied: 0,
    });
  });
});

describe('user names', () => {
  it('come from the password file, and are read again when it changes', () => {
    const file = join(folder, 'passwd');
    writeFileSync(
      file,
      'root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:\nbroken\nalice:x:1000:1000::/:\nno:x:abc:0::/:\n',
    );
    expect(userName(0, file)).toBe('root');
    expect(userName(1000, file)).toBe('alice');
    expect(userName(7, file)).toBeUndefined();
    writeFileSync(file, 'bob:x:1000:1000::/:\nmore than before\n');
    expect(userName(1000, file)).toBe('bob');
    expect(userName(0, join(folder, 'no passwd'))).toBeUndefined();
    expect(parsePasswords('').size).toBe(0);
  });

  it.skipIf(spawnSync('id', ['-un']).status !== 0)('agree with id for this user', () => {
    expect(userName(uid)).toBe(spawnSync('id', ['-un'], { encoding: 'utf8' }).stdout.trim());
  });
});
