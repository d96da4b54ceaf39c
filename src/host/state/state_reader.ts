/** All of the tracker's inputs, in one object, so a test can stop the clock and count the reads. */
import { setTimeout as sleep } from 'node:timers/promises';
import { processList } from '../process/process_list.ts';
import type { ProcessEntry } from '../process/process_list.ts';
import { processStartTicks } from '../process/process_start.ts';
import { descriptorInode, descriptors, otherThreads } from '../process/socket_links.ts';
import { readSocketsAsync } from '../sockets/index.ts';
import { localPortRange } from '../sockets/local_port_range.ts';
import type { PortLimits } from '../sockets/local_port_range.ts';
import type { SocketRow, SocketTableOptions, TableName } from '../sockets/index.ts';

export type StateTable = Extract<TableName, 'tcp' | 'tcp6' | 'udp' | 'udp6'>;

export interface StateReader {
  /** Rows of a table; none for one that this kernel may lack. @throws {HostError} ERR_PROC_UNAVAILABLE */
  readTable(table: StateTable): Promise<readonly SocketRow[]>;
  /** All processes, the newest first. */
  processes(): readonly ProcessEntry[];
  /** Open descriptors of a process, the highest first. */
  descriptors(pid: number): readonly number[] | 'denied' | 'gone';
  /** Threads of a process but the first; the two functions about descriptors take their numbers. */
  otherThreads(pid: number): readonly number[];
  /** Inode of the socket behind a descriptor. */
  descriptorInode(pid: number, descriptor: number): number | undefined;
  startTicks(pid: number): number | undefined;
  /** Ports that the kernel gives to sockets that ask for none. */
  localPortRange(): PortLimits;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits, milliseconds. */
  wait(ms: number): Promise<void>;
}

/** The reader of this system, of another process's network namespace, or of a recorded tree, as the options say. */
export function systemReader(options: SocketTableOptions = {}): StateReader {
  const { signal, now = Date.now } = options;
  return {
    readTable: async (table) => (await readSocketsAsync([table], options)).rows,
    processes: () => processList(options),
    descriptors: (pid) => descriptors(pid, options),
    otherThreads: (pid) => otherThreads(pid, options),
    descriptorInode: (pid, descriptor) => descriptorInode(pid, descriptor, options),
    startTicks: (pid) => processStartTicks(pid, options),
    localPortRange: () => localPortRange(options),
    now,
    wait: (ms) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  };
}
