/**
 * Finds the processes that have new sockets open. The kernel only shows what each process has open, so the likeliest
 * processes are searched first: those suspected, the newest, and those that had sockets lately.
 */
import { statSync } from 'node:fs';
import type { HostOptions } from '../host/options.ts';
import { namespaceId } from '../host/process/network_namespaces.ts';
import { processDetails } from '../host/process/process_details.ts';
import { lastPid, processIds } from '../host/process/process_list.ts';
import { processParent } from '../host/process/process_parent.ts';
import { descriptorInode, descriptors, otherThreads } from '../host/process/socket_links.ts';

interface Identity {
  /** Raw. */
  readonly name: string;
  /** Effective uid of the process. */
  readonly uid: number;
}

export interface SocketHolder extends Identity {
  readonly pid: number;
  readonly descriptor: number;
  /** The thread that has the descriptor, where the process's first one has not. */
  readonly thread?: number;
}

export interface WantedSocket {
  readonly inode: number;
  readonly uid: number;
  /** Process that probably has it. */
  readonly hints: Iterable<number>;
}

/** A process is looked at again and again for this long after it was first seen. Milliseconds. */
const YOUNG_MS = 2_000;
/** Processes are listed again after this time, or when there are new ones. Milliseconds. */
const LIST_EVERY_MS = 1_000;
/** Names and users are read again after this time: a process may run another program. Milliseconds. */
const IDENTITY_MS = 1_000;
/** After a search of all processes failed, the least time until the next. Milliseconds. */
const ASK_ALL_EVERY_MS = 500;
/** Processes examined in one search, unless it covers all. */
const LIKELY_MAX = 16;
/** Descriptors of one process between two pauses. */
const PIECE = 64;

interface Process {
  readonly pid: number;
  readonly parent: number | undefined;
  /** Owner of `/proc/PID`. */
  readonly owner: number;
  /** In another network namespace: it can have sockets of this one only if another process passed them on. */
  readonly isElsewhere: boolean;
  readonly firstSeenMs: number;
  /** Inode of the socket behind each descriptor; 0 when it is something else. */
  links: Map<number, number>;
  /** When its descriptors were read. */
  lookedMs: number;
  hasSockets: boolean;
  lastFoundMs: number;
  /** Where the last socket that was searched for was found. */
  lastDescriptor: number | undefined;
  identity: Identity | undefined;
  identifiedAtMs: number;
}

type Found = (inode: number, holder: SocketHolder) => void;

export class SocketHolders {
  readonly #options: HostOptions & { readonly namespace?: number };
  readonly #now: () => number;
  readonly #processes = new Map<number, Process>();
  #lastPid: number | undefined;
  #listedAt = Number.NEGATIVE_INFINITY;
  #askAllAfter = Number.NEGATIVE_INFINITY;

  constructor(options: HostOptions & { readonly namespace?: number }) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Scans everything once to learn which processes have sockets. Yields where the caller can pause. */
  *warm(): Generator<undefined> {
    this.#list();
    for (const process of [...this.#processes.values()]) yield* this.#look(process, new Set(), ignore, true);
  }

  /** Finds the holders of sockets. @param found called for each that is found */
  *search(wanted: Iterable<WantedSocket>, found: Found): Generator<undefined> {
    const all = [...wanted];
    const missing = new Set(all.map(({ inode }) => inode));
    if (missing.size === 0) return;
    const hinted = this.#hinted(all);
    for (const offset of [0, 1, -1]) {
      for (const process of hinted) {
        this.#peek(process, offset, missing, found);
        if (missing.size === 0) return;
      }
      yield;
    }
    this.#list();
    for (const process of this.#likely(all, hinted)) {
      yield* this.#look(process, missing, found, false);
      if (missing.size === 0) return;
    }
    const now = this.#now();
    if (now < this.#askAllAfter) return;
    for (const process of [...this.#processes.values()]) {
      yield* this.#look(process, missing, found, true);
      if (missing.size === 0) return;
    }
    for (const process of [...this.#processes.values()]) {
      yield* this.#lookAtThreads(process, missing, found);
      if (missing.size === 0) return;
    }
    this.#askAllAfter = now + ASK_ALL_EVERY_MS;
  }

  /** Parent and children of a holder that have the socket behind the same descriptor. */
  relatives(inode: number, { pid, descriptor }: SocketHolder): SocketHolder[] {
    const parent = this.#processes.get(pid)?.parent;
    const relatives: SocketHolder[] = [];
    for (const process of this.#processes.values()) {
      if (process.pid === pid || (process.pid !== parent && process.parent !== pid)) continue;
      if (descriptorInode(process.pid, descriptor, this.#options) !== inode) continue;
      const identity = this.#identify(process);
      if (identity !== undefined) relatives.push({ pid: process.pid, descriptor, ...identity });
    }
    return relatives;
  }

  /** The same holder as it is now; undefined when it no longer has the socket. */
  current(inode: number, holder: SocketHolder): SocketHolder | undefined {
    const { pid, descriptor, thread = pid } = holder;
    const process = this.#processes.get(pid);
    if (process === undefined || descriptorInode(thread, descriptor, this.#options) !== inode) return undefined;
    const identity = this.#identify(process);
    return identity === undefined ? undefined : { ...holder, ...identity };
  }

  /** A process that was seen and still runs. */
  process(pid: number): Omit<SocketHolder, 'descriptor'> | undefined {
    const process = this.#processes.get(pid);
    if (process === undefined || statSync(this.#path(pid), { throwIfNoEntry: false }) === undefined) return undefined;
    const identity = this.#identify(process);
    return identity === undefined ? undefined : { pid, ...identity };
  }

  #hinted(wanted: readonly WantedSocket[]): Process[] {
    const pids = new Set(wanted.flatMap(({ hints }) => [...hints]));
    return [...pids].map((pid) => this.#processes.get(pid)).filter((process) => process !== undefined);
  }

  /** A process that opens one socket after the other usually gets the same descriptor, or the next. */
  #peek(process: Process, offset: number, missing: Set<number>, found: Found): void {
    if (process.lastDescriptor === undefined) return;
    const descriptor = process.lastDescriptor + offset;
    const inode = descriptorInode(process.pid, descriptor, this.#options);
    if (inode !== undefined && missing.has(inode)) this.#found(process, descriptor, inode, missing, found);
  }

  #found(process: Process, descriptor: number, inode: number, missing: Set<number>, found: Found): void {
    const identity = this.#identify(process);
    if (identity === undefined) return;
    missing.delete(inode);
    process.lastFoundMs = this.#now();
    process.lastDescriptor = descriptor;
    found(inode, { pid: process.pid, descriptor, ...identity });
  }

  /** Processes that may have the sockets, each search others: new ones, then those not looked at for longest. */
  #likely(wanted: readonly WantedSocket[], hinted: readonly Process[]): Process[] {
    const now = this.#now();
    const uids = new Set(wanted.map(({ uid }) => uid));
    const all = new Set(hinted);
    for (const process of this.#processes.values()) {
      // The kernel shows root as the owner of a process that has changed its user.
      if (process.isElsewhere || (!uids.has(process.owner) && process.owner !== 0)) continue;
      if (process.hasSockets || now - process.firstSeenMs < YOUNG_MS) all.add(process);
    }
    const isNew = ({ firstSeenMs, lookedMs }: Process): boolean =>
      lookedMs === Number.NEGATIVE_INFINITY || now - firstSeenMs < YOUNG_MS;
    const rank = (process: Process): number =>
      process === hinted[0]
        ? 0
        : isNew(process)
          ? 1
          : process.lastDescriptor === undefined && uids.has(process.owner)
            ? 2
            : 3;
    return [...all].sort((a, b) => rank(a) - rank(b) || a.lookedMs - b.lookedMs).slice(0, LIKELY_MAX);
  }

  /** Reads a process's descriptors until nothing is missing. Those that are not sockets are read again only `wholly`. */
  *#look(process: Process, missing: Set<number>, found: Found, wholly: boolean): Generator<undefined> {
    const { pid, links } = process;
    const open = descriptors(pid, this.#options);
    process.lookedMs = this.#now();
    if (open === 'gone') this.#processes.delete(pid);
    if (typeof open === 'string') return;
    const read = new Map<number, number>();
    // An unknown socket usually has a new descriptor, or one that belonged to another socket.
    const unknown = open.filter((descriptor) => !links.has(descriptor));
    const known = open.filter((descriptor) => links.has(descriptor));
    let sinceYield = 0;
    for (const descriptor of [...unknown, ...known]) {
      const before = links.get(descriptor);
      if (before === 0 && !wholly) {
        read.set(descriptor, 0);
        continue;
      }
      if (missing.size === 0 && before !== undefined) {
        read.set(descriptor, before);
        continue;
      }
      const inode = descriptorInode(pid, descriptor, this.#options) ?? 0;
      read.set(descriptor, inode);
      if (missing.has(inode)) this.#found(process, descriptor, inode, missing, found);
      sinceYield++;
      if (sinceYield % PIECE === 0) yield;
    }
    process.links = read;
    process.hasSockets = process.hasSockets || [...read.values()].some((inode) => inode !== 0);
    yield;
  }

  /** Descriptors that only a thread has: its table is its own, or the process's first thread has ended. */
  *#lookAtThreads({ pid }: Process, missing: Set<number>, found: Found): Generator<undefined> {
    const shared = descriptors(pid, this.#options);
    if (shared === 'denied') return;
    for (const thread of otherThreads(pid, this.#options)) {
      const open = descriptors(thread, this.#options);
      if (typeof open === 'string' || open.join() === String(shared)) continue;
      for (const descriptor of open) {
        const inode = descriptorInode(thread, descriptor, this.#options) ?? 0;
        const process = missing.has(inode) ? this.#processes.get(pid) : undefined;
        const identity = process === undefined ? undefined : this.#identify(process);
        if (identity === undefined) continue;
        missing.delete(inode);
        found(inode, { pid, descriptor, thread, ...identity });
      }
      yield;
    }
  }

  #identify(process: Process): Identity | undefined {
    const now = this.#now();
    if (process.identity === undefined || now - process.identifiedAtMs > IDENTITY_MS) {
      const details = processDetails(process.pid, this.#options);
      if (details?.name == null || details.uid === null) return undefined;
      process.identity = { name: details.name, uid: details.uid.effective };
      process.identifiedAtMs = now;
    }
    return process.identity;
  }

  /** Lists the processes. The kernel numbers new ones after the last, so without new ones there is nothing to do. */
  #list(): void {
    const now = this.#now();
    const isFirst = this.#listedAt === Number.NEGATIVE_INFINITY;
    const newest = lastPid(this.#options);
    if (newest !== undefined && newest === this.#lastPid && now - this.#listedAt < LIST_EVERY_MS) return;
    this.#lastPid = newest;
    this.#listedAt = now;
    const pids = processIds(this.#options).reverse();
    const own = namespaceId(this.#options.namespace ?? 'self', this.#options);
    const present = new Set(pids);
    for (const pid of this.#processes.keys()) if (!present.has(pid)) this.#processes.delete(pid);
    for (const pid of pids) {
      if (this.#processes.has(pid)) continue;
      const stat = statSync(this.#path(pid), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      this.#processes.set(pid, {
        pid,
        parent: processParent(pid, this.#options),
        owner: stat.uid,
        isElsewhere: (namespaceId(pid, this.#options) ?? own) !== own,
        firstSeenMs: isFirst ? Number.NEGATIVE_INFINITY : now,
        links: new Map(),
        lookedMs: Number.NEGATIVE_INFINITY,
        hasSockets: false,
        lastFoundMs: Number.NEGATIVE_INFINITY,
        lastDescriptor: undefined,
        identity: undefined,
        identifiedAtMs: Number.NEGATIVE_INFINITY,
      });
    }
  }

  #path(pid: number): string {
    return `${this.#options.procRoot ?? '/proc'}/${pid}`;
  }
}

function ignore(): void {}
