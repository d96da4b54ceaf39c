/** A tracker's world made by a test: tables as text, a clock that only waiting moves, and counts of what was read. */
import { ipToHex } from '../../../src/host/address/hex_address.ts';
import { parseSocketTable } from '../../../src/host/sockets/index.ts';
import type { StateReader, StateTable } from '../../../src/host/state/index.ts';

export interface FakeSocket {
  readonly table: StateTable;
  /** `ADDRESS PORT`. */
  readonly local: string;
  readonly remote?: string;
  readonly listens?: boolean;
  /** Of a connection; default established. */
  readonly stateCode?: number;
  readonly inode?: number;
  readonly uid?: number;
}

export class FakeReader implements StateReader {
  sockets: FakeSocket[] = [];
  /** By pid: uid, and inode of each descriptor. */
  readonly held = new Map<number, { readonly uid: number; readonly inodes: Map<number, number> } | 'denied'>();
  readonly failing = new Set<StateTable>();
  readonly reads: { readonly table: StateTable; readonly at: number }[] = [];
  readonly waits: number[] = [];
  /** Pids whose descriptors were listed, in order. */
  readonly looked: number[] = [];
  lists = 0;
  links = 0;
  time = 1_000_000;

  async readTable(table: StateTable) {
    this.reads.push({ table, at: this.time });
    const text = tableText(this.sockets.filter((socket) => socket.table === table));
    await Promise.resolve();
    if (this.failing.has(table)) throw new Error(`${table} fails`);
    return parseSocketTable(text, table, { endianness: 'LE' }).rows;
  }

  processes() {
    this.lists++;
    return [...this.held]
      .map(([pid, process]) => ({ pid, uid: process === 'denied' ? 1 : process.uid }))
      .sort((a, b) => b.pid - a.pid);
  }

  descriptors(pid: number) {
    this.looked.push(pid);
    const process = this.held.get(pid);
    if (process === undefined) return 'gone';
    return process === 'denied' ? 'denied' : [...process.inodes.keys()].sort((a, b) => b - a);
  }

  /** Threads of processes, which are `held` by themselves. */
  readonly threads = new Map<number, readonly number[]>();

  otherThreads(pid: number) {
    return this.threads.get(pid) ?? [];
  }

  descriptorInode(pid: number, descriptor: number) {
    this.links++;
    const process = this.held.get(pid);
    return process === undefined || process === 'denied' ? undefined : process.inodes.get(descriptor);
  }

  startTicks(pid: number) {
    return this.held.has(pid) ? 100 + pid : undefined;
  }

  localPortRange() {
    return { first: 32_768, last: 60_999 };
  }

  now(): number {
    return this.time;
  }

  async wait(ms: number): Promise<void> {
    this.waits.push(ms);
    const end = this.time + ms;
    await new Promise((resolve) => setImmediate(resolve));
    this.time = Math.max(this.time, end);
  }
}

function tableText(sockets: readonly FakeSocket[]): string {
  const lines = sockets.map(({ table, local, remote, listens = false, inode = 0, uid = 0, stateCode = 1 }, index) => {
    const ipv6 = table.endsWith('6');
    const state = listens ? '0A' : table.startsWith('udp') && remote === undefined ? '07' : hexByte(stateCode);
    const peer = remote ?? (ipv6 ? ':: 0' : '0.0.0.0 0');
    const ends = `${hex(local, ipv6)} ${hex(peer, ipv6)}`;
    const queues = '00000000:00000000 00:00000000 00000000';
    return `${String(index).padStart(4)}: ${ends} ${state} ${queues} ${uid} 0 ${inode} 1 0 0`;
  });
  return ['  sl  local_address', ...lines, ''].join('\n');
}

const hexByte = (code: number): string => code.toString(16).toUpperCase().padStart(2, '0');

function hex(text: string, ipv6: boolean): string {
  const [address = '', port = '0'] = text.split(' ');
  const spelled = ipv6 && !address.includes(':') ? `::ffff:${address}` : address;
  return `${ipToHex(spelled, { endianness: 'LE' })}:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** `ADDRESS PORT` as an endpoint. */
export function at(text: string): { readonly address: string; readonly port: number } {
  const [address = '', port = '0'] = text.split(' ');
  return { address, port: Number(port) };
}
