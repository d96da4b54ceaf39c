/** Process trees, command lines and control groups, on a recorded /proc. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine, controlGroup, programPath } from '../../../src/host/process/process_command.ts';
import { processTree } from '../../../src/host/process/process_tree.ts';

const procRoot = mkdtempSync(join(tmpdir(), 'pcapflow-proc-'));
afterAll(() => rmSync(procRoot, { recursive: true }));
writeFileSync(join(procRoot, 'loadavg'), '0.08 0.03 0.05 2/117 30\n');

function made(pid: number, parent: number, files: Readonly<Record<string, string>> = {}): void {
  mkdirSync(join(procRoot, String(pid)));
  writeFileSync(join(procRoot, String(pid), 'stat'), `${pid} (a) b) S ${parent} 1 1`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(procRoot, String(pid), name), text);
}
made(1, 0, { cmdline: '', cgroup: '0::/\n' });
made(10, 1, { cmdline: 'sshd\0-D\0', cgroup: '0::/system.slice/ssh.service\n' });
made(11, 10, { cmdline: 'bash', cgroup: '12:cpu:/\n3:memory:/docker/ab:c\n' });
made(12, 11);
made(20, 1);

describe('a process tree', () => {
  it('has the processes and all that they have started', () => {
    expect(processTree([10], { procRoot })).toEqual([10, 11, 12]);
    expect(processTree([11, 20], { procRoot })).toEqual([11, 12, 20]);
    expect(processTree([1], { procRoot })).toEqual([1, 10, 11, 12, 20]);
    expect(processTree([99], { procRoot })).toEqual([99]);
  });
});

it('command lines have blanks between arguments; kernel threads have none', () => {
  expect([1, 10, 11, 99].map((pid) => commandLine(pid, { procRoot }))).toEqual([null, 'sshd -D', 'bash', null]);
});

it('the path of a program is what runs, or the first argument where that may not be seen', () => {
  expect([1, 10, 99].map((pid) => programPath(pid, { procRoot }))).toEqual([null, 'sshd', null]);
  symlinkSync('/usr/bin/bash (deleted)', join(procRoot, '11/exe'));
  expect(programPath(11, { procRoot })).toBe('/usr/bin/bash');
  expect(programPath(process.pid)).toBe(realpathSync(process.execPath));
});

it('the control group is that of version 2, or the first that is not the root', () => {
  expect([1, 10, 11, 12].map((pid) => controlGroup(pid, { procRoot }))).toEqual([
    '/',
    '/system.slice/ssh.service',
    '/docker/ab:c',
    null,
  ]);
});
