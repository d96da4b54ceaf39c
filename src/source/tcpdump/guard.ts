/**
 * A small process that ends a child when this process is killed. tcpdump notices that nobody reads its pipe only when it
 * has something to write, which on a silent line is never.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { basename } from 'node:path';

/** Its standard input ends with this process. The number may belong to another program by then. */
const SCRIPT = 'read -r _; [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ] && kill "$1"';
/** Characters of a name that the kernel keeps. */
const COMM_MAX = 15;

/**
 * Ends `child`, which runs `program`, when this process has ended.
 * @returns resolves when the guard has ended, which it does with the child
 */
export async function guard(child: ChildProcess, program: string): Promise<void> {
  if (child.pid === undefined) return;
  const name = basename(program).slice(0, COMM_MAX);
  const watcher = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(child.pid), name], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  const input = watcher.stdin as Socket;
  input.on('error', () => undefined);
  input.unref();
  child.once('exit', () => {
    watcher.ref();
    watcher.kill('SIGKILL');
    // It may not be signalled after privileges were dropped, but it ends with its input, too.
    input.end();
  });
  await new Promise<void>((resolve) => {
    watcher.once('exit', () => resolve());
    // Without a guard a killed process leaves its tcpdump until the next packet, nothing more.
    watcher.on('error', () => resolve());
  });
}
