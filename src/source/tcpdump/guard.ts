/**
 * A small process that ends tcpdump when this process is killed. tcpdump notices that nobody reads its pipe only when it
 * has something to write, which on a silent line is never.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { basename } from 'node:path';
import { findUser } from '../live/rights.ts';

/** Its standard input ends with this process. The number may belong to another program by then. */
const SCRIPT = 'read -r _; [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ] && kill "$1"';
/** Characters of a name that the kernel keeps. */
const COMM_MAX = 15;

export class Guard {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  /**
   * Ends `child`, which runs `program`, when this process has ended.
   * @param user name of the user that tcpdump becomes, who is the guard's user, too, so that it keeps no rights
   */
  constructor(child: ChildProcess, program: string, user: string | undefined) {
    const found = user === undefined ? undefined : findUser(user);
    const name = basename(program).slice(0, COMM_MAX);
    this.#process = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(child.pid), name], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      ...(found === undefined ? {} : { uid: found.uid, gid: found.gid }),
    });
    this.#process.unref();
    this.#input.on('error', () => undefined);
    this.#input.unref();
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      // Without a guard a killed process leaves its tcpdump until the next packet, nothing more.
      this.#process.on('error', () => resolve());
    });
    child.once('exit', () => void this.end());
  }

  get #input(): Socket {
    return this.#process.stdin as Socket;
  }

  /** Ends the guard, and what it guards if that runs on. Resolves when it has ended. Idempotent. */
  async end(): Promise<void> {
    this.#process.ref();
    // A signal might not be allowed after rights were given up; the end of its input always is.
    this.#input.end();
    await this.#ended;
  }
}
