/** Sockets of the UNIX domain: `/proc/net/unix` (proc_net_unix(5)). */
import { readFileSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

export interface UnixRow {
  readonly type: 'stream' | 'dgram' | 'seqpacket' | 'unknown';
  readonly state: 'listen' | 'established' | 'synSent' | 'close';
  readonly inode: number;
  /** As the kernel writes it; abstract names begin with `@`. Empty: it has none. */
  readonly path: string;
}

const TYPES = { 1: 'stream', 2: 'dgram', 5: 'seqpacket' } as const;
/** __SO_ACCEPTCON: it listens. */
const ACCEPTS = 0x1_0000;
/** Of `enum sock_state`: 2 is connecting, 3 connected. */
const STATES = { 2: 'synSent', 3: 'established' } as const;

/**
 * Those of this process's network namespace, or of another process's; none when the table is not there.
 * @param pid a process of the namespace
 */
export function readUnixSockets({ procRoot = '/proc', pid }: HostOptions & { readonly pid?: number } = {}): UnixRow[] {
  try {
    return parseUnixTable(readFileSync(`${procRoot}${pid === undefined ? '' : `/${pid}`}/net/unix`, 'utf8'));
  } catch {
    return [];
  }
}

/** Lines such as `0000000013af5faf: 00000002 00000000 00010000 0001 01 3330205 /run/dbus/system_bus_socket`. */
export function parseUnixTable(text: string): UnixRow[] {
  const rows: UnixRow[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [, flags, type, state, inode, path = ''] =
      /^\s*[0-9a-f]+: [0-9A-F]+ [0-9A-F]+ ([0-9A-F]+) ([0-9A-F]+) ([0-9A-F]+) +(\d+)(?: (.*))?$/i.exec(line) ?? [];
    if (flags === undefined || type === undefined || state === undefined) continue;
    const isListening = (Number.parseInt(flags, 16) & ACCEPTS) !== 0;
    rows.push({
      type: TYPES[Number.parseInt(type, 16) as keyof typeof TYPES] ?? 'unknown',
      state: isListening ? 'listen' : (STATES[Number.parseInt(state, 16) as keyof typeof STATES] ?? 'close'),
      inode: Number(inode),
      path,
    });
  }
  return rows;
}
