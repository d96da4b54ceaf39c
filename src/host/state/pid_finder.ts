/** Finds the process that has a socket open. */
import type { ProcessEntry } from '../process/process_list.ts';
import { UNDEFINED_PID } from './packet_info.ts';
import type { StateReader } from './state_reader.ts';

/** Waits between the attempts: a socket can be in the table before its process's descriptor is. Milliseconds. */
const WAITS_MS = [5, 10, 15, 20];
/** The process list is made at most this often. Milliseconds. */
const LIST_INTERVAL_MS = 10;
/** Sockets whose process is remembered, at most. */
const KNOWN_MAX = 65_536;

interface Holder {
  readonly pid: number;
  /** The process, or a thread that has descriptors of its own. */
  readonly task: number;
  readonly descriptor: number;
  readonly startTicks: number | undefined;
}

export class PidFinder {
  readonly #reader: StateReader;
  /** The least recently used socket is first. */
  readonly #known = new Map<number, Holder>();
  readonly #searches = new Map<number, Promise<number>>();
  #processes: readonly ProcessEntry[] = [];
  #listedAt = Number.NEGATIVE_INFINITY;
  #permissionDenied = 0;

  constructor(reader: StateReader) {
    this.#reader = reader;
  }

  /** Searches that ended without a process while some processes' descriptors could not be seen. */
  get permissionDenied(): number {
    return this.#permissionDenied;
  }

  /** UNDEFINED_PID at once for inode 0, else after 50 ms of waiting. Never rejects for lack of rights. */
  async find(inode: number, uid: number | null): Promise<number> {
    if (inode === 0) return UNDEFINED_PID;
    const known = this.#recall(inode);
    if (known !== undefined) return known;
    let search = this.#searches.get(inode);
    if (search === undefined) {
      search = this.#search(inode, uid).finally(() => this.#searches.delete(inode));
      this.#searches.set(inode, search);
    }
    return search;
  }

  /** Processes of many sockets in one walk, or two where threads have some, without waiting. Sockets without a process are not in the map. */
  findAll(inodes: Iterable<number>): ReadonlyMap<number, number> {
    const wanted = new Set(inodes);
    const pids = new Map<number, number>();
    const look = (pid: number, task: number): void => {
      const open = wanted.size === 0 ? 'gone' : this.#reader.descriptors(task);
      if (typeof open === 'string') return;
      for (const descriptor of open) {
        const inode = this.#reader.descriptorInode(task, descriptor);
        if (inode !== undefined && wanted.delete(inode)) pids.set(inode, this.#remember(inode, pid, task, descriptor));
      }
    };
    const processes = this.#list();
    for (const { pid } of processes) look(pid, pid);
    if (wanted.size === 0) return pids;
    for (const { pid } of processes) for (const task of this.#reader.otherThreads(pid)) look(pid, task);
    return pids;
  }

  /** A remembered process, if it still has the socket. */
  #recall(inode: number): number | undefined {
    const holder = this.#known.get(inode);
    if (holder === undefined) return undefined;
    this.#known.delete(inode);
    const { pid, task, descriptor, startTicks } = holder;
    if (this.#reader.descriptorInode(task, descriptor) !== inode) return undefined;
    if (this.#reader.startTicks(pid) !== startTicks) return undefined;
    this.#known.set(inode, holder);
    return pid;
  }

  async #search(inode: number, uid: number | null): Promise<number> {
    let othersTried = false;
    let denied = false;
    const among = (processes: readonly ProcessEntry[]): number | undefined => {
      for (const { pid } of processes) {
        const descriptor = this.#descriptorOf(inode, pid);
        if (descriptor === 'denied') denied = true;
        else if (descriptor !== undefined) return this.#remember(inode, pid, pid, descriptor);
      }
      return undefined;
    };
    for (const waitMs of [0, ...WAITS_MS]) {
      if (waitMs > 0) await this.#reader.wait(waitMs);
      const processes = this.#list();
      let pid = among(processes.filter((process) => process.uid === uid));
      if (pid === undefined && !othersTried) {
        // The process may have changed its user since it opened the socket.
        pid = among(processes.filter((process) => process.uid !== uid));
        othersTried = true;
      }
      if (pid !== undefined) return pid;
    }
    const ofThread = this.#amongThreads(inode);
    if (ofThread !== undefined) return ofThread;
    if (denied) this.#permissionDenied++;
    return UNDEFINED_PID;
  }

  /** A thread may have descriptors of its own, and has those of a process whose first thread has ended. */
  #amongThreads(inode: number): number | undefined {
    for (const { pid } of this.#list()) {
      for (const task of this.#reader.otherThreads(pid)) {
        const descriptor = this.#descriptorOf(inode, task);
        if (typeof descriptor === 'number') return this.#remember(inode, pid, task, descriptor);
      }
    }
    return undefined;
  }

  #descriptorOf(inode: number, pid: number): number | 'denied' | undefined {
    const open = this.#reader.descriptors(pid);
    if (open === 'denied') return 'denied';
    if (open === 'gone') return undefined;
    return open.find((descriptor) => this.#reader.descriptorInode(pid, descriptor) === inode);
  }

  #remember(inode: number, pid: number, task: number, descriptor: number): number {
    this.#known.set(inode, { pid, task, descriptor, startTicks: this.#reader.startTicks(pid) });
    if (this.#known.size > KNOWN_MAX) {
      const [oldest = inode] = this.#known.keys();
      this.#known.delete(oldest);
    }
    return pid;
  }

  #list(): readonly ProcessEntry[] {
    const now = this.#reader.now();
    if (Math.abs(now - this.#listedAt) >= LIST_INTERVAL_MS) {
      this.#processes = this.#reader.processes();
      this.#listedAt = now;
    }
    return this.#processes;
  }
}
