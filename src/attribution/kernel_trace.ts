/**
 * TCP sockets that processes connect and close, as the kernel reports them: its event `sock:inet_sock_set_state`, read
 * through tracefs (Documentation/trace/ftrace.rst). A socket that closes too soon for the tables is seen so.
 *
 * It takes root and a tracefs at /sys/kernel/tracing. An instance of our own holds the buffer, so that others who trace
 * are not disturbed; it is removed at the end, and what a killed process has left, by the next one.
 */
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../host/endpoint.ts';
import { parseTraceLine } from './trace_line.ts';

const ROOTS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
const PREFIX = 'pcapflow-';
/** For each processor. Some 3,000 events. */
const BUFFER_KIB = 256;
const EVENT = 'events/sock/inet_sock_set_state';
/**
 * What a process does itself: connects (7 to 2), closes (4: it has closed first; 9: the other has), or resets what it
 * has (1 or 8 to 7) outside of interrupts (8 and 16), in which the kernel speaks of any process.
 */
const FILTER =
  '(oldstate==7&&newstate==2)||newstate==4||newstate==9||(newstate==7&&(oldstate==1||oldstate==8)&&!(common_flags&24))';
const READ_BYTES = 65_536;
/** The pid namespace of the host, whose numbers the kernel reports (PROC_PID_INIT_INO of Linux). */
const HOST_PIDS = 'pid:[4026531836]';

/** An event of a socket. */
export interface TracedSocket {
  readonly pid: number;
  /** With a canonical address, IPv4 for a mapped one. When it connects its port is 0: it is not known then. */
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

export class KernelTrace {
  readonly #instance: string;
  readonly #pipe: number;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  readonly #atExit = (): void => this.close();
  #rest = '';
  #closed = false;

  private constructor(instance: string, pipe: number) {
    this.#instance = instance;
    this.#pipe = pipe;
    process.once('exit', this.#atExit);
  }

  /** Undefined where the kernel reports nothing to us: no right, no tracefs, another pid namespace. */
  static open(roots: readonly string[] = ROOTS): KernelTrace | undefined {
    const root = roots.find((one) => existsSync(join(one, EVENT)));
    if (root === undefined) return undefined;
    const instances = join(root, 'instances');
    let instance: string | undefined;
    try {
      if (readlinkSync('/proc/self/ns/pid') !== HOST_PIDS) return undefined;
      removeLeft(instances);
      instance = join(instances, `${PREFIX}${process.pid}-${made++}`);
      mkdirSync(instance);
      const set = (file: string, value: string): void => writeFileSync(join(instance ?? '', file), value);
      set('buffer_size_kb', String(BUFFER_KIB));
      // The number of a process, beside that of its thread.
      set('options/record-tgid', '1');
      set(`${EVENT}/filter`, FILTER);
      const pipe = openSync(join(instance, 'trace_pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
      set(`${EVENT}/enable`, '1');
      return new KernelTrace(instance, pipe);
    } catch {
      if (instance !== undefined) remove(instance);
      return undefined;
    }
  }

  /** What has happened since the last call. Never waits. */
  read(visit: (socket: TracedSocket) => void): void {
    while (!this.#closed) {
      let size: number;
      try {
        size = readSync(this.#pipe, this.#buffer, 0, READ_BYTES, null);
      } catch {
        // EAGAIN: nothing more.
        return;
      }
      if (size === 0) return;
      const lines = (this.#rest + this.#buffer.toString('latin1', 0, size)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        const socket = parseTraceLine(line);
        if (socket !== undefined) visit(socket);
      }
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    process.off('exit', this.#atExit);
    closeSync(this.#pipe);
    remove(this.#instance);
  }
}

let made = 0;

/** A kernel that still writes keeps an instance: it is for the next one to remove. */
function remove(instance: string): void {
  try {
    writeFileSync(join(instance, EVENT, 'enable'), '0');
  } catch {}
  try {
    rmdirSync(instance);
  } catch {}
}

/** Instances of processes that have been killed. */
function removeLeft(instances: string): void {
  for (const name of readdirSync(instances)) {
    const [, pid] = /^pcapflow-([0-9]+)-[0-9]+$/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) remove(join(instances, name));
  }
}
